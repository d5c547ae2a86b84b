"""Does the database still say what was written to it? Asked while the server runs.

`Replay` reads the log again from its beginning, checks its chain and its bodies, and lets the same
triggers that projected it once project it into empty tables (`chatd.store.ops.scratch_tables`); then both are
compared. It works in chunks on a connection of its own, and holds neither the log nor the tables in memory.

What it cannot see: a log that was cut at its end together with all rows that follow from the cut part.
"""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import shutil
import sqlite3
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from chatd.store import json_rows
from chatd.store.log import hash_chain
from chatd.store.ops.scratch_tables import CELLS, REPLAYED, open_scratch, types_with_triggers

CHUNK = 2_000  # events that are read at once
CHUNKS = 4  # that are projected at once
FINDINGS_KEPT = 100
IN_THE_WAY = {  # of a replay; they say nothing about the log
    *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CANTOPEN),
    *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_INTERRUPT),
}
FREE_BYTES_WANTED = 256 * 1024 * 1024
PROJECTED = (
    *("accounts", "bots", "spaces", "rooms", "members", "messages", "edits", "mentions", "reactions", "pins"),
    *("account_names", "thread_followers", "emoji", "subscriptions", "preferences", "bookmarks", "reports"),
    *("message_erasures", "blocks", "direct_states", "unheard_mentions", "files", "attachments"),
    *("preserved_messages", "preserved_attachments", "name_skeletons", "shown_names"),
)

# A chunk of the log in one row (see `json_rows`), as the bytes that were hashed: what each hash is made of
# but for the hash before it, the hashes, the salted texts, the digests of bodies.
NEXT_EVENTS = """
    SELECT json_group_array(position), CAST(group_concat(link, '') AS BLOB), json_group_array(length(link)),
        CAST(group_concat(hash, '') AS BLOB), CAST(group_concat(said, '') AS BLOB),
        json_group_array(coalesce(length(said), 0)), CAST(group_concat(digest, '') AS BLOB)
    FROM (
        SELECT position, hash, digest, CAST(salt || text AS BLOB) AS said, CAST(
            digest || position || nul || stream || nul || seq || nul || type || nul || at || nul || by
                || nul || data AS BLOB
        ) AS link
        FROM (
            SELECT *, coalesce(body, zeroblob(32)) AS digest, char(0) AS nul
            FROM main.events WHERE position > ?1
        ) LEFT JOIN (SELECT * FROM main.body_rows WHERE NOT erased) USING (position)
        ORDER BY position LIMIT ?2
    )
"""
PROJECT = f"INSERT INTO {REPLAYED} SELECT {CELLS} FROM main.events WHERE position > ? AND position <= ?"
POSITIONS = "SELECT position FROM main.events WHERE position > ? AND position <= ?"
TEXTLESS = "INSERT INTO temp.textless SELECT value FROM json_each(?)"
PLACE = "SELECT stream, seq FROM main.events WHERE position = ?"
GAPS = """
    SELECT stream FROM main.events GROUP BY stream HAVING min(seq) <> 1 OR max(seq) <> count(*) LIMIT ?
"""
# In the order of the streams and within them: numbers and positions.
IN_STREAMS = """
    SELECT json_group_array(seq), json_group_array(position)
    FROM (SELECT seq, position FROM main.events WHERE (stream, seq) > (?, ?) ORDER BY stream, seq LIMIT ?)
"""
STRAY_BODIES = """
    SELECT position FROM main.bodies LEFT JOIN main.events USING (position) WHERE stream IS NULL LIMIT ?
"""
# of the events that had a text and have none, those of messages
LOST_TEXTS = """
    SELECT DISTINCT room, seq FROM (
        SELECT substr(stream, 6) AS room, CASE
            WHEN type = 'message.posted' THEN events.seq
            WHEN type = 'message.edited' AND json_valid(data) THEN data ->> 'seq' END AS seq
        FROM temp.textless CROSS JOIN main.events USING (position) WHERE stream LIKE 'room/%'
    ) CROSS JOIN main.messages USING (room, seq) WHERE NOT deleted LIMIT ?
"""
LEFT_TEXTS = """
    SELECT room, seq FROM main.messages WHERE deleted AND (
        EXISTS (SELECT 1 FROM main.bodies WHERE bodies.position = messages.position)
        OR EXISTS (
            SELECT 1 FROM main.edits CROSS JOIN main.bodies USING (position)
            WHERE edits.room = messages.room AND edits.seq = messages.seq
        )
    ) LIMIT ?
"""
# what was deleted under a legal hold is there until it is erased, and nothing else is put aside
LOST_PRESERVED = """
    SELECT DISTINCT own.room, own.seq FROM main.preserved_messages AS own CROSS JOIN (
        SELECT room, seq, position FROM main.messages UNION ALL SELECT room, seq, position FROM main.edits
    ) AS version USING (room, seq) CROSS JOIN temp.textless ON textless.position = version.position LIMIT ?
"""
LEFT_PRESERVED = """
    SELECT position FROM main.preserved_bodies WHERE position NOT IN (
        SELECT version.position FROM main.preserved_messages CROSS JOIN (
            SELECT room, seq, position FROM main.messages UNION ALL SELECT room, seq, position FROM main.edits
        ) AS version USING (room, seq)
    ) LIMIT ?
"""
# the personal data of an account is complete until it is deleted, and erased afterwards; a copy that was
# restored to a moment before that has lost it, and an order to delete the account again
PROFILE_BODIES = """
    FROM main.accounts CROSS JOIN main.events ON stream = 'account/' || accounts.id AND body IS NOT NULL
    LEFT JOIN main.bodies USING (position)
"""
SAME_COUNT = (
    "SELECT 1 WHERE (SELECT count(*) FROM main.{table}) = (SELECT count(*) FROM temp.{table}) LIMIT ?"
)
LOST_PROFILES = f"""
    SELECT DISTINCT id {PROFILE_BODIES} WHERE NOT deleted AND text IS NULL AND type <> 'file.added'
        AND id NOT IN (SELECT account FROM main.erasures) LIMIT ?
"""
LEFT_PROFILES = f"""
    SELECT DISTINCT id {PROFILE_BODIES} WHERE deleted AND text IS NOT NULL AND NOT (
        type = 'file.added' AND data ->> 'file' IN (SELECT id FROM main.files WHERE NOT deleted)
    ) LIMIT ?
"""
# what is said of a file is there until it is deleted
LOST_NAMES = """
    SELECT id FROM main.files LEFT JOIN main.bodies USING (position)
    WHERE NOT deleted AND text IS NULL LIMIT ?
"""
LEFT_NAMES = "SELECT id FROM main.files CROSS JOIN main.bodies USING (position) WHERE deleted LIMIT ?"


