"""The database as it was at an earlier position: made of a later copy, whose log holds all that came before.

The log up to there is replayed into an empty database by the triggers that projected it once. What stands
beside the log (passwords, devices, drafts) is not in the log, so it stays as the copy has it, as far as it
refers to something that was there.

Erasing is not taken back: a text that was erased between that position and the copy is in neither. What such
a text belonged to is deleted at the end of the new log by the events that deleted it; an account that was
deleted gets its order of deletion again, which a server carries out when it starts.
"""

# ruff: noqa: S608 - statements are put together from names in the schema only; values are bound

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any, Final

import msgspec

from chatd.clock import now
from chatd.ports import StoreError
from chatd.store.log import hash_chain
from chatd.store.log.imports import FORGET_ALL_SAID
from chatd.store.ops import compact, data_model
from chatd.store.ops.data_folder import ANOTHER, why_not
from chatd.store.ops.verify import PROJECTED
from chatd.store.queries.log import HEAD

AT_ONCE: Final = 5_000  # events in a transaction
REPLAYED: Final = (  # the triggers fill these
    *PROJECTED,
    *("disabled_members", "imports", "imported_messages"),
)
OWN: Final = (
    "events",
    "body_rows",
    "snapshots",
    "sqlite_stat1",
    "sqlite_sequence",
    compact.NEXT,
    compact.OLD,
)
FAST: Final = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000"
ERASED: Final = """
    INSERT INTO body_rows (position, salt, text, erased)
    SELECT position, salt, text, 1 FROM old.body_rows WHERE erased AND position <= ?
"""
REPLAY: Final = """
    INSERT INTO facts (position, stream, seq, type, at, by, data, body, hash, salt, text)
    SELECT position, stream, seq, type, at, by, data, body, hash, own.salt, own.text
    FROM old.events LEFT JOIN (SELECT * FROM old.body_rows WHERE NOT erased) AS own USING (position)
    WHERE position > ? AND position <= ? ORDER BY position
"""
TABLES: Final = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
MARKERS: Final = """
    UPDATE read_markers SET seq = min(seq, head), furthest = min(furthest, head), nth = coalesce((
        SELECT nth FROM messages WHERE messages.room = read_markers.room
            AND messages.seq <= min(read_markers.seq, head) ORDER BY messages.seq DESC LIMIT 1
    ), 0)
    FROM (SELECT stream, max(seq) AS head FROM events GROUP BY stream)
    WHERE stream = 'room/' || room AND furthest > head
"""
LATER_CODES: Final = """
    DELETE FROM invite_codes WHERE invite NOT IN (
        SELECT data ->> 'invite' FROM events WHERE type = 'invite.created' AND data ->> 'invite' IS NOT NULL
    )
"""
# What lost a text after the position, and the event that took it.
TAKEN_MESSAGES: Final = """
    SELECT took.stream, took.type, took.by, took.data FROM old.events AS took
    CROSS JOIN messages ON messages.room = substr(took.stream, 6) AND messages.seq = took.data ->> 'seq'
    WHERE took.position > ? AND took.type = 'message.deleted' AND NOT messages.deleted AND EXISTS (
        SELECT 1 FROM (
            SELECT messages.position AS version UNION ALL
            SELECT position FROM edits WHERE edits.room = messages.room AND edits.seq = messages.seq
        ) CROSS JOIN main.events AS said ON said.position = version
        WHERE said.body IS NOT NULL AND version NOT IN (SELECT position FROM bodies)
    ) ORDER BY took.position
"""
# Imports that were taken back, and the rooms that went with them.
TAKEN_IMPORTS: Final = """
    SELECT stream, type, by, data FROM old.events AS took
    WHERE position > ? AND (
        type = 'import.undone' AND EXISTS (
            SELECT 1 FROM imports WHERE id = took.data ->> 'import' AND undone_at IS NULL
        )
        OR type = 'room.deleted' AND data ->> 'imported' IS NOT NULL AND EXISTS (
            SELECT 1 FROM rooms WHERE id = substr(took.stream, 6) AND NOT deleted
        )
    ) ORDER BY position
"""
TAKEN_PRESERVED: Final = """
    SELECT took.stream, took.type, took.by, took.data FROM old.events AS took
    CROSS JOIN preserved_messages AS own
        ON own.room = substr(took.stream, 6) AND own.seq = took.data ->> 'seq'
    WHERE took.position > ? AND took.type = 'message.erased' ORDER BY took.position
"""
TAKEN_FILES: Final = """
    SELECT 'account/' || account, 'file.deleted', 'system', json_object('file', id)
    FROM files LEFT JOIN bodies USING (position) WHERE NOT deleted AND text IS NULL ORDER BY id
"""
TAKEN_ACCOUNTS: Final = """
    INSERT OR IGNORE INTO erasures (account, by, reason, messages, at)
    SELECT accounts.id, took.by, took.data ->> 'reason', 0, took.at FROM accounts
    CROSS JOIN old.events AS took ON took.stream = 'account/' || accounts.id AND took.type = 'account.deleted'
    WHERE NOT accounts.deleted AND took.position > ?
"""
SEQ: Final = "SELECT coalesce(max(seq), 0) FROM events WHERE stream = ?"
LAST: Final = "SELECT position, hash FROM events ORDER BY position DESC LIMIT 1"
FACT: Final = """
    INSERT INTO facts (position, stream, seq, type, at, by, data, body, hash, salt, text)
    VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?, NULL, NULL)
"""


