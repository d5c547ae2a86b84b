"""No secret stands where it does not belong: not in the log of the server, not in another answer than the one
that issued it, not in what chatctl prints, not in the data folder.

One server that logs all it can is walked through everything that makes or takes a secret.
"""

from __future__ import annotations

import base64
import json
import os
import re
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import attrs
import pytest
from click.testing import CliRunner

from chatctl.cli import cli
from chatd.contract.requests import REQUESTS
from chatd.domain.totp import code, step_at

from .authenticator import Authenticator
from .conftest import ended_well
from .serving import Server
from .talking import Client, Frame

TAKES_A_SECRET = frozenset(
    {"password", "old", "new", "code", "token", "refresh_token", "invite", "verifier", "ceremony"}
)
WITHOUT = {
    "account.exchange": "needs a provider: tests/e2e/test_single_sign_on.py",
    "identity.add": "needs a provider: tests/e2e/test_single_sign_on.py",
    "account.recover": "is a form, and walked through as one",
}
SIGNED_UP, CHANGED, SET, RECOVERED, SET_UP, WRONG, BY_CHATCTL = (
    f"{words}-pond-heron-{number}"
    for number, words in enumerate(
        ("lantern", "weir", "meadow", "gravel", "harbour", "thistle", "bracken"), start=731
    )
)


@attrs.frozen
class Secret:
    name: str  # for people who read why the test fails
    value: str
    issued: int | None  # the number of the answer that may show it

    def forms(self) -> set[str]:
        return {self.value, quote_plus(self.value), json.dumps(self.value)[1:-1]}


@attrs.define
class Walk:
    """What was said on all connections, and every secret that was made or told."""

    server: Server
    operator: Client
    clients: list[Client] = attrs.Factory(list)
    answers: list[tuple[str, str]] = attrs.Factory(list)  # the request and its whole answer
    secrets: list[Secret] = attrs.Factory(list)
    printed: list[tuple[str, str]] = attrs.Factory(list)  # the chatctl command and all that it printed
    asked: set[str] = attrs.Factory(set)

    def dial(self) -> Client:
        self.clients.append(Client.dial(self.server))
        return self.clients[-1]

    def ask(self, client: Client, name: str, /, **data: Any) -> Frame:
        """The result, or the error if it is refused."""
        reply = client.reply(client.send(name, **data))
        self.asked.add(name)
        self.answers.append((name, json.dumps(reply)))
        found: Frame = reply.get("result", reply.get("error"))
        return found

    def ask_last(self, client: Client, name: str, /, **data: Any) -> None:
        """With which the session ends, perhaps before there is an answer."""
        client.send(name, **data)
        self.asked.add(name)
        assert client.wait_closed() == 4002

    def told(self, name: str, value: str) -> None:
        """A secret that came from outside: no answer may show it."""
        self.secrets.append(Secret(name, value, None))

    def issued(self, name: str, value: str) -> str:
        """A secret of the last answer."""
        self.secrets.append(Secret(name, value, len(self.answers) - 1))
        return value

    def tokens(self, answer: Frame) -> Frame:
        self.issued("access token", answer["access_token"])
        self.issued("refresh token", answer["refresh_token"])
        return answer

    def form(self, path: str, **fields: str) -> str:
        """What a browser is shown."""
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST" if fields else "GET", path, urlencode(fields), headers)
        page = connection.getresponse().read().decode()
        connection.close()
        return page

    def chatctl(self, *words: str, stdin: str | None = None, data: bool = True) -> str:
        options = ["--data", str(self.server.data)] if data else []
        environment = dict.fromkeys(("CHATD_DATA", "CHATD_URL", "CHATD_TOKEN"))
        result = CliRunner(env=environment).invoke(cli, [*options, *words], input=stdin)
        self.printed.append((" ".join(words[:3]), result.output))
        return result.stdout


# --- the walk, stage by stage ---


