"""Does the database still say what was written to it? Asked while the server runs.

`Replay` reads the log again from its beginning, checks its chain and its bodies, and lets the same
triggers that projected it once project it into an empty scratch database; then both are compared. It
works in chunks on a connection of its own, and holds neither the log nor the tables in memory.

What it cannot see: a log that was cut at its end together with all rows that follow from the cut part.
"""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from chatd.contract.events import PERSONAL
from chatd.store import json_rows
from chatd.store.log import hash_chain
from chatd.store.ops import migrate

CHUNK = 2_000
FINDINGS_KEPT = 100
FREE_BYTES_WANTED = 256 * 1024 * 1024
PROJECTED = (
    *("accounts", "bots", "spaces", "rooms", "members", "messages", "edits", "mentions", "reactions", "pins"),
    *("account_names", "thread_followers", "emoji", "subscriptions", "preferences", "bookmarks", "reports"),
    *("message_erasures", "blocks", "direct_states", "unheard_mentions"),
)
# indexes that a replay would only fill: the live ones hold, and nothing here looks anything up in them
UNUSED = (
    *("messages_once", "messages_by_author", "messages_by_thread", "messages_deleted"),
    *("messages_expiring", "members_past", "subscriptions_by_room", "rooms_by_space", "rooms_by_opener"),
)

NAME_GUARDS = ("name_skeleton_claimed", "display_name_checked", "shown_name_checked")

CELLS = "position, stream, seq, type, at, by, data, hex(body), hex(hash), hex(salt), text"
NEXT_EVENTS = f"""
    SELECT json_group_array(json_array({CELLS})) FROM (
        SELECT * FROM live.events LEFT JOIN live.bodies USING (position)
        WHERE position > ? ORDER BY position LIMIT ?
    )
"""
LOG_COLUMNS = "position, stream, seq, type, at, by, data, body, hash"
PROJECT = f"""
    INSERT INTO main.events ({LOG_COLUMNS})
    SELECT {LOG_COLUMNS} FROM live.events WHERE position > ? AND position <= ? ORDER BY position
"""
# triggers read the personal data of accounts; what was erased is missing in both databases
PERSONAL_BODIES = f"""
    INSERT INTO main.body_rows (position, salt, text)
    SELECT position, salt, text FROM live.events CROSS JOIN live.bodies USING (position)
    WHERE position > ? AND position <= ? AND type IN ({", ".join(f"'{type_}'" for type_ in sorted(PERSONAL))})
"""
GAPS = """
    SELECT stream FROM live.events GROUP BY stream HAVING min(seq) <> 1 OR max(seq) <> count(*) LIMIT ?
"""
DISORDER = """
    SELECT stream, seq FROM (
        SELECT stream, seq, position, lag(position) OVER (PARTITION BY stream ORDER BY seq) AS earlier
        FROM live.events
    ) WHERE earlier >= position LIMIT ?
"""
STRAY_BODIES = """
    SELECT position FROM live.bodies LEFT JOIN live.events USING (position) WHERE stream IS NULL LIMIT ?
"""
LOST_TEXTS = """
    SELECT room, seq FROM live.messages WHERE NOT deleted AND (
        NOT EXISTS (SELECT 1 FROM live.bodies WHERE bodies.position = messages.position)
        OR EXISTS (
            SELECT 1 FROM live.edits LEFT JOIN live.bodies USING (position)
            WHERE edits.room = messages.room AND edits.seq = messages.seq AND text IS NULL
        )
    ) LIMIT ?
"""
LEFT_TEXTS = """
    SELECT room, seq FROM live.messages WHERE deleted AND (
        EXISTS (SELECT 1 FROM live.bodies WHERE bodies.position = messages.position)
        OR EXISTS (
            SELECT 1 FROM live.edits CROSS JOIN live.bodies USING (position)
            WHERE edits.room = messages.room AND edits.seq = messages.seq
        )
    ) LIMIT ?
"""
# the personal data of an account is complete until it is deleted, and erased afterwards
PROFILE_BODIES = """
    FROM live.accounts CROSS JOIN live.events ON stream = 'account/' || accounts.id AND body IS NOT NULL
    LEFT JOIN live.bodies USING (position)
"""
LOST_PROFILES = f"SELECT DISTINCT id {PROFILE_BODIES} WHERE NOT deleted AND text IS NULL LIMIT ?"
LEFT_PROFILES = f"SELECT DISTINCT id {PROFILE_BODIES} WHERE deleted AND text IS NOT NULL LIMIT ?"


class Verified(msgspec.Struct, frozen=True):
    """How many events were replayed, and what is wrong, in words; nothing wrong, no findings."""

    events: int
    findings: tuple[str, ...]


