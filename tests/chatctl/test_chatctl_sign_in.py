"""Signing in at an address: what is typed is not shown, tokens stay in a file of one's own, and end."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
import time
from contextlib import suppress
from types import SimpleNamespace

import pyotp
import pytest
import trio

from chatd.client import connect, sign_in
from chatd.contract.totp import BeginTotp, ConfirmTotp, RecoveryCodes, TotpSecret

PASSWORD = "seven quiet herons wade"


@pytest.fixture
def ada(chatctl, town, invoke, home):
    """An account with a password."""
    name = town.account["name"]
    chatctl("account", "set-password", name, "--password-stdin", stdin=f"{PASSWORD}\n")

    def signed_in(*words: str, stdin: str | None = None):
        return invoke("--url", chatctl.url, *words, stdin=stdin)

    file = home / "chatctl" / "tokens.json"
    return SimpleNamespace(name=name, run=signed_in, file=file, url=chatctl.url, space=town.space)


def signs_in(ada, *lines: str):
    return ada.run(
        "sign-in", "--name", ada.name, "--password-stdin", stdin="".join(f"{line}\n" for line in lines)
    )


def test_who_signed_in_needs_no_token_until_they_sign_out(ada):
    assert ada.run("space", "list").exit_code == 2
    result = signs_in(ada, PASSWORD)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"signed in as {ada.name}; `chatctl sign-out --url {ada.url}` ends it\n"
    assert ada.space["id"] in ada.run("space", "list").stdout
    assert ada.run("sign-out").exit_code == 0
    assert ada.run("space", "list").exit_code == 2
    assert ada.run("sign-out").stderr == f"chatctl: nobody is signed in at {ada.url}\n"


def test_the_tokens_are_in_a_file_that_only_its_owner_reads(ada):
    signs_in(ada, PASSWORD)
    assert stat.S_IMODE(ada.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(ada.file.parent.stat().st_mode) == 0o700
    assert PASSWORD not in ada.file.read_text()


def test_the_device_ends_on_the_server_too(ada, chatctl):
    signs_in(ada, PASSWORD)
    assert "chatctl on" in chatctl("account", "devices", ada.name)
    ada.run("sign-out")
    assert "chatctl on" not in chatctl("account", "devices", ada.name)


def test_tokens_that_ended_are_refreshed_and_kept(ada):
    signs_in(ada, PASSWORD)
    saved = json.loads(ada.file.read_text())
    (before,) = saved.values()
    before["expires_at"] = 0
    ada.file.write_text(json.dumps(saved))
    assert ada.run("space", "list").exit_code == 0
    (after,) = json.loads(ada.file.read_text()).values()
    assert after["refresh_token"] != before["refresh_token"]
    assert after["expires_at"] > time.time()
    assert ada.run("space", "list").exit_code == 0


def test_who_was_signed_out_elsewhere_is_told_to_sign_in(ada, chatctl):
    signs_in(ada, PASSWORD)
    chatctl("account", "sign-out", ada.name)
    result = ada.run("space", "list")
    assert result.exit_code == 1
    assert f"`chatctl sign-in --url {ada.url}`" in result.stderr


def test_a_wrong_password_saves_nothing(ada):
    result = signs_in(ada, "nothing of that kind")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert not ada.file.exists()


def test_a_second_factor_is_asked_for(ada):
    secret = trio.run(_second_factor, ada)
    codes = [secret.at(time.time() + offset) for offset in (30, 0)]
    result = signs_in(ada, PASSWORD, "000000")
    assert result.exit_code == 1
    assert "code" in result.stderr
    result = signs_in(ada, PASSWORD, codes[0])
    assert result.exit_code == 0, result.output
    assert ada.space["id"] in ada.run("space", "list").stdout


async def _second_factor(ada) -> pyotp.TOTP:
    tokens = await sign_in(ada.url, ada.name, PASSWORD)
    async with connect(ada.url, tokens) as client:
        made = await client.ask(BeginTotp(PASSWORD), TotpSecret)
        secret = pyotp.TOTP(made.secret)
        await client.ask(ConfirmTotp(secret.now()), RecoveryCodes)
    return secret


def test_a_damaged_file_is_said(ada):
    ada.file.parent.mkdir()
    ada.file.write_text("{")
    result = ada.run("space", "list")
    assert result.exit_code == 1
    assert "damaged" in result.stderr


def test_on_a_terminal_name_and_password_are_asked_for_and_the_password_is_not_shown(ada):
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHATD_")}
    command = [sys.executable, "-m", "chatctl.cli", "sign-in", "--url", ada.url]
    with subprocess.Popen(
        command,
        env=environment,
        text=True,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    ) as run:
        os.close(theirs)
        seen = b""
        for prompt, typed in ((b"Name: ", ada.name), (b"Password: ", PASSWORD)):
            shown = b""
            while prompt not in shown:
                shown += os.read(ours, 4096)
            seen += shown
            os.write(ours, f"{typed}\n".encode())
        assert run.stdout.read().startswith(f"signed in as {ada.name}")
        assert run.wait(60) == 0
    with suppress(OSError):  # nothing more was written
        seen += os.read(ours, 4096)
    os.close(ours)
    assert PASSWORD.encode() not in seen