def set_up(walk: Walk) -> None:
    line = walk.server.printed.get(timeout=60)
    while "setup?code=" not in line:
        line = walk.server.printed.get(timeout=60)
    setup = line.rsplit("=", 1)[1]
    walk.told("setup code", setup)
    walk.told("password at set-up", SET_UP)
    wrong = walk.form("/setup", code="0" * 64, name="ada", password=SET_UP, space="Team")
    assert "problem" in wrong
    done = walk.form("/setup", code=setup, name="ada", password=SET_UP, space="Team")
    assert "Welcome" in done
    for page in (wrong, done):
        walk.answers.append(("POST /setup", page))


def sign_in(walk: Walk) -> Client:
    """Somebody signs up and in, refreshes, changes the password, and types wrong ones."""
    for name, value in (("password", SIGNED_UP), ("new password", CHANGED), ("wrong password", WRONG)):
        walk.told(name, value)
    stranger = walk.dial()
    made = walk.tokens(walk.ask(stranger, "account.sign_up", name="grace", password=SIGNED_UP))
    walk.ask(stranger, "account.sign_up", name="grace", password=SIGNED_UP)
    walk.ask(stranger, "account.sign_in", name="grace", password=WRONG)
    walk.ask(stranger, "account.sign_in", name="nobody", password=WRONG)
    walk.tokens(walk.ask(stranger, "account.sign_in", name="grace", password=SIGNED_UP, device="phone"))
    renewed = walk.tokens(walk.ask(stranger, "account.refresh", refresh_token=made["refresh_token"]))
    walk.ask(stranger, "account.refresh", refresh_token=WRONG)
    walk.ask(stranger, "session.open", token=WRONG)
    walk.ask(stranger, "account.sign_in", name="grace", password=SIGNED_UP, nonsense=WRONG)
    walk.ask(stranger, "session.open", token={"not": WRONG})
    client = walk.dial()
    walk.ask(client, "session.open", token=renewed["access_token"])
    walk.ask(client, "account.change_password", old=WRONG, new=CHANGED)
    walk.ask(client, "account.change_password", old=SIGNED_UP, new=CHANGED)
    walk.ask(client, "account.rename", name="gracious", password=WRONG)
    walk.ask(client, "account.rename", name="gracious", password=CHANGED)
    walk.ask(client, "identity.begin", password=CHANGED)
    walk.ask(client, "identity.remove", issuer="https://id.example", subject="ada", password=CHANGED)
    return client


