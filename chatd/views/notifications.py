"""The view `notifications`: what each account was notified of, and what of it the account said it has read.

Only what the log says is kept. Whether the account has read further in the room by now, whether the message
is still there and still mentions the account, and whether the account is still in the room and hears the
author, is looked up in the log at each look, so that a view that was built again says the same as one that
was there all the time. What was scheduled and not posted is about no message, and stays.
"""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Final

import msgspec

from chatd.ports import NotificationPage, Question, Row

SCHEMA: Final = """
    CREATE TABLE notifications (
        account TEXT NOT NULL,
        position INTEGER NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        room TEXT NOT NULL,
        seq INTEGER,
        author TEXT NOT NULL,
        at INTEGER NOT NULL,
        quiet INTEGER NOT NULL,
        scheduled TEXT,
        reason TEXT,
        read INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (account, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX notifications_by_id ON notifications (account, id);
    CREATE INDEX notifications_unread ON notifications (account, room, seq) WHERE NOT read;
    CREATE INDEX notifications_unposted ON notifications (account) WHERE scheduled IS NOT NULL AND NOT read;
"""

CREATED: Final = """
    INSERT INTO notifications (account, position, id, kind, room, seq, author, at, quiet,
        scheduled, reason)
    SELECT substr(stream, 9), position, data ->> 'notification', data ->> 'kind', data ->> 'room',
        data ->> 'seq', data ->> 'from', at, coalesce(data ->> 'quiet', 0), data ->> 'scheduled',
        data ->> 'reason'
    FROM log_events
    WHERE position > ?1 AND position <= ?2 AND type = 'notification.created' AND stream LIKE 'account/%'
"""
# The position is compared so that it does not matter where one batch ends and the next begins.
READ: Final = """
    UPDATE notifications SET read = 1
    WHERE (account, position) IN (
        SELECT told.account, told.position
        FROM log_events AS events CROSS JOIN json_each(events.data, '$.ids') AS ids
        CROSS JOIN notifications AS told INDEXED BY notifications_by_id
            ON told.account = substr(events.stream, 9) AND told.id = ids.value
            AND told.position < events.position
        WHERE events.position > ?1 AND events.position <= ?2 AND events.type = 'notification.read'
            AND events.stream LIKE 'account/%'
    )
"""
ENDED: Final = """
    DELETE FROM notifications WHERE account IN (
        SELECT substr(stream, 9) FROM log_events
        WHERE position > ?1 AND position <= ?2 AND type = 'account.deleted' AND stream LIKE 'account/%'
    )
"""

# A mention is one as long as the text has it; and nobody is told anything by whom they do not hear.
JOINED: Final = """
    LEFT JOIN log_mentions AS named ON named.account = ?1
        AND named.room = notifications.room AND named.seq = notifications.seq
    LEFT JOIN log_mentions AS everybody ON everybody.account = 'room'
        AND everybody.room = notifications.room AND everybody.seq = notifications.seq
"""
HOLDS: Final = """
    (notifications.kind <> 'mention' OR named.seq IS NOT NULL OR everybody.seq IS NOT NULL)
    AND notifications.author NOT IN (SELECT silent FROM log_silenced WHERE account = ?1)
"""
MARKER: Final = (
    "coalesce((SELECT seq FROM log_read_markers WHERE account = ?1 AND room = notifications.room), 0)"
)
# By way of the rooms that the account is in: what it has read long ago is passed over by the index,
# however much that is. What came before it joined (again) is not news.
UNREAD: Final = f"""
    SELECT notifications.*, 0 AS seen
    FROM (
        SELECT substr(stream, 6) AS id, since FROM log_members
        WHERE account = ?1 AND stream > 'room/' AND stream < 'room0' AND until IS NULL
    ) AS mine
    LEFT JOIN log_read_markers AS marker ON marker.account = ?1 AND marker.room = mine.id
    CROSS JOIN notifications INDEXED BY notifications_unread
        ON notifications.account = ?1 AND notifications.room = mine.id
        AND notifications.seq > coalesce(marker.seq, 0) AND NOT notifications.read
        AND notifications.position > mine.since
    CROSS JOIN log_messages AS message
        ON message.room = notifications.room AND message.seq = notifications.seq AND NOT message.deleted
    {JOINED} WHERE {HOLDS}
    UNION ALL
    SELECT notifications.*, 0 AS seen FROM notifications INDEXED BY notifications_unposted
    WHERE account = ?1 AND scheduled IS NOT NULL AND NOT notifications.read
"""  # noqa: S608 - fixed text
ALL: Final = f"""
    SELECT notifications.*, notifications.read
        OR coalesce(notifications.seq <= {MARKER} OR notifications.position < mine.since, 0) AS seen
    FROM notifications
    LEFT JOIN log_members AS mine ON mine.stream = 'room/' || notifications.room
        AND mine.account = ?1 AND mine.until IS NULL
    LEFT JOIN log_messages AS message
        ON message.room = notifications.room AND message.seq = notifications.seq AND NOT message.deleted
    {JOINED} WHERE notifications.account = ?1
        AND (scheduled IS NOT NULL OR (mine.since IS NOT NULL AND message.seq IS NOT NULL AND {HOLDS}))
"""  # noqa: S608 - fixed text
# `after` is a position here: the last one of the page before.
ROWS: Final = """
    SELECT json_group_array(json_object('id', id, 'kind', kind, 'room', room, 'seq', seq, 'from', author,
        'at', at, 'quiet', json(iif(quiet, 'true', 'false')), 'read', json(iif(seen, 'true', 'false')),
        'scheduled', scheduled, 'reason', reason))
    FROM (SELECT * FROM ({}) WHERE position < ?2 ORDER BY position DESC LIMIT ?3)
"""
PAGE_OF_ALL: Final = f"SELECT ({ROWS.format(ALL)}), (SELECT count(*) FROM ({UNREAD}))"  # noqa: S608
PAGE_OF_UNREAD: Final = f"""
    WITH unread AS MATERIALIZED ({UNREAD})
    SELECT ({ROWS.format("SELECT * FROM unread")}), (SELECT count(*) FROM unread)
"""  # noqa: S608
PLACE: Final = "SELECT max(position) FROM notifications WHERE account = ? AND id = ?"
NEWEST: Final = 2**63 - 1

_decode = msgspec.json.Decoder(list[Row]).decode


class NotificationsView:
    """The `Notifications` of `chatd.ports`."""

    name = "notifications"
    version = 3
    schema = SCHEMA
    tables = ("notifications",)
    unfinished = False

    def follow(self, connection: sqlite3.Connection, after: int, upto: int) -> bool:
        connection.execute(CREATED, (after, upto))
        connection.execute(READ, (after, upto))
        connection.execute(ENDED, (after, upto))
        return False  # no texts here

    def page(
        self, account: str, after: str | None, unread: bool, limit: int
    ) -> Question[NotificationPage | None]:
        return partial(_page, account=account, after=after, unread=unread, limit=limit)


def _page(
    connection: sqlite3.Connection, account: str, after: str | None, unread: bool, limit: int
) -> NotificationPage | None:
    place = NEWEST
    if after is not None:
        [place] = connection.execute(PLACE, (account, after)).fetchone()
        if place is None:
            return None
    page = PAGE_OF_UNREAD if unread else PAGE_OF_ALL
    text, count = connection.execute(page, (account, place, limit + 1)).fetchone()
    rows = _decode(text)
    return NotificationPage(rows[:limit], more=len(rows) > limit, unread=count)
