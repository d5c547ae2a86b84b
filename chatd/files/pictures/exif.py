"""Which way a picture is to be turned, out of its Exif data (CIPA DC-008, on TIFF 6.0), and nothing else."""

from __future__ import annotations

import struct
from typing import Final

ORIENTATION: Final = 0x0112
SHORT: Final = 3
UPRIGHT: Final = 1
LAST: Final = 8  # of the ways that a picture can be turned
MOST_TAGS: Final = 512  # that are looked at
_HEADERS: Final = {b"II*\0": "<", b"MM\0*": ">"}


def orientation(tiff: bytes) -> int:
    """1 to 8; 1, upright, when it does not say."""
    order = _HEADERS.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for index in range(min(count, MOST_TAGS)):
            tag, type_, _, value = struct.unpack_from(f"{order}HHIH", tiff, directory + 2 + 12 * index)
            if tag == ORIENTATION and type_ == SHORT:
                return value if UPRIGHT <= value <= LAST else UPRIGHT
    except struct.error:
        pass
    return UPRIGHT


def only_orientation(tiff: bytes) -> bytes | None:
    """Exif data that says nothing else; None when the picture is upright."""
    turned = orientation(tiff)
    if turned == UPRIGHT:
        return None
    return struct.pack(">4sIHHHIHHI", b"MM\0*", 8, 1, ORIENTATION, SHORT, 1, turned, 0, 0)
