"""Applies what the followed server sends to the standby's own database.

Events come as they are stored, and each is held against the hash chain before it is written, by the triggers
that wrote it there; the writes beside them are carried out by the same statements. How far it has come stands
in the same transaction, so that a kill loses and doubles nothing. Everything runs on the database's thread.
"""

# ruff: noqa: S608 - statements are put together from names in the schema only; values are bound

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Final

import msgspec

from chatd.contract.events import ERASES
from chatd.ports import DropBlobs, FinishErasures, PutClusterKey, StoreError, Write
from chatd.store.log import hash_chain
from chatd.store.log.erasure import forgetting
from chatd.store.log.writes import statements
from chatd.store.ops import standby
from chatd.store.ops.look import LENGTH, tables_beside_log
from chatd.store.ops.standby import StandbyState

COLUMNS: Final = 11  # of a fact
LONGEST: Final = 256 * 2**20  # bytes of a record
ERASE_EVERY: Final = 1.0  # seconds
FACT: Final = f"INSERT INTO facts VALUES ({', '.join('?' * COLUMNS)})"
ERASED: Final = "INSERT INTO body_rows (position, salt, text, erased) VALUES (?, ?, ?, 1)"
HEAD: Final = "SELECT position, hash FROM events ORDER BY position DESC LIMIT 1"


class Diverged(StoreError):
    """What was sent does not follow from what is here."""


class Applied(msgspec.Struct):
    """What came with it for the folder of files: hashes that are wanted, and that may go."""

    position: int = 0
    wanted: list[str] = []
    dropped: list[str] = []


