"""AVIF (on ISO/IEC 14496-12 and 23008-12): a copy in which Exif, XMP and what it does not need is blank.

What stands behind the last box is cut off. Nothing is moved, since a file of this kind says by offsets
where its parts are. Which way up a picture is stands among its properties, not in Exif.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from chatd.files.pictures.parts import PIECE, Malformed, copy, number

KEPT: Final = frozenset((b"ftyp", b"mdat", b"meta", b"moov"))
PICTURE: Final = frozenset((b"meta", b"moov", b"mini"))  # one of them describes it
CONTAINERS: Final = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf"))
BLANKED: Final = frozenset((b"udta", b"uuid", b"free", b"skip", b"wide"))
METADATA: Final = frozenset((b"Exif", b"mime", b"uri "))
MINIMIZED: Final = b"mini"  # another layout, which this does not take apart
LARGEST_BOX: Final = 4 * 1024 * 1024  # of those that are read whole
MOST_BOXES: Final = 10_000
IN_FILE, IN_BOX = 0, 1


class Box(NamedTuple):
    """Offsets in the file. `name` stands at `named`, `body` is where its content begins."""

    name: bytes
    named: int
    body: int
    end: int


class Item(NamedTuple):
    """Where it says what it is, and what."""

    named: int
    name: bytes


def clean(source: BinaryIO, sink: BinaryIO) -> None:
    """Raises Malformed."""
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    copy(source, sink, size)
    sink.flush()
    Cleaning(sink.fileno(), size).top()


class Cleaning:
    """Blanks parts of an open file of `size` bytes."""

    def __init__(self, file: int, size: int) -> None:
        self._file = file
        self._size = size
        self._boxes_left = MOST_BOXES

    def top(self) -> None:
        for box in self._boxes(0, self._without_tail()):
            if box.name == MINIMIZED:
                raise Malformed("an AVIF of the minimized layout")
            if box.name == b"meta":
                self._meta(box)
            elif box.name == b"moov":
                self._container(box)
            elif box.name not in KEPT:
                self._blank_box(box)

    def _without_tail(self) -> int:
        """Where the last box ends. What stands behind it and is no box is cut off, as decoders ignore it."""
        end, seen = 0, set[bytes]()
        while end + 8 <= self._size:
            head = self._read(end, 8)
            try:
                box = next(self._boxes(end, self._size))
            except Malformed:
                if head[4:] in KEPT or not self._boxes_left:
                    raise  # a picture of which the end is missing
                break
            seen.add(box.name)
            end = box.end
        if not seen & PICTURE:
            raise Malformed("no picture in it")
        os.ftruncate(self._file, end)
        self._size = end
        self._boxes_left = MOST_BOXES
        return end

    def _container(self, box: Box) -> None:
        for inner in self._boxes(box.body, box.end):
            if inner.name == b"meta":
                self._meta(inner)
            elif inner.name in BLANKED:
                self._blank_box(inner)
            elif inner.name in CONTAINERS:
                self._container(inner)

    def _meta(self, meta: Box) -> None:
        """Blanks the items of a `meta` box that describe the picture instead of being it."""
        found = {box.name: box for box in self._boxes(meta.body + 4, meta.end)}
        for box in found.values():
            if box.name in BLANKED:
                self._blank_box(box)
        if b"iinf" not in found:
            return
        items = dict(self._items(found[b"iinf"]))
        unwanted = {id_ for id_, item in items.items() if item.name in METADATA}
        if not unwanted:
            return
        if b"iloc" not in found:
            raise Malformed("items without a place")
        for id_, where, start, length in self._extents(found[b"iloc"]):
            if id_ in unwanted:
                self._blank_extent(found.get(b"idat"), where, start, length)
        for id_ in unwanted:
            os.pwrite(self._file, b"free", items[id_].named)

    def _items(self, iinf: Box) -> Iterator[tuple[int, Item]]:
        version = self._read(iinf.body, 1)[0]
        for box in self._boxes(iinf.body + (6 if version == 0 else 8), iinf.end):
            if box.name != b"infe":
                continue
            wide = 4 if self._read(box.body, 1)[0] >= 3 else 2
            named = box.body + 4 + wide + 2
            yield number(self._read(box.body + 4, wide)), Item(named, self._read(named, 4))

    def _extents(self, iloc: Box) -> Iterator[tuple[int, int, int, int]]:
        """Item, construction method, start and length of each piece of each item (14496-12, 8.11.3)."""
        if iloc.end - iloc.body > LARGEST_BOX:
            raise Malformed("a table that is too large")
        fields = Fields(self._read(iloc.body, iloc.end - iloc.body))
        version = fields.take(1)
        fields.take(3)
        sizes = fields.take(2)
        offset, length, base = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
        index = sizes & 15 if version else 0
        wide = 4 if version >= 2 else 2
        for _ in range(fields.take(wide)):
            id_ = fields.take(wide)
            method = fields.take(2) & 15 if version else IN_FILE
            fields.take(2)
            start = fields.take(base)
            for _ in range(fields.take(2)):
                fields.take(index)
                extent = fields.take(offset)
                yield id_, method, start + extent, fields.take(length)

    def _blank_extent(self, idat: Box | None, method: int, start: int, length: int) -> None:
        if method == IN_BOX and idat is not None:
            start, end = idat.body + start, idat.end
        elif method == IN_FILE:
            end = self._size
        else:
            raise Malformed("an item that is part of another")
        if not length or start + length > end:
            raise Malformed("an item beyond the end")
        self._blank(start, start + length)

    def _boxes(self, start: int, end: int) -> Iterator[Box]:
        while start + 8 <= end:
            self._boxes_left -= 1
            head = self._read(start, 8)
            length, name, body = number(head[:4]), head[4:], start + 8
            if length == 1:
                length, body = number(self._read(body, 8)), body + 8
            elif length == 0:
                length = end - start
            if start + length > end or length < body - start or not self._boxes_left:
                raise Malformed("a box that ends elsewhere")
            yield Box(name, start + 4, body, start + length)
            start += length

    def _blank_box(self, box: Box) -> None:
        self._blank(box.body, box.end)
        os.pwrite(self._file, b"free", box.named)

    def _blank(self, start: int, end: int) -> None:
        while start < end:
            start += os.pwrite(self._file, bytes(min(end - start, PIECE)), start)

    def _read(self, start: int, length: int) -> bytes:
        data = os.pread(self._file, length, start)
        if len(data) < length:
            raise Malformed("it ends early")
        return data


class Fields:
    """Numbers of a table, one after another."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, length: int) -> int:
        """Raises Malformed at the end."""
        piece = self._data[self._at : self._at + length]
        if len(piece) < length:
            raise Malformed("a table that ends early")
        self._at += length
        return number(piece)