class Replay:
    """One verification. `step` until it says that the head is reached, then `finish`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._position = 0
        self._hash = hash_chain.GENESIS
        self._events = 0
        self._findings: list[str] = []

    def step(self) -> bool:
        """Replays one chunk; False when it reached the present end of the log."""
        text = json_rows.cell(self._connection, NEXT_EVENTS, (self._position, CHUNK))
        events = msgspec.json.decode(text)
        start = self._position
        for event in events:
            self._check(*event)
        self._project(start, [event[0] for event in events])
        for table in ("events", "body_rows"):  # they left their rows, which is all we need
            self._connection.execute(f"DELETE FROM main.{table}")
        self._events += len(events)
        return len(events) == CHUNK

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

    def _check(
        self,
        position: int,
        stream: str,
        seq: int,
        type: str,
        at: int,
        by: str,
        data: str,
        body: str,
        hash: str,
        salt: str | None,
        text: str | None,
    ) -> None:
        digest = bytes.fromhex(body) if body else None
        expected = hash_chain.link(self._hash, digest, position, stream, seq, type, at, by, data)
        if position != self._position + 1:
            self._found(f"event {position}: the positions before it, from {self._position + 1}, are missing")
        if expected.hex().upper() != hash:
            self._found(f"event {position} ({stream} {seq}): its hash does not follow from the one before")
        if text is not None and (
            digest is None or hash_chain.body_digest(bytes.fromhex(salt or ""), text) != digest
        ):
            self._found(f"event {position} ({stream} {seq}): its text is not the one that was written")
        # go on from what stands there, so that one bad event is one finding
        self._hash = bytes.fromhex(hash)
        self._position = position

    def _project(self, start: int, positions: list[int]) -> None:
        if not positions:
            return
        self._connection.execute(PERSONAL_BODIES, (start, positions[-1]))
        try:
            self._connection.execute(PROJECT, (start, positions[-1]))
        except sqlite3.Error:
            for position in positions:
                try:
                    self._connection.execute(PROJECT, (position - 1, position))
                except sqlite3.Error as error:
                    self._found(f"event {position} cannot be applied again: {error}")

    def _compare_log(self) -> None:
        for (stream,) in self._rows(GAPS):
            self._found(f"{stream}: its sequence has gaps")
        for stream, seq in self._rows(DISORDER):
            self._found(f"{stream} {seq}: it stands before the event that came earlier")
        for (position,) in self._rows(STRAY_BODIES):
            self._found(f"body {position}: it belongs to no event")
        for room, seq in self._rows(LOST_TEXTS):
            self._found(f"messages {room} {seq}: a text of it is lost, and it was not deleted")
        for room, seq in self._rows(LEFT_TEXTS):
            self._found(f"messages {room} {seq}: it was deleted, but its text is still there")
        for (account,) in self._rows(LOST_PROFILES):
            self._found(f"accounts {account}: something that it said is lost, and it was not deleted")
        for (account,) in self._rows(LEFT_PROFILES):
            self._found(f"accounts {account}: it was deleted, but something that it said is still there")

    def _compare(self, table: str) -> None:
        columns = self._connection.execute(f"PRAGMA main.table_info({table})").fetchall()
        key = [name for _, name, *_, place in columns if place]
        rest = [name for _, name, *_, place in columns if not place]
        same = " AND ".join(f"a.{name} = b.{name}" for name in key)
        differs = " OR ".join(f"a.{name} IS NOT b.{name}" for name in rest) or "false"
        shown = ", ".join(f"a.{name}" for name in key)
        query = (
            "SELECT {shown} FROM {a}.{table} AS a LEFT JOIN {b}.{table} AS b ON {same} WHERE {where} LIMIT ?"
        )
        for a, b, where, what in (
            ("live", "main", f"b.{key[0]} IS NULL", "is not in the log"),
            ("main", "live", f"b.{key[0]} IS NULL", "is in the log, but not in the table"),
            ("live", "main", f"b.{key[0]} IS NOT NULL AND ({differs})", "differs from the log"),
        ):
            sql = query.format(shown=shown, a=a, b=b, table=table, same=same, where=where)
            for row in self._rows(sql):
                self._found(f"{table} {' '.join(map(str, row))}: {what}")

    def _rows(self, sql: str) -> list[Any]:
        return self._connection.execute(sql, (FINDINGS_KEPT,)).fetchall()

    def _found(self, finding: str) -> None:
        if len(self._findings) < FINDINGS_KEPT:
            self._findings.append(finding)


def open_scratch(path: Path) -> sqlite3.Connection:
    """An empty database of the same shape in a temporary file, beside the real one, `live`, read-only."""
    connection = sqlite3.connect("", uri=True, isolation_level=None)
    connection.executescript("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;")
    connection.execute("PRAGMA cache_size = -32000")
    migrate.build(connection)
    for index in UNUSED:
        connection.execute(f"DROP INDEX {index}")
    for trigger in NAME_GUARDS:  # an older chatd may have let in names that look alike
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute("ATTACH ? AS live", (path.absolute().as_uri() + "?mode=ro",))
    return connection


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
