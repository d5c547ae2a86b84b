"""The command table and everything that must have a row for each of its rows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sample_structs import sample

from chatd.contract.errors import Refusal
from chatd.contract.events import AUDITED, DISSOLVES, MEMBERSHIP
from chatd.contract.requests import REQUESTS, find
from chatd.contract.schema import classes, to_definition
from chatd.contract.spec import RequestType
from chatd.domain.account import decide as account
from chatd.domain.room import decide as room
from chatd.domain.space import decide as space
from chatd.handlers.registry import registry

DECIDERS = {"room": room._DECIDERS, "space": space._DECIDERS, "account": account._DECIDERS}


@pytest.mark.parametrize("entry", REQUESTS.values(), ids=lambda entry: entry.name)
def test_every_request_that_a_stream_decides_has_a_decider(entry: RequestType) -> None:
    if entry.decided_by in DECIDERS:
        assert entry.request in DECIDERS[entry.decided_by]


@pytest.mark.parametrize("entry", REQUESTS.values(), ids=lambda entry: entry.name)
def test_every_request_refuses_an_unknown_field_by_name(entry: RequestType) -> None:
    refusal = entry.read({"no_such_field": 1})
    assert isinstance(refusal, Refusal)
    assert refusal.code == "invalid"
    assert "no_such_field" in refusal.message


@pytest.mark.parametrize("entry", REQUESTS.values(), ids=lambda entry: entry.name)
def test_every_field_refuses_a_value_of_another_type(entry: RequestType) -> None:
    for field in entry.fields:
        refusal = entry.read({field: [{}]})
        assert isinstance(refusal, Refusal)
        assert refusal.code == "invalid"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        (
            "member.set_role",
            {"space": "s", "account": "a", "role": "king"},
            "role: one of owner, admin, moderator, member, guest",
        ),
        ("invite.create", {"space": "s", "role": "owner"}, "role: one of admin, moderator, member, guest"),
        (
            "bot.create",
            {"name": "rex", "scopes": ["read", "x" * 9999]},
            "scopes[1]: one of read, post, react, join, moderate, manage",
        ),
        ("bot.create", {"name": "rex", "scopes": ["read"] * 7}, "scopes: must have at most 6 items"),
        (
            "room.update",
            {"room": "r", "slow_mode": 10**30},
            "slow_mode: must be from 0 to 21600",
        ),
        (
            "room.update",
            {"room": "r", "slow_mode": "1"},
            "slow_mode: expected an integer or null, got a string",
        ),
        ("room.update", {"room": "r\0"}, "room: must not contain NUL"),
        ("message.post", {"room": "r"}, "text: missing"),
        (
            "account.sign_up",
            {"name": "a", "password": "x", "display_name": "x"},
            "name: must have 2 to 32 characters",
        ),
        ("room.update", {"room": "r", "topic": "x" * 1001}, "topic: must have at most 1000 characters"),
        ("notification.read", {"ids": ["x" * 65]}, "ids[0]: must have 1 to 64 characters"),
        ("notification.read", {"ids": []}, "ids: must have 1 to 500 items"),
        (
            "session.open",
            {"token": "t", "cursor": {"epoch": "e", "position": -1}},
            "cursor.position: must be at least 0",
        ),
        ("message.post", {"room": "r", "text": 10_001 * "x"}, "text: must have at most 10000 characters"),
        ("session.open", {"cursor": {"epoch": "e"}}, "cursor.position: missing"),
        (
            "session.open",
            {"cursor": {"epoch": "e", "position": 1, "seq": 1}},
            "cursor: unknown field 'seq'",
        ),
        (
            "member.mute",
            {"space": "s", "account": "a", "for": 0},
            "for: must be from 1 to 316224000",
        ),
        (
            "emoji.add",
            {"space": "s", "name": "A b", "image": "x"},
            "name: must be of the letters a to z, digits, _, + and -",
        ),
    ],
)
def test_a_bad_field_is_named_first_and_then_what_it_takes(
    name: str, data: dict[str, object], message: str
) -> None:
    assert REQUESTS[name].read(data) == Refusal("invalid", message)


@pytest.mark.parametrize("entry", REQUESTS.values(), ids=lambda entry: entry.name)
def test_no_refusal_repeats_what_is_long(entry: RequestType) -> None:
    long = "x" * 20_000
    fields = entry.fields
    for data in (
        {long: 1},
        *({field: long} for field in fields),
        *({field: {long: long}} for field in fields),
    ):
        refusal = entry.read(data)
        if isinstance(refusal, Refusal):
            assert "x" * 100 not in refusal.message
            assert len(refusal.message) < 500
    refusal = find(entry.kind, long)
    assert isinstance(refusal, Refusal)
    assert len(refusal.message) < 100


def as_floats(value: Any) -> Any:
    """As some writers of MessagePack send what is beyond 32 bits."""
    match value:
        case bool():
            return value
        case int():
            return float(value)
        case list():
            return [as_floats(one) for one in value]
        case dict():
            return {key: as_floats(one) for key, one in value.items()}
    return value


def has_integers(entry: RequestType) -> bool:
    return b'"integer"' in msgspec.json.encode(msgspec.json.schema(entry.request))


@pytest.mark.parametrize("entry", [*filter(has_integers, REQUESTS.values())], ids=lambda entry: entry.name)
def test_a_whole_number_is_an_integer_however_it_is_written(entry: RequestType) -> None:
    data = msgspec.to_builtins(sample(entry.request, full=True))
    assert entry.read(as_floats(data)) == entry.read(data)


def test_what_may_be_left_out_may_be_null() -> None:
    """Whatever its default is. The schema says so, too."""
    schemas = classes(to_definition)
    for entry in REQUESTS.values():
        fields = msgspec.structs.fields(entry.request)
        optional = {field.encode_name for field in fields if not field.required}
        data = msgspec.to_builtins(sample(entry.request, full=True))
        needed = {name: value for name, value in data.items() if name not in optional}
        assert entry.read({**needed, **dict.fromkeys(optional)}) == entry.read(needed), entry.name
        for name in optional:
            assert {"type": "null"} in schemas[entry.request.__name__]["properties"][name]["anyOf"]


def test_a_number_that_is_not_whole_or_not_exact_is_no_integer() -> None:
    for seq in (1.5, 2.0**53 + 2, 1e300, float("inf"), float("nan")):
        refusal = REQUESTS["message.delete"].read({"room": "r", "seq": seq})
        assert refusal == Refusal("invalid", "seq: expected an integer, got a number"), seq


def test_beside_a_whole_number_that_is_written_as_a_float_the_fault_is_named() -> None:
    data = {"room": "r", "text": 1, "post_at": 1_900_000_000_000.0}
    refusal = REQUESTS["message.schedule"].read(data)
    assert refusal == Refusal("invalid", "text: expected a string, got an integer")


def test_text_has_a_limit() -> None:
    post = REQUESTS["message.post"]
    assert not isinstance(post.read({"room": "r", "text": "x" * 10_000}), Refusal)
    assert isinstance(post.read({"room": "r", "text": "x" * 10_001}), Refusal)


def test_a_cursor_refuses_unknown_keys_too() -> None:
    cursor = {"epoch": "e", "position": 1, "extra": 2}
    assert isinstance(REQUESTS["session.open"].read({"token": "t", "cursor": cursor}), Refusal)


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


# --- handlers -----------------------------------------------------------------------------------------


def handlers_of(noun: str, *leave_out: str, **more: Any) -> type[Any]:
    verbs = [row.verb for row in REQUESTS.values() if row.decided_by == "handler" and row.noun == noun]
    methods = {verb: (lambda self, caller, command: None) for verb in verbs if verb not in leave_out}
    return type(noun, (), {**methods, **more})


def every_handler() -> dict[str, list[object]]:
    nouns = {row.noun for row in REQUESTS.values() if row.decided_by == "handler"}
    return {noun: [handlers_of(noun)()] for noun in nouns}


def test_a_registry_has_a_handler_for_every_request_that_handlers_decide() -> None:
    expected = {row.name for row in REQUESTS.values() if row.decided_by == "handler"}
    assert set(registry(every_handler())) == expected


def test_a_request_without_a_handler_fails_at_the_start() -> None:
    handlers = {**every_handler(), "space": [handlers_of("space", "create")()]}
    with pytest.raises(LookupError, match=r"nobody answers space\.create"):
        registry(handlers)


@pytest.mark.parametrize("verb", ["paint", "update"])
def test_a_handler_for_no_request_of_its_own_fails_at_the_start(verb: str) -> None:
    more = {verb: lambda self, caller, command: None}  # `space.update` is the space's to decide
    handlers = {**every_handler(), "space": [handlers_of("space", **more)()]}
    with pytest.raises(LookupError, match=rf"may not answer space\.{verb}"):
        registry(handlers)


def test_two_handlers_for_one_request_fail_at_the_start() -> None:
    handlers = {**every_handler(), "device": [handlers_of("device")(), handlers_of("device")()]}
    with pytest.raises(LookupError, match="may not answer device"):
        registry(handlers)


SCHEMA = (Path(__file__).parents[2] / "schema.sql").read_text()


def names_of(statement: str) -> list[str]:
    """The types of events that a statement of the schema lists first."""
    listed = re.search(rf"CREATE {statement} .*?type IN \((.*?)\)", SCHEMA, re.DOTALL)
    assert listed is not None
    return re.findall(r"'([a-z_.]+)'", listed[1])


def test_the_index_of_the_audit_lists_the_events_that_the_table_calls_audited() -> None:
    assert tuple(names_of("INDEX events_audited")) == AUDITED


@pytest.mark.parametrize(
    ("trigger", "names"),
    [
        ("member_joined", {name for name, lets_in in MEMBERSHIP.items() if lets_in}),
        # a deleted account is out of its own stream, but its sessions end of themselves
        ("member_left", {name for name, lets_in in MEMBERSHIP.items() if not lets_in} | {"account.deleted"}),
        ("memberships_ended", DISSOLVES),
    ],
)
def test_the_triggers_on_members_list_the_events_that_let_somebody_in_or_out(
    trigger: str, names: set[str]
) -> None:
    assert set(names_of(f"TRIGGER {trigger}")) == names


def types_of(trigger: str) -> set[str]:
    condition = re.search(rf"CREATE TRIGGER {trigger} .*?WHEN(.*?)BEGIN", SCHEMA, re.DOTALL)
    assert condition is not None
    return set(re.findall(r"'([a-z_]+\.[a-z_]+)'", condition[1]))


def test_no_trigger_waits_where_its_events_never_come() -> None:
    elsewhere = types_of("fact_changes")
    about_messages = types_of("fact_changes_message")
    assert about_messages < elsewhere
    for trigger, view in re.findall(r"CREATE TRIGGER (\w+) INSTEAD OF INSERT ON (\w+)", SCHEMA):
        if view == "changes":
            assert not types_of(trigger) & elsewhere, trigger
        elif view == "message_changes":
            assert types_of(trigger) <= about_messages, trigger
