"""WebP (RFC 9649): keeps picture, frames, transparency and colour profile; Exif (except which way up), XMP
and chunks that the format does not know are dropped."""

from __future__ import annotations

import os
from typing import BinaryIO, Final

from chatd.files.pictures.exif import only_orientation
from chatd.files.pictures.parts import Malformed, copy, exactly, skip

HEAD: Final = 12  # RIFF, size, WEBP
EXTENDED, FRAME, EXIF = b"VP8X", b"ANMF", b"EXIF"
PICTURE: Final = frozenset((b"VP8 ", b"VP8L", b"ALPH"))
KEPT: Final = PICTURE | {b"ANIM", b"ICCP"}
EXIF_FLAG, XMP_FLAG = 0x08, 0x04
FRAME_HEAD: Final = 16
LARGEST_EXIF: Final = 1024 * 1024


def clean(source: BinaryIO, sink: BinaryIO) -> None:
    """Raises Malformed."""
    head = exactly(source, HEAD)
    if head[:4] != b"RIFF" or head[8:] != b"WEBP":
        raise Malformed("no WebP")
    sink.write(head)
    end = source.tell() - 4 + int.from_bytes(head[4:8], "little")
    extended, exif = None, None
    while source.tell() + 8 <= end:
        name, length = _chunk_head(source)
        if name == EXTENDED and length == 10 and extended is None:
            extended = sink.tell() + 8
            body = bytearray(exactly(source, length))
            body[0] &= ~(EXIF_FLAG | XMP_FLAG)
            _write(sink, name, bytes(body))
        elif name == FRAME:
            _copy_frame(source, sink, length)
        elif name in KEPT:
            _copy_chunk(source, sink, name, length)
        elif name == EXIF and exif is None and length <= LARGEST_EXIF:
            data = exactly(source, length + length % 2)
            exif = only_orientation(data.removeprefix(b"Exif\0\0"))
        else:
            skip(source, length + length % 2)
    if exif is not None and extended is not None:
        _write(sink, EXIF, exif)
        _set_flag(sink, extended)
    _set_length(sink, 4, sink.tell() - 8)


def _copy_frame(source: BinaryIO, sink: BinaryIO, length: int) -> None:
    """A frame of an animation, which holds chunks itself."""
    end = source.tell() + length
    begun = sink.tell()
    sink.write(FRAME + bytes(4) + exactly(source, FRAME_HEAD))
    while source.tell() + 8 <= end:
        name, inner = _chunk_head(source)
        if name in PICTURE:
            _copy_chunk(source, sink, name, inner)
        else:
            skip(source, inner + inner % 2)
    source.seek(end + length % 2)
    _set_length(sink, begun + 4, sink.tell() - begun - 8)


def _copy_chunk(source: BinaryIO, sink: BinaryIO, name: bytes, length: int) -> None:
    sink.write(name + length.to_bytes(4, "little"))
    copy(source, sink, length)
    if length % 2:
        skip(source, 1)
        sink.write(b"\0")


def _write(sink: BinaryIO, name: bytes, body: bytes) -> None:
    sink.write(name + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2))


def _chunk_head(source: BinaryIO) -> tuple[bytes, int]:
    head = exactly(source, 8)
    return head[:4], int.from_bytes(head[4:], "little")


def _set_flag(sink: BinaryIO, at: int) -> None:
    sink.flush()
    (flags,) = os.pread(sink.fileno(), 1, at)
    os.pwrite(sink.fileno(), bytes((flags | EXIF_FLAG,)), at)


def _set_length(sink: BinaryIO, at: int, length: int) -> None:
    sink.flush()
    os.pwrite(sink.fileno(), length.to_bytes(4, "little"), at)
