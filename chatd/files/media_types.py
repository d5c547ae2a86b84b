"""What bytes are, by how they begin: the few types that clients show, and text. A name proves nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

HEAD: Final = 4096  # bytes that are looked at
UNKNOWN: Final = "application/octet-stream"
TEXT: Final = "text/plain"
# Beginnings, dots standing for any byte.
SIGNATURES: Final[tuple[tuple[re.Pattern[bytes], str], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), type_)
    for pattern, type_ in (
        (rb"\x89PNG\r\n\x1a\n", "image/png"),
        (rb"\xff\xd8\xff", "image/jpeg"),
        (rb"GIF8[79]a", "image/gif"),
        (rb"RIFF....WEBP", "image/webp"),
        (rb"....ftyp(avif|avis)", "image/avif"),
        (rb"....ftyp(mif1|msf1).{4,60}?avi[fs]", "image/avif"),
        (rb"....ftypM4A ", "audio/mp4"),
        (rb"....ftyp(isom|iso[2-9]|mp4[12]|avc1|dash|M4V |MSNV)", "video/mp4"),
        (rb"\x1aE\xdf\xa3.{0,40}?webm", "video/webm"),
        (rb"OggS.{20,80}?\x80theora", "video/ogg"),
        (rb"OggS\0", "audio/ogg"),
        (rb"RIFF....WAVE", "audio/wav"),
        (rb"ID3[\x02-\x04]", "audio/mpeg"),
        (rb"%PDF-", "application/pdf"),
    )
)
# Pictures that are taken apart, by the name that Pillow has for their format.
PICTURES: Final[Mapping[str, str]] = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/avif": "AVIF",
}
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")  # ESC stands in logs of terminals


def media_type(head: bytes) -> str:
    """The media type (RFC 6838) of what begins with these bytes, at most `HEAD` of them."""
    for pattern, type_ in SIGNATURES:
        if pattern.match(head):
            return type_
    return TEXT if _is_text(head) else UNKNOWN


def _is_text(head: bytes) -> bool:
    """Whether it is UTF-8 that people read; the last character may be cut off."""
    for cut in range(4 if len(head) >= HEAD else 1):
        try:
            text = head[: len(head) - cut].decode()
        except UnicodeDecodeError:
            continue
        return bool(text) and _CONTROL.search(text) is None
    return False
