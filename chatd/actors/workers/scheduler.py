"""The scheduler: posts messages when their time has come, and takes away those whose time is over.

It keeps nothing in memory that it could not read again: what is due stands in tables, and a message is
posted and taken off the list in one transaction, so that a crash in between neither loses nor doubles it. The
transaction takes place only while the message is on the list: what was taken back is never posted.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from typing import Final

import trio

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.envelope import BROKEN, STALE, UNAVAILABLE, unsettled
from chatd.actors.workers.due_timer import DueTimer
from chatd.actors.workers.mention_names import MentionNames
from chatd.actors.workers.scheduled_list import announce_gone, announce_scheduled
from chatd.clock import new_id, now
from chatd.concurrency.backoff import Backoff
from chatd.contract.errors import Refusal
from chatd.contract.message import Posted, PostMessage
from chatd.contract.spec import Done
from chatd.domain.decision import Context
from chatd.domain.event import account_stream, room_stream
from chatd.domain.internal import ExpireMessage, NotifyUnposted
from chatd.log import log
from chatd.ports import (
    DropScheduled,
    FailScheduled,
    PostponeScheduled,
    Reader,
    Row,
    ScheduledExists,
    StoreUnavailable,
)

UNSETTLED_LOOK: Final = 1_000  # milliseconds
BATCH: Final = 100
LOOK_AGAIN: Final = 60_000  # milliseconds, while the author is muted or the room is locked
GIVEN_UP: Final = 86_400_000  # milliseconds after its time
FIRST_RETRY: Final = 0.5  # seconds, while the store cannot write
LONGEST_RETRY: Final = 10.0
DISABLED: Final = Refusal("forbidden", "the account was disabled when the message was to be posted")


class Scheduler:
    """One for the server. The due timer says when to look again."""

    name = "scheduler"

    def __init__(
        self,
        reader: Reader,
        bus: Bus,
        commands: CommandBus,
        due_timer: DueTimer,
        names: MentionNames,
        clock: Callable[[], int] = now,
        settled: Callable[[], int] | None = None,
    ) -> None:
        self.restarts = 0
        self.healthy = False
        self._reader = reader
        self._bus = bus
        self._commands = commands
        self._due_timer = due_timer
        self._names = names
        self._settled = settled or clock  # for what cannot be taken back
        self._clock = clock

    def failed(self, given_up: bool) -> None:
        """Nobody waits for an answer from here."""

    async def run(self) -> None:
        """Runs forever."""
        backoff = Backoff(FIRST_RETRY, LONGEST_RETRY)
        while True:
            if await self.carry_out():
                self.healthy = True
                backoff.reset()
                await self._due_timer.rest(self._clock)
            else:
                await trio.sleep(backoff.next_delay())

    async def carry_out(self) -> bool:
        """Does some of what is due and looks what comes next; False when it must be tried again later."""
        due_timer, reader = self._due_timer, self._reader
        due_timer.clear()
        try:
            done = [await self._post_due(), await self._expire_due()]
            due_timer.earlier(self._later_while_unsettled(await reader.next_due()))
        except StoreUnavailable as error:
            log.warning("cannot_read_schedule", error=str(error))
            return False
        return all(done)

    def _later_while_unsettled(self, due: int | None) -> int | None:
        """While the clock is not believed, what it says is due must wait, and is looked at every second."""
        at = self._clock()
        return due if due is None or self._settled() >= at else max(due, at + UNSETTLED_LOOK)

    # --- messages to be posted

    async def _post_due(self) -> bool:
        """In each room one after another, in the order of their times."""
        rows = await self._reader.due(self._clock(), BATCH)
        by_room = groupby(sorted(rows, key=_room_of), _room_of)
        return await _all_of([partial(self._post_in_order, list(some)) for _, some in by_room])

    async def _post_in_order(self, rows: Sequence[Row]) -> bool:
        for row in rows:
            answer = await self._post(row)
            if unsettled(answer):
                return False
        return True

    async def _post(self, row: Row) -> Posted | Refusal:
        id_, account, at = row["id"], row["account"], self._clock()
        try:
            answer = await self._ask_safely(row, at)
            if isinstance(answer, Refusal):
                if not unsettled(answer) and answer != STALE:  # stale: it was taken back
                    await self._refused(row, answer, at)
                return answer
            if answer.at != at:  # it stands there from an earlier attempt, so nothing was written now
                await self._commands.write(DropScheduled(id_))
        except StoreUnavailable:
            return UNAVAILABLE
        announce_gone(self._bus, account, id_)
        return answer

    async def _refused(self, row: Row, refusal: Refusal, at: int) -> None:
        """A refusal that passes is not final: it is tried again, for a day."""
        listed = (ScheduledExists(row["id"]),)
        wait = _wait(refusal)
        if wait is not None and at < row["post_at"] + GIVEN_UP:
            await self._commands.write(PostponeScheduled(row["id"], at + wait), conditions=listed)
        elif await self._fail(row, refusal.message, at):
            announce_scheduled(self._bus, row["account"], {**row, "failed": refusal.message})

    async def _fail(self, row: Row, reason: str, at: int) -> bool:
        """Whether it was still on the list. Its author is notified in the same transaction."""
        id_, account = row["id"], row["account"]
        failing, listed = FailScheduled(id_, reason), (ScheduledExists(id_),)
        notify, context = (
            NotifyUnposted(id_, row["room"], account, reason),
            Context("system", at, False, new_id()),
        )
        stream = account_stream(account)
        answer = await self._commands.ask(stream, notify, context, Done, failing, conditions=listed)
        if not isinstance(answer, Refusal):
            return True
        if unsettled(answer):
            raise StoreUnavailable(answer.message)
        return answer != STALE and await self._commands.write(failing, conditions=listed)

    async def _ask_safely(self, row: Row, at: int) -> Posted | Refusal:
        try:
            return await self._ask_room(row, at)
        except StoreUnavailable:
            raise
        except Exception:  # a bug costs this message its place, and keeps no other one waiting
            log.exception("post_crashed", scheduled=row["id"])
            return BROKEN

    async def _ask_room(self, row: Row, at: int) -> Posted | Refusal:
        account, text = row["account"], row["text"]
        state = await self._commands.directory.state_of(account_stream(account))
        owner = state.owner and await self._commands.directory.state_of(account_stream(state.owner))
        if state.disabled or (owner and owner.disabled):
            return DISABLED
        nonce = f"scheduled:{row['id']}"
        command = PostMessage(
            row["room"], text, nonce, row["reply_to"], row["expires_in"], row["attachments"] or None
        )
        context = await self._names.context(Context(account, at), text)
        stream, drop, listed = room_stream(row["room"]), DropScheduled(row["id"]), ScheduledExists(row["id"])
        return await self._commands.ask(stream, command, context, Posted, drop, conditions=(listed,))

    # --- messages that expire

    async def _expire_due(self) -> bool:
        """All at once: those of one room are one turn of its actor."""
        rows = await self._reader.expired(self._settled(), BATCH)
        return await _all_of([partial(self._expire, row["room"], row["seq"]) for row in rows])

    async def _expire(self, room: str, seq: int) -> bool:
        context = Context("system", self._clock())
        answer = await self._commands.ask(room_stream(room), ExpireMessage(seq), context, Done)
        if isinstance(answer, Refusal):
            log.warning("cannot_expire", room=room, seq=seq, refusal=answer.code)
        return not isinstance(answer, Refusal)


def _wait(refusal: Refusal) -> int | None:
    """Milliseconds after which it may be right to try again; None: never."""
    if refusal.code == "rate_limited":
        return math.ceil(float((refusal.data or {}).get("retry_after", 0)) * 1000) + 1
    return LOOK_AGAIN if refusal.passing or refusal.code == "overloaded" else None


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
