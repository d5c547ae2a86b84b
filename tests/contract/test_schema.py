"""`chatd schema`: the protocol as JSON Schema and as an AsyncAPI document, read by their own tools."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache, reduce
from operator import getitem
from pathlib import Path
from typing import Any

import npm
import pytest
from click.testing import CliRunner
from json_schema import validator, validator_of_draft_7

from chatd.cli import main
from chatd.contract.events import EVENTS
from chatd.contract.requests import REQUESTS
from chatd.contract.signals import SIGNALS

NODE = Path(__file__).parent / "node"
PARSER_SECONDS = 240
PARTS = 10
REQUEST_FRAMES = {f"request.{name}" for name in REQUESTS}
NEWS_FRAMES = {f"event.{kind}.{name}" for kind, name in EVENTS} | {f"signal.{name}" for name in SIGNALS}
POST = {"id": 1, "command": "message.post", "data": {"room": "r", "text": "hi"}}
POSTED = {"event": "message.posted", "stream": "room/r", "seq": 1, "position": 9, "at": 5, "by": "ann"}

BANNED = {**POSTED, "event": "member.banned", "stream": "space/s"}
HIT = {
    "room": "r",
    "seq": 1,
    "position": 9,
    "at": 5,
    "by": "ann",
    "snippet": "red",
    "highlights": [[0, 3]],
    "attachments": [],
    "files": [],
}


@cache
def printed(*options: str) -> Any:
    result = CliRunner().invoke(main, ["schema", *options])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def schema() -> Any:
    return printed()


def test_the_schema_is_json_schema_and_has_every_row(schema: Any) -> None:
    validator(schema).check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$defs"].keys() >= REQUEST_FRAMES | NEWS_FRAMES | {f"result.{name}" for name in REQUESTS}
    assert schema["$defs"].keys() >= set(_references(schema, "#/$defs/"))


@pytest.mark.parametrize(
    "frame",
    [
        POST,
        {"id": "a", "query": "space.list"},
        {"id": 1, "command": "member.mute", "data": {"space": "s", "account": "a", "for": 60}},
        {"id": 1, "result": {}},
        {"id": None, "error": {"code": "invalid", "message": "not a JSON frame"}},
        {**POSTED, "data": {"text": "hi"}},
        {**POSTED, "data": {"text": "hi", "colour": "red"}, "new": True},
        {**POSTED, "data": {}},
        {**BANNED, "data": {"account": "bob", "until": 7}},
        {**BANNED, "data": {}},
        {"signal": "typing", "stream": "room/r", "by": "ann", "data": {"expires_in": 5}},
    ],
)
def test_what_the_protocol_says_is_of_the_schema(schema: Any, frame: Any) -> None:
    validator(schema).validate(frame)


@pytest.mark.parametrize(
    "frame",
    [
        {**POST, "command": "message.shout"},
        {**POST, "data": {"room": "r", "text": "hi", "txet": "hi"}},
        {**POST, "data": {"room": "r", "text": 10_001 * "x"}},
        {"id": 1, "command": "message.post"},
        {**POST, "id": 65 * "a"},
        {**POST, "id": None},
        {**POST, "more": True},
        {**POST, "query": "message.get"},
        {"id": 1, "command": "member.mute", "data": {"space": "s", "account": "a", "for_": 60}},
        {**BANNED, "data": {"until": 7}},
        {"id": 1, "error": {"code": "teapot", "message": "no"}},
        {**POSTED, "stream": "space/s", "data": {"text": "hi"}},
        {"signal": "typing", "stream": "room/r", "by": "ann", "data": {}},
    ],
)
def test_what_it_does_not_say_is_not(schema: Any, frame: Any) -> None:
    assert not validator(schema).is_valid(frame)


@pytest.mark.parametrize(
    ("request_", "reply", "valid"),
    [
        ("message.post", {"id": 1, "result": {"seq": 1, "position": 9, "at": 5}}, True),
        ("message.post", {"id": 1, "result": {"seq": 1, "position": 9, "at": 5, "new": 1}}, True),
        ("message.post", {"id": 1, "result": {"seq": 1, "position": 9}}, False),
        ("message.post", {"id": 1, "error": {"code": "conflict", "message": "no"}}, True),
        ("message.post", {"id": 1, "error": {"code": "too_large", "message": "no"}}, True),
        ("space.list", {"id": 1, "error": {"code": "conflict", "message": "no"}}, False),
        ("message.search", {"id": 1, "result": {"hits": [HIT], "next": None}}, True),
        (
            "message.search",
            {"id": 1, "result": {"hits": [{**HIT, "highlights": [[0]]}], "next": None}},
            False,
        ),
    ],
)
def test_a_reply_is_of_the_schema_of_its_request(schema: Any, request_: str, reply: Any, valid: bool) -> None:
    assert validator({**schema, **_only(f"#/$defs/reply.{request_}")}).is_valid(reply) is valid
    if "result" in reply:  # AsyncAPI's schemas are of draft 7
        of_result = {"$ref": f"#/components/messages/result.{request_}/payload"}
        assert validator_of_draft_7({**printed("--asyncapi"), **of_result}).is_valid(reply) is valid


def test_what_is_printed_is_the_same_each_time_and_ends_its_line() -> None:
    for options in ([], ["--asyncapi"]):
        command = [sys.executable, "-m", "chatd.cli", "schema", *options]
        first, second = (
            subprocess.run(
                command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
            )
            for seed in "12"
        )
        assert first.stdout == second.stdout
        assert first.stdout.endswith(b"}\n")


def test_a_server_that_starts_does_not_load_what_makes_the_documents() -> None:
    script = "import sys, chatd.cli, chatd.app; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    makers = {"chatd.contract.schema", "chatd.contract.asyncapi", "chatd.contract.typescript"}
    assert not makers & set(loaded.stdout.split())


def test_the_operations_of_asyncapi_say_what_the_tables_say() -> None:
    operations = printed("--asyncapi")["operations"]
    for name, row in REQUESTS.items():
        operation = operations[f"request.{name}"]
        assert (operation["x-scope"], operation["x-asker"]) == (row.scope, row.asker)
        assert (operation["x-rate"], operation["x-pipelined"]) == (row.rate, row.pipelined)
        assert (set(operation["x-refusals"]), operation["x-events"]) == (row.codes, list(row.events))
        assert operation["action"] == "receive"
    for (kind, name), event in EVENTS.items():
        operation = operations[f"event.{kind}.{name}"]
        assert (operation["action"], operation["x-audience"]) == ("send", event.audience)


def test_a_stream_of_events_has_the_news_and_no_requests() -> None:
    document = printed("--asyncapi")
    channel = document["channels"]["stream"]
    assert channel["address"] == "/api/v1/events"
    assert channel["messages"].keys() == NEWS_FRAMES | {"stream.opened", "stream.closed"}
    assert document["channels"]["ws"]["messages"].keys().isdisjoint({"stream.opened", "stream.closed"})


def test_what_makes_code_of_asyncapi_finds_a_version_that_it_reads_and_names_for_all_classes() -> None:
    document = printed("--asyncapi")
    assert document["asyncapi"] == "3.0.0"  # of a later version Modelina makes one class, `any`
    titles = [message["payload"]["title"] for message in document["components"]["messages"].values()]
    classes = document["components"]["schemas"].keys()
    assert len({*titles, *classes}) == len(titles) + len(classes)


def test_asyncapis_own_parser_finds_nothing_and_reads_every_row() -> None:
    document = printed("--asyncapi")
    parts = list(_parts(document))
    parsed = subprocess.run(
        ["node", "--max-semi-space-size=64", str(NODE / "parse.cjs")],  # it makes much that is gone soon
        env=npm.environment(NODE),
        input=json.dumps(parts),
        text=True,
        capture_output=True,
        timeout=PARSER_SECONDS,
    )
    assert parsed.returncode == 0, parsed.stderr
    found = json.loads(parsed.stdout)
    assert found["diagnostics"] == []
    assert set(found["operations"]) == REQUEST_FRAMES | NEWS_FRAMES | {"stream"}
    for channel, messages in _messages(document).items():
        assert messages == {name for part in parts for name in _messages(part)[channel]}
    for kind, named in document["components"].items():
        assert named.keys() == {name for part in parts for name in part["components"][kind]}
    assert document["components"]["schemas"].keys() >= set(_references(document, "#/components/schemas/"))


def _only(ref: str) -> dict[str, Any]:
    """Instead of all frames."""
    return {"anyOf": [{"$ref": ref}]}


def _parts(document: Any) -> Iterator[Any]:
    """The document with some of its operations at a time, and what these lead to. The parser looks at all
    messages of a channel once for each of its operations, and at all schemas several times.
    """
    operations = sorted(document["operations"].items())
    for some in (dict(operations[number::PARTS]) for number in range(PARTS)):
        reached = _reached(document, some)
        channels = {
            channel: {**row, "messages": _those(row["messages"], f"channels/{channel}/messages", reached)}
            for channel, row in document["channels"].items()
        }
        components = {
            kind: _those(named, f"components/{kind}", reached)
            for kind, named in document["components"].items()
        }
        yield {**document, "operations": some, "channels": channels, "components": components}


def _reached(document: Any, start: Any) -> set[str]:
    """Where references lead, and those that stand there; each part has all channels and servers."""
    reached: set[str] = set()
    ahead = [start]
    while ahead:
        fresh = set(_references(ahead.pop(), "#/")) - reached
        reached |= fresh
        ahead += [reduce(getitem, ref.split("/"), document) for ref in fresh if ref.count("/") > 1]
    return reached


def _those(named: dict[str, Any], place: str, reached: set[str]) -> dict[str, Any]:
    return {name: one for name, one in named.items() if f"{place}/{name}" in reached}


def _messages(document: Any) -> dict[str, set[str]]:
    return {channel: set(row["messages"]) for channel, row in document["channels"].items()}


def _references(value: Any, prefix: str) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return [ref.removeprefix(prefix) for ref in own if ref.startswith(prefix)] + [
            ref for one in value.values() for ref in _references(one, prefix)
        ]
    return [ref for one in value for ref in _references(one, prefix)] if isinstance(value, list) else []
