"""The command table and everything that must have a row for each of its rows."""

from __future__ import annotations

import attrs
import pytest

from chatd.actors.handlers import HANDLERS
from chatd.domain import account, room, space
from chatd.domain.refusal import Refusal
from chatd.domain.table import ENTRIES, TABLE, Entry, find

DECIDERS = {"room": room._DECIDERS, "space": space._DECIDERS, "account": account._DECIDERS}
BY_THE_SESSION = {"session.open"}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_request_has_somebody_who_answers_it(entry: Entry) -> None:
    if entry.route == "desk":
        assert entry.name in HANDLERS or entry.name in BY_THE_SESSION
    else:
        assert entry.type in DECIDERS[entry.route]


def test_nobody_answers_what_is_not_in_the_table() -> None:
    assert set(HANDLERS) <= set(TABLE)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_request_refuses_an_unknown_field_by_name(entry: Entry) -> None:
    refusal = entry.read({"no_such_field": 1})
    assert isinstance(refusal, Refusal)
    assert refusal.code == "invalid"
    assert "no_such_field" in refusal.message


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_field_refuses_a_value_of_another_type(entry: Entry) -> None:
    for field in attrs.fields(entry.type):
        refusal = entry.read({field.name: [{}]})
        assert isinstance(refusal, Refusal)
        assert refusal.code == "invalid"


def test_text_has_a_limit() -> None:
    post = TABLE["message.post"]
    assert not isinstance(post.read({"room": "r", "text": "x" * 10_000}), Refusal)
    for text in ("", "x" * 10_001):
        assert isinstance(post.read({"room": "r", "text": text}), Refusal)


def test_a_cursor_refuses_unknown_keys_too() -> None:
    cursor = {"epoch": "e", "position": 1, "extra": 2}
    assert isinstance(TABLE["session.open"].read({"token": "t", "cursor": cursor}), Refusal)


def test_commands_and_queries_are_not_mixed_up() -> None:
    for kind, name in (
        ("query", "message.post"),
        ("command", "room.history"),
        ("command", "no.such"),
        ("command", 7),
    ):
        refusal = find(kind, name)
        assert isinstance(refusal, Refusal)
        assert refusal.code == "invalid"
