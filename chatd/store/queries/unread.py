"""Questions about what has reached whom: read markers, unread counts, receipts, whom a message concerns."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import sqlite3

from chatd.ports import Row
from chatd.store import json_rows

READ_MARKER = "SELECT seq FROM read_markers WHERE account = ? AND room = ?"
MARKERS = """
    SELECT json_group_object(account, seq) FROM read_markers
    WHERE room = ? AND account IN (SELECT value FROM json_each(?))
"""

# Counted, not walked: a room's messages are numbered (`nth`), so what came after the floor is a
# difference, less what was deleted there, less one's own. A read marker knows its number. Materialized so
# that SQLite works out every value once. `first_unread` walks only over what does not count.
FLOOR = "max(coalesce(marker.seq, 0), joined.seq)"
SAID = "FROM messages WHERE messages.room = substr(members.stream, 6)"
PLACES = f"""
    SELECT substr(members.stream, 6) AS room, coalesce(marker.seq, 0) AS read, {FLOOR} AS floor,
        (SELECT max(seq) FROM events WHERE events.stream = members.stream) AS head,
        coalesce((SELECT nth {SAID} ORDER BY seq DESC LIMIT 1), 0) - coalesce(
            iif(marker.seq >= joined.seq, marker.nth, NULL),
            (SELECT nth {SAID} AND seq <= {FLOOR} ORDER BY seq DESC LIMIT 1),
            0
        ) AS came
    FROM members CROSS JOIN events AS joined ON joined.position = members.since
    LEFT JOIN read_markers AS marker ON marker.account = ?1 AND marker.room = substr(members.stream, 6)
    WHERE members.account = ?1 AND members.stream >= 'room/' AND members.stream < 'room0' AND until IS NULL
"""
IN_ROOM = "FROM messages WHERE messages.room = place.room"
DELETED = "FROM messages INDEXED BY messages_deleted WHERE messages.room = place.room AND deleted"
MENTIONED = """
    SELECT count(*) FROM mentions AS mention CROSS JOIN messages
        ON messages.room = mention.room AND messages.seq = mention.seq
    WHERE mention.room = place.room AND mention.seq > floor AND by <> ?1 AND NOT deleted
"""
UNNAMED = """
    NOT EXISTS (SELECT 1 FROM mentions AS other
        WHERE other.account = ?1 AND other.room = mention.room AND other.seq = mention.seq)
"""
UNREAD_FIELDS = ("room", "read", "head", "unread", "mentions", "first_unread")
UNREAD_ROOMS = json_rows.folded(
    f"""
    SELECT room, read, head, iif(came = 0, 0, came - (SELECT count(*) {DELETED} AND seq > floor)
        - (SELECT count(*) {IN_ROOM} AND by = ?1 AND deleted = 0 AND seq > floor)
    ) AS unread, iif(came = 0, 0,
        ({MENTIONED} AND account = ?1) + ({MENTIONED} AND account = 'room' AND {UNNAMED})
    ) AS mentions, iif(came = 0, NULL, (
        SELECT seq {IN_ROOM} AND seq > floor AND NOT deleted AND by <> ?1 ORDER BY seq LIMIT 1
    )) AS first_unread
    FROM places AS place ORDER BY room LIMIT -1
    """,
    UNREAD_FIELDS,
)
UNREAD = f"WITH places AS MATERIALIZED ({PLACES}) {UNREAD_ROOMS}"

# members of the moment at which the message came: those who have not left since, and those who have
RECIPIENT = "account, message.position, by FROM message CROSS JOIN members ON stream = 'room/' || ?1"
HAD = json_rows.folded(
    """
    SELECT present.account, coalesce(read_markers.seq >= ?2, 0) AS read,
        coalesce(deliveries.position >= present.position, 0)
            OR coalesce(read_markers.seq >= ?2, 0) AS delivered
    FROM present
    LEFT JOIN preferences ON preferences.account = present.account
    LEFT JOIN read_markers ON read_markers.account = present.account AND read_markers.room = ?1
    LEFT JOIN deliveries ON deliveries.account = present.account
    WHERE present.account <> by AND coalesce(receipts, 1)
    ORDER BY present.account LIMIT -1
    """,
    ("account",),
    ("delivered", "read"),
)
RECEIPTS = f"""
    WITH message AS MATERIALIZED (SELECT position, by FROM messages WHERE room = ?1 AND seq = ?2),
    present AS MATERIALIZED (
        SELECT {RECIPIENT} AND until IS NULL AND since < message.position
        UNION ALL
        SELECT {RECIPIENT} AND until IS NOT NULL AND until > message.position AND since < message.position
    )
    {HAD}
