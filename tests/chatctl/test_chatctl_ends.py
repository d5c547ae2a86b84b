"""How chatctl ends: with a status that scripts can count on, one line, and no traceback."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import to_builtins

from chatctl.connection import Connection
from chatd.client.calls import Calls
from chatd.client.link import Link
from chatd.contract.server import ServerChecked, ServerVerified


def test_without_a_server_it_says_how_to_start_one(nowhere):
    data = nowhere.data
    Path(data).mkdir(exist_ok=True)
    Path(data, "chatd.db").touch()
    assert nowhere.refused("account", "list") == (
        f"chatctl: no chatd is running on {data}; start it with `chatd serve --data {data}`"
    )


def test_a_folder_that_was_moved_is_no_place_to_start_one(nowhere):
    said = nowhere.refused("account", "list")
    assert said.startswith(
        f"chatctl: there is no chatd in {nowhere.data}; give the folder of the one that runs"
    )


def test_a_server_that_is_not_there_is_named(nowhere):
    away = type(nowhere)(nowhere.data, "http://127.0.0.1:9", "token")
    assert "nobody answers at http://127.0.0.1:9" in away.refused("space", "list")


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["account", "create"],
        ["account", "create", "x", "--password-stdin", "--no-password"],
        ["account", "set-password", "x"],
        ["space", "create", "x"],
        ["room", "join", "x"],
        ["invite", "accept", "x"],
        ["invite", "create", "--space", "s", "--expires-in", "soon"],
        ["message", "list", "r", "--before", "3", "--after", "4"],
        ["message", "delete", "r", "last"],
        ["message", "search", "x", "--limit", "0"],
        ["--url", "http://127.0.0.1:9", "space", "list"],
        ["--url", "nonsense", "--token", "t", "space", "list"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_2(nowhere, words):
    assert nowhere.run(*words).exit_code == 2


def test_findings_of_verify_are_status_1(nowhere, monkeypatch):
    finding = "event 3: the hash does not follow from event 2"
    found = ServerVerified(ok=False, events=7, blobs=0, orphans=0, findings=[finding])
    monkeypatch.setattr(Connection, "ask", lambda *asked, **how: found)
    result = nowhere.run("server", "verify")
    assert result.exit_code == 1
    assert result.stdout == f"{finding}\n"
    assert result.stderr.startswith("chatctl: 1 finding;")
    assert json.loads(nowhere.run("--json", "server", "verify").stdout) == to_builtins(found)


def test_what_is_no_damage_gets_no_advice_about_backups(nowhere, monkeypatch):
    found = ServerChecked(ok=False, findings=["only 9 MiB are free on the disk of /data; make room"])
    monkeypatch.setattr(Connection, "ask", lambda *asked, **how: found)
    result = nowhere.run("server", "check")
    assert (result.exit_code, result.stderr) == (1, "chatctl: 1 finding\n")


def test_a_tail_follows_until_ctrl_c_and_ends_quietly(chatctl, town):
    with chatctl.start(
        "--json", "event", "tail", "--from", "1", stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as tail:
        assert json.loads(tail.stdout.readline())["position"] == 1  # it follows
        posted = town.ada.json("message", "post", town.room["id"], "seen live")
        positions = (json.loads(line)["position"] for line in tail.stdout)
        assert posted["position"] in positions
        tail.send_signal(signal.SIGINT)
        assert tail.wait(60) == 130
        assert tail.stderr.read() == ""


@pytest.mark.parametrize("over", ["socket", "network"])
def test_messages_of_a_room_are_followed(chatctl, town, over):
    reader = chatctl if over == "socket" else town.ada
    with reader.start("message", "tail", town.room["id"], stdout=subprocess.PIPE) as tail:
        for _ in range(100):  # nothing tells when it begins to follow: post until it shows one
            town.ada("message", "post", town.room["id"], "seen live")
            if select.select([tail.stdout], [], [], 0.1)[0]:
                break
        assert tail.stdout.readline().rstrip().endswith(f"{town.account['name']}: seen live")
        tail.send_signal(signal.SIGINT)
        assert tail.wait(60) == 130


def test_a_closed_pipe_ends_it_quietly(chatctl, town):
    tail = chatctl.start("event", "tail", "--no-follow", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    tail.stdout.close()
    with tail.stderr:
        assert tail.stderr.read() == ""
    assert tail.wait(60) == 141


def test_top_is_a_live_screen_that_q_ends(chatctl):
    ours, theirs = pty.openpty()
    with chatctl.start("server", "top", stdin=theirs, stdout=theirs, stderr=theirs) as top:
        os.close(theirs)
        shown = b""
        while b"log writer" not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, b"q")
        while True:
            try:
                if not os.read(ours, 4096):
                    break
            except OSError:  # how Linux says that the other side of a terminal is closed
                break
        assert top.wait(60) == 0
    os.close(ours)


def test_a_password_prompt_keeps_standard_output_clean(chatctl):
    ours, theirs = pty.openpty()
    words = ("--json", "account", "create", "prompted")
    terminal = {"stdin": theirs, "stderr": theirs, "start_new_session": True}
    with chatctl.start(*words, stdout=subprocess.PIPE, **terminal) as create:
        os.close(theirs)
        for prompt in (b"Password: ", b"confirmation: "):
            shown = b""
            while prompt not in shown:
                shown += os.read(ours, 4096)
            os.write(ours, b"correct horse 9!\n")
        made = json.loads(create.stdout.read())
        assert create.wait(60) == 0
    os.close(ours)
    assert made["name"] == "prompted"


def test_help_needs_neither_trio_nor_the_client():
    code = "import sys, chatctl.cli; print({'trio', 'msgspec', 'rich.table'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "set()\n"


@pytest.mark.parametrize("words", [("account", "list"), ("--json", "server", "status")])
def test_output_that_cannot_be_written_is_one_line_on_stderr(chatctl, words) -> None:
    with open("/dev/full", "w") as full:
        ended = chatctl.start(*words, stdout=full, stderr=subprocess.PIPE)
        _, errors = ended.communicate(timeout=60)
    assert ended.returncode == 1
    assert errors == "chatctl: cannot write the output: No space left on device\n"


@pytest.mark.parametrize(
    "words",
    [
        ("backup", "check", "FILE"),
        ("backup", "create", "FILE"),
        ("backup", "list", "FILE"),
        ("backup", "prune", "FILE", "--keep", "last 3"),
        ("backup", "restore", "FILE", "--data", "new"),
        ("backup", "restore", "FILE", "--data", "FILE"),
        ("space", "export", "looks", "FILE"),
        ("space", "export", "looks", "FILE", "--format", "html"),
        ("room", "export", "looks/away", "FILE", "--format", "slack"),
        ("server", "export", "FILE"),
        ("file", "download", "01M8N0J7JEDJVYBKMNRP5GHF7N", "FILE"),
        ("cluster", "nkey", "FILE"),
    ],
)
def test_a_file_that_cannot_even_be_looked_at_is_one_line_that_names_it(chatctl, tmp_path, words) -> None:
    """As in a folder of somebody else; here its name is one that no disk takes."""
    if chatctl.run("space", "show", "looks").exit_code:
        chatctl("account", "create", "looker", "--no-password")
        chatctl("space", "create", "looks", "--owner", "looker")
        chatctl("room", "create", "away", "--space", "looks")
    file = str(tmp_path / ("a" * 300))
    said = chatctl.refused(*(file if word == "FILE" else word for word in words))
    assert file in said
    assert "File name too long" in said


def test_a_closed_output_is_no_crash(chatctl) -> None:
    command = ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "chatctl.cli", *chatctl.options()]
    ended = subprocess.run([*command, "account", "list"], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_token_without_an_address_is_not_passed_over(chatctl) -> None:
    """Else the command would do as the operator what was meant to be tried as somebody."""
    refused = chatctl.run("--token", "x", "account", "list")
    assert refused.exit_code == 2
    assert "needs --url" in refused.stderr


def lacking(key: str):
    """Answers as of a server whose version knows no such field."""
    made = Calls.make

    async def make(self, name, data):
        return {field: value for field, value in (await made(self, name, data)).items() if field != key}

    return make


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("accounts", ["account", "list"]),
        ("version", ["server", "status"]),
        ("spaces", ["space", "list"]),
        ("account", ["account", "create", "brought-from-elsewhere", "--no-password"]),
        ("views", ["view", "list"]),
    ],
)
def test_an_answer_of_a_server_of_another_version_is_one_line(chatctl, monkeypatch, key, words):
    monkeypatch.setattr(Calls, "make", lacking(key))
    line = chatctl.refused(*words)
    assert f"`{key}`" in line
    assert "use the chatctl that came with it" in line.casefold()


def test_a_sign_in_at_a_server_of_another_version_is_one_line(chatctl, monkeypatch):
    name = "comes-from-elsewhere"
    chatctl("account", "create", name, "--no-password")
    away = chatctl.as_account(name)
    asked = Link._ask

    async def ask(self, request, data):
        answer = await asked(self, request, data)
        return {field: value for field, value in answer.items() if field != "limits"}

    monkeypatch.setattr(Link, "_ask", ask)
    assert "Use the chatctl that came with it" in away.refused("space", "list")


def test_an_upload_to_a_server_of_another_version_is_one_line(chatctl, monkeypatch, tmp_path):
    name = "uploads-from-elsewhere"
    chatctl("account", "create", name, "--no-password")
    away, file = chatctl.as_account(name), tmp_path / "note.txt"
    file.write_text("hello")
    monkeypatch.setattr(json, "loads", lambda text: {"upload": "done"})
    assert "Use the chatctl that came with it" in away.refused("file", "upload", str(file))
