"""Questions to the log: streams, their heads and snapshots, and what an account may see of them."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import sqlite3

from chatd.domain.event import Event
from chatd.ports import Loaded, Page, Row
from chatd.store import answer

EPOCH = "SELECT value FROM meta WHERE key = 'epoch'"
HEAD = "SELECT coalesce(max(position), 0) FROM events"
LOAD = """
    SELECT seq, state, (SELECT coalesce(max(seq), 0) FROM events WHERE stream = ?1)
    FROM (SELECT 1) LEFT JOIN snapshots ON stream = ?1
"""
EVENTS = f"SELECT {answer.EVENT} FROM events LEFT JOIN bodies USING (position) "
STREAM_AFTER = answer.folded_events(EVENTS + "WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?")
LOG_AFTER = answer.folded_events(EVENTS + "WHERE position > ? ORDER BY position LIMIT ?")
STREAM_AFTER_POSITION = answer.folded_events(
    EVENTS + "WHERE stream = ? AND position > ? ORDER BY seq LIMIT ?"
)
VISIBLE_IN_WINDOW = answer.folded_events(
    EVENTS
    + """
    WHERE position > ?2 AND position <= span.last AND EXISTS (
        SELECT 1 FROM members
        WHERE account = ?1 AND stream = events.stream
        AND since <= events.position AND (until IS NULL OR until >= events.position)
    )
    ORDER BY position LIMIT -1
    """
)
VISIBLE = f"SELECT last, ({VISIBLE_IN_WINDOW}) FROM (SELECT max(?2, min(?3, ({HEAD}))) AS last) AS span"

# history: the messages on both sides of a seq, as many of each as are asked for
MESSAGE = ("seq", "position", "at", "by", "text", "reply_to", "nonce")
MESSAGES = "SELECT messages.*, text FROM messages LEFT JOIN bodies USING (position) WHERE room = ?1 "
OLDER = answer.folded(MESSAGES + "AND seq < ?2 ORDER BY seq DESC LIMIT ?3", MESSAGE)
NEWER = answer.folded(MESSAGES + "AND seq >= ?2 ORDER BY seq LIMIT ?4", MESSAGE)
AROUND = f"SELECT ({OLDER}), ({NEWER})"
RECENT_POSTS = answer.folded(
    "SELECT * FROM (SELECT messages.*, text FROM messages LEFT JOIN bodies USING (position)"
    " WHERE room = ? ORDER BY seq DESC LIMIT ?) WHERE nonce IS NOT NULL ORDER BY seq LIMIT -1",
    ("by", "nonce", "seq", "position", "at", "text", "reply_to"),
)
LAST_SEQ = 2**63 - 1

READ_MARKER = "SELECT seq FROM read_markers WHERE account = ? AND room = ?"
READ_MARKERS = "SELECT json_group_object(room, seq) FROM read_markers WHERE account = ?"


def load(connection: sqlite3.Connection, stream: str) -> Loaded:
    seq, state, head = connection.execute(LOAD, (stream,)).fetchone()
    return Loaded(seq or 0, state, head)


def stream_events(connection: sqlite3.Connection, stream: str, after: int, limit: int) -> list[Event]:
    return answer.events(answer.cell(connection, STREAM_AFTER, (stream, after, limit)))


def events(connection: sqlite3.Connection, after: int, limit: int, stream: str | None) -> list[Event]:
    if stream is None:
        return answer.events(answer.cell(connection, LOG_AFTER, (after, limit)))
    return answer.events(answer.cell(connection, STREAM_AFTER_POSITION, (stream, after, limit)))


def visible_events(
    connection: sqlite3.Connection, account: str, after: int, upto: int, limit: int
) -> tuple[list[Event], int]:
    last, found = connection.execute(VISIBLE, (account, after, min(upto, after + limit))).fetchone()
    return answer.events(found), last


def recent_posts(connection: sqlite3.Connection, room: str, limit: int) -> list[Row]:
    return answer.rows(connection, RECENT_POSTS, (room, limit))


def history(
    connection: sqlite3.Connection,
    room: str,
    before: int | None,
    after: int | None,
    around: int | None,
    limit: int,
) -> Page:
    """Looks one message further than the page on each side, to know whether there is more."""
    if before is not None:
        split, older, newer = before, limit, 0
    elif after is not None:
        split, older, newer = after + 1, 0, limit
    elif around is not None:
        split, older, newer = around, limit, limit
    else:
        split, older, newer = LAST_SEQ, limit, 0
    split = max(0, min(split, LAST_SEQ))
    found = connection.execute(AROUND, (room, split, older + 1, newer + 1)).fetchone()
    past, future = (answer.decode_rows(side) for side in found)
    if around is not None:
        # half a page each way, and what one side cannot fill goes to the other
        newer = max(limit - limit // 2, limit - len(past))
        older = limit - min(newer, len(future))
    shown = past[:older][::-1] + future[:newer]
    return Page(tuple(shown), more_before=len(past) > older, more_after=len(future) > newer)
