"""Questions about accounts that are being deleted: which, and what is theirs."""

from __future__ import annotations

import sqlite3
from functools import partial

import msgspec

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.member import ROOMS_EVER
from chatd.store.queries.pool import Queries

ERASURES = json_rows.folded(
    "SELECT * FROM erasures ORDER BY at, account LIMIT -1", ("account", "by", "reason"), ("messages",)
)
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


class AccountDeletionQueries(Queries):
    async def erasures(self) -> list[Row]:
        return await self._rows(ERASURES)

    async def belongings(self, account: str) -> Row:
        return await self.ask(partial(_belongings, account=account))


def _belongings(connection: sqlite3.Connection, account: str) -> Row:
    found: Row = msgspec.json.decode(json_rows.cell(connection, BELONGINGS, (account,)))
    rooms = json_rows.strings(connection, ROOMS_EVER, (account,))
    messages = sum(json_rows.cell(connection, MESSAGES, (room, account)) for room in rooms)
    return {"messages": messages, **found}
