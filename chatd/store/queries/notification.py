"""The question whom new messages may concern."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

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
            SELECT 1 FROM silenced WHERE account = concerned.account AND silent = concerned.by
        ) AND NOT (direct AND EXISTS (
            SELECT 1 FROM direct_states AS mine WHERE mine.account = concerned.account
            AND mine.room = concerned.room AND mine.state = 'declined' AND NOT EXISTS (
                SELECT 1 FROM messages WHERE messages.room = concerned.room AND by = concerned.account
            )
        )) AND NOT EXISTS (
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


class NotificationQueries(Queries):
    async def recipients(self, after: int, upto: int) -> list[Row]:
        return await self._rows(RECIPIENTS, after, upto)