class Cut(msgspec.Struct, frozen=True):
    """`upto`: the position up to which the log is the old one. `erased`: how many messages and files were
    deleted once more; `accounts`: how many accounts will be."""

    upto: int
    erased: int
    accounts: int


def cut(file: Path, target: Path, upto: int) -> Cut:
    """Makes the database at `target` of the copy `file`, which is of this version. Raises StoreError."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL, 0o600))
    try:
        connection = sqlite3.connect(target, isolation_level=None)
        try:
            data_model.build(connection)
            return _Cutting(connection, file, upto).done()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise StoreError(
            f"{file} cannot be taken back to position {upto}: {why_not(error, ANOTHER)}"
        ) from error


class _Cutting:
    def __init__(self, connection: sqlite3.Connection, file: Path, upto: int) -> None:
        self._connection = connection
        self._upto = upto
        connection.executescript(FAST)
        connection.execute("ATTACH ? AS old", (str(file),))
        [head] = connection.execute(HEAD.replace("FROM events", "FROM old.events")).fetchone()
        if not 0 <= upto <= head:
            raise StoreError(f"the log of this backup ends at position {head}; it has no position {upto}")

    def done(self) -> Cut:
        execute = self._connection.execute
        execute("BEGIN")
        execute(ERASED, (self._upto,))
        execute("COMMIT")
        for start in range(0, self._upto, AT_ONCE):
            execute("BEGIN")
            execute(REPLAY, (start, min(start + AT_ONCE, self._upto)))
            execute("COMMIT")
        execute("BEGIN")
        self._beside()
        accounts = execute(TAKEN_ACCOUNTS, (self._upto,)).rowcount
        since = (self._upto,)
        erased = self._again(TAKEN_MESSAGES, since) + self._again(TAKEN_PRESERVED, since)
        erased += self._again(TAKEN_FILES, ())
        self._again(TAKEN_IMPORTS, since)
        execute("COMMIT")
        execute("DETACH old")
        return Cut(self._upto, erased, accounts)

    def _beside(self) -> None:
        """What is not in the log, as far as it refers to what is there."""
        execute = self._connection.execute
        beside = [name for (name,) in execute(TABLES) if name not in (*REPLAYED, *OWN)]
        for table in beside:
            execute(f"INSERT OR REPLACE INTO main.{table} SELECT * FROM old.{table}")
        for _ in range(2):  # what belongs to a device goes after it
            for table in beside:
                for _, _, parent, column, key, *_ in execute(f"PRAGMA foreign_key_list({table})").fetchall():
                    key = key or "id"
                    execute(f"DELETE FROM {table} WHERE {column} NOT IN (SELECT {key} FROM {parent})")
        execute(MARKERS)
        execute(LATER_CODES)
        for forget in FORGET_ALL_SAID:
            execute(forget)
        for table in ("deliveries", "followers"):
            execute(f"UPDATE {table} SET position = min(position, ?)", (self._upto,))

    def _again(self, query: str, parameters: tuple[Any, ...]) -> int:
        """Appends events that erase: how many."""
        execute = self._connection.execute
        found = execute(query, parameters).fetchall()
        position, previous = execute(LAST).fetchone() or (0, hash_chain.GENESIS)
        for stream, type_, by, data in found:
            position += 1
            [seq] = execute(SEQ, (stream,)).fetchone()
            place = (position, stream, seq + 1, type_, now(), by, data)
            previous = hash_chain.link(previous, None, *place)
            execute(FACT, (*place, previous))
        return len(found)
