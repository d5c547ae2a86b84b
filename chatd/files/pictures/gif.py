"""GIF (89a): keeps all frames and how they follow each other; comments, XMP and plain texts are dropped."""

from __future__ import annotations

from typing import BinaryIO, Final

from chatd.files.pictures.parts import Malformed, copy, exactly, skip

SIGNATURES: Final = (b"GIF87a", b"GIF89a")
EXTENSION, IMAGE, END = 0x21, 0x2C, 0x3B
CONTROL, APPLICATION = 0xF9, 0xFF
KEPT_APPLICATIONS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")  # loops, colour profile


def clean(source: BinaryIO, sink: BinaryIO) -> None:
    """Raises Malformed."""
    head = exactly(source, 13)
    if head[:6] not in SIGNATURES:
        raise Malformed("no GIF")
    sink.write(head)
    copy(source, sink, _palette_bytes(head[10]))
    control = b""  # of the next frame
    while True:
        block = source.read(1)
        if block in (b"", bytes((END,))):  # cut off: what is there can be shown
            sink.write(bytes((END,)))
            return
        if block[0] == IMAGE:
            sink.write(control)
            control = b""
            _copy_image(source, sink)
        elif block[0] == EXTENSION:
            label = exactly(source, 1)[0]
            if label == CONTROL:
                control = bytes((EXTENSION, CONTROL)) + _small(source)
            elif label == APPLICATION:
                _application(source, sink)
            else:
                control = b""  # it was for a plain text
                _skip_blocks(source)
        else:
            raise Malformed("a block of a kind that GIF does not know")


def _copy_image(source: BinaryIO, sink: BinaryIO) -> None:
    head = exactly(source, 9)
    sink.write(bytes((IMAGE,)) + head)
    copy(source, sink, _palette_bytes(head[8]) + 1)
    while True:
        length = source.read(1)
        sink.write(length or b"\0")
        if length in (b"", b"\0"):
            return
        copy(source, sink, length[0])


def _application(source: BinaryIO, sink: BinaryIO) -> None:
    name = exactly(source, exactly(source, 1)[0])
    if name not in KEPT_APPLICATIONS:
        _skip_blocks(source)
        return
    sink.write(bytes((EXTENSION, APPLICATION, len(name))) + name)
    while length := exactly(source, 1)[0]:
        sink.write(bytes((length,)))
        copy(source, sink, length)
    sink.write(b"\0")


def _small(source: BinaryIO) -> bytes:
    """The one block of an extension, with its length and the end."""
    length = exactly(source, 1)
    body = exactly(source, length[0])
    _skip_blocks(source)
    return length + body + b"\0"


def _skip_blocks(source: BinaryIO) -> None:
    while length := exactly(source, 1)[0]:
        skip(source, length)


def _palette_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & 0x07) + 1) if flags & 0x80 else 0