"""

# Whom a message concerns is looked up from the message's side: those whom it names, who follow its thread,
# who want to hear of all; only a direct room, or a mention of the whole room, asks for all members.
POSTED = (
    *("position", "room", "seq", "at", "by", "thread", "account"),
    *("level", "muted_until", "quiet_from", "quiet_to", "time_zone"),
)
RECIPIENTS = f"""
    WITH posted AS MATERIALIZED (
        SELECT position, rooms.id AS room, seq, at, by, data ->> 'thread' AS thread,
            data -> 'mentions' AS mentions, rooms.kind = 'direct' AS direct
        FROM events CROSS JOIN rooms ON rooms.id = substr(stream, 6)
        WHERE position > ?1 AND position <= ?2 AND type = 'message.posted' AND stream LIKE 'room/%'
    ), concerned AS MATERIALIZED (
        SELECT posted.*, members.account FROM posted CROSS JOIN members
            ON stream = 'room/' || posted.room AND until IS NULL
        WHERE direct OR mentions IS NOT NULL
            AND EXISTS (SELECT 1 FROM json_each(mentions) WHERE value = 'room')
        UNION
        SELECT posted.*, named.value FROM posted CROSS JOIN json_each(mentions) AS named
        WHERE mentions IS NOT NULL
        UNION
        SELECT posted.*, account FROM posted CROSS JOIN thread_followers AS follower
            ON follower.room = posted.room AND follower.thread = posted.thread AND following
        UNION
        SELECT posted.*, account FROM posted CROSS JOIN subscriptions
            ON subscriptions.room = posted.room AND level = 'all'
    )
    {
    json_rows.folded(
        '''
        SELECT concerned.*, coalesce(following, 0) AS following, level, muted_until,
            quiet_from, quiet_to, time_zone, coalesce(read_markers.seq >= concerned.seq, 0) AS read,
            EXISTS (
                SELECT 1 FROM json_each(mentions) WHERE value IN (concerned.account, 'room')
            ) AS mentioned
        FROM concerned CROSS JOIN members ON stream = 'room/' || concerned.room
            AND members.account = concerned.account AND until IS NULL AND since < concerned.position
        LEFT JOIN thread_followers AS follower ON follower.room = concerned.room
            AND follower.thread = concerned.thread AND follower.account = concerned.account
        LEFT JOIN subscriptions
            ON subscriptions.account = concerned.account AND subscriptions.room = concerned.room
        LEFT JOIN preferences ON preferences.account = concerned.account
        LEFT JOIN read_markers
            ON read_markers.account = concerned.account AND read_markers.room = concerned.room
        WHERE concerned.account <> concerned.by AND NOT EXISTS (
            SELECT 1 FROM messages
            WHERE messages.room = concerned.room AND messages.seq = concerned.seq AND deleted
        )
        ORDER BY concerned.position, concerned.account LIMIT -1
        ''',
        POSTED,
        ("mentioned", "direct", "following", "read"),
    )
}
"""


def unread(connection: sqlite3.Connection, account: str) -> list[Row]:
    return json_rows.rows(connection, UNREAD, (account,))


def receipts(connection: sqlite3.Connection, room: str, seq: int) -> list[Row]:
    return json_rows.rows(connection, RECEIPTS, (room, seq))


def recipients(connection: sqlite3.Connection, after: int, upto: int) -> list[Row]:
    return json_rows.rows(connection, RECIPIENTS, (after, upto))
