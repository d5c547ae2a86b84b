"""What bytes are is seen by how they begin; names are not asked."""

from __future__ import annotations

import io
import random
import tempfile
from pathlib import Path

import pytest
from pictures_drawn import FORMATS, telling

from chatd.files.media_types import HEAD, PICTURES, media_type
from chatd.files.pictures import avif, gif, jpeg, png, webp
from chatd.files.pictures.parts import Malformed

CLEANING = {"PNG": png, "JPEG": jpeg, "GIF": gif, "WEBP": webp, "AVIF": avif}
MUTATIONS = 150


@pytest.mark.parametrize(
    ("head", "type_"),
    [
        (b"\0\0\0\x20ftypisom", "video/mp4"),
        (b"\0\0\0\x20ftypM4A ", "audio/mp4"),
        (b"\0\0\0\x20ftypheic", "application/octet-stream"),
        (b"\0\0\0\x20ftypmif1\0\0\0\0mif1avif", "image/avif"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm", "video/webm"),
        (b"OggS\0\2" + bytes(22) + b"\x01\x1e\x01vorbis", "audio/ogg"),
        (b"OggS\0\2" + bytes(22) + b"\x80theora", "video/ogg"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        (b"ID3\x04", "audio/mpeg"),
        (b"%PDF-1.7", "application/pdf"),
        (b"PK\3\4", "application/octet-stream"),
        (b"", "application/octet-stream"),
        (b"hello\r\n\tworld", "text/plain"),
        ("grüße 😀".encode(), "text/plain"),
        (b"<svg onload=alert(1)>", "text/plain"),
        (b"gr\xfc\xdfe", "application/octet-stream"),
        (b"null\0byte", "application/octet-stream"),
        (("ü" * HEAD).encode()[1 : HEAD + 1], "application/octet-stream"),
        (("x" + "ü" * HEAD).encode()[:HEAD], "text/plain"),
    ],
)
def test_types_are_seen_by_the_beginning(head: bytes, type_: str) -> None:
    assert media_type(head) == type_


@pytest.mark.parametrize("format_", FORMATS)
def test_pictures_are_seen_as_what_they_are(format_: str) -> None:
    assert PICTURES[media_type(telling(format_)[:HEAD])] == format_


@pytest.mark.parametrize("format_", FORMATS)
def test_broken_pictures_are_refused_or_taken_apart_and_nothing_else(format_: str) -> None:
    drawing, whole = random.Random(format_), telling(format_, frames=1)
    for _ in range(MUTATIONS):
        data = bytearray(whole)
        for _ in range(drawing.randint(1, 8)):
            data[drawing.randrange(len(data))] = drawing.choice((0, 1, 0x7F, 0xFF, drawing.randrange(256)))
        if drawing.random() < 0.3:
            del data[drawing.randint(0, len(data)) :]
        with tempfile.TemporaryFile() as sink:
            try:
                CLEANING[format_].clean(io.BytesIO(bytes(data)), sink)
            except Malformed:
                continue
            assert sink.tell() <= len(data) + 200


def test_the_process_that_reads_pictures_imports_nothing_else_of_ours() -> None:
    folder = Path(avif.__file__).parent
    for path in folder.glob("*.py"):
        if path.name != "process.py":
            imports = [line for line in path.read_text().splitlines() if "from chatd" in line]
            assert all("from chatd.files.pictures" in line for line in imports), path
