"""The scheduler: posts messages when their time has come, and takes away those whose time is over.

It keeps nothing in memory that it could not read again: what is due stands in tables, and a message is
posted and taken off the list in one transaction, so that a crash in between neither loses nor doubles it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from typing import Final

import structlog
import trio

from chatd.actors.runtime.envelope import BROKEN, UNAVAILABLE, Answer
from chatd.contract.command import PostMessage
from chatd.contract.errors import Refusal
from chatd.domain.decision import Context
from chatd.domain.event import account_stream, room_stream
from chatd.domain.internal import ExpireMessage
from chatd.handlers.desk import Desk, now
from chatd.handlers.scheduled import changed, frame, gone
from chatd.ports import DropScheduled, FailScheduled, Row, StoreUnavailable

BATCH: Final = 100
FIRST_RETRY: Final = 0.5  # seconds, while the store cannot write
LONGEST_RETRY: Final = 10.0
DISABLED: Final = Refusal("forbidden", "the account was disabled when the message was to be posted")
log = structlog.get_logger("scheduler")


class Scheduler:
    """One for the server. Sleeps by the desk's agenda."""

    name = "scheduler"

    def __init__(self, desk: Desk, clock: Callable[[], int] = now) -> None:
        self.restarts = 0
        self.healthy = False
        self._desk = desk
        self._clock = clock

    def failed(self, given_up: bool) -> None:
        """Nobody waits for an answer from here."""

    async def run(self) -> None:
        """For ever."""
        retry = FIRST_RETRY
        while True:
            if await self.carry_out():
                self.healthy = True
                retry = FIRST_RETRY
                await self._desk.due_timer.rest(self._clock)
            else:
                await trio.sleep(retry)
                retry = min(retry * 2, LONGEST_RETRY)

    async def carry_out(self) -> bool:
        """Does some of what is due and looks what comes next; False when it must be tried again later."""
        due_timer, reader = self._desk.due_timer, self._desk.reader
        due_timer.clear()
        try:
            done = [await self._post_due(), await self._expire_due()]
            due_timer.earlier(await reader.next_due())
        except StoreUnavailable as error:
            log.warning("cannot_look", error=str(error))
            return False
        return all(done)

    # --- messages to be posted

    async def _post_due(self) -> bool:
        """In each room one after another, in the order of their times."""
        async with self._desk.due_timer.changing:
            rows = await self._desk.reader.due(self._clock(), BATCH)
            by_room = groupby(sorted(rows, key=_room_of), _room_of)
            return await _all_of([partial(self._post_in_order, list(some)) for _, some in by_room])

    async def _post_in_order(self, rows: Sequence[Row]) -> bool:
        for row in rows:
            answer = await self._post(row)
            if isinstance(answer, Refusal) and answer.code == "unavailable":
                return False
        return True

    async def _post(self, row: Row) -> Answer:
        id_, account, at = row["id"], row["account"], self._clock()
        try:
            answer = await self._ask_safely(row, at)
            if isinstance(answer, Refusal):
                if answer.code != "unavailable":
                    await self._desk.write(FailScheduled(id_, answer.message))
                    changed(self._desk, account, frame({**row, "failed": answer.message}))
                return answer
            if answer["at"] != at:  # it stands there from an earlier attempt, so nothing was written now
                await self._desk.write(DropScheduled(id_))
        except StoreUnavailable:
            return UNAVAILABLE
        changed(self._desk, account, gone(id_))
        return answer

    async def _ask_safely(self, row: Row, at: int) -> Answer:
        try:
            return await self._ask_room(row, at)
        except StoreUnavailable:
            raise
        except Exception:  # a bug costs this message its place, and keeps no other one waiting
            log.exception("post_crashed", scheduled=row["id"])
            return BROKEN

    async def _ask_room(self, row: Row, at: int) -> Answer:
        account, text = row["account"], row["text"]
        state = await self._desk.directory.state_of(account_stream(account))
        owner = state.owner and await self._desk.directory.state_of(account_stream(state.owner))
        if state.disabled or (owner and owner.disabled):
            return DISABLED
        nonce = f"scheduled:{row['id']}"
        command = PostMessage(row["room"], text, nonce, row["reply_to"], row["expires_in"])
        context = await self._desk.mentioning(Context(account, at), text)
        drop = DropScheduled(row["id"])
        return await self._desk.ask(room_stream(row["room"]), command, context, writes=(drop,))

    # --- messages that expire

    async def _expire_due(self) -> bool:
        """All at once: those of one room are one turn of its actor."""
        rows = await self._desk.reader.expired(self._clock(), BATCH)
        return await _all_of([partial(self._expire, row["room"], row["seq"]) for row in rows])

    async def _expire(self, room: str, seq: int) -> bool:
        context = Context("system", self._clock())
        answer = await self._desk.ask(room_stream(room), ExpireMessage(seq), context)
        if isinstance(answer, Refusal):
            log.warning("cannot_expire", room=room, seq=seq, refusal=answer.code)
        return not isinstance(answer, Refusal)


def _room_of(row: Row) -> str:
    room: str = row["room"]
    return room


async def _all_of(works: Iterable[Callable[[], Awaitable[bool]]]) -> bool:
    """Does them at the same time; whether all went well."""
    results: list[bool] = []

    async def note(work: Callable[[], Awaitable[bool]]) -> None:
        results.append(await work())

    async with trio.open_nursery() as nursery:
        for work in works:
            nursery.start_soon(note, work)
    return all(results)
