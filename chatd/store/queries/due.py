"""Questions about what is to be done: messages to be posted, messages to expire, events to be acted on."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import sqlite3

from chatd.ports import Row
from chatd.store import json_rows

ENTRY = ("id", "room", "text", "reply_to", "expires_in", "post_at", "created_at", "failed")
SCHEDULED = json_rows.folded("SELECT * FROM scheduled WHERE account = ? ORDER BY post_at, id LIMIT -1", ENTRY)
DUE = json_rows.folded(
    "SELECT * FROM scheduled WHERE failed IS NULL AND post_at <= ? ORDER BY post_at, id LIMIT ?",
    (*ENTRY, "account"),
)
LIVING = "FROM messages WHERE expires_at IS NOT NULL AND NOT deleted"
EXPIRED = json_rows.folded(
    f"SELECT room, seq {LIVING} AND expires_at <= ? ORDER BY expires_at LIMIT ?", ("room", "seq")
)
NEXT_DUE = f"""
    SELECT min(at) FROM (
        SELECT min(post_at) AS at FROM scheduled WHERE failed IS NULL
        UNION ALL SELECT (SELECT expires_at {LIVING} ORDER BY expires_at LIMIT 1)
    )
"""
FOLLOWER = "SELECT position FROM followers WHERE name = ?"


def scheduled(connection: sqlite3.Connection, account: str) -> list[Row]:
    return json_rows.rows(connection, SCHEDULED, (account,))


def due(connection: sqlite3.Connection, at: int, limit: int) -> list[Row]:
    return json_rows.rows(connection, DUE, (at, limit))


def expired(connection: sqlite3.Connection, at: int, limit: int) -> list[Row]:
    return json_rows.rows(connection, EXPIRED, (at, limit))
