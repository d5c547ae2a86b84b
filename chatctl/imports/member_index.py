"""The names in an archive and where their bytes stand: in a temporary database, which goes to the disk when
it is large. What names may be is decided here, once for folders, zips and tars."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from attrs import frozen

from chatctl.imports.export import Unreadable
from chatctl.imports.problems import Problems
from chatctl.scratch_database import scratch_database

MEMBERS: Final = 1_000_000  # files in an archive
_NAME: Final = 1024  # characters of a name
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_LITTER: Final = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)")

_TABLE: Final = """
CREATE TABLE member (name TEXT PRIMARY KEY, depth INTEGER NOT NULL, place INTEGER NOT NULL,
  packed INTEGER NOT NULL, size INTEGER, method INTEGER NOT NULL, crc INTEGER, written TEXT) WITHOUT ROWID"""


@frozen
class Member:
    """`place` and `packed`: offset and number of bytes in the archive; `size` of the file itself, or None
    where a cut leaves it unknown. `written` is the name as the archive has it."""

    name: str
    place: int
    packed: int
    size: int | None
    method: int = 0
    crc: int | None = None
    written: str = ""


class MemberIndex:
    def __init__(self, archive: str, problems: Problems) -> None:
        self._archive = archive
        self._problems = problems
        self._count = 0
        self._database = scratch_database(_TABLE)

    def add(self, member: Member) -> None:
        """Takes in what has a safe name. Of two with one name the later counts, as for every unpacker."""
        self._count += 1
        if self._count > MEMBERS:
            raise Unreadable(f"{self._archive} has more than {MEMBERS:,} files: import it in parts")
        name = unicodedata.normalize("NFC", member.name.replace("\\", "/")).removeprefix("./")
        if _LITTER.search(name):
            return None
        if not is_safe(name):
            return self.skip(member.name)
        row = (
            *(name, name.count("/"), member.place, member.packed, member.size, member.method, member.crc),
            member.written or member.name,
        )
        try:
            self._database.execute("INSERT INTO member VALUES (?,?,?,?,?,?,?,?)", row)
        except sqlite3.IntegrityError:
            self.skip(name)
            self._database.execute("REPLACE INTO member VALUES (?,?,?,?,?,?,?,?)", row)
        return None

    def skip(self, name: str) -> None:
        self._problems.add("skipped", _CONTROL.sub("?", name[:_NAME]))

    def find(self, name: str) -> Member | None:
        rows = self._database.execute(
            "SELECT name, place, packed, size, method, crc, written FROM member WHERE name = ?",
            (unicodedata.normalize("NFC", name),),
        )
        row = rows.fetchone()
        return None if row is None else Member(*row)

    def names(self, under: str) -> Iterator[str]:
        """Those that begin with `under`, sorted."""
        sql, values = "SELECT name FROM member", []
        if under:
            under = unicodedata.normalize("NFC", under)
            sql += " WHERE name >= ? AND name < ?"
            values = [under, under + "\U0010ffff"]
        for (name,) in self._database.execute(sql + " ORDER BY name", values):
            yield name

    def shallow(self, limit: int) -> list[str]:
        """The first names, those in the fewest folders first."""
        rows = self._database.execute("SELECT name FROM member ORDER BY depth, name LIMIT ?", (limit,))
        return [name for (name,) in rows]

    def called(self, lasts: Sequence[str], limit: int) -> list[str]:
        """The names whose last part is one of these, those in the fewest folders first."""
        is_one = " OR ".join(["name = ? OR substr(name, -length(?) - 1) = '/' || ?"] * len(lasts))
        rows = self._database.execute(
            f"SELECT name FROM member WHERE {is_one} ORDER BY depth, name LIMIT ?",  # noqa: S608
            (*(last for last in lasts for _ in range(3)), limit),
        )
        return [name for (name,) in rows]

    def packed(self) -> int:
        """The bytes that all members say they have in the archive."""
        (total,) = self._database.execute("SELECT coalesce(sum(packed), 0) FROM member").fetchone()
        return int(total)

    def close(self) -> None:
        self._database.close()


def is_safe(name: str) -> bool:
    """Whether the name leads to a file inside, wherever the archive would be unpacked."""
    if not name or len(name) > _NAME or _DRIVE.match(name) or _CONTROL.search(name):
        return False
    return all(part not in ("", ".", "..") for part in name.split("/"))
