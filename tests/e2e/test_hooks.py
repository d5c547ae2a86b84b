"""Incoming webhooks: who can only send to an address posts as a bot, whatever sends it."""

from __future__ import annotations

import gzip
import json
from http.client import HTTPConnection
from itertools import count
from typing import Any
from urllib.parse import urlencode

import attrs
import pytest

from chatd.gateway.http.hooks import FORM_FIELDS

from .serving import Server
from .town import Account, Town

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
TEXT = "text/plain; charset=utf-8"

_numbers = count()


@attrs.frozen
class Hook:
    """The address of a bot that is in a room."""

    server: Server
    room: str
    bot: str
    token: str

    def send(
        self, body: bytes | str, type_: str = JSON, *, room: str = "", token: str = "", **headers: str
    ) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        said = {"content-type": type_, **{name.replace("_", "-"): value for name, value in headers.items()}}
        sent = body if isinstance(body, bytes) else body.encode()
        connection.request("POST", f"/hooks/{room or self.room}/{token or self.token}", sent, said)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        is_json = "json" in response.headers["content-type"]
        return response.status, json.loads(body) if is_json else {}


@pytest.fixture
def hook(server: Server, town: Town) -> Hook:
    room = town.room()
    master = town.open(town.member(room))
    made = master.ask("bot.create", name=f"deploys{next(_numbers)}", scopes=["post", "join"])
    bot = Account(made["account"]["id"], made["account"]["name"], made["token"])
    client = town.open(bot)
    client.ask("invite.accept", code=town.code)
    client.ask("room.join", room=room)
    client.close()
    master.ask("bot.update", account=bot.id, scopes=["post"])
    return Hook(server, room, bot.id, bot.token)


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        ('{"text": "it runs: 世界"}', JSON),
        ('{"text": "it runs: 世界", "username": "ci", "attachments": [{"color": "good"}]}', JSON),
        (urlencode({"payload": '{"text": "it runs: 世界", "icon_emoji": ":ghost:"}'}), FORM),
        ("it runs: 世界", TEXT),
    ],
    ids=["json", "slack", "form", "text"],
)
def test_what_senders_of_webhooks_send_is_posted_by_the_bot(
    town: Town, hook: Hook, body: str, type_: str
) -> None:
    reader = town.open(town.member(hook.room))
    status, answer = hook.send(body, type_)
    assert (status, answer["ok"]) == (200, True)  # all that such senders take for success
    event = reader.wait_event("message.posted", text="it runs: 世界")
    assert (event["by"], event["seq"], event["position"]) == (hook.bot, answer["seq"], answer["position"])
    reader.close()


def test_what_is_sent_again_with_its_key_is_posted_once(town: Town, hook: Hook) -> None:
    answers = [hook.send('{"text": "built"}', idempotency_key='"build-7"') for _ in range(2)]
    assert answers[0] == answers[1]
    assert hook.send('{"text": "broken"}', idempotency_key='"build-7"')[0] == 409


@pytest.mark.parametrize(
    ("body", "type_", "status"),
    [
        ("{}", JSON, 400),
        ('{"text": 7}', JSON, 400),
        ('{"text": ""}', JSON, 400),
        ("[]", JSON, 400),
        ('{"text": "', JSON, 400),
        ("text=hello", FORM, 400),
        ("payload={", FORM, 400),
        ("&".join(f"a{n}=1" for n in range(200)), FORM, 400),
        ("payload=%7B%22text%22%3A%22%FF%22%7D", FORM, 400),
        (b"\xff\xfe", TEXT, 400),
        ("caf\xe9".encode("latin-1"), "text/plain; charset=iso-8859-1", 415),
        ("built".encode("utf-16-le"), 'text/plain; Charset="UTF-16LE"', 415),
        ("<text/>", "application/xml", 415),
        ("hello", "", 415),
        ("x" * 70_000, TEXT, 413),
    ],
)
def test_what_cannot_be_posted_is_refused_and_says_why(
    town: Town, hook: Hook, body: str | bytes, type_: str, status: int
) -> None:
    before = town.operator.ask("room.history", room=hook.room)["messages"]
    answered, answer = hook.send(body, type_)
    assert answered == status
    assert answer["detail"]
    assert town.operator.ask("room.history", room=hook.room)["messages"] == before


def test_a_body_is_sent_as_it_is(hook: Hook) -> None:
    status, answer = hook.send(gzip.compress(b"built"), TEXT, content_encoding="gzip")
    assert (status, answer["code"]) == (415, "invalid")
    assert "Content-Encoding" in answer["detail"]


@pytest.mark.parametrize(
    "type_", ["text/plain", "text/plain; charset=us-ascii", 'text/plain;charset="UTF-8"']
)
def test_text_is_taken_in_the_charsets_that_are_utf_8(hook: Hook, type_: str) -> None:
    assert hook.send("built", type_)[0] == 200


def test_a_form_with_many_fields_has_its_payload(hook: Hook) -> None:
    others = {f"a{n}": "1" for n in range(FORM_FIELDS - 1)}
    assert hook.send(urlencode({**others, "payload": '{"text": "built"}'}), FORM)[0] == 200
    answer = hook.send(urlencode({**others, "b": "1", "payload": '{"text": "built"}'}), FORM)[1]
    assert str(FORM_FIELDS) in answer["detail"]


def test_an_address_is_as_good_as_its_token(town: Town, hook: Hook) -> None:
    other = town.room()
    assert hook.send('{"text": "x"}', room=other)[1]["code"] == "forbidden"
    assert hook.send('{"text": "x"}', room="01ARZ3NDEKTSV4RRFFQ69G5FAV")[1]["code"] == "not_found"
    assert hook.send('{"text": "x"}', token="nonsense")[0] == 401
    person = town.member(hook.room)
    assert hook.send('{"text": "x"}', token=person.token)[1]["code"] == "forbidden"
    town.operator.ask("bot.token", account=hook.bot)  # which ends the one in the address
    assert hook.send('{"text": "x"}')[0] == 401
    assert hook.token not in hook.server.log.read_text()


def test_a_hook_is_there_to_be_posted_to(hook: Hook) -> None:
    connection = HTTPConnection("127.0.0.1", hook.server.port, timeout=30)
    connection.request("GET", f"/hooks/{hook.room}/{hook.token}")
    response = connection.getresponse()
    assert (response.status, json.load(response)["code"]) == (405, "invalid")
    connection.close()
