"""Reads along the hash chain of this node's own log, again and again, so that a changed event is noticed."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeVar

import trio
from msgspec import Struct

from chatd.concurrency.backoff import Backoff
from chatd.log import log
from chatd.ports import StoreUnavailable
from chatd.store.log import hash_chain

T = TypeVar("T")
Ask = Callable[[Callable[[sqlite3.Connection], Any]], Awaitable[Any]]

AT_ONCE: Final = 250  # events
LOOK: Final = 0.5  # seconds between two looks whether somebody else has written to the file
REST: Final = 0.02  # seconds between two looks
SCRUB_EVERY: Final = 5.0  # seconds from the end of a pass to the next, at least
SCRUB_SHARE: Final = 20  # times as long as a pass took

EVENTS: Final = """
    SELECT position, stream, seq, type, at, by, data, body, hash, own.salt, own.text
    FROM events
    LEFT JOIN (SELECT position, salt, text FROM body_rows WHERE NOT erased) AS own USING (position)
    WHERE position > ? ORDER BY position LIMIT ?
"""


class Broken(Exception):
    """An event, or its text, is not what was logged."""


class _Place(Struct, frozen=True):
    position: int = 0
    hash: bytes = hash_chain.GENESIS


class Scrubber:
    """`ask` puts a question to the database; what `foreign_writes` says changes once somebody else has
    written to its file."""

    def __init__(self, ask: Ask, foreign_writes: Callable[[], Awaitable[int | None]]) -> None:
        self._ask = ask
        self._foreign_writes = foreign_writes
        self._writes: int | None = None
        self.passes = 0  # that were finished

    async def run(self) -> None:
        """For ever. Raises Broken."""
        backoff = Backoff(1.0, 60.0)
        rest = REST
        while True:
            began = trio.current_time()
            try:
                await self._scrub(rest)
                self.passes += 1
                wait = max(SCRUB_EVERY, SCRUB_SHARE * (trio.current_time() - began))
                rest = 0 if await self._is_written(wait) else REST
            except StoreUnavailable:
                await trio.sleep(backoff.next_delay())
            else:
                backoff.reset()

    async def _scrub(self, rest: float) -> None:
        place: _Place | None = _Place()
        while place is not None:
            place = await self._ask(partial(_step, place))
            await trio.sleep(rest)

    async def _is_written(self, seconds: float) -> bool:
        """Whether somebody else wrote to the file within this time; waits no longer then."""
        with trio.move_on_after(seconds):
            while True:
                before, self._writes = self._writes, await self._foreign_writes()
                if None not in (before, self._writes) and before != self._writes:
                    log.warning("database_written_by_another")
                    return True
                await trio.sleep(LOOK)
        return False


def _step(place: _Place, connection: sqlite3.Connection) -> _Place | None:
    """The place after the next events; None at the end."""
    rows = connection.execute(EVENTS, (place.position, AT_ONCE)).fetchall()
    if not rows:
        return None
    previous = place.hash
    for position, stream, seq, type_, at, by, data, body, hash_, salt, text in rows:
        previous = hash_chain.link(previous, body, position, stream, seq, type_, at, by, data)
        if previous != hash_:
            raise Broken(f"event {position} ({type_}, {stream}) is not the one that was logged there")
        if text is not None and hash_chain.body_digest(salt, text) != body:
            raise Broken(f"the text of event {position} ({type_}, {stream}) is not the one that was logged")
    return _Place(rows[-1][0], previous)
