"""All that the opening of a session needs, in one statement: one hop to a thread instead of seven.

Each column is what the question of its noun gives, folded into one JSON text.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import Final

from chatd.ports import BearerRows, OpeningQuestion, OpeningRows, Row
from chatd.store import json_rows
from chatd.store.queries.account import ACCOUNT_OF
from chatd.store.queries.direct import ALL_DIRECT
from chatd.store.queries.log import BEGINNING, HASH_AT
from chatd.store.queries.member import GUEST_IN, STREAMS
from chatd.store.queries.pool import Queries
from chatd.store.queries.presence import PRESENCE_OF
from chatd.store.queries.room import rooms_where
from chatd.store.queries.space import spaces_where
from chatd.store.queries.unread import UNREAD

_OWN: Final = """
    SELECT substr(stream, {length} + 2) FROM members
    WHERE account = ?1 AND until IS NULL AND stream > '{kind}/' AND stream < '{kind}0'
"""
_BEARER: Final = (
    "SELECT json_object('account', account, 'expires_at', expires_at) FROM devices WHERE id = ?2",
    ACCOUNT_OF,
    "SELECT disabled FROM bots CROSS JOIN accounts ON accounts.id = owner WHERE account = ?1",
)
_COLUMNS: Final = (
    *_BEARER,
    STREAMS,
    spaces_where(f"AND id IN ({_OWN.format(kind='space', length=5)})"),
    rooms_where(f"AND id IN ({_OWN.format(kind='room', length=4)})"),
    GUEST_IN,
    UNREAD,
    ALL_DIRECT,
    PRESENCE_OF,
    HASH_AT.replace("?", "?3"),
    "SELECT coalesce(max(max(since, coalesce(until, 0))), 0) FROM members WHERE account = ?1",
)
OPENING: Final = f"SELECT {', '.join(f'({column})' for column in _COLUMNS)}"
BEARER: Final = f"SELECT {', '.join(f'({column})' for column in _BEARER)}"


class OpeningQueries(Queries):
    async def openings(self, questions: Sequence[OpeningQuestion]) -> list[OpeningRows]:
        return await self.ask(partial(_openings, questions=questions))

    async def bearer(self, account: str, device: str) -> BearerRows:
        return await self.ask(partial(_bearer, account=account, device=device))


def _openings(connection: sqlite3.Connection, questions: Sequence[OpeningQuestion]) -> list[OpeningRows]:
    return [_opening(connection, question) for question in questions]


def _bearer(connection: sqlite3.Connection, account: str, device: str) -> BearerRows:
    return BearerRows(*_who(*connection.execute(BEARER, (account, device)).fetchone()))


def _who(
    device: str | None, account: str, owner_disabled: int | None
) -> tuple[Row | None, Row | None, bool | None]:
    """The columns that tell of the bearer, as rows."""
    return (
        None if device is None else json_rows.decode_row(device),
        next(iter(json_rows.decode_rows(account)), None),
        None if owner_disabled is None else bool(owner_disabled),
    )


def _opening(connection: sqlite3.Connection, question: OpeningQuestion) -> OpeningRows:
    parameters = question.account, question.device, question.position
    found = connection.execute(OPENING, parameters).fetchone()
    known, profile, owner_disabled, memberships, *nouns, presence, hash, changed_at = found
    device, account, owner_disabled = _who(known, profile, owner_disabled)
    spaces, rooms, guest_in, unread, direct = nouns
    rows = json_rows.decode_rows
    return OpeningRows(
        device=device,
        account=account,
        owner_disabled=owner_disabled,
        memberships=rows(memberships),
        spaces=rows(spaces),
        rooms=rows(rooms),
        guest_in=json_rows.decode_strings(guest_in),
        unread=rows(unread),
        direct=rows(direct),
        presence=next(iter(rows(presence)), None),
        hash=BEGINNING if question.position == 0 else hash,
        changed_at=changed_at,
    )
