"""Reading a picture part by part, and copying the parts that stay."""

from __future__ import annotations

from typing import BinaryIO, Final

PIECE: Final = 1024 * 1024


class Malformed(Exception):
    """It is no picture of the format that it begins as."""


def exactly(source: BinaryIO, length: int) -> bytes:
    """Raises Malformed when it ends before."""
    data = source.read(length)
    if len(data) < length:
        raise Malformed("it ends early")
    return data


def copy(source: BinaryIO, sink: BinaryIO, length: int) -> None:
    """Raises Malformed when it ends before."""
    while length:
        piece = exactly(source, min(length, PIECE))
        sink.write(piece)
        length -= len(piece)


def skip(source: BinaryIO, length: int) -> None:
    source.seek(length, 1)


def number(data: bytes) -> int:
    """Of the formats that put the highest byte first."""
    return int.from_bytes(data, "big")
