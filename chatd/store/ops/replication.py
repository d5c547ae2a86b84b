"""Gives standbys what this database has: see `chatd.ports.Replication`."""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

import msgspec
import trio

from chatd.ports import Standing
from chatd.store.connection import TrioConnection, connect, open_reader, translated_errors
from chatd.store.log.transactions import Transactions
from chatd.store.ops import data_model
from chatd.store.ops.look import events_after, fixed_reader, write_look

GENESIS: Final = "00" * 32
HASH: Final = "SELECT lower(hex(hash)) FROM events WHERE position = ?"
NEWEST: Final = "SELECT position, lower(hex(hash)) FROM events ORDER BY position DESC LIMIT 1"


class StoreReplication(msgspec.Struct, frozen=True, eq=False):
    path: Path
    database: str
    transactions_: Transactions
    writer: TrioConnection

    async def standing(self) -> Standing:
        with translated_errors():
            run, number, connection = await self._fixed()
            try:
                return self._standing(run, number, connection)
            finally:
                connection.close()

    async def events(self, after: int, hash: str, most: int) -> list[tuple[Any, ...]] | None:
        with translated_errors():
            async with connect(partial(open_reader, self.path)) as connection:
                return await connection.run(
                    lambda file: events_after(file, after, most) if _has(file, after, hash) else None
                )

    async def look(self, after: int, hash: str, file: IO[bytes]) -> bool:
        self.transactions_.want()
        with translated_errors():
            run, number, connection = await self._fixed()
            try:
                if not _has(connection, after, hash):
                    return False
                first = msgspec.to_builtins(self._standing(run, number, connection))
                await trio.to_thread.run_sync(write_look, connection, after, first, file)
                return True
            finally:
                connection.close()

    async def transactions(self, run: str, number: int, wait: float) -> list[bytes] | None:
        self.transactions_.want()
        found = self.transactions_.since(run, number)
        if found == []:
            await self.transactions_.wait(run, number, wait)
            found = self.transactions_.since(run, number)
        return found

    async def _fixed(self) -> tuple[str, int, sqlite3.Connection]:
        """A look between two transactions, and the number of the one before it."""
        known = self.transactions_
        return await self.writer.call(lambda: (known.run, known.number, fixed_reader(self.path)))

    def _standing(self, run: str, number: int, connection: sqlite3.Connection) -> Standing:
        position, hash_ = connection.execute(NEWEST).fetchone() or (0, GENESIS)
        return Standing(self.database, data_model.present().version, run, number, position, hash_)


def _has(connection: sqlite3.Connection, position: int, hash_: str) -> bool:
    if position == 0:
        return True
    found = connection.execute(HASH, (position,)).fetchone()
    return found is not None and found[0] == hash_