_numbers = msgspec.json.Decoder(list[int]).decode


class Verified(msgspec.Struct, frozen=True):
    """How many events were replayed, and what is wrong, in words; nothing wrong, no findings."""

    events: int
    findings: tuple[str, ...]


class Replay:
    """One verification. `step` until it says that the head is reached, then `finish`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._project_types = f"{PROJECT} AND type IN ({types_with_triggers(connection)}) ORDER BY position"
        self._position = 0
        self._hash = hash_chain.GENESIS
        self._events = 0
        self._findings: list[str] = []

    def step(self) -> bool:
        """Replays some chunks; False when it reached the present end of the log."""
        start, more = self._position, True
        for _ in range(CHUNKS):
            if more:
                more = self._check_chunk() == CHUNK
        self._project(start)
        return more

    def finish(self) -> Verified:
        """Replays what came in meanwhile and compares the tables, all in one look."""
        self._connection.execute("BEGIN")
        try:
            while self.step():
                pass
            self._compare_log()
            for table in PROJECTED:
                self._compare(table)
        finally:
            self._connection.execute("ROLLBACK")
        return Verified(self._events, tuple(self._findings[:FINDINGS_KEPT]))

    def _check_chunk(self) -> int:
        """The number of its events."""
        row = self._connection.execute(NEXT_EVENTS, (self._position, CHUNK)).fetchone()
        numbers, links, lengths, hashes, texts, text_lengths, digests = row
        if positions := _numbers(numbers):
            self._check_chain(positions, links, _numbers(lengths), hashes)
            self._check_texts(positions, texts, _numbers(text_lengths), digests)
        self._events += len(positions)
        return len(positions)

    def _check_chain(self, positions: list[int], links: bytes, lengths: list[int], hashes: bytes) -> None:
        """Each hash is compared with what follows from the stored one before it, so one bad event is one
        finding."""
        end, width = 0, hash_chain.HASH_SIZE
        for index, (position, length) in enumerate(zip(positions, lengths, strict=True)):
            begin, end = end, end + length
            if position != self._position + 1:
                since = self._position + 1
                self._found(f"event {position}: the positions before it, from {since}, are missing")
            found = hashes[index * width : index * width + width]
            if sha256(self._hash + links[begin:end]).digest() != found:
                stream, seq = self._place(position)
                self._found(
                    f"event {position} ({stream} {seq}): its hash does not follow from the one before"
                )
            self._hash, self._position = found, position

    def _check_texts(self, positions: list[int], texts: bytes, lengths: list[int], digests: bytes) -> None:
        end, width = 0, hash_chain.HASH_SIZE
        textless = []
        for index, length in enumerate(lengths):
            digest = digests[index * width : index * width + width]
            if not length:  # of salt and text
                if digest != hash_chain.NO_BODY:
                    textless.append(positions[index])
            else:
                begin, end = end, end + length
                if sha256(texts[begin:end]).digest() != digest:
                    position = positions[index]
                    stream, seq = self._place(position)
                    self._found(
                        f"event {position} ({stream} {seq}): its text is not the one that was written"
                    )
        if textless:
            self._connection.execute(TEXTLESS, (json_rows.array(textless),))

    def _project(self, start: int) -> None:
        """What came after the position `start`."""
        try:
            self._connection.execute(self._project_types, (start, self._position))
        except sqlite3.Error as error:
            _raise_what_is_no_finding(error)
            for (position,) in self._connection.execute(POSITIONS, (start, self._position)).fetchall():
                try:
                    self._connection.execute(self._project_types, (position - 1, position))
                except sqlite3.Error as error:
                    _raise_what_is_no_finding(error)
                    self._found(f"event {position} cannot be applied again: {error}")

    def _compare_log(self) -> None:
        for (stream,) in self._rows(GAPS):
            self._found(f"{stream}: its sequence has gaps")
        self._compare_order()
        for (position,) in self._rows(STRAY_BODIES):
            self._found(f"body {position}: it belongs to no event")
        for room, seq in self._rows(LOST_TEXTS):
            self._found(f"messages {room} {seq}: a text of it is lost, and it was not deleted")
        for room, seq in self._rows(LEFT_TEXTS):
            self._found(f"messages {room} {seq}: it was deleted, but its text is still there")
        for room, seq in self._rows(LOST_PRESERVED):
            self._found(f"messages {room} {seq}: it was deleted under a legal hold, but its text is lost")
        for (position,) in self._rows(LEFT_PRESERVED):
            self._found(f"body {position}: it is put aside, but belongs to nothing that a legal hold keeps")
        for (file,) in self._rows(LOST_NAMES):
            self._found(f"files {file}: its name is lost, and it was not deleted")
        for (file,) in self._rows(LEFT_NAMES):
            self._found(f"files {file}: it was deleted, but its name is still there")
        for (account,) in self._rows(LOST_PROFILES):
            self._found(f"accounts {account}: something that it said is lost, and it was not deleted")
        for (account,) in self._rows(LEFT_PROFILES):
            self._found(f"accounts {account}: it was deleted, but something that it said is still there")

    def _compare_order(self) -> None:
        stream, seq = "", 0
        while True:
            row = self._connection.execute(IN_STREAMS, (stream, seq, CHUNK)).fetchone()
            seqs, positions = map(_numbers, row)
            for index in range(1, len(seqs)):
                if positions[index] < positions[index - 1] and seqs[index] == seqs[index - 1] + 1:
                    stream, seq = self._place(positions[index])
                    self._found(f"{stream} {seq}: it stands before the event that came earlier")
            if len(seqs) < CHUNK:
                break
            stream, seq = self._place(positions[-2])  # the last one is looked at again, with the next

    def _compare(self, table: str) -> None:
        columns = self._connection.execute(f"PRAGMA temp.table_info({table})").fetchall()
        key = [name for _, name, *_, place in columns if place]
        rest = [name for _, name, *_, place in columns if not place]
        same = " AND ".join(f"a.{name} = b.{name}" for name in key)
        differs = " OR ".join(f"a.{name} IS NOT b.{name}" for name in rest) or "false"
        shown = ", ".join(f"a.{name}" for name in key)
        query = (
            "SELECT {shown} FROM {a}.{table} AS a LEFT JOIN {b}.{table} AS b ON {same} WHERE {where} LIMIT ?"
        )
        absent = f"b.{key[0]} IS NULL"
        names = {"table": table, "same": same, "shown": shown}
        wrong = query.format(a="main", b="temp", where=f"{absent} OR {differs}", **names)
        if not self._rows(wrong) and self._rows(SAME_COUNT.format(table=table)):
            return  # keys are unique: as many rows, each of them the same, are all
        for a, b, where, what in (
            ("main", "temp", absent, "is not in the log"),
            ("temp", "main", absent, "is in the log, but not in the table"),
            ("main", "temp", f"b.{key[0]} IS NOT NULL AND ({differs})", "differs from the log"),
        ):
            for row in self._rows(query.format(a=a, b=b, where=where, **names)):
                self._found(f"{table} {' '.join(map(str, row))}: {what}")

    def _rows(self, sql: str) -> list[Any]:
        return self._connection.execute(sql, (FINDINGS_KEPT,)).fetchall()

    def _place(self, position: int) -> tuple[str, int]:
        stream, seq = self._connection.execute(PLACE, (position,)).fetchone()
        return stream, seq

    def _found(self, finding: str) -> None:
        if len(self._findings) < FINDINGS_KEPT:
            self._findings.append(finding)


def _raise_what_is_no_finding(error: sqlite3.Error) -> None:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in IN_THE_WAY:
        raise error


def verify_file(path: Path) -> Verified:
    """The whole verification at once, of a database that no server uses."""
    connection = open_scratch(path)
    try:
        return Replay(connection).finish()
    finally:
        connection.close()


def check(connection: sqlite3.Connection, path: Path) -> tuple[str, ...]:
    """What is wrong with the file as a file: damaged pages, rows that refer to nothing, a full disk."""
    findings = [row[0] for row in connection.execute("PRAGMA quick_check").fetchall() if row[0] != "ok"]
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check").fetchmany(FINDINGS_KEPT):
        findings.append(f"a row of {table}{'' if row is None else f' ({row})'} refers to no row of {parent}")
    with suppress(OSError):  # the folder may be gone, and whoever asks says so
        free = shutil.disk_usage(path.parent).free
        if free >= FREE_BYTES_WANTED:
            return tuple(findings)
        findings.append(f"only {free // 2**20} MiB are free on the disk of {path.parent}; make room")
    return tuple(findings)
