"""The question whom new messages may concern."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

# Whom a message concerns is looked up from the message's side: those whom it names, who follow its thread,
# who want to hear of all; only a direct room, or a mention of the whole room, asks for all members. An edit
# concerns those whom no earlier version named and who have been in the room since before the message
# (`first`); in a direct room they were told of the message itself. Who hears of a mention was settled when
# the log took it (`unheard_mentions`), so that what is told and what counts as unread agree whatever has
# changed since.
POSTED = (
    *("position", "room", "seq", "at", "by", "thread", "account"),
    *("level", "muted_until", "quiet_from", "quiet_to", "time_zone"),
)
RECIPIENTS = f"""
    WITH posted AS MATERIALIZED (
        SELECT position, rooms.id AS room, seq, at, by, data ->> 'thread' AS thread,
            data -> 'mentions' AS mentions, rooms.kind = 'direct' AS direct, 0 AS edited,
            position AS first
        FROM events CROSS JOIN rooms ON rooms.id = substr(stream, 6)
        WHERE position > ?1 AND position <= ?2 AND type = 'message.posted' AND stream LIKE 'room/%'
            AND data ->> 'imported' IS NULL
        UNION ALL
        SELECT events.position, rooms.id, messages.seq, events.at, events.by, NULL,
            data -> 'mentions', rooms.kind = 'direct', 1, messages.position
        FROM events CROSS JOIN rooms ON rooms.id = substr(stream, 6)
        CROSS JOIN messages ON messages.room = rooms.id AND messages.seq = data ->> 'seq'
        WHERE events.position > ?1 AND events.position <= ?2 AND type = 'message.edited'
            AND stream LIKE 'room/%' AND data -> 'mentions' IS NOT NULL AND data ->> 'imported' IS NULL
    ), concerned AS MATERIALIZED (
        SELECT posted.*, members.account FROM posted CROSS JOIN members
            ON stream = 'room/' || posted.room AND until IS NULL
        WHERE direct AND NOT edited OR mentions IS NOT NULL
            AND EXISTS (SELECT 1 FROM json_each(mentions) WHERE value = 'room')
        UNION
        SELECT posted.*, named.value FROM posted CROSS JOIN json_each(mentions) AS named
        WHERE mentions IS NOT NULL
        UNION
        SELECT posted.*, account FROM posted CROSS JOIN thread_followers AS follower
            ON follower.room = posted.room AND follower.thread = posted.thread AND following
        UNION
        SELECT posted.*, account FROM posted CROSS JOIN subscriptions
            ON subscriptions.room = posted.room AND level = 'all' AND NOT edited
    ), heard AS MATERIALIZED (
        SELECT concerned.*, EXISTS (
            SELECT 1 FROM json_each(mentions) WHERE value IN (concerned.account, 'room')
        ) AND NOT EXISTS (
            SELECT 1 FROM unheard_mentions AS unheard WHERE unheard.account = concerned.account
            AND unheard.room = concerned.room AND unheard.seq = concerned.seq
        ) AS mentioned
        FROM concerned WHERE NOT edited OR NOT EXISTS (
            SELECT 1 FROM namings AS earlier WHERE earlier.room = concerned.room
            AND earlier.seq = concerned.seq AND earlier.position < concerned.position
            AND earlier.account IN (concerned.account, 'room')
        )
    )
    {
    json_rows.folded(
        '''
        SELECT heard.*, coalesce(following, 0) AS following, level, muted_until,
            quiet_from, quiet_to, time_zone, coalesce(read_markers.seq >= heard.seq, 0) AS read
        FROM heard CROSS JOIN members ON stream = 'room/' || heard.room
            AND members.account = heard.account AND until IS NULL AND since < heard.first
        LEFT JOIN thread_followers AS follower ON follower.room = heard.room
            AND follower.thread = heard.thread AND follower.account = heard.account
        LEFT JOIN subscriptions
            ON subscriptions.account = heard.account AND subscriptions.room = heard.room
        LEFT JOIN preferences ON preferences.account = heard.account
        LEFT JOIN read_markers
            ON read_markers.account = heard.account AND read_markers.room = heard.room
        WHERE heard.account <> heard.by AND iif(edited,
            mentioned AND NOT (direct AND coalesce(level, 'all') = 'all'),
            mentioned OR NOT EXISTS (
                SELECT 1 FROM silenced WHERE account = heard.account AND silent = heard.by
            ) AND NOT (direct AND EXISTS (
                SELECT 1 FROM direct_states AS mine WHERE mine.account = heard.account
                AND mine.room = heard.room AND mine.state = 'declined' AND NOT EXISTS (
                    SELECT 1 FROM messages WHERE messages.room = heard.room AND by = heard.account
                )
            ))
        ) AND NOT EXISTS (
            SELECT 1 FROM messages
            WHERE messages.room = heard.room AND messages.seq = heard.seq AND deleted
        )
        ORDER BY heard.position, heard.account LIMIT -1
        ''',
        POSTED,
        ("mentioned", "direct", "following", "read"),
    )
}
"""

# Where the messages that mention their whole room come to ?3 accounts together; else ?2.
WITHIN = """
    SELECT coalesce(min(position), ?2) FROM (
        SELECT position, sum(people) OVER (ORDER BY position) AS concerned FROM (
            SELECT position,
                (SELECT count(*) FROM members WHERE stream = events.stream AND until IS NULL) AS people
            FROM events
            WHERE position > ?1 AND position <= ?2 AND type IN ('message.posted', 'message.edited')
                AND stream LIKE 'room/%' AND data -> 'mentions' IS NOT NULL
                AND EXISTS (SELECT 1 FROM json_each(data, '$.mentions') WHERE value = 'room')
        )
    ) WHERE concerned >= ?3
"""


class NotificationQueries(Queries):
    async def within(self, after: int, upto: int, most: int) -> int:
        return int(await self._cell(WITHIN, after, upto, most))

    async def recipients(self, after: int, upto: int) -> list[Row]:
        return await self._rows(RECIPIENTS, after, upto)
