"""Whatever a stream's actor may be asked and may answer goes to another node and comes there as it was."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from time import perf_counter
from typing import Any, get_args

import msgspec
import pytest
from sample_structs import sample

from chatd import app  # noqa: F401 - with it all that asks is loaded
from chatd.actors.runtime.envelope import STALE, Envelope
from chatd.cluster.calls import LONGEST
from chatd.cluster.envelopes import Unsendable, decode_command, decode_result, encode_command, encode_result
from chatd.cluster.proposal import decode, encode, join
from chatd.contract.errors import Code, Refusal
from chatd.contract.events import EVENTS
from chatd.contract.file import FileInfo
from chatd.contract.requests import REQUESTS
from chatd.contract.spec import DONE
from chatd.current.request import CurrentRequest
from chatd.domain.account import decide as account
from chatd.domain.decision import Context
from chatd.domain.event import Fact
from chatd.domain.export import BegunExport
from chatd.domain.room import decide as room
from chatd.domain.server import RecordAct
from chatd.domain.space import decide as space
from chatd.handlers import fresh_read
from chatd.handlers.fresh_read import retried_when_stale
from chatd.ports import Append, Condition, Write
from chatd.store.log.plan import make

DECIDED = {*room._DECIDERS, *space._DECIDERS, *account._DECIDERS, RecordAct}
ANSWERS = {row.result for row in REQUESTS.values() if row.kind == "command"} | {BegunExport}
WRITES, CONDITIONS = get_args(Write), get_args(Condition)


def named(kinds: set[Any]) -> list[Any]:
    return sorted(kinds, key=lambda kind: (kind.__module__, kind.__qualname__))


def name_of(kind: Any) -> str:
    return getattr(kind, "__name__", str(kind))


def context(full: bool) -> Context:
    files = {"f": sample(FileInfo, full)}
    if not full:
        return Context("system", 1)
    return Context("ann", 2**52, True, "id", (("a", "b"), ("here",)), {"a": "x"}, ("x", "y"), None, files)


def there_and_back(envelope: Envelope) -> Envelope:
    answered: list[object] = []
    found = decode_command(encode_command(envelope), answered.append)
    found.reply("answer")
    assert answered == ["answer"]
    return found


def ignore(answer: object) -> None: ...


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("kind", named(DECIDED), ids=name_of)
def test_every_command_comes_as_it_was(kind: Any, full: bool) -> None:
    command, about = sample(kind, full), context(full)
    found = there_and_back(Envelope(command, about, ignore))
    assert (type(found.command), found.command) == (kind, command)
    again = msgspec.msgpack.Encoder(enc_hook=dict)
    assert again.encode(found.context) == again.encode(about)


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("kind", named(ANSWERS), ids=name_of)
def test_every_answer_comes_as_it_was_and_is_short_enough(kind: Any, full: bool) -> None:
    answer = sample(kind, full)
    encoded = encode_result(answer)
    found = decode_result(encoded)
    assert (type(found), found) == (kind, answer)
    assert len(encoded) < LONGEST


@pytest.mark.parametrize("code", get_args(Code))
def test_every_refusal_comes_as_it_was(code: Code) -> None:
    refusal = Refusal(code, "it is so")
    assert decode_result(encode_result(refusal)) == refusal


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("kind", [*WRITES, *CONDITIONS], ids=name_of)
def test_every_write_and_every_condition_comes_as_it_was(kind: Any, full: bool) -> None:
    """With a command, and in a proposal."""
    one = sample(kind, full)
    writes, conditions = ((one,), ()) if kind in WRITES else ((), (one,))
    command = sample(RecordAct, True)
    found = there_and_back(Envelope(command, context(False), ignore, writes, conditions))
    assert (found.writes, found.conditions) == (writes, conditions)
    append = Append((), writes, conditions, (("space/s", 7),))
    assert decode(join([encode(append, *make([append]))]))[0] == [append]


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("row", EVENTS.values(), ids=lambda row: f"{row.stream}-{row.name}")
def test_every_fact_is_stored_elsewhere_exactly_as_here(row: Any, full: bool) -> None:
    data = msgspec.to_builtins(sample(row.payload, full))
    text = data.pop("text", None) if row.text else None
    fact = Fact(f"{row.stream}/x", 3, row.name, 2**52, "ann", data, text, [{"id": "f"}] if full else None)
    append = Append((fact, fact))
    [made] = make([append])
    [found], [as_made] = decode(join([encode(append, made)]))
    assert (found, as_made) == (append, made)


def test_the_request_that_it_comes_from_goes_along() -> None:
    command = sample(RecordAct, True)
    asked = CurrentRequest("session", 7, perf_counter() - 3)
    found = there_and_back(Envelope(command, context(False), ignore, asked=asked)).asked
    assert found is not None
    assert found.fields() == {"session": "session", "request": 7}
    assert 3 <= perf_counter() - found.started < 60
    assert there_and_back(Envelope(command, context(False), ignore)).asked is None


def test_what_nobody_else_would_understand_is_not_sent() -> None:
    for command in ("text", 7, object(), CurrentRequest("s", 1, 0.0)):
        with pytest.raises(Unsendable):
            encode_command(Envelope(command, context(False), ignore))
    with pytest.raises(Unsendable):
        encode_result(CurrentRequest("s", 1, 0.0))


@pytest.mark.parametrize(
    "tag",
    ["os:system", "chatd.domain.event:os", "chatd.contract.room:Nothing", "chatd.ports:Append", "", "a"],
)
def test_a_type_that_this_chatd_does_not_know_is_not_made(tag: str) -> None:
    data = msgspec.msgpack.encode([tag, {}, {"by": "ann", "at": 1}, [], []])
    with pytest.raises(Unsendable):
        decode_command(data, ignore)
    with pytest.raises(Unsendable):
        decode_result(msgspec.msgpack.encode([tag or "x", {}]))


def test_a_command_of_a_chatd_that_says_less_or_more_is_understood() -> None:
    """So that nodes can be upgraded one after another."""
    command = sample(RecordAct, True)
    said = msgspec.msgpack.decode(encode_command(Envelope(command, context(False), ignore)))
    for other in (said[:5], [*said, "more"]):
        assert decode_command(msgspec.msgpack.encode(other), ignore).command == command


async def test_what_another_node_found_stale_is_tried_again() -> None:
    """As what this node finds, where the stream is its own."""
    answers = iter([STALE, STALE, DONE])

    @retried_when_stale
    async def handle() -> object:
        return decode_result(encode_result(next(answers)))

    assert await handle() == DONE


def test_nobody_asks_whether_an_answer_is_the_same_object() -> None:
    """An answer of another node is equal to one that is made here, and never the same object."""
    found = []
    for module in [module for name, module in sys.modules.items() if name.startswith("chatd.")]:
        if (file := module.__file__) is None:
            continue
        for node in ast.walk(ast.parse(Path(file).read_text())):
            if isinstance(node, ast.Compare) and any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops):
                names = [one.id for one in (node.left, *node.comparators) if isinstance(one, ast.Name)]
                found += [
                    f"{file}:{node.lineno}" for one in names if isinstance(vars(module).get(one), Refusal)
                ]
    assert vars(fresh_read)["STALE"] is STALE  # such names are looked up
    assert found == []
