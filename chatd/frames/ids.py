"""The id of a frame that cannot be read, so that whoever waits for its answer gets one.

`chatd.frames.codec` asks when a frame is broken: cut off, too large, nested too deep, or in another format.
Only the id of the frame itself counts, never one that stands deeper, and only as it was sent: an id that
cannot be sent back as it came is none. How far is looked is bounded; the frames of honest clients are short.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import msgpack
import msgspec

from chatd.contract.fields import MAX_ID

# Of an integer that was written as a float, what it was stays known: who counts by it must find it again.
RequestId = int | float | str

EXACT: Final = 1 << 53  # up to which a float tells every integer from the next one
TOKENS: Final = 20_000  # strings, brackets and commas of a JSON frame, or values of a MessagePack frame


def valid_id(id_: object) -> RequestId | None:
    """The id of a request, or None: it is none that may be one. Writers of languages with one kind of number
    send integers beyond 32 bits as floats in MessagePack, and know the answer to one by a float as well."""
    if (type(id_) is int and -(1 << 63) <= id_ < 1 << 64) or (type(id_) is str and len(id_) <= MAX_ID):
        return id_
    if type(id_) is float and id_.is_integer() and abs(id_) <= EXACT:
        return id_
    return None


# --- JSON

_STRING: Final = r'"(?:[^"\\]++|\\.)*+"'
_TOKEN: Final = re.compile(rf'[^"{{}}\[\],:]*+(?:({_STRING})|([{{}}\[\],:]))')
_INSIDE: Final = re.compile(rf'[^"{{}}\[\]]*+(?:({_STRING})|([{{}}\[\]]))')  # what is deeper in the frame
# A number has an end only where something follows; what follows a string shows that it ends there.
_VALUE: Final = re.compile(
    r"\s*+:\s*+(?:(-?(?:0|[1-9][0-9]{0,19})(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,3})?)"
    rf'\s*+(?=[,}}"])|({_STRING})\s*+(?=[,}}"]|\Z))'
)


class _OnlyId(msgspec.Struct):
    """Reads the id of a frame, and checks of the rest only that it is JSON."""

    id: RequestId | None = None


_read_text: Final = msgspec.json.Decoder(str).decode
_read_only_id: Final = msgspec.json.Decoder(_OnlyId).decode


def id_in_json(line: str) -> RequestId | None:
    """The id of what begins as a JSON object, whatever is wrong in it or behind it. Of two ids it is the last
    one, as JSON readers have it."""
    try:
        return valid_id(_read_only_id(line).id)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _id_in_broken_json(line)


def _id_in_broken_json(line: str) -> RequestId | None:
    at = len(line) - len(line.lstrip())
    if line[at : at + 1] != "{":
        return None
    found: RequestId | None = None
    at, depth, is_key = at + 1, 1, True
    for _ in range(TOKENS):
        token = (_TOKEN if depth == 1 else _INSIDE).match(line, at)
        if token is None:
            break
        string, sign = token.groups()
        at = token.end()
        if string is not None:
            if is_key and depth == 1 and _text(string) == "id":
                found = _value_at(line, at)
            is_key = False
        elif sign in "{[":
            depth += 1
            is_key = False
        elif sign in "}]":
            depth -= 1
            if depth == 0:
                break
        elif depth == 1:
            is_key = sign == ","
    return found


def _value_at(line: str, at: int) -> RequestId | None:
    value = _VALUE.match(line, at)
    if value is None:
        return None
    return valid_id(_number(value[1]) if value[1] else _text(value[2]))


def _number(written: str) -> int | float:
    return int(written) if written.lstrip("-").isdigit() else float(written)


def _text(written: str) -> str | None:
    try:
        return _read_text(written)
    except (msgspec.DecodeError, UnicodeError):
        return None


# --- MessagePack

_SCALARS: Final[dict[str, Any]] = {
    "max_bin_len": 0,
    "max_ext_len": 0,
    "max_array_len": 0,
    "max_map_len": 0,
    "unicode_errors": "surrogateescape",  # a key or id that is not UTF-8 does not pass for another
}
_HALF: Final = re.compile("[\udc80-\udcff]")

_Extent = tuple[int, int]  # bytes of a value without what it holds; how many values it holds
_EXTENTS: Final[dict[int, _Extent]] = {
    **dict.fromkeys((*range(128), 192, 194, 195, *range(224, 256)), (1, 0)),
    **{0x80 + count: (1, 2 * count) for count in range(16)},
    **{0x90 + count: (1, count) for count in range(16)},
    **{0xA0 + length: (1 + length, 0) for length in range(32)},
    **{0xCA + index: (size, 0) for index, size in enumerate((5, 9, 2, 3, 5, 9, 2, 3, 5, 9))},
    **{0xD4 + index: (2 + (1 << index), 0) for index in range(5)},
}
# Those that say their length: in how many bytes; how many more bytes come; how many values it is for each.
_COUNTED: Final = {
    0xC4: (1, 0, 0),
    0xC5: (2, 0, 0),
    0xC6: (4, 0, 0),
    0xC7: (1, 1, 0),
    0xC8: (2, 1, 0),
    0xC9: (4, 1, 0),
    0xD9: (1, 0, 0),
    0xDA: (2, 0, 0),
    0xDB: (4, 0, 0),
    0xDC: (2, 0, 1),
    0xDD: (4, 0, 1),
    0xDE: (2, 0, 2),
    0xDF: (4, 0, 2),
}


def id_in_msgpack(piece: bytes) -> RequestId | None:
    """The id of what begins as a MessagePack map, as far as that can be read. Of two it is the last one."""
    if not piece or not (0x80 <= piece[0] < 0x90 or piece[0] in (0xDE, 0xDF)):
        return None
    found: RequestId | None = None
    budget = iter(range(TOKENS))
    try:
        at, values = _extent(piece, 0)
        for _ in range(values // 2):
            value = _end(piece, at, budget)
            end = _end(piece, value, budget)
            if _scalar(piece[at:value]) == "id":
                found = valid_id(_scalar(piece[value:end]))
            at = end
    except (LookupError, StopIteration):
        pass
    return found


def _end(piece: bytes, at: int, budget: Iterator[int]) -> int:
    """Where the value that begins at `at` ends, however deep it is nested."""
    wanted = 1
    while wanted:
        next(budget)
        size, values = _extent(piece, at)
        at += size
        wanted += values - 1
    if at > len(piece):
        raise IndexError("the value is cut off")
    return at


def _extent(piece: bytes, at: int) -> _Extent:
    """Raises `LookupError` where no value begins."""
    head = piece[at]
    if head in _EXTENTS:
        return _EXTENTS[head]
    width, more, each = _COUNTED[head]
    count = int.from_bytes(piece[at + 1 : at + 1 + width])
    return (1 + width, each * count) if each else (1 + width + more + count, 0)


def _scalar(value: bytes) -> object:
    """Raises nothing: what is no scalar, or no text, is None."""
    try:
        read = msgpack.unpackb(value, **_SCALARS)
    except (ValueError, msgpack.UnpackException):
        return None
    return None if type(read) is str and _HALF.search(read) else read
