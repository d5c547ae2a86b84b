"""PNG and APNG (W3C, third edition): keeps the chunks that say how it looks, and drops all others.

Dropped: texts, suggested palettes, the names of colour profiles, time, Exif (except which way up), XMP,
whatever else a program has put in, and what is behind its end.
"""

from __future__ import annotations

import zlib
from typing import BinaryIO, Final

from chatd.files.pictures.exif import only_orientation
from chatd.files.pictures.parts import PIECE, Malformed, copy, exactly, number, skip

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
CHECKSUM: Final = 4
KEPT: Final = frozenset(
    (
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"hIST", b"pHYs", b"sBIT"),
        *(b"cHRM", b"gAMA", b"sRGB", b"cICP", b"mDCV", b"cLLI"),  # colours
        *(b"acTL", b"fcTL", b"fdAT"),  # animation
    )
)
PROFILE: Final = b"iCCP"
PROFILE_NAME: Final = b"icc"
LONGEST_NAME: Final = 79  # of a profile
DEFLATED: Final = b"\0"
LARGEST_PROFILE: Final = 16 * 1024 * 1024
EXIF: Final = b"eXIf"
LARGEST_EXIF: Final = 1024 * 1024


def clean(source: BinaryIO, sink: BinaryIO) -> None:
    """Raises Malformed."""
    if exactly(source, len(SIGNATURE)) != SIGNATURE:
        raise Malformed("no PNG")
    sink.write(SIGNATURE)
    name, turned = b"", False
    while name != b"IEND":
        head = exactly(source, 8)
        length, name = number(head[:4]), head[4:]
        if name in KEPT:
            sink.write(head)
            copy(source, sink, length + CHECKSUM)
        elif name == EXIF and length <= LARGEST_EXIF and not turned:
            exif = only_orientation(exactly(source, length))
            skip(source, CHECKSUM)
            if exif is not None:
                sink.write(_chunk(EXIF, exif))
                turned = True
        elif name == PROFILE and length <= LARGEST_PROFILE:
            profile = _nameless(exactly(source, length))
            skip(source, CHECKSUM)
            if profile is not None:
                sink.write(_chunk(PROFILE, profile))
        else:
            skip(source, length + CHECKSUM)


def _nameless(body: bytes) -> bytes | None:
    """A colour profile without the name that a program has given it, and without what stands behind its end;
    None if it cannot be read."""
    name, found, packed = body.partition(b"\0")
    if not found or not 1 <= len(name) <= LONGEST_NAME or packed[:1] != DEFLATED:
        return None
    unpacker, rest = zlib.decompressobj(), packed[1:]
    length = 0
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(rest, PIECE)
            rest = unpacker.unconsumed_tail
            length += len(piece)
            if length > LARGEST_PROFILE or not (piece or rest or unpacker.eof):
                return None
    except zlib.error:
        return None
    return PROFILE_NAME + b"\0" + packed[: len(packed) - len(unpacker.unused_data)]


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
