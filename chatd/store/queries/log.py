"""Questions to the log: streams, their heads and snapshots, and what an account may see of them."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import sqlite3
from functools import partial

import msgspec

from chatd.domain.event import Event
from chatd.ports import Loaded, Row
from chatd.store import json_rows
from chatd.store.log import hash_chain
from chatd.store.queries.file import with_files
from chatd.store.queries.pool import Queries
from chatd.store.queries.replay import shown

BEGINNING = hash_chain.shown(hash_chain.GENESIS)  # the hash at position 0
EPOCH = "SELECT value FROM meta WHERE key = 'epoch'"
RESTORED = "SELECT value FROM meta WHERE key = 'restored'"
HEAD = "SELECT coalesce(max(position), 0) FROM events"
HASH_AT = f"SELECT {json_rows.SHOWN_HASH} FROM events WHERE position = ?"
NEWEST_AT = """
    SELECT max(
        coalesce((SELECT at FROM events ORDER BY position DESC LIMIT 1), 0),
        coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'latest_at'), 0)
    )
"""
# Events that were written at their time; those of an import may have one of long ago.
DATED = """
    type NOT IN ('room.created', 'message.deleted', 'reaction.added', 'pin.added')
    AND data ->> 'imported' IS NULL
"""
# Times of those do not always grow with positions, but nearly: the last one at or before is what counts.
POSITION_AT = f"""
    SELECT coalesce((
        SELECT position - 1 FROM events WHERE position > before AND at > ?1 AND {DATED}
        ORDER BY position LIMIT 1
    ), ({HEAD})) FROM (SELECT coalesce((
        SELECT position FROM events WHERE at <= ?1 AND {DATED} ORDER BY position DESC LIMIT 1
    ), 0) AS before)
"""
BEGAN = "SELECT coalesce(min(position), 0) FROM events WHERE stream = ? AND seq = 1"
FOLLOWER = "SELECT position FROM followers WHERE name = ?"
LOAD = """
    SELECT seq, state, (SELECT coalesce(max(seq), 0) FROM events WHERE stream = ?1)
    FROM (SELECT 1) LEFT JOIN snapshots ON stream = ?1
"""
EVENTS = f"SELECT {json_rows.EVENT} FROM events LEFT JOIN bodies USING (position) "
STREAM_AFTER = json_rows.folded_events(EVENTS + "WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?")
WITH_FILES = EVENTS.replace("data", f"{with_files('events')} AS data")
LOG_AFTER = json_rows.folded_events(WITH_FILES + "WHERE position > ? ORDER BY position LIMIT ?")
STREAM_AFTER_POSITION = json_rows.folded_events(
    WITH_FILES + "WHERE stream = ? AND position > ? ORDER BY seq LIMIT ?"
)


_WAS_MEMBER = """
    events.position > ?2 AND events.position <= span.last AND EXISTS (
        SELECT 1 FROM members
        WHERE account = ?1 AND stream = events.stream
        AND since <= events.position AND (until IS NULL OR until >= events.position)
    )
"""
SHOWN_AFTER = json_rows.folded_events(shown("events.position > ?2 ORDER BY events.position LIMIT ?3"))
SHOWN_STREAM_AFTER = json_rows.folded_events(
    shown("events.position > ?2 AND events.stream = ?4 ORDER BY events.seq LIMIT ?3")
)
VISIBLE_IN_WINDOW = json_rows.folded_events(shown(_WAS_MEMBER))
VISIBLE = f"SELECT last, ({VISIBLE_IN_WINDOW}) FROM (SELECT max(?2, min(?3, ({HEAD}))) AS last) AS span"


class LogQueries(Queries):
    async def epoch(self) -> str:
        return str(await self._cell(EPOCH))

    async def head(self) -> int:
        return int(await self._cell(HEAD))

    async def hash_at(self, position: int) -> str | None:
        if position == 0:
            return BEGINNING
        found: str | None = await self._cell(HASH_AT, position)
        return found

    async def load(self, stream: str) -> Loaded:
        return await self.ask(partial(_load, stream=stream))

    async def stream_events(self, stream: str, after: int, limit: int) -> list[Event]:
        return await self._events(STREAM_AFTER, stream, after, limit)

    async def events(self, after: int, limit: int, stream: str | None = None) -> list[Event]:
        if stream is None:
            return await self._events(LOG_AFTER, after, limit)
        return await self._events(STREAM_AFTER_POSITION, stream, after, limit)

    async def shown_events(
        self, account: str, after: int, limit: int, stream: str | None = None
    ) -> list[Event]:
        if stream is None:
            return await self._events(SHOWN_AFTER, account, after, limit)
        return await self._events(SHOWN_STREAM_AFTER, account, after, limit, stream)

    async def visible_events(
        self, account: str, after: int, upto: int, limit: int
    ) -> tuple[list[Event], int]:
        return await self.ask(
            partial(_visible_events, account=account, after=after, upto=min(upto, after + limit))
        )

    async def newest_at(self) -> int:
        return int(await self._cell(NEWEST_AT))

    async def restored(self) -> Row | None:
        text = await self._cell(RESTORED)
        return None if text is None else msgspec.json.decode(text, type=Row)

    async def position_at(self, at: int) -> int:
        return int(await self._cell(POSITION_AT, at))

    async def began(self, stream: str) -> int:
        return int(await self._cell(BEGAN, stream))

    async def follower(self, name: str) -> int | None:
        position: int | None = await self._cell(FOLLOWER, name)
        return position

    async def _events(self, sql: str, *parameters: str | int) -> list[Event]:
        return await self.ask(lambda file: json_rows.events(json_rows.cell(file, sql, parameters)))


def _load(connection: sqlite3.Connection, stream: str) -> Loaded:
    seq, state, head = connection.execute(LOAD, (stream,)).fetchone()
    return Loaded(seq or 0, state, head)


def _visible_events(
    connection: sqlite3.Connection, account: str, after: int, upto: int
) -> tuple[list[Event], int]:
    last, found = connection.execute(VISIBLE, (account, after, upto)).fetchone()
    return json_rows.events(found), last
