"""Documents as MongoDB stores them (https://bsonspec.org), read without its library: of a dump only a few
fields of each document matter, and the others are passed over.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BufferedReader
from typing import Any, Final

from chatctl.imports.export import Unreadable
from chatctl.imports.problems import Problems

LARGEST: Final = 16 * 1024 * 1024 + 16 * 1024  # bytes of a document, by MongoDB's own limit
_SMALLEST: Final = 5
_DEEPEST: Final = 32
_VALUES: Final = 200_000  # of a document
_LENGTH: Final = struct.Struct("<i")
_LONG: Final = struct.Struct("<q")
_DOUBLE: Final = struct.Struct("<d")
# Bytes of values that have always as many, by type.
_FIXED: Final = {0x06: 0, 0x07: 12, 0x08: 1, 0x0A: 0, 0x11: 8, 0x13: 16, 0x7F: 0, 0xFF: 0}
_FIXED_READ: Final = {0x01: 8, 0x09: 8, 0x10: 4, 0x12: 8}

Document = dict[str, Any]


class NotBson(Exception):
    """These bytes are no document."""


def documents(stream: BufferedReader, place: str, problems: Problems) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each, one after the other. What is cut off is one problem."""
    number = 0
    try:
        while head := _exactly(stream, 4):
            number += 1
            (length,) = _LENGTH.unpack(head) if len(head) == 4 else (0,)
            if not _SMALLEST <= length <= LARGEST:
                break
            body = _exactly(stream, length - 4)
            if len(body) < length - 4:
                break
            yield number, head + body
        else:
            return
    except (Unreadable, OSError, EOFError) as error:
        return problems.add("unreadable", f"{place}: {error}")
    problems.add("unreadable", f"{place}: it is cut off or damaged at document {number}")


def _exactly(stream: BufferedReader, count: int) -> bytes:
    """So many bytes, or fewer at the end; in pieces, so that a false length takes no memory."""
    found = bytearray()
    while len(found) < count and (piece := stream.read1(min(count - len(found), 1 << 18))):
        found += piece
    return bytes(found)


def decode(data: bytes, wanted: frozenset[str] | None = None) -> Document:
    """A document, or the fields of it that are wanted. Dates are milliseconds, object ids hexadecimal, binary
    values bytes; raises `NotBson`."""
    try:
        found, end = _Decoder(data).document(0, wanted, 0)
    except (struct.error, IndexError, ValueError) as error:
        raise NotBson(str(error)) from error
    if end != len(data):
        raise NotBson("its length is wrong")
    return found


class _Decoder:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = _VALUES

    def document(self, at: int, wanted: frozenset[str] | None, depth: int) -> tuple[Document, int]:
        data = self._data
        if depth > _DEEPEST:
            raise NotBson("too many documents in each other")
        (length,) = _LENGTH.unpack_from(data, at)
        end = at + length
        if length < _SMALLEST or end > len(data) or data[end - 1] != 0:
            raise NotBson("its length is wrong")
        found: Document = {}
        at += 4
        while at < end - 1:
            kind = data[at]
            name_ends = data.index(0, at + 1, end)
            name = data[at + 1 : name_ends].decode("utf-8", "replace")
            at = name_ends + 1
            if wanted is None or name in wanted:
                found[name], at = self._value(at, end, kind, depth)
            else:
                at = _behind(data, at, end, kind)
        if at != end - 1:
            raise NotBson("a value is longer than its document")
        return found, end

    def _value(self, at: int, end: int, kind: int, depth: int) -> tuple[Any, int]:
        data = self._data
        behind = _behind(data, at, end, kind)
        self._left -= 1
        if self._left < 0:
            raise NotBson(f"it has more than {_VALUES:,} values")
        match kind:
            case 0x01:
                return _DOUBLE.unpack_from(data, at)[0], behind
            case 0x02 | 0x0D | 0x0E:
                return data[at + 4 : behind - 1].decode("utf-8", "replace"), behind
            case 0x03:
                return self.document(at, None, depth + 1)[0], behind
            case 0x04:
                return list(self.document(at, None, depth + 1)[0].values()), behind
            case 0x05:
                return data[at + 5 : behind], behind
            case 0x07:
                return data[at:behind].hex(), behind
            case 0x08:
                return data[at] != 0, behind
            case 0x09 | 0x12:
                return _LONG.unpack_from(data, at)[0], behind
            case 0x10:
                return _LENGTH.unpack_from(data, at)[0], behind
            case _:
                return None, behind


def _behind(data: bytes, at: int, end: int, kind: int) -> int:
    """Where the value ends."""
    fixed = _FIXED_READ.get(kind, _FIXED.get(kind))
    if fixed is not None:
        behind = at + fixed
    elif kind in (0x02, 0x0D, 0x0E):
        behind = at + 4 + _positive(data, at)
    elif kind in (0x03, 0x04, 0x0F):
        behind = at + max(_positive(data, at), _SMALLEST)
    elif kind == 0x05:
        behind = at + 5 + _positive(data, at)
    elif kind == 0x0B:
        behind = data.index(0, data.index(0, at, end) + 1, end) + 1
    elif kind == 0x0C:
        behind = at + 4 + _positive(data, at) + 12
    else:
        raise NotBson(f"no type of value is {kind}")
    if behind > end:
        raise NotBson("a value is longer than its document")
    return behind


def _positive(data: bytes, at: int) -> int:
    (length,) = _LENGTH.unpack_from(data, at)
    if length < 0:
        raise NotBson("a length is negative")
    return int(length)
