"""Questions to the database, each one consistent look, over a small pool of read-only connections.

A question runs whole on a connection's thread. One that takes too long, or whose asker went away, is
interrupted, so that it holds its connection no longer than that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import trio

from chatd.contract.audit import ListAudit
from chatd.domain.event import Event
from chatd.ports import Exported, ExportPlace, Loaded, Page, Row, StoreUnavailable
from chatd.store import json_rows
from chatd.store.connection import TrioConnection, connect, open_reader
from chatd.store.queries import account as people_queries
from chatd.store.queries import account_deletion as farewell_queries
from chatd.store.queries import due as due_queries
from chatd.store.queries import export as export_queries
from chatd.store.queries import message as message_queries
from chatd.store.queries import moderation as order_queries
from chatd.store.queries import settings as personal_queries
from chatd.store.queries import streams
from chatd.store.queries import unread as attention_queries

T = TypeVar("T")

CONNECTIONS = 2
QUESTION_SECONDS = 10.0


class SqliteReader:
    """The `Reader` of `chatd.ports`, which tells what each question gives."""

    def __init__(self, connections: Sequence[TrioConnection], question_seconds: float) -> None:
        self._idle = list(connections)
        self._turn = trio.Semaphore(len(self._idle))
        self._seconds = question_seconds

    async def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Raises StoreUnavailable when the database cannot answer, or not in time."""
        async with self._turn:
            connection = self._idle.pop()
            reply = connection.submit(question)
            try:
                with trio.fail_after(self._seconds):
                    return await reply
            except sqlite3.Error as error:
                raise StoreUnavailable(f"the database cannot be read: {error}") from error
            except trio.TooSlowError as error:
                raise StoreUnavailable(f"no answer within {self._seconds:g} s") from error
            finally:
                await connection.abandon(reply)
                self._idle.append(connection)

    # the log
    async def epoch(self) -> str:
        return str(await self._cell(streams.EPOCH))

    async def head(self) -> int:
        return int(await self._cell(streams.HEAD))

    async def load(self, stream: str) -> Loaded:
        return await self.ask(partial(streams.load, stream=stream))

    async def stream_events(self, stream: str, after: int, limit: int) -> list[Event]:
        return await self.ask(partial(streams.stream_events, stream=stream, after=after, limit=limit))

    async def events(self, after: int, limit: int, stream: str | None = None) -> list[Event]:
        return await self.ask(partial(streams.events, after=after, limit=limit, stream=stream))

    async def visible_events(
        self, account: str, after: int, upto: int, limit: int
    ) -> tuple[list[Event], int]:
        return await self.ask(
            partial(streams.visible_events, account=account, after=after, upto=upto, limit=limit)
        )

    async def recent_posts(self, room: str, limit: int) -> list[Row]:
        """Among the newest `limit` messages of the room, those that carry a nonce, oldest first."""
        return await self.ask(partial(streams.recent_posts, room=room, limit=limit))

    # conversations
    async def history(
        self,
        room: str,
        *,
        before: int | None,
        after: int | None,
        around: int | None,
        limit: int,
        thread: int | None = None,
    ) -> Page:
        return await self.ask(
            lambda connection: message_queries.history(connection, room, before, after, around, limit, thread)
        )

    async def messages(self, room: str, seqs: Sequence[int]) -> list[Row]:
        return await self.ask(partial(message_queries.messages, room=room, seqs=seqs))

    async def message_states(self, room: str, seqs: Sequence[int]) -> list[Row]:
        return await self.ask(partial(message_queries.message_states, room=room, seqs=seqs))

    async def edits(self, room: str, seq: int) -> list[Row]:
        return await self.ask(partial(message_queries.edits, room=room, seq=seq))

    async def reactors(self, room: str, seq: int, emoji: str, after: str | None, limit: int) -> list[Row]:
        return await self.ask(
            partial(message_queries.reactors, room=room, seq=seq, emoji=emoji, after=after, limit=limit)
        )

    async def pins(self, room: str) -> list[Row]:
        return await self.ask(partial(message_queries.pins, room=room))

    async def emoji(self, space: str) -> list[Row]:
        return await self.ask(partial(message_queries.emoji, space=space))

    # what has been read
    async def read_marker(self, account: str, room: str) -> int:
        return await self._cell(attention_queries.READ_MARKER, account, room) or 0

    async def markers(self, room: str, accounts: Sequence[str]) -> dict[str, int]:
        text = await self._cell(attention_queries.MARKERS, room, json_rows.array(accounts))
        found: dict[str, int] = msgspec.json.decode(text)
        return found

    async def unread(self, account: str) -> list[Row]:
        return await self.ask(partial(attention_queries.unread, account=account))

    async def receipts(self, room: str, seq: int) -> list[Row]:
        return await self.ask(partial(attention_queries.receipts, room=room, seq=seq))

    # what is the account's alone
    async def preferences(self, account: str) -> Row | None:
        return await self.ask(partial(personal_queries.preferences, account=account))

    async def subscriptions(self, account: str) -> list[Row]:
        return await self.ask(partial(personal_queries.subscriptions, account=account))

    async def bookmarks(self, account: str, before: int | None, limit: int) -> list[Row]:
        return await self.ask(
            partial(personal_queries.bookmarks, account=account, before=before, limit=limit)
        )

    async def drafts(self, account: str) -> list[Row]:
        return await self.ask(partial(personal_queries.drafts, account=account))

    async def presences(self, accounts: Sequence[str]) -> list[Row]:
        return await self.ask(partial(personal_queries.presences, accounts=accounts))

    async def acquainted(self, account: str, others: Sequence[str]) -> list[str]:
        return await self.ask(partial(personal_queries.acquainted, account=account, others=others))

    # what is due
    async def scheduled(self, account: str) -> list[Row]:
        return await self.ask(partial(due_queries.scheduled, account=account))

    async def due(self, at: int, limit: int) -> list[Row]:
        return await self.ask(partial(due_queries.due, at=at, limit=limit))

    async def expired(self, at: int, limit: int) -> list[Row]:
        return await self.ask(partial(due_queries.expired, at=at, limit=limit))

    async def next_due(self) -> int | None:
        found: int | None = await self._cell(due_queries.NEXT_DUE)
        return found

    # order
    async def written(self, room: str, account: str, limit: int) -> list[int]:
        found: list[int] = msgspec.json.decode(await self._cell(order_queries.WRITTEN, room, account, limit))
        return found

    async def reports(self, space: str, open: bool, after: str | None, limit: int) -> list[Row]:
        return await self.ask(
            partial(order_queries.reports, space=space, open=open, after=after, limit=limit)
        )

    async def report(self, report: str) -> Row | None:
        return await self.ask(partial(order_queries.report, id=report))

    async def has_reported(self, account: str, room: str, seq: int) -> bool:
        return bool(await self._cell(order_queries.HAS_REPORTED, account, room, seq))

    async def let_in(self, space: str, limit: int) -> list[Row]:
        return await self.ask(partial(order_queries.let_in, space=space, limit=limit))

    async def bans(self, space: str) -> list[Row]:
        return await self.ask(partial(order_queries.bans, space=space))

    async def audit(self, query: ListAudit, viewer: str | None) -> list[Row]:
        return await self.ask(partial(order_queries.audit, query=query, viewer=viewer))

    async def position_at(self, at: int) -> int:
        return int(await self._cell(order_queries.POSITION_AT, at))

    async def began(self, stream: str) -> int:
        return int(await self._cell(order_queries.BEGAN, stream))

    async def members_at(self, stream: str, position: int) -> list[Row]:
        return await self.ask(partial(order_queries.members_at, stream=stream, position=position))

    # who goes
    async def erasures(self) -> list[Row]:
        return await self.ask(farewell_queries.erasures)

    async def belongings(self, account: str) -> Row:
        return await self.ask(partial(farewell_queries.belongings, account=account))

    async def rooms_ever(self, account: str) -> list[str]:
        return await self.ask(partial(farewell_queries.rooms_ever, account=account))

    async def bots(self, owner: str) -> list[Row]:
        return await self.ask(partial(farewell_queries.bots, owner=owner))

    async def export(
        self, account: str, after: ExportPlace, limit: int
    ) -> list[tuple[ExportPlace, Exported]]:
        return await self.ask(partial(export_queries.page, account=account, after=after, limit=limit))

    # who acts on the log
    async def follower(self, name: str) -> int | None:
        position: int | None = await self._cell(due_queries.FOLLOWER, name)
        return position

    async def recipients(self, after: int, upto: int) -> list[Row]:
        return await self.ask(partial(attention_queries.recipients, after=after, upto=upto))

    # who is where
    async def memberships(self, account: str) -> tuple[list[Row], int]:
        return await self.ask(partial(people_queries.memberships, account=account))

    async def members(self, stream: str, after: str | None, limit: int) -> list[Row]:
        return await self.ask(partial(people_queries.members, stream=stream, after=after, limit=limit))

    async def member_count(self, stream: str) -> int:
        return int(await self._cell(people_queries.MEMBER_COUNT, stream))

    async def account(self, account: str) -> Row | None:
        return await self.ask(partial(people_queries.account, id=account))

    async def account_named(self, name: str) -> Row | None:
        return await self.ask(partial(people_queries.account_named, name=name))

    async def accounts_named(self, keys: Sequence[str]) -> list[Row]:
        return await self.ask(partial(people_queries.accounts_named, keys=keys))

    async def accounts(self, after: str | None, limit: int) -> list[Row]:
        return await self.ask(partial(people_queries.accounts, after=after, limit=limit))

    async def any_account(self) -> bool:
        return bool(await self._cell(people_queries.ANY_ACCOUNT))

    async def spaces(self, ids: Sequence[str] | None = None) -> list[Row]:
        return await self.ask(partial(people_queries.spaces, ids=ids))

    async def rooms(self, ids: Sequence[str] | None = None, space: str | None = None) -> list[Row]:
        return await self.ask(partial(people_queries.rooms, ids=ids, space=space))

    async def counts(self) -> dict[str, int]:
        """How many `accounts`, `spaces` and `rooms` there are."""
        return await self.ask(people_queries.counts)

    # secrets
    async def credential(self, account: str) -> str | None:
        found: str | None = await self._cell(people_queries.CREDENTIAL, account)
        return found

    async def device(self, device: str) -> Row | None:
        return await self.ask(partial(people_queries.device, id=device))

    async def device_by_refresh(self, refresh_hash: bytes) -> Row | None:
        return await self.ask(partial(people_queries.device_by_refresh, refresh_hash=refresh_hash))

    async def devices(self, account: str) -> list[Row]:
        return await self.ask(partial(people_queries.devices, account=account))

    async def identity(self, issuer: str, subject: str) -> Row | None:
        return await self.ask(partial(people_queries.identity, issuer=issuer, subject=subject))

    async def identities(self, account: str) -> list[Row]:
        return await self.ask(partial(people_queries.identities, account=account))

    async def second_factor(self, account: str) -> Row | None:
        return await self.ask(partial(people_queries.second_factor, account=account))

    async def recovery_link(self, code_hash: bytes) -> Row | None:
        return await self.ask(partial(people_queries.recovery_link, code_hash=code_hash))

    async def invite_code(self, code_hash: bytes) -> Row | None:
        return await self.ask(partial(people_queries.invite_code, code_hash=code_hash))

    async def invite(self, invite: str) -> Row | None:
        return await self.ask(partial(people_queries.invite, id=invite))

    async def setup_code(self) -> bytes | None:
        found: bytes | None = await self._cell(people_queries.SETUP_CODE)
        return found

    async def signing_key(self) -> bytes:
        return bytes(await self._cell(people_queries.SIGNING_KEY))

    async def _cell(self, sql: str, *parameters: Any) -> Any:
        return await self.ask(lambda connection: json_rows.cell(connection, sql, parameters))


@asynccontextmanager
async def open_pool(path: Path, question_seconds: float = QUESTION_SECONDS) -> AsyncIterator[SqliteReader]:
    """A reader over `CONNECTIONS` connections to the database at `path`."""
    async with AsyncExitStack() as stack:
        try:
            connections = [
                await stack.enter_async_context(connect(partial(open_reader, path)))
                for _ in range(CONNECTIONS)
            ]
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the database cannot be opened: {error}") from error
        yield SqliteReader(connections, question_seconds)
