"""How far each view has followed the log. All of this runs on the thread that writes the views' file.

A view that is of another version than its tables, or that followed another history than the log now
holds, begins at the log's beginning; the whole file is made anew when it cannot be read.

Nothing here is the truth, so nothing here needs to be on the disk at once: `synchronous = NORMAL` with a
write-ahead log may lose the newest transactions in a power cut, but never damages the file, and rows and
position go back together. (After `kill -9` nothing is lost: the system has it.)
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from chatd.database_files import remove
from chatd.log import log as server_log
from chatd.ports import Lag, View
from chatd.store.connection import BUSY_SECONDS, UNJOURNALED, TrioConnection, closed_on_error

LAYOUT: Final = 1  # of the tables below; a file of another one is made anew
PASSING: Final = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM}
)  # troubles that say nothing against the file

FILES: Final = 8  # of a connection: two databases, their write-ahead logs, the indexes of these, and a folder

SETTINGS: Final = "PRAGMA main.cache_size = -8000; PRAGMA temp_store = MEMORY;"
# Checkpoints are what the disk notices of the views, and the log waits for the same disk: make them rare.
WRITER_SETTINGS: Final = f"""
    PRAGMA main.auto_vacuum = INCREMENTAL;
    PRAGMA main.journal_mode = WAL;
    PRAGMA main.synchronous = NORMAL;
    PRAGMA main.wal_autocheckpoint = 8000;
    PRAGMA main.secure_delete = ON;
    {SETTINGS}
"""
# `hash` is that of the event at `position`: the chain of hashes makes it stand for all before it.
# `tables` is what to drop when the view's next version has others.
TABLES: Final = """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE followers (
        name TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        position INTEGER NOT NULL,
        hash BLOB,
        tables TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO main.meta (key, value) SELECT key, value FROM log.meta WHERE key = 'epoch'
"""
SAME_EPOCH: Final = """
    SELECT (SELECT value FROM main.meta WHERE key = 'epoch')
        IS (SELECT value FROM log.meta WHERE key = 'epoch')
"""
# -1: the view must be built
STANDING: Final = """
    SELECT coalesce((
        SELECT position FROM main.followers AS followed WHERE name = ? AND version = ?
        AND hash IS (SELECT hash FROM log.events WHERE position = followed.position)
    ), -1), (SELECT coalesce(max(position), 0) FROM log.events)
"""
MOVE: Final = """
    UPDATE main.followers SET position = ?1, hash = (SELECT hash FROM log.events WHERE position = ?1)
    WHERE name = ?2
"""
LISTED: Final = "SELECT tables FROM main.followers WHERE name = ?"


class ViewPositions:
    """The views' file at `path`, which follows the log's file `log`."""

    def __init__(self, path: Path, log: Path) -> None:
        self.path = path.absolute()
        self._log_uri = log.absolute().as_uri() + "?mode=ro"
        self.scrub_due = False  # erased texts may still stand in the write-ahead log

    # --- the file

    def open_writer(self) -> sqlite3.Connection:
        """The file as it is, or a new one where that cannot be used."""
        try:
            connection = self._open_sound()
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in PASSING or (code == sqlite3.SQLITE_CANTOPEN and _out_of_files()):
                raise
            server_log.warning("views_built_again", file=str(self.path), reason=str(error))
            remove(self.path)
            connection = self._open_sound()
        self.scrub(connection)  # what the process before did not live to do
        return connection

    def open_reader(self) -> sqlite3.Connection:
        return self._open(self.path.as_uri() + "?mode=ro", SETTINGS)

    def replace(self, writer: TrioConnection, surely: bool) -> bool:
        """Puts an empty file in the place of a damaged one. False: it is sound after all. With `surely` it
        is not looked at."""
        connection = writer.current()
        if connection is not None:
            if not surely and _sound(connection):
                return False
            connection.close()
        remove(self.path)
        writer.reopen()
        return True

    def _open_sound(self) -> sqlite3.Connection:
        # made before SQLite does, so that its side files inherit the mode
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        first = "" if self.path.stat().st_size else f"{UNJOURNALED}; PRAGMA main.synchronous = OFF;"
        with closed_on_error(self._open(self.path.as_uri(), first + WRITER_SETTINGS)) as connection:
            [layout] = connection.execute("PRAGMA main.user_version").fetchone()
            if layout == 0:
                _script(connection, f"{TABLES}; PRAGMA main.user_version = {LAYOUT}")
            elif layout != LAYOUT:
                raise sqlite3.DatabaseError(f"its layout is {layout}, not {LAYOUT}")
            elif not connection.execute(SAME_EPOCH).fetchone()[0]:
                raise sqlite3.DatabaseError("it follows another log")
        return connection

    def _open(self, uri: str, settings: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=256
        )
        with closed_on_error(connection):
            connection.execute("ATTACH ? AS log", (self._log_uri,))
            connection.executescript(settings)
        return connection

    # --- views

    def lag(self, connection: sqlite3.Connection, view: View) -> Lag:
        position, head = _standing(connection, view)
        return Lag(view.name, max(position, 0), head)

    def follow(self, connection: sqlite3.Connection, view: View, most: int) -> Lag:
        position, head = _standing(connection, view)
        if position < 0:
            self.build(connection, view)
            position = 0
        upto = min(head, position + most)
        if upto > position or view.unfinished:
            with _transaction(connection):
                erased = view.follow(connection, position, upto)
                connection.execute(MOVE, (upto, view.name))
            self.scrub_due = self.scrub_due or erased
        if self.scrub_due:
            self.scrub(connection)
        return Lag(view.name, upto, head)

    def build(self, connection: sqlite3.Connection, view: View) -> None:
        """The view's tables, empty."""
        listed = connection.execute(LISTED, (view.name,)).fetchone()
        tables = {*view.tables, *(msgspec.json.decode(listed[0]) if listed else ())}
        drops = "".join(f'DROP TABLE IF EXISTS main."{table}";' for table in sorted(tables))
        row = f"'{view.name}', {view.version}, 0, NULL, '{msgspec.json.encode(view.tables).decode()}'"
        put = "INSERT OR REPLACE INTO main.followers (name, version, position, hash, tables)"
        _script(connection, f"{drops} {view.schema}; {put} VALUES ({row})")
        self.scrub_due = True
        self.scrub(connection)

    def scrub(self, connection: sqlite3.Connection) -> None:
        """Empties the write-ahead log, where old pages still say what was erased. Waits for no reader: while
        one looks at those pages this stays due, and is done when that one has looked."""
        connection.execute("PRAGMA busy_timeout = 0")
        try:
            [busy, *_] = connection.execute("PRAGMA main.wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        self.scrub_due = bool(busy)


def _standing(connection: sqlite3.Connection, view: View) -> tuple[int, int]:
    position, head = connection.execute(STANDING, (view.name, view.version)).fetchone()
    return position, head


def _out_of_files() -> bool:
    """Whether this process has no file descriptors left for all that SQLite opens beside the file."""
    taken: list[int] = []
    try:
        taken.extend(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC) for _ in range(FILES))
    except OSError:
        return True
    finally:
        for each in taken:
            os.close(each)
    return False


def _sound(connection: sqlite3.Connection) -> bool:
    with suppress(sqlite3.Error):
        return bool(connection.execute("PRAGMA main.integrity_check(1)").fetchone() == ("ok",))
    return False


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.rollback()


def _script(connection: sqlite3.Connection, sql: str) -> None:
    """Statements as one transaction."""
    try:
        connection.executescript(f"BEGIN; {sql}; COMMIT;")
    finally:
        if connection.in_transaction:
            connection.rollback()
