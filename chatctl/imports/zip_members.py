"""The directory of a zip (PKWARE APPNOTE 6.3). Where it is missing, because the file was cut, the members are
found one after the other by their own headers.

`zipfile` is not used: it holds half a kilobyte for each member, and reads nothing of a file that was cut.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from typing import Any, Final

from chatctl.imports.export import Unreadable
from chatctl.imports.member_index import Member, MemberIndex
from chatctl.imports.member_stream import DEFLATED, RATIO, SMALL
from chatctl.imports.problems import Problems
from chatctl.imports.records import plain

BEGINS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"PK\x01\x02")
ENCRYPTED: Final = "it is encrypted"
_END: Final = struct.Struct("<4s4H2LH")
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64: Final = struct.Struct("<4sLQL")
_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_COMMENT: Final = 65_535
_WINDOW: Final = 1024 * 1024
_UNKNOWN: Final = 0xFFFFFFFF  # the true number stands in an extra field
_ENCRYPTED: Final = 0x1
_SIZES_FOLLOW: Final = 0x8
_UTF8: Final = 0x800
_SYMLINK: Final = 0o120000


def index_zip(file: int, name: str, index: MemberIndex, problems: Problems) -> None:
    """Puts every member into the index. `name` is that of the zip, for messages."""
    length = os.fstat(file).st_size
    directory = _directory(file, length)
    if directory is None:
        last = _index_by_headers(file, length, index, problems)
        problems.add(
            "unreadable", f"{name}: it was cut off {f'in or after {last}' if last else 'at its beginning'}"
        )
        return
    begins, ends, shift = directory
    for entry, written, extra in _entries(file, begins, ends, name, problems):
        flags, method, crc, packed, size = entry[3], entry[4], *entry[7:10]
        outside, place = entry[15:]
        packed, size, place = _wide(extra, packed, size, place)
        if written.endswith(b"/"):
            continue
        shown = _name(written, flags)
        if (outside >> 16) & 0o170000 == _SYMLINK:
            index.skip(shown)
        elif flags & _ENCRYPTED:
            problems.add("unreadable", f"{shown}: {ENCRYPTED}")
        else:
            index.add(Member(shown, place + shift, packed, size, method, crc))
    if index.packed() > length:
        raise Unreadable(f"{name} has members that lie over each other, as in a zip made to fill disks")


def data_place(file: int, member: Member) -> int | None:
    """Where the bytes of a member begin, behind its own header."""
    header = os.pread(file, _LOCAL.size, member.place)
    if len(header) < _LOCAL.size or header[:4] != BEGINS[0]:
        return None
    *_, name, extra = _LOCAL.unpack(header)
    return member.place + _LOCAL.size + int(name) + int(extra)


def _directory(file: int, length: int) -> tuple[int, int, int] | None:
    """Begin and end of the directory, and by how much all offsets are off (where something stands before)."""
    tail_at = max(0, length - _COMMENT - _END.size)
    tail = os.pread(file, length - tail_at, tail_at)
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) - found < _END.size:
        return None
    *_, size, begins, _ = _END.unpack_from(tail, found)
    at = ends = tail_at + found
    locator = os.pread(file, _LOCATOR_64.size, at - _LOCATOR_64.size) if at >= _LOCATOR_64.size else b""
    if locator[:4] == b"PK\x06\x07":
        ends = at - _LOCATOR_64.size - _END_64.size
        wide = os.pread(file, _END_64.size, max(0, ends))
        if wide[:4] != b"PK\x06\x06":
            return None
        *_, size, begins = _END_64.unpack(wide)
    shift = ends - size - begins
    return (begins + shift, ends, shift) if shift >= 0 else None


def _entries(
    file: int, at: int, ends: int, name: str, problems: Problems
) -> Iterator[tuple[tuple[Any, ...], bytes, bytes]]:
    window, begins = b"", at
    while at < ends:
        inside = at - begins
        if len(window) - inside < _ENTRY.size + 3 * _COMMENT:
            window, begins, inside = os.pread(file, min(_WINDOW, ends - at), at), at, 0
        if len(window) - inside < _ENTRY.size or window[inside : inside + 4] != b"PK\x01\x02":
            problems.add("unreadable", f"{name}: its directory is damaged")
            return
        entry = _ENTRY.unpack_from(window, inside)
        named, extra, comment = entry[10:13]
        inside += _ENTRY.size
        yield entry, window[inside : inside + named], window[inside + named : inside + named + extra]
        at += _ENTRY.size + named + extra + comment


def _wide(extra: bytes, packed: int, size: int, place: int) -> tuple[int, int, int]:
    """The numbers of the Zip64 field in place of those that stand for unknown."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            numbers = iter(struct.unpack_from(f"<{len(field) // 8}Q", field))
            size = next(numbers, size) if size == _UNKNOWN else size
            packed = next(numbers, packed) if packed == _UNKNOWN else packed
            place = next(numbers, place) if place == _UNKNOWN else place
        at += 4 + length
    return packed, size, place


def _name(written: bytes, flags: int) -> str:
    """UTF-8 where the member says so, and where it does not but the bytes are; else the code page of old
    zips."""
    try:
        return written.decode()
    except UnicodeDecodeError:
        return written.decode("cp437" if not flags & _UTF8 else "latin-1")


def _index_by_headers(file: int, length: int, index: MemberIndex, problems: Problems) -> str:
    """The name of the last member, which may be cut itself."""
    at, last = 0, ""
    while header := os.pread(file, _LOCAL.size, at):
        if len(header) < _LOCAL.size or header[:4] != BEGINS[0]:
            break
        _, _, flags, method, _, _, crc, packed, size, named, extra = _LOCAL.unpack(header)
        begins = at + _LOCAL.size + named + extra
        if begins > length:
            break
        rest = os.pread(file, named + extra, at + _LOCAL.size)
        shown = _name(rest[:named], flags)
        packed, size, _ = _wide(rest[named:], packed, size, 0)
        known: int | None = size
        if flags & _SIZES_FOLLOW:
            if method != DEFLATED:
                problems.add("unreadable", f"{shown}: where it ends is not known")
                break
            found = _end_of_deflated(file, begins)
            packed, known = found if found is not None else (length - begins, None)
            crc = None
        if begins + packed > length:
            packed, known = length - begins, None
        if named and not shown.endswith("/") and not flags & _ENCRYPTED:
            index.add(Member(shown, at, packed, known, method, crc))
            last = shown
        if known is None:
            break
        at = begins + packed
        if flags & _SIZES_FOLLOW:
            at = _behind_sizes(file, at)
    return plain(last)


def _end_of_deflated(file: int, begins: int) -> tuple[int, int] | None:
    """How many packed bytes there are until the end, and how many unpacked; nothing if it does not end."""
    inflate, at, size = zlib.decompressobj(-15), begins, 0
    while piece := os.pread(file, _WINDOW, at):
        at += len(piece)
        while piece and not inflate.eof:
            try:
                size += len(inflate.decompress(piece, _WINDOW))
            except zlib.error:
                return None
            piece = inflate.unconsumed_tail
            if size > max(SMALL, RATIO * (at - begins)):
                return None
        if inflate.eof:
            return at - begins - len(inflate.unused_data), size
    return None


def _behind_sizes(file: int, at: int) -> int:
    """Behind the record of sizes that follows a member: with or without signature, with numbers of 4 or 8
    bytes."""
    record = os.pread(file, 28, at)
    begins = 4 if record[:4] == BEGINS[2] else 0
    for length in (begins + 12, begins + 20):
        if record[length : length + 4] in BEGINS or len(record) == length:
            return at + length
    return at + begins + 12
