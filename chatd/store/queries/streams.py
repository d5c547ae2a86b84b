"""Questions to the log: streams, their heads and snapshots, and what an account may see of them."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from chatd.contract.events import RESTRICTED
from chatd.domain.event import Event
from chatd.domain.policy.roles import LOWEST_ROLE, RANK
from chatd.ports import Loaded, Row
from chatd.store import json_rows

EPOCH = "SELECT value FROM meta WHERE key = 'epoch'"
HEAD = "SELECT coalesce(max(position), 0) FROM events"
LOAD = """
    SELECT seq, state, (SELECT coalesce(max(seq), 0) FROM events WHERE stream = ?1)
    FROM (SELECT 1) LEFT JOIN snapshots ON stream = ?1
"""
EVENTS = f"SELECT {json_rows.EVENT} FROM events LEFT JOIN bodies USING (position) "
STREAM_AFTER = json_rows.folded_events(EVENTS + "WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?")
LOG_AFTER = json_rows.folded_events(EVENTS + "WHERE position > ? ORDER BY position LIMIT ?")
STREAM_AFTER_POSITION = json_rows.folded_events(
    EVENTS + "WHERE stream = ? AND position > ? ORDER BY seq LIMIT ?"
)


def _numbers(column: str, numbers: Mapping[str, int]) -> str:
    return f"CASE {column} {' '.join(f'WHEN {key!r} THEN {value}' for key, value in numbers.items())} END"


# `data` without that of events in `RESTRICTED`, where one's own role of that moment, or of a bot's owner, was
# too low for it
SHOWN_DATA = f"""
    iif(stream LIKE 'space/%' AND coalesce(data ->> 'account', '') <> ?1 AND NOT (
        type = 'member.banned' AND EXISTS (
            SELECT 1 FROM members
            WHERE stream = events.stream AND account = data ->> 'account' AND until = events.position
        )
    ) AND EXISTS (
        SELECT 1 FROM members
        WHERE account IN (?1, (SELECT owner FROM bots WHERE account = ?1)) AND stream = events.stream
        AND since <= events.position AND (until IS NULL OR until > events.position)
        AND {_numbers("role", RANK)}
            < {_numbers("type", {type_: RANK[LOWEST_ROLE[right]] for type_, right in RESTRICTED.items()})}
    ), '{{}}', data) AS data
"""
VISIBLE_IN_WINDOW = json_rows.folded_events(
    f"""
    SELECT {json_rows.EVENT.replace("data", SHOWN_DATA)} FROM events LEFT JOIN bodies USING (position)
    WHERE position > ?2 AND position <= span.last AND EXISTS (
        SELECT 1 FROM members
        WHERE account = ?1 AND stream = events.stream
        AND since <= events.position AND (until IS NULL OR until >= events.position)
    )
    ORDER BY position LIMIT -1
    """
)
VISIBLE = f"SELECT last, ({VISIBLE_IN_WINDOW}) FROM (SELECT max(?2, min(?3, ({HEAD}))) AS last) AS span"

# the first texts, whatever they read now: a nonce is compared with what was posted
RECENT_POSTS = json_rows.folded(
    "SELECT * FROM (SELECT messages.*, text FROM messages LEFT JOIN bodies USING (position)"
    " WHERE room = ? ORDER BY seq DESC LIMIT ?) WHERE nonce IS NOT NULL ORDER BY seq LIMIT -1",
    ("by", "nonce", "seq", "position", "at", "text", "reply_to"),
)


def load(connection: sqlite3.Connection, stream: str) -> Loaded:
    seq, state, head = connection.execute(LOAD, (stream,)).fetchone()
    return Loaded(seq or 0, state, head)


def stream_events(connection: sqlite3.Connection, stream: str, after: int, limit: int) -> list[Event]:
    return json_rows.events(json_rows.cell(connection, STREAM_AFTER, (stream, after, limit)))


def events(connection: sqlite3.Connection, after: int, limit: int, stream: str | None) -> list[Event]:
    if stream is None:
        return json_rows.events(json_rows.cell(connection, LOG_AFTER, (after, limit)))
    return json_rows.events(json_rows.cell(connection, STREAM_AFTER_POSITION, (stream, after, limit)))


def visible_events(
    connection: sqlite3.Connection, account: str, after: int, upto: int, limit: int
) -> tuple[list[Event], int]:
    last, found = connection.execute(VISIBLE, (account, after, min(upto, after + limit))).fetchone()
    return json_rows.events(found), last


def recent_posts(connection: sqlite3.Connection, room: str, limit: int) -> list[Row]:
    return json_rows.rows(connection, RECENT_POSTS, (room, limit))
