"""Documents written as BSON, for tests."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from typing import Any


def bson(document: dict[str, Any]) -> bytes:
    body = b"".join(_element(name, value) for name, value in document.items())
    return struct.pack("<i", len(body) + 5) + body + b"\0"


def _element(name: str, value: Any) -> bytes:
    kind, data = _value(value)
    return bytes([kind]) + name.encode() + b"\0" + data


def _value(value: Any) -> tuple[int, bytes]:
    match value:
        case None:
            return 0x0A, b""
        case bool():
            return 0x08, bytes([value])
        case int():
            return 0x12, struct.pack("<q", value)
        case float():
            return 0x01, struct.pack("<d", value)
        case str():
            text = value.encode() + b"\0"
            return 0x02, struct.pack("<i", len(text)) + text
        case bytes():
            return 0x05, struct.pack("<i", len(value)) + b"\0" + value
        case datetime():
            epoch = datetime(1970, 1, 1, tzinfo=UTC)
            return 0x09, struct.pack("<q", round((value - epoch).total_seconds() * 1000))
        case list():
            return 0x04, bson({str(number): one for number, one in enumerate(value)})
        case dict():
            return 0x03, bson(value)
    raise TypeError(value)
