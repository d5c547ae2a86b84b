"""One JSON value as a type: strictly where that works, else whatever can be saved of it.

What standard JSON does not allow but exports hold is accepted: NaN, halves of surrogate pairs, bytes that are
no UTF-8, numbers in the place of strings and the reverse. NUL becomes U+FFFD.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T")

VALUES: Final = 500_000  # in one piece of JSON

# In what the standard library writes: what stays as it is (first group), or half of a pair.
_PAIRS: Final = re.compile(rb"(\\\\|\\u(?!d[89a-f])|\\u(?=d[89ab])....\\ud[c-f]..)|\\ud[89a-f]..")


# NUL, which no database takes in a text or a key: the first group is a backslash that stands for itself.
_NUL: Final = re.compile(rb"(\\\\)|\\u0000")
_MAYBE_NUL: Final = re.compile(rb"u0000")


class NotJson(Exception):
    """This piece cannot be decoded as what was asked for."""


def decoded(
    data: bytes | bytearray | memoryview,
    decoder: msgspec.json.Decoder[T],
    lost: Callable[[str], None] | None = None,
) -> T:
    """Strictly and fast where that works, else as leniently as the standard library reads. What is left of a
    struct without the fields that have a wrong type is given, and `lost` told their names; raises
    `NotJson`."""
    if has_too_many_values(data):
        raise NotJson(f"more than {VALUES:,} values")
    if _MAYBE_NUL.search(data):
        data = _NUL.sub(lambda found: found[1] or b"\\ufffd", data)
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    try:
        loose = json.loads(
            bytes(data).decode("utf-8", "replace"), parse_constant=_nothing, parse_float=_finite
        )
        return _fitted(loose, decoder, lost)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise NotJson(str(error)[:200]) from error


def has_too_many_values(data: bytes | bytearray | memoryview) -> bool:
    """Whether more could be in it than should be made objects of: each takes much more memory than its
    bytes."""
    return len(data) > VALUES and bytes(data).count(b",") > VALUES


def _fitted(loose: Any, decoder: msgspec.json.Decoder[T], lost: Callable[[str], None] | None) -> T:
    try:
        return decoder.decode(_strict(loose))
    except msgspec.MsgspecError:
        if not (isinstance(loose, dict) and isinstance(decoder.type, type)):
            raise
        if not issubclass(decoder.type, msgspec.Struct):
            raise
    kept: dict[str, Any] = {}
    for field in msgspec.structs.fields(decoder.type):
        if field.encode_name not in loose:
            continue
        for value in (loose[field.encode_name], str(loose[field.encode_name])):
            try:
                kept[field.name] = msgspec.json.decode(_strict(value), type=field.type, strict=False)
            except msgspec.MsgspecError:
                if isinstance(value, int | float):  # perhaps it should be a string
                    continue
                if lost is not None:
                    lost(field.encode_name)
            break
    try:
        return decoder.type(**kept)
    except TypeError as error:  # a field that has to be there
        raise NotJson(str(error)) from error


def _strict(loose: Any) -> bytes:
    """As JSON that a strict reader takes: without halves of surrogate pairs."""
    return _PAIRS.sub(lambda found: found[0] if found[1] else b"\\ufffd", json.dumps(loose).encode())


def _nothing(_: str) -> None:
    """NaN and Infinity are no numbers that anybody could use."""


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None