class Applying:
    def __init__(self, state: StandbyState) -> None:
        self.state = state
        self.in_folder = True  # whether files come too
        self._position = 0
        self._hash = hash_chain.GENESIS
        self._erased = False
        self._erase_at = 0.0

    @property
    def position(self) -> int:
        return self._position

    @property
    def hash(self) -> str:
        return self._hash.hex()

    def open(self, connection: sqlite3.Connection) -> None:
        """Raises StoreError: this database is no standby of that server."""
        known = standby.read(connection)
        self._position, self._hash = connection.execute(HEAD).fetchone() or (0, hash_chain.GENESIS)
        if known is None and self._position:
            raise StoreError("this folder holds a server's database; a standby begins in an empty folder")
        if known is None:
            standby.write(connection, self.state)
        else:
            self.state = msgspec.structs.replace(known, url=self.state.url)

    def events(self, connection: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> Applied:
        """Catches up with a part of the log; what stands beside it comes later."""
        with self._transaction(connection):
            self._put_events(connection, rows)
            self._put_state(connection, run=None)
        return self._done(connection, Applied(self._position))

    def look(self, connection: sqlite3.Connection, file: IO[bytes]) -> Applied:
        """Takes the rest of the log, and all tables beside it."""
        records = _records(file)
        if (first := next(records, None)) is None:
            raise Diverged("the look at the tables is empty")
        with self._transaction(connection):
            cleared = whole = False
            for record in records:
                if record[0] == "events":
                    self._put_events(connection, record[1])
                    continue
                if not cleared:
                    cleared = True
                    for table in (*tables_beside_log(connection), "snapshots"):
                        connection.execute(f"DELETE FROM {table}")
                if record[0] == "rows":
                    _put_rows(connection, record[1], record[2])
                else:
                    whole = True
            if not whole:
                raise Diverged("the look at the tables ended too early")
            for sql, parameters in forgetting(()):  # whoever was deleted meanwhile
                connection.execute(sql, parameters)
            self._put_state(
                connection, run=first["run"], number=first["number"], complete=True, files=self.in_folder
            )
        self._erased = True
        return self._done(connection, Applied(self._position))

    def transactions(self, connection: sqlite3.Connection, those: Iterable[Sequence[Any]]) -> Applied:
        """Several of them as one."""
        applied = Applied()
        number = self.state.number
        with self._transaction(connection):
            for its_number, segments in those:
                if its_number != number + 1:
                    raise Diverged(f"transaction {its_number} came after {number}")
                number = its_number
                for cells, writes in segments:
                    self._put_facts(connection, cells, applied)
                    self._put_writes(connection, [_write(named) for named in writes], applied)
            self._put_state(connection, run=self.state.run, number=number)
        applied.position = self._position
        return self._done(connection, applied)

    def settle(self, connection: sqlite3.Connection) -> None:
        """Empties the write-ahead log, if something was erased that may still stand there."""
        if self._erased and time.monotonic() >= self._erase_at:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._erased = False
            self._erase_at = time.monotonic() + ERASE_EVERY

    # --- within a transaction

    def _put_events(self, connection: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> None:
        facts = []
        for *cells, erased in rows:
            if erased:
                connection.execute(ERASED, (cells[0], cells[9], cells[10]))
                cells[9] = cells[10] = None
            self._follow(cells)
            facts.append(cells)
        self._erased = self._erased or any(fact[3] in ERASES for fact in facts)
        connection.executemany(FACT, facts)

    def _put_facts(self, connection: sqlite3.Connection, cells: Sequence[Any], applied: Applied) -> None:
        for start in range(0, len(cells), COLUMNS):
            fact = cells[start : start + COLUMNS]
            self._follow(fact)
            connection.execute(FACT, fact)
            self._erased = self._erased or fact[3] in ERASES
            if fact[3] == "file.added" and fact[10] is not None:
                said = msgspec.json.decode(fact[10])
                applied.wanted += filter(None, (said.get("hash"), said.get("preview_hash")))

    def _put_writes(self, connection: sqlite3.Connection, writes: list[Write], applied: Applied) -> None:
        # A standby has no key of its cluster's stream, with which what was erased since could be read.
        writes = [write for write in writes if not isinstance(write, PutClusterKey)]
        for sql, parameters in statements(writes):
            connection.execute(sql, parameters)
        for write in writes:
            if isinstance(write, DropBlobs):
                applied.dropped += write.hashes
            self._erased = self._erased or isinstance(write, (DropBlobs, FinishErasures))

    def _follow(self, fact: Sequence[Any]) -> None:
        """Raises Diverged."""
        position, stream, seq, type_, at, by, data, body, hash_, salt, text = fact
        if position != self._position + 1:
            raise Diverged(f"event {position} came after event {self._position}")
        if hash_chain.link(self._hash, body, position, stream, seq, type_, at, by, data) != hash_:
            raise Diverged(f"the hash of event {position} does not follow from the one before")
        if text is not None and hash_chain.body_digest(salt, text) != body:
            raise Diverged(f"the text of event {position} is not the one that was written")
        self._position, self._hash = position, hash_

    def _put_state(self, connection: sqlite3.Connection, **changes: Any) -> None:
        self.state = msgspec.structs.replace(self.state, **changes)
        standby.write(connection, self.state)

    def _transaction(self, connection: sqlite3.Connection) -> _Transaction:
        return _Transaction(self, connection)

    def _done(self, connection: sqlite3.Connection, applied: Applied) -> Applied:
        self.settle(connection)
        return applied


class _Transaction:
    """All or nothing, of what this object knows too."""

    def __init__(self, applying: Applying, connection: sqlite3.Connection) -> None:
        self._applying = applying
        self._connection = connection

    def __enter__(self) -> None:
        one = self._applying
        self._before = one.state, one._position, one._hash
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            if error is None:
                self._connection.execute("COMMIT")
                return
        except sqlite3.Error:  # a full disk may show only now
            self._undo()
            raise
        self._undo()

    def _undo(self) -> None:
        self._connection.rollback()
        one = self._applying
        one.state, one._position, one._hash = self._before


def _put_rows(connection: sqlite3.Connection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    if table not in tables_beside_log(connection):
        raise Diverged(f"there is no table {table[:40]!r} beside the log")
    marks = ", ".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _write(named: Sequence[Any]) -> Write:
    try:
        return msgspec.convert(named, Write, builtin_types=(bytes,))  # type: ignore[no-any-return]
    except msgspec.ValidationError as error:
        raise Diverged(f"this chatd does not know the write {str(named[:1])[:40]}: {error}") from error


def _records(file: IO[bytes]) -> Iterator[Any]:
    """Raises Diverged."""
    file.seek(0)
    while head := file.read(LENGTH):
        length = int.from_bytes(head, "big")
        data = file.read(length) if length <= LONGEST else b""
        if len(head) < LENGTH or len(data) != length:
            raise Diverged("the look at the tables is not whole")
        yield msgspec.msgpack.decode(data)
