"""JSON as exports have it: whole documents, lines, and documents of any size that are taken apart as they
come.

Whatever is wrong with a piece is one problem with its place, and the next piece is read. `json_decoding`
makes values of the pieces.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from io import BufferedReader
from typing import Final, Literal

from chatctl.imports.archive import BOM, DOCUMENT
from chatctl.imports.export import Unreadable
from chatctl.imports.problems import Problems

ANY: Final = "*"  # in a path: each element of an array, or member of an object
Path = tuple[str, ...]
# What should stand at a path: an array, an object, one of them, or those or anything else.
Shape = Literal["list", "object", "list or object", "any"]
Opened = Mapping[Path, Shape]
EACH: Final[Opened] = {(): "list"}  # the elements of a document that is an array

_BEGINS: Final[Mapping[Shape, tuple[bytes, ...]]] = {
    "list": (b"[",),
    "object": (b"{",),
    "list or object": (b"[", b"{"),
    "any": (b"[", b"{"),
}
_PIECE: Final = 256 * 1024
_FAST: Final = 2 * _PIECE
_SCAN: Final = json.JSONDecoder(strict=False).scan_once  # type: ignore[attr-defined]
_LAST_SPACE: Final = 0x20  # no other sign of JSON comes before it
_SPACE: Final = re.compile(rb"[ \t\r\n]*")
# A whole string, or one that begins and does not end here; a bracket.
_MARK: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+("?)|[\[\]{}]', re.DOTALL)
# An object or array with few others in each other, as nearly all are: found at once, where `_MARK` takes a
# step for every string. What is deeper, or not all there yet, is not matched.
_STRING: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_BETWEEN: Final = rb'[^"\[\]{}]*+'
_INSIDE: Final = 6


def _shallow() -> re.Pattern[bytes]:
    value = _STRING
    for _ in range(_INSIDE):
        value = b"(?:" + _STRING + b"|[\\[{]" + _BETWEEN + b"(?:" + value + _BETWEEN + b")*+[\\]}])"
    return re.compile(value, re.DOTALL)


_SHALLOW: Final = _shallow()
# Also what JSON does not have but some write: NaN, Infinity.
_SCALAR: Final = re.compile(rb"[-+.0-9A-Za-z]+")
_SCALAR_ENDS: Final = re.compile(rb"[,\]} \t\r\n]")


def lines(stream: BufferedReader, place: str, problems: Problems) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each line that is not empty, without its end. One that is too long is left out."""
    number, rest = 0, b""
    skipping = False
    for piece in pieces(stream, place, problems):
        found = (rest + piece if rest else piece).split(b"\n")
        rest = found.pop()
        for line in found:
            number += 1
            if skipping:
                skipping = False
            elif line and line != b"\r":
                yield number, line.removeprefix(BOM) if number == 1 else line
        if len(rest) > DOCUMENT or skipping:
            if not skipping:
                problems.add("unreadable", f"{place} line {number + 1}: longer than {DOCUMENT >> 20} MiB")
            skipping, rest = True, b""
    rest = rest if number else rest.removeprefix(BOM)
    if rest and not skipping:
        yield number + 1, rest


def pieces(stream: BufferedReader, place: str, problems: Problems) -> Iterator[bytes]:
    """All that can be read; what cannot be is one problem."""
    try:
        while piece := stream.read1(_PIECE):
            yield piece
    except Unreadable as error:
        problems.add("unreadable", f"{place}: {error}")
    except OSError as error:
        problems.add("unreadable", f"{place}: {error.strerror}")


def elements(
    stream: BufferedReader, place: str, problems: Problems, opened: Opened = EACH
) -> Iterator[tuple[Path, bytes]]:
    """The values of one document, in order, each with its path. An object or array whose path is in `opened`
    (with `ANY` for whatever stands at a place) is entered, all other values are given whole, as their bytes.
    What has another shape there than `opened` says is one problem, and left out: `null` is nothing. In a path
    an element of an array is `ANY`, a member of an object its name."""
    yield from _Document(stream, place, problems, opened).values()


