"""PNG and APNG (W3C, third edition): keeps the chunks that say how it looks, and drops all others.

Dropped: texts, time, Exif (except which way up), XMP, whatever else a program has put in, and what is behind
its end.
"""

from __future__ import annotations

import zlib
from typing import BinaryIO, Final

from chatd.files.pictures.exif import only_orientation
from chatd.files.pictures.parts import Malformed, copy, exactly, number, skip

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
CHECKSUM: Final = 4
KEPT: Final = frozenset(
    (
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"hIST", b"sPLT", b"pHYs", b"sBIT"),
        *(b"cHRM", b"gAMA", b"iCCP", b"sRGB", b"cICP", b"mDCV", b"cLLI"),  # colours
        *(b"acTL", b"fcTL", b"fdAT"),  # animation
    )
)
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
        else:
            skip(source, length + CHECKSUM)


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
