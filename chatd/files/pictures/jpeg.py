"""JPEG (ITU-T T.81, JFIF, Exif): keeps what is needed to show it, and drops the rest.

Dropped: Exif (except which way up), XMP, IPTC, comments, embedded thumbnails, other pictures and films behind
its end. Kept as they are: the compressed data, the colour profile, Adobe's colour transform.
"""

from __future__ import annotations

import re
from typing import BinaryIO, Final

from chatd.files.pictures.exif import only_orientation
from chatd.files.pictures.parts import PIECE, Malformed, exactly, number

START, END, SCAN = 0xD8, 0xD9, 0xDA
APP0, APP1, APP2, APP14, APP15, COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
EXTENSIONS: Final = range(0xF0, 0xFE)
EXIF: Final = b"Exif\0\0"
JFIF_BYTES: Final = 12  # of its segment, up to the size of its thumbnail
_MARKER: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # no stuffed byte, fill byte or restart


def clean(source: BinaryIO, sink: BinaryIO) -> None:
    """Raises Malformed."""
    if exactly(source, 2) != bytes((0xFF, START)):
        raise Malformed("no JPEG")
    sink.write(bytes((0xFF, START)))
    turned = False
    while True:
        marker = _next_marker(source)
        if marker == END:
            break
        body = exactly(source, _length(source))
        if marker == APP1 and body.startswith(EXIF) and not turned:
            exif = only_orientation(body[len(EXIF) :])
            turned = exif is not None
            kept = None if exif is None else EXIF + exif
        else:
            kept = _kept(marker, body)
        if kept is not None:
            sink.write(bytes((0xFF, marker)) + (len(kept) + 2).to_bytes(2, "big") + kept)
        if marker == SCAN and not _copy_scan(source, sink):
            break  # cut off; what is there can be shown
    sink.write(bytes((0xFF, END)))


def _kept(marker: int, body: bytes) -> bytes | None:
    """What stays of a segment."""
    if marker == APP0:
        return body[:JFIF_BYTES] + b"\0\0" if body.startswith(b"JFIF\0") else None
    if marker == APP2:
        return body if body.startswith(b"ICC_PROFILE\0") else None
    if marker == APP14:
        return body[:12] if body.startswith(b"Adobe") else None
    if APP0 <= marker <= APP15 or marker == COMMENT or marker in EXTENSIONS:
        return None
    return body


def _next_marker(source: BinaryIO) -> int:
    if exactly(source, 1) != b"\xff":
        raise Malformed("no marker where one belongs")
    marker = 0xFF
    while marker == 0xFF:
        marker = exactly(source, 1)[0]
    if marker < 0xC0 or marker == START or 0xD0 <= marker <= 0xD7:
        raise Malformed("a marker that does not belong there")
    return marker


def _length(source: BinaryIO) -> int:
    length = number(exactly(source, 2)) - 2
    if length < 0:
        raise Malformed("a segment that is shorter than its length")
    return length


def _copy_scan(source: BinaryIO, sink: BinaryIO) -> bool:
    """Copies compressed data up to the next marker; false if there is none."""
    while piece := source.read(PIECE):
        found = _MARKER.search(piece)
        if found is not None:
            sink.write(piece[: found.start()])
            source.seek(found.start() - len(piece), 1)
            return True
        if len(piece) > 1 and piece.endswith(b"\xff"):
            source.seek(-1, 1)  # it may be the beginning of a marker
            piece = piece[:-1]
        sink.write(piece)
    return False
