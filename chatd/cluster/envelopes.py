"""Commands and answers as bytes, on their way from one node to another.

What may be in them is closed: requests and results of the contract, commands and results of the domain.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from time import perf_counter
from typing import Any, Final

import msgspec
from msgspec import Struct

from chatd.actors.runtime.envelope import Envelope, Reply
from chatd.cluster.node_message import UNREADABLE
from chatd.contract.errors import Refusal
from chatd.current.request import CurrentRequest
from chatd.domain.decision import Context
from chatd.frames.ids import RequestId
from chatd.ports import Condition, Write
from chatd.tracing import tracing

HOMES: Final = ("chatd.contract.", "chatd.domain.")  # of all types that may be sent
REFUSAL: Final = "refusal"
PLAIN: Final = ""


class Unsendable(Exception):
    """It is of a type that nobody else would understand; or it was sent by a chatd that knows more types."""


class From(Struct, frozen=True, array_like=True):
    """The request that a command comes from (see `chatd.current.request`): `waited` seconds until it was
    sent, and its span as a `traceparent`, where it is traced."""

    session: str
    request: RequestId
    waited: float
    trace: str | None = None


class Command(Struct, frozen=True, array_like=True):
    """A command, and what goes with it."""

    type: str
    command: msgspec.Raw
    context: Context
    writes: list[Write]
    conditions: list[Condition]
    asked: From | None = None


class Result(Struct, frozen=True, array_like=True):
    type: str
    value: msgspec.Raw


def _plainly(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise Unsendable(f"{type(value).__name__} cannot be sent to another node")


_encode: Final = msgspec.msgpack.Encoder(enc_hook=_plainly).encode
_command: Final = msgspec.msgpack.Decoder(Command).decode
_result: Final = msgspec.msgpack.Decoder(Result).decode


def encode_command(envelope: Envelope) -> bytes:
    """Raises Unsendable."""
    command, asked = envelope.command, envelope.asked
    came = None
    if asked is not None:
        trace = tracing.traceparent(asked.span)
        came = From(asked.session, asked.request, perf_counter() - asked.started, trace)
    rest = envelope.context, envelope.writes, envelope.conditions, came
    return _encode([_tag(command), msgspec.Raw(_encode(command)), *rest])


def decode_command(data: bytes, reply: Reply) -> Envelope:
    """It has `reply`. Raises Unsendable."""
    try:
        found = _command(data)
        command = msgspec.msgpack.decode(found.command, type=_type(found.type))
    except UNREADABLE as error:
        raise Unsendable(f"the command is none: {error}") from error
    asked = None
    if (came := found.asked) is not None:
        span = tracing.begin(type(command).__name__, came.trace) if came.trace and tracing.on else None
        asked = CurrentRequest(came.session, came.request, perf_counter() - came.waited, span)
    return Envelope(command, found.context, reply, tuple(found.writes), tuple(found.conditions), asked)


def encode_result(answer: object) -> bytes:
    """Raises Unsendable."""
    if isinstance(answer, Refusal):
        return _encode([REFUSAL, msgspec.Raw(_encode(answer))])
    if isinstance(answer, Struct):
        return _encode([_tag(answer), msgspec.Raw(_encode(answer))])
    return _encode([PLAIN, msgspec.Raw(_encode(answer))])


def decode_result(data: bytes) -> object:
    """Raises Unsendable."""
    try:
        result = _result(data)
        kind: Any = Refusal if result.type == REFUSAL else Any
        if result.type not in (REFUSAL, PLAIN):
            kind = _type(result.type)
        answer: object = msgspec.msgpack.decode(result.value, type=kind)
    except UNREADABLE as error:
        raise Unsendable(f"the answer is none: {error}") from error
    return answer


def _tag(value: Any) -> str:
    kind = type(value)
    if not isinstance(value, Struct) or not kind.__module__.startswith(HOMES):
        raise Unsendable(f"{kind.__name__} cannot be sent to another node")
    return f"{kind.__module__}:{kind.__qualname__}"


@cache
def _type(tag: str) -> type[Any]:
    module, _, name = tag.partition(":")
    kind = getattr(sys.modules.get(module), name, None)
    if not module.startswith(HOMES) or not (isinstance(kind, type) and issubclass(kind, Struct)):
        raise Unsendable(f"this chatd does not know {tag[:80]}")
    return kind
