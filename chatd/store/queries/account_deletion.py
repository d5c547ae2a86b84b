"""Questions about accounts that go: whose erasure is under way, what it concerns, and whose bots they are."""

from __future__ import annotations

import sqlite3

import msgspec

from chatd.ports import Row
from chatd.store import json_rows

ERASURES = json_rows.folded(
    "SELECT * FROM erasures ORDER BY at, account LIMIT -1", ("account", "by", "reason"), ("messages",)
)
BOTS = json_rows.folded(
    """
    SELECT account, name, display_name, scopes, created_at
    FROM bots JOIN accounts ON accounts.id = account WHERE owner = ? ORDER BY account LIMIT -1
    """,
    ("account", "name", "display_name", "created_at"),
    nested=("scopes",),
)
ROOMS_EVER = """
    SELECT json_group_array(room) FROM (
        SELECT DISTINCT substr(stream, 6) AS room FROM members
        WHERE account = ? AND stream > 'room/' AND stream < 'room0' ORDER BY room LIMIT -1
    )
"""
MESSAGES = "SELECT count(*) FROM messages WHERE room = ? AND by = ? AND NOT deleted"
BELONGINGS = """
    SELECT json_object(
        'spaces', (SELECT count(*) FROM members
            WHERE account = ?1 AND until IS NULL AND stream > 'space/' AND stream < 'space0'),
        'rooms', (SELECT count(*) FROM members
            WHERE account = ?1 AND until IS NULL AND stream > 'room/' AND stream < 'room0'),
        'bookmarks', (SELECT count(*) FROM bookmarks WHERE account = ?1),
        'drafts', (SELECT count(*) FROM drafts WHERE account = ?1),
        'scheduled', (SELECT count(*) FROM scheduled WHERE account = ?1),
        'devices', (SELECT count(*) FROM devices WHERE account = ?1),
        'bots', (SELECT count(*) FROM bots WHERE owner = ?1)
    )
"""


def erasures(connection: sqlite3.Connection) -> list[Row]:
    return json_rows.rows(connection, ERASURES)


def bots(connection: sqlite3.Connection, owner: str) -> list[Row]:
    return json_rows.rows(connection, BOTS, (owner,))


def rooms_ever(connection: sqlite3.Connection, account: str) -> list[str]:
    return json_rows.strings(connection, ROOMS_EVER, (account,))


def belongings(connection: sqlite3.Connection, account: str) -> Row:
    found: Row = msgspec.json.decode(json_rows.cell(connection, BELONGINGS, (account,)))
    rooms = rooms_ever(connection, account)
    messages = sum(json_rows.cell(connection, MESSAGES, (room, account)) for room in rooms)
    return {"messages": messages, **found}
