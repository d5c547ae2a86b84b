"""Questions about what is an account's alone: preferences, what it keeps, and whom it knows."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from chatd.ports import Row
from chatd.store import json_rows

PREFERENCES = json_rows.folded(
    "SELECT * FROM preferences WHERE account = ?", ("quiet_from", "quiet_to", "time_zone"), ("receipts",)
)
SUBSCRIPTIONS = json_rows.folded(
    "SELECT room, level, muted_until FROM subscriptions WHERE account = ? ORDER BY room LIMIT -1",
    ("room", "level", "muted_until"),
)
BOOKMARKS = json_rows.folded(
    "SELECT * FROM bookmarks WHERE account = ? AND position < ? ORDER BY position DESC LIMIT ?",
    ("room", "seq", "note", "at", "position"),
)
DRAFTS = json_rows.folded(
    "SELECT * FROM drafts WHERE account = ? ORDER BY at DESC, room, thread LIMIT -1",
    ("room", "thread", "text", "at"),
)
PRESENCES = json_rows.folded(
    "SELECT * FROM presence WHERE account IN (SELECT value FROM json_each(?)) ORDER BY account LIMIT -1",
    ("account", "mode", "last_seen"),
)
# spaces are few and shared by most, so they are compared before rooms
ACQUAINTED = """
    SELECT json_group_array(other.value) FROM json_each(?2) AS other
    WHERE other.value = ?1 OR EXISTS (
        SELECT 1 FROM members WHERE account = other.value AND stream >= 'space/' AND until IS NULL
        AND stream IN (SELECT stream FROM members WHERE account = ?1 AND until IS NULL)
    ) OR EXISTS (
        SELECT 1 FROM members WHERE account = other.value AND stream < 'space/' AND until IS NULL
        AND stream IN (SELECT stream FROM members WHERE account = ?1 AND until IS NULL)
    )
"""

LAST_POSITION = 2**63 - 1


def preferences(connection: sqlite3.Connection, account: str) -> Row | None:
    return json_rows.first(json_rows.rows(connection, PREFERENCES, (account,)))


def subscriptions(connection: sqlite3.Connection, account: str) -> list[Row]:
    return json_rows.rows(connection, SUBSCRIPTIONS, (account,))


def bookmarks(connection: sqlite3.Connection, account: str, before: int | None, limit: int) -> list[Row]:
    before = LAST_POSITION if before is None else min(before, LAST_POSITION)
    return json_rows.rows(connection, BOOKMARKS, (account, before, limit))


def drafts(connection: sqlite3.Connection, account: str) -> list[Row]:
    return json_rows.rows(connection, DRAFTS, (account,))


def presences(connection: sqlite3.Connection, accounts: Sequence[str]) -> list[Row]:
    return json_rows.rows(connection, PRESENCES, (json_rows.array(accounts),))


def acquainted(connection: sqlite3.Connection, account: str, others: Sequence[str]) -> list[str]:
    return json_rows.strings(connection, ACQUAINTED, (account, json_rows.array(others)))
