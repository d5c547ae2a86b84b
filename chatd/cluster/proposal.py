"""Proposals: appends on their way through the stream, with all that decides what becomes of them.

A node that applies a proposal uses no clock, no random number and no table of its own: JSON texts, salts and
folded names are in it, as its proposer made them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from chatd.cluster.node_message import UNREADABLE
from chatd.cluster.sealing import Key
from chatd.domain.event import Fact
from chatd.ports import Append, Condition, Made, Write

VERSION: Final = 1  # of what follows; a node that meets a newer one must stop
LENGTH: Final = 2  # bytes that say how long the header is; in every version the seal is over these and it
Kind = Literal["append", "ratchet"]


class NotReadable(Exception):
    """No proposal, or one that this chatd cannot read."""


class Newer(NotReadable):
    """A proposal of a newer chatd: skipping it would make this node's log another one."""


class Header(Struct, frozen=True, array_like=True):
    """Stands in the open. The `n`-th proposal of one life of a node, sealed with the key `key`.

    When it was made, its proposer had applied the stream up to `sequence`, and its log had the hash `hash`.
    """

    version: int
    kind: Kind
    proposer: str
    n: int
    key: int
    sequence: int
    hash: str


class Message(Struct, frozen=True):
    header: Header
    header_bytes: bytes
    sealed: bytes


class _Fact(Struct, frozen=True, array_like=True):
    stream: str
    seq: int
    type: str
    at: int
    by: str
    data: str  # JSON, exactly as it is to be stored
    text: str | None
    files: list[dict[str, Any]] | None


class _Append(Struct, frozen=True, array_like=True):
    facts: list[_Fact]
    salts: bytes
    writes: list[Write]
    conditions: list[Condition]
    beside: list[tuple[str, int]]


_encode: Final = msgspec.msgpack.Encoder().encode
_header: Final = msgspec.msgpack.Decoder(Header).decode
_appends: Final = msgspec.msgpack.Decoder(list[_Append]).decode
_data: Final = msgspec.json.Decoder(dict[str, Any]).decode


def pack(header: Header) -> bytes:
    encoded = _encode(header)
    return len(encoded).to_bytes(LENGTH, "big") + encoded


def unpack(data: bytes, key: Key) -> Message:
    """`key`: the cluster's at this place of the stream. Raises NotReadable; Newer if a node wrote it, which
    the seal says, and Unreadable if somebody else put it into the stream."""
    length = LENGTH + int.from_bytes(data[:LENGTH], "big")
    try:
        version = msgspec.msgpack.decode(data[LENGTH:length])[0]
        if isinstance(version, int) and version > VERSION:
            key.open(data[length:], data[:length])
            raise Newer(f"it has version {version}, and this chatd knows {VERSION}")
        return Message(_header(data[LENGTH:length]), data[:length], data[length:])
    except (*UNREADABLE, TypeError, LookupError) as error:
        raise NotReadable(f"its header is none: {error}") from error


def encode(append: Append, made: Made) -> bytes:
    """One of the appends that `join` makes a proposal of."""
    facts = [
        (fact.stream, fact.seq, fact.type, fact.at, fact.by, data, fact.text, fact.files)
        for fact, data in zip(append.facts, made.data, strict=True)
    ]
    # what `_Append` is read from, without making one: this is done for every message that is posted
    return _encode((facts, made.salts, append.writes, append.conditions, append.beside))


def join(encoded: Sequence[bytes]) -> bytes:
    """An array of MessagePack, made of its elements."""
    return b"\xdd" + len(encoded).to_bytes(4, "big") + b"".join(encoded)


def decode(data: bytes) -> tuple[list[Append], list[Made]]:
    """Raises NotReadable; Newer if it is well made and holds something that this chatd does not know."""
    try:
        packed = _appends(data)
        return (
            [_unpacked(one) for one in packed],
            [Made(tuple(fact.data for fact in one.facts), one.salts) for one in packed],
        )
    except msgspec.ValidationError as error:
        raise Newer(f"it holds what this chatd does not know: {error}") from error
    except UNREADABLE as error:
        raise NotReadable(f"its appends are none: {error}") from error


def _unpacked(packed: _Append) -> Append:
    return Append(
        tuple(
            Fact(fact.stream, fact.seq, fact.type, fact.at, fact.by, _data(fact.data), fact.text, fact.files)
            for fact in packed.facts
        ),
        tuple(packed.writes),
        tuple(packed.conditions),
        tuple(packed.beside),
    )
