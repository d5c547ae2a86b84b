"""Questions to the database, each one consistent look, over a small pool of read-only connections.

Who waits for a connection is served in turns with the others (`chatd.concurrency.fair_queue`), so that
nobody's questions keep everybody else's waiting. A question runs whole on a connection's thread. One that
takes too long, or whose asker went away, is interrupted, so that it holds its connection no longer than that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, TypeVar

import trio

from chatd.concurrency.fair_queue import FairQueue, Share, ShareFull
from chatd.ports import Row, StoreBusy, StoreUnavailable
from chatd.store import json_rows
from chatd.store.connection import TrioConnection

T = TypeVar("T")

QUESTION_SECONDS = 10.0
SHARE: Final = Share(waiting_account=64, waiting_address=2048)  # questions for a connection


class Pool:
    """Idle connections; whoever asks waits for one."""

    def __init__(
        self, connections: Sequence[TrioConnection], question_seconds: float, share: Share = SHARE
    ) -> None:
        self._idle = list(connections)
        self._turns = FairQueue(len(self._idle), share)
        self._seconds = question_seconds

    async def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """Raises StoreUnavailable when the database cannot answer, or not in time; StoreBusy when too much of
        the same principal waits."""
        try:
            who = await self._turns.take()
        except ShareFull:
            raise StoreBusy("too many questions of this principal wait") from None
        try:
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
                if not reply.done():
                    await connection.abandon(reply)
                self._idle.append(connection)
        finally:
            self._turns.give_back(who)


class Queries(Pool):
    """What the questions of every noun are made of. `chatd.ports.readers` says what each of them gives."""

    async def _cell(self, sql: str, *parameters: Any) -> Any:
        """The one value that `sql` gives, None without a row."""
        return await self.ask(partial(json_rows.cell, sql=sql, parameters=parameters))

    async def _rows(self, sql: str, *parameters: Any) -> list[Row]:
        """What SQL made by `json_rows.folded` gives."""
        return await self.ask(partial(json_rows.rows, sql=sql, parameters=parameters))

    async def _row(self, sql: str, *parameters: Any) -> Row | None:
        """The first of these rows."""
        found = await self._rows(sql, *parameters)
        return found[0] if found else None

    async def _strings(self, sql: str, *parameters: Any) -> list[str]:
        """What SQL that gives a JSON array of strings gives."""
        return await self.ask(partial(json_rows.strings, sql=sql, parameters=parameters))

    async def _records(self, sql: str, *parameters: Any) -> list[Row]:
        """What plain SQL gives."""
        return await self.ask(partial(json_rows.records, sql=sql, parameters=parameters))

    async def _record(self, sql: str, *parameters: Any) -> Row | None:
        found = await self._records(sql, *parameters)
        return found[0] if found else None
