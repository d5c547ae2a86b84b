"""Giving disk back while the server runs: texts without their erased neighbours, and a file without free
pages.

An erased text keeps its place, filled with zeros (see `body_rows` in schema.sql). So the texts that are left
are copied into a table of their own, which takes the place of the other one; that is then deleted from its
beginning, page by page, and SQLite overwrites what it frees. Meanwhile whatever changes one table changes
the other as well, by a trigger of the writer's connection: no erasure is missed. Then `incremental_vacuum`
moves pages from the end of the file to where there are free ones.

All of it is done in steps, each a transaction on the writer's thread that takes some milliseconds. Who is
killed in between leaves tables behind, which the next one who opens the file drops (`clean`).
"""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import sqlite3
from typing import Final

from msgspec import Struct

COPY: Final = 400  # rows in one transaction
CLEAR: Final = 400
VACUUM: Final = 48  # pages
WORTH: Final = 20  # erased texts are left out when there is at least one byte in so many of theirs
RECENT: Final = 2 * 86_400_000  # milliseconds in which erased texts still count for the quotas of a day
HEADROOM: Final = 128 * 2**20  # bytes that the disk must have free besides

NEXT: Final = "body_rows_next"
OLD: Final = "body_rows_old"
LEFT_BEHIND: Final = "SELECT name FROM sqlite_schema WHERE name IN (?, ?)"
SCHEMA: Final = "SELECT sql FROM sqlite_schema WHERE name = 'body_rows'"
MIRROR: Final = """
    CREATE TEMP TRIGGER mirror AFTER UPDATE ON main.body_rows BEGIN
        UPDATE {table} SET salt = new.salt, text = new.text, erased = new.erased, preserved = new.preserved
        WHERE position = new.position;
    END
"""
RECENT_FROM: Final = "SELECT coalesce(max(position), 0) FROM events WHERE at <= ?"
TEXTS: Final = """
    SELECT coalesce(sum(bytes) FILTER (WHERE NOT erased OR position > ?1), 0), coalesce(sum(bytes), 0),
        coalesce(max(position), 0)
    FROM (SELECT position, erased, 32 + length(CAST(text AS BLOB)) AS bytes FROM body_rows)
"""
STEP: Final = (
    "SELECT max(position) FROM (SELECT position FROM {table} WHERE position > ? ORDER BY position LIMIT ?)"
)
COPIED: Final = f"""
    INSERT INTO {NEXT} SELECT * FROM body_rows
    WHERE position > ?1 AND position <= ?2 AND (NOT erased OR position > ?3)
"""
RENAME: Final = "ALTER TABLE {before} RENAME TO {after}"


class Compacted(Struct, frozen=True):
    """Bytes of the database and the views' file, before and after."""

    before: int
    after: int


class Texts(Struct, frozen=True):
    """Bytes of the texts that stay, and of all, and the position of the last one; erased ones after the
    position `recent` stay."""

    kept: int
    all: int
    recent: int
    last: int = 0

    @property
    def worth(self) -> bool:
        return (self.all - self.kept) * WORTH > self.all


def texts(connection: sqlite3.Connection, now: int) -> Texts:
    """Reads all of them. `now`: Unix milliseconds."""
    [recent] = connection.execute(RECENT_FROM, (now - RECENT,)).fetchone()
    kept, total, last = connection.execute(TEXTS, (recent,)).fetchone()
    return Texts(kept, total, recent, last)


def clean(connection: sqlite3.Connection) -> None:
    """Drops what a compaction left behind that did not come to its end."""
    for (table,) in connection.execute(LEFT_BEHIND, (NEXT, OLD)).fetchall():
        connection.execute(f"DROP TABLE {table}")


def begin(connection: sqlite3.Connection) -> None:
    """An empty table beside `body_rows`."""
    [sql] = connection.execute(SCHEMA).fetchone()
    connection.execute(sql.replace("body_rows", NEXT, 1))
    connection.execute("DROP TRIGGER IF EXISTS temp.mirror")
    connection.execute(MIRROR.format(table=NEXT))


def copy(connection: sqlite3.Connection, after: int, recent: int) -> int | None:
    """Copies what comes next after the position; gives the last one it looked at. None: it was the end, and
    the tables have changed places."""
    step = connection.execute(STEP.format(table="body_rows"), (after, COPY)).fetchone()[0]
    upto = after if step is None else int(step)
    connection.execute(COPIED, (after, upto, recent))
    if connection.execute("SELECT 1 FROM body_rows WHERE position > ? LIMIT 1", (upto,)).fetchone():
        return upto
    connection.execute("DROP TRIGGER temp.mirror")
    # views and triggers go on saying `body_rows`
    connection.execute("PRAGMA legacy_alter_table = ON")
    connection.execute(RENAME.format(before="body_rows", after=OLD))
    connection.execute(RENAME.format(before=NEXT, after="body_rows"))
    connection.execute("PRAGMA legacy_alter_table = OFF")
    connection.execute(MIRROR.format(table=OLD))
    return None


def clear(connection: sqlite3.Connection, table: str) -> int:
    """Deletes the beginning of a table, up to this position; 0: it is gone, as all of it was."""
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchone():
        return 0
    upto = connection.execute(STEP.format(table=table), (0, CLEAR)).fetchone()[0]
    if upto is not None:
        connection.execute(f"DELETE FROM {table} WHERE position <= ?", (upto,))
        return int(upto)
    connection.execute("DROP TRIGGER IF EXISTS temp.mirror")
    connection.execute(f"DROP TABLE {table}")
    return 0


def vacuum(connection: sqlite3.Connection) -> int:
    """Takes some free pages out of the file; gives how many are left."""
    for _ in range(VACUUM):  # Python's sqlite3 ends the statement after the first page
        connection.execute("PRAGMA incremental_vacuum(1)")
    return int(connection.execute("PRAGMA freelist_count").fetchone()[0])


def size(connection: sqlite3.Connection) -> int:
    """Bytes of the file, when what the write-ahead log holds has been moved into it."""
    [pages] = connection.execute("PRAGMA page_count").fetchone()
    [page] = connection.execute("PRAGMA page_size").fetchone()
    return int(pages * page)


def shrinkable(connection: sqlite3.Connection) -> bool:
    """Whether the file was made so that pages can be taken out of it."""
    return bool(connection.execute("PRAGMA auto_vacuum").fetchone()[0])