class _Document:
    def __init__(self, stream: BufferedReader, place: str, problems: Problems, opened: Opened) -> None:
        self._pieces = pieces(stream, place, problems)
        self._place, self._problems = place, problems
        self._opened = opened
        self._depths = {len(one) for one in opened}
        self._buffer = b""
        self._text: str | None = None  # the same
        self._at = 0
        self._count = 0
        self._names: list[str] = []  # the path of what was entered
        self._closers: list[bytes] = []

    def values(self) -> Iterator[tuple[Path, bytes]]:
        self._more()
        self._buffer, self._text = self._buffer.removeprefix(BOM), None
        try:
            if self._peek() is not None:
                yield from self._value(())
                if self._closers:
                    yield from self._inside()
        except _Ends as ends:
            self._problems.add("unreadable", f"{self._place}: {ends} after {self._count:,} values")

    def _inside(self) -> Iterator[tuple[Path, bytes]]:
        while self._closers:
            first = self._needed()
            if first == b",":
                self._at += 1
            elif first == self._closers[-1]:
                self._at += 1
                self._closers.pop()
                if self._names:
                    self._names.pop()
            elif self._closers[-1] == b"]":
                yield from self._value((*self._names, ANY))
            else:
                yield from self._value((*self._names, self._name()))

    def _name(self) -> str:
        if self._needed() != b'"':
            raise _Ends("no JSON")
        raw = self._whole()
        if self._needed() != b":":
            raise _Ends("no JSON")
        self._at += 1
        try:
            return str(json.loads(raw or b'""'))
        except ValueError:
            return ""

    def _value(self, path: Path) -> Iterator[tuple[Path, bytes]]:
        first = self._needed()
        shape = self._shape(path)
        if shape is not None and first in _BEGINS[shape]:
            self._at += 1
            self._closers.append(b"}" if first == b"{" else b"]")
            if path:
                self._names.append(path[-1])
            return
        raw = self._whole()
        self._count += 1
        if raw is None:
            self._problems.add(
                "unreadable", f"{self._place} value {self._count}: larger than {DOCUMENT >> 20} MiB"
            )
        elif shape in (None, "any"):
            yield path, raw
        elif raw != b"null" or not path:
            what = f"`{'.'.join(path)}`" if path else "it"
            self._problems.add("unreadable", f"{self._place}: {what} is no {shape}")

    def _shape(self, path: Path) -> Shape | None:
        if len(path) not in self._depths:
            return None
        if (exactly := self._opened.get(path)) is not None:
            return exactly
        for one, shape in self._opened.items():
            if len(one) == len(path) and all(a in (b, ANY) for a, b in zip(one, path, strict=True)):
                return shape
        return None

    def _peek(self) -> bytes | None:
        at = self._at
        if at < len(self._buffer) and self._buffer[at] > _LAST_SPACE:
            return self._buffer[at : at + 1]
        while True:
            found = _SPACE.match(self._buffer, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self._more():
                return None

    def _needed(self) -> bytes:
        found = self._peek()
        if found is None:
            raise _Ends("it ends too early")
        return found

    def _whole(self) -> bytes | None:
        """The bytes of the value that begins here; None if they are too many."""
        first = self._needed()
        if first not in (b"{", b"[", b'"'):
            return self._scalar()
        found = _SHALLOW.match(self._buffer, self._at, self._at + DOCUMENT)
        if found is not None:
            self._at = found.end()
            return found[0]
        end = self._end_of_small()
        if end is not None:
            begins, self._at = self._at, end
            return self._buffer[begins:end]
        depth, at, dropped = 0, self._at, False
        while True:
            found = _MARK.search(self._buffer, at)
            if found is None or found[1] == b"":
                # What was looked at is not looked at again, but for the string that has not ended.
                at = len(self._buffer) if found is None else found.start()
                if dropped or len(self._buffer) - self._at > DOCUMENT:
                    dropped, at = self._drop(at, found is not None)
                at = self._longer(at)
                continue
            at = found.end()
            mark = found[0][:1]
            if mark in b"[{":
                depth += 1
            elif mark in b"]}":
                depth -= 1
            if depth <= 0:
                raw = self._buffer[self._at : at]
                self._at = at
                return None if dropped or len(raw) > DOCUMENT else raw

    def _end_of_small(self) -> int | None:
        """By the standard library, which is faster than Python can count brackets, and makes objects that
        nobody needs: so only while few bytes are there. None where the value does not end in them, or is no
        JSON."""
        if len(self._buffer) > _FAST:
            return None
        if self._text is None:
            self._text = self._buffer.decode("latin-1")  # a character is a byte
        try:
            return int(_SCAN(self._text, self._at)[1])
        except (StopIteration, ValueError, RecursionError):
            return None

    def _drop(self, at: int, in_string: bool) -> tuple[bool, int]:
        """Forgets the beginning of a value that is too large. A string keeps its quotation mark, and the
        backslash that may stand at the end of what is there."""
        if not in_string:
            self._buffer = self._buffer[at:]
        else:
            slashes = len(self._buffer) - len(self._buffer.rstrip(b"\\"))
            self._buffer = b'"' + b"\\" * (slashes % 2)
        self._at, self._text = 0, None
        return True, 0

    def _longer(self, at: int) -> int:
        before = self._at
        if not self._more():
            raise _Ends("it ends too early")
        return at - before + self._at

    def _scalar(self) -> bytes:
        while True:
            found = _SCALAR_ENDS.search(self._buffer, self._at)
            if found is None and len(self._buffer) - self._at < 4096 and self._more():
                continue
            end = found.start() if found else len(self._buffer)
            if end == self._at:
                raise _Ends("no JSON")
            raw = self._buffer[self._at : end]
            if not _SCALAR.fullmatch(raw):
                raise _Ends("no JSON")
            self._at = end
            return raw

    def _more(self) -> bool:
        piece = next(self._pieces, b"")
        if self._at:
            self._buffer = self._buffer[self._at :]
            self._at = 0
        self._buffer += piece
        self._text = None
        return bool(piece)


class _Ends(Exception):
    """The document cannot be read any further."""