def second_factor(walk: Walk, client: Client) -> None:
    walk.ask(client, "totp.begin", password=WRONG)
    secret = walk.issued("secret of the app", walk.ask(client, "totp.begin", password=CHANGED)["secret"])
    key = base64.b32decode(secret)
    at = step_at(time.time_ns() // 1_000_000)
    walk.ask(client, "totp.confirm", code="000000")
    for paper in walk.ask(client, "totp.confirm", code=code(key, at))["recovery_codes"]:
        walk.issued("recovery code", paper)
    papers = [secret.value for secret in walk.secrets if secret.name == "recovery code"]
    stranger = walk.dial()
    walk.ask(stranger, "account.sign_in", name="gracious", password=CHANGED)
    walk.ask(stranger, "account.sign_in", name="gracious", password=CHANGED, code="000000")
    signed_in = walk.ask(stranger, "account.sign_in", name="gracious", password=CHANGED, code=papers[0])
    walk.tokens(signed_in)
    walk.ask(client, "totp.get")
    walk.ask(client, "totp.remove", password=CHANGED, code=papers[1])


def passkeys(walk: Walk, client: Client) -> None:
    device = Authenticator(f"http://localhost:{walk.server.port}")
    walk.ask(client, "passkey.begin", password=WRONG)
    begun = walk.ask(client, "passkey.begin", password=CHANGED)
    walk.issued("passkey ceremony", begun["ceremony"])
    added = walk.ask(client, "passkey.add", **device.make(begun))["passkey"]
    stranger = walk.dial()
    asked = walk.ask(stranger, "account.passkey_begin")
    walk.issued("sign-in ceremony", asked["ceremony"])
    walk.tokens(walk.ask(stranger, "account.passkey_sign_in", **device.sign(asked)))
    walk.ask(client, "passkey.list")
    walk.ask(client, "passkey.remove", passkey=added["id"], password=CHANGED)


def places_and_bots(walk: Walk, client: Client) -> None:
    space = walk.ask(client, "space.create", name="Bots")["space"]["id"]
    invite = walk.ask(client, "invite.create", space=space)["invite"]
    walk.issued("invite code", invite["code"])
    walk.ask(client, "invite.list", space=space)
    guest = walk.dial()
    walk.ask(guest, "invite.check", code=invite["code"])
    made = walk.ask(guest, "account.sign_up", name="eve-invited", password=SIGNED_UP, invite=invite["code"])
    walk.tokens(made)
    walk.ask(guest, "session.open", token=made["access_token"])
    walk.ask(guest, "invite.accept", code=invite["code"])
    walk.ask(guest, "invite.accept", code=WRONG)
    bot = walk.ask(client, "bot.create", name="helper", scopes=["read", "join"])
    walk.issued("bot token", bot["token"])
    id_ = walk.ask(client, "bot.list")["bots"][0]["account"]
    walk.issued("newer bot token", walk.ask(client, "bot.token", account=id_)["token"])
    room = walk.ask(client, "room.create", space=space, name="general")["room"]["id"]
    walk.ask(client, "message.post", room=room, text="nothing secret")
    walk.ask(client, "audit.list", space=space)
    walk.ask(client, "invite.revoke", code=invite["code"])
    walk.ask(guest, "account.delete", password=WRONG)
    walk.ask_last(guest, "account.delete", password=SIGNED_UP)


def by_operators(walk: Walk) -> None:
    for name, value in (("set password", SET), ("recovered password", RECOVERED), ("typed", BY_CHATCTL)):
        walk.told(name, value)
    operator = walk.operator
    id_ = walk.ask(operator, "account.create", name="linus", password=WRONG)["account"]["id"]
    walk.ask(operator, "account.set_password", account=id_, password=SET)
    token = walk.issued("token", walk.ask(operator, "account.token", account=id_)["token"])
    link = walk.ask(operator, "account.recovery_link", account=id_)["url"].rsplit("=", 1)[1]
    walk.issued("recovery link", link)
    walk.form(f"/recover?code={link}")
    for page in (
        walk.form("/recover", code="0" * 64, password=RECOVERED),
        walk.form("/recover", code=link, password=RECOVERED),
    ):
        walk.answers.append(("POST /recover", page))
    walk.chatctl("account", "set-password", "linus", "--password-stdin", stdin=BY_CHATCTL)
    walk.chatctl("--json", "account", "list")
    walk.chatctl("--json", "event", "tail", "--from", "0", "--no-follow")
    walk.chatctl("--json", "invite", "list", "--space", "Bots")
    url = f"http://127.0.0.1:{walk.server.port}"
    for with_token in (token, token[:-8] + "AAAAAAAA"):
        walk.chatctl("--url", url, "--token", with_token, "account", "list", data=False)


def look_around(walk: Walk, client: Client) -> None:
    """All that shows accounts, devices and what happened."""
    for name in ("device.list", "account.export", "identity.list", "space.list", "preferences.get"):
        walk.ask(client, name)
    for name in (
        "account.list",
        "event.list",
        "server.status",
        "server.top",
        "server.sessions",
        "server.streams",
        "server.followers",
        "server.check",
        "server.verify",
    ):
        walk.ask(walk.operator, name, **({"after": 0, "limit": 500} if name == "event.list" else {}))
    for account in walk.ask(walk.operator, "account.list")["accounts"]:
        walk.ask(walk.operator, "account.devices", account=account["id"])
        walk.ask(walk.operator, "account.export", account=account["id"])
    walk.ask(walk.operator, "backup.create", path=str(walk.server.data.parent / "backup.db"))
    walk.ask_last(client, "account.sign_out")


# --- what is left of it ---


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    server = Server(tmp_path_factory.mktemp("secrets") / "data", log_level="debug").start()
    walk = Walk(server, Client.operator(server))
    walk.clients.append(walk.operator)
    try:
        set_up(walk)
        client = sign_in(walk)
        second_factor(walk, client)
        passkeys(walk, client)
        places_and_bots(walk, client)
        by_operators(walk)
        look_around(walk, client)
        yield walk
        ended_well(server)
    finally:
        for client in walk.clients:
            client.close()
        server.kill()


def leaks(walk: Walk, text: str, but: int | None = None) -> list[str]:
    """The secrets that stand in a text, except those that were issued by the answer `but`."""
    others = (secret for secret in walk.secrets if secret.issued is None or secret.issued != but)
    return [secret.name for secret in others if any(form in text for form in secret.forms())]


def test_the_walk_leaves_out_no_request_that_takes_a_secret(walk: Walk) -> None:
    taking = {entry.name for entry in REQUESTS.values() if TAKES_A_SECRET.intersection(entry.fields)}
    assert taking <= walk.asked | set(WITHOUT)
    assert walk.asked <= set(REQUESTS)
    assert len({secret.value for secret in walk.secrets}) == len(walk.secrets) > 25


def test_no_answer_shows_a_secret_but_the_one_that_issued_it(walk: Walk) -> None:
    found = {
        name: leaked
        for number, (name, answer) in enumerate(walk.answers)
        if (leaked := leaks(walk, answer, but=number))
    }
    forms = {"POST /setup": ["setup code"], "POST /recover": ["recovery link"]}  # to send it once more
    assert {name: leaked for name, leaked in found.items() if leaked != forms.get(name)} == {}


def test_no_event_or_signal_shows_a_secret(walk: Walk) -> None:
    for client in walk.clients:
        assert leaks(walk, json.dumps([client.events, client.signals, client.replies])) == []


def test_the_log_shows_no_secret(walk: Walk) -> None:
    log = walk.server.log.read_text()
    assert '"account.sign_in"' in log  # it does log each request
    assert leaks(walk, log) == []
    assert not re.search(r"argon2|eyJ[\w-]+\.", log)


def test_what_the_server_prints_shows_no_secret_but_the_link_to_the_first_account(walk: Walk) -> None:
    said = []
    while not walk.server.printed.empty():
        said.append(walk.server.printed.get())
    assert leaks(walk, "\n".join(said)) == []


def test_chatctl_prints_no_secret(walk: Walk) -> None:
    """None of these commands is there to issue one."""
    assert {words: leaked for words, printed in walk.printed if (leaked := leaks(walk, printed))} == {}


def test_no_answer_shows_a_hash(walk: Walk) -> None:
    for name, answer in walk.answers:
        assert "argon2" not in answer, name
        assert "_hash" not in answer, name


def test_no_file_of_the_server_holds_a_secret(walk: Walk) -> None:
    """As it was said, or as the bytes that it stands for. (An app's secret must be known, as bytes.)"""
    wanted = [
        (secret.name, {form.encode() for form in secret.forms()} | _raw(secret)) for secret in walk.secrets
    ]
    looked_at = 0
    for path in _files(walk.server.data.parent):
        content = path.read_bytes()
        looked_at += len(content)
        found = [name for name, forms in wanted if any(form in content for form in forms)]
        assert found == [], path.name
    assert looked_at > 100_000


def _raw(secret: Secret) -> set[bytes]:
    return {bytes.fromhex(secret.value)} if re.fullmatch(r"[0-9a-f]{64}", secret.value) else set()


def _files(folder: Path) -> Iterator[Path]:
    for root, _, names in os.walk(folder):
        yield from (path for name in names if (path := Path(root, name)).is_file())
