"""The retention worker: erases messages that are older than a room keeps them, and what a legal hold has
preserved when that has ended.

It keeps nothing that it could not find again: rules are facts, and what was erased already is not there to be
erased again. A little at a time, and then it rests for longer than the store was busy with it, so that nobody
who posts waits for long.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Any, Final

import trio

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.workers.due_timer import DueTimer
from chatd.concurrency.backoff import Backoff
from chatd.contract.errors import Refusal
from chatd.contract.spec import Done
from chatd.domain.decision import Context
from chatd.domain.event import Event, room_stream
from chatd.domain.internal import EraseOld, ErasePreserved
from chatd.log import log
from chatd.ports import Reader, Row, StoreUnavailable

AT_ONCE: Final = 50  # messages that are erased in one transaction
RESTS: Final = 3.0  # times as long as the transaction took
STRETCH: Final = 2_000  # messages that are looked at in one query
DAY: Final = 86_400_000  # milliseconds
SWEEP_EVERY: Final = DAY
FIRST_RETRY: Final = 1.0  # seconds, while something cannot be erased
LONGEST_RETRY: Final = 60.0
CHANGES_KEPT: Final = 1_000  # that take effect soon; others are met when it looks anyway
CHANGES: Final = frozenset({"space.retention_set", "room.retention_set", "space.hold_set", "room.hold_set"})


class RetentionWorker:
    """One for the server. `delay`: milliseconds after which a rule, or the end of a hold, takes effect;
    `settled` is a clock that may be believed, for what cannot be taken back."""

    name = "retention"

    def __init__(
        self,
        reader: Reader,
        commands: CommandBus,
        delay: int,
        clock: Callable[[], int],
        settled: Callable[[], int] | None = None,
    ) -> None:
        self.restarts = 0
        self.healthy = False
        self._reader = reader
        self._commands = commands
        self._timer = DueTimer()
        self._changes: list[int] = []  # when each takes effect that was not looked at since; a heap
        self._delay = delay
        self._clock = clock
        self._settled = settled or clock
        self._done: dict[str, int] = {}  # room -> up to which seq nothing is left
        self._swept: dict[
            str, tuple[int, int]
        ] = {}  # room -> when all of it was looked at, for a rule of when

    def failed(self, given_up: bool) -> None:
        """Nobody waits for an answer from here: rules are durable."""

    def follow(self, events: Sequence[Event]) -> None:
        """What was committed: a rule or a hold may have changed."""
        for event in events:
            if event.type in CHANGES and len(self._changes) < CHANGES_KEPT:
                heappush(self._changes, event.at + self._delay)
                self._timer.earlier(self._changes[0])

    async def run(self) -> None:
        """Looks when a change takes effect, and about once a minute. Runs forever."""
        backoff = Backoff(FIRST_RETRY, LONGEST_RETRY)
        while True:
            try:
                await self.look()
            except StoreUnavailable as error:
                log.warning("cannot_keep_retention", error=str(error))
                await trio.sleep(backoff.next_delay())
                continue
            self.healthy = True
            backoff.reset()
            await self._timer.rest(self._settled)

    async def look(self) -> None:
        """Erases all that is due now."""
        at = self._settled()
        while self._changes and self._changes[0] <= at:
            heappop(self._changes)
        self._timer.clear()
        self._timer.earlier(self._changes[0] if self._changes else None)
        set_before = at - self._delay
        for room in await self._reader.released_rooms(set_before):
            await self._erase_preserved(room)
        for rule in await self._reader.retention_rules(set_before):
            if erased := await self._erase_old(rule):
                log.info("retention_erased", room=rule["room"], days=rule["days"], erased=erased)

    async def _erase_old(self, rule: Row) -> int:
        """From the beginning up to a message that is not too old yet. Now and then to the end of the room:
        what was imported may stand behind what is newer."""
        room, at = rule["room"], self._settled()
        whole = self._sweep_is_due(rule, at)
        before = at - rule["days"] * DAY
        place, more, settled, erased = self._done.get(room, 0), True, True, 0
        while more:
            stretch = await self._reader.stretch(room, place, before, STRETCH)
            for start in range(0, len(stretch.old), AT_ONCE):
                seqs = tuple(stretch.old[start : start + AT_ONCE])
                await self._ask(room, EraseOld(seqs, rule["days"], rule["since"]))
                erased += len(seqs)
            settled = settled and not stretch.alive and stretch.more
            if stretch.last is not None and settled:
                self._done[room] = stretch.last
            place = stretch.last or place
            more = stretch.more and (whole or not stretch.alive)
        if whole:
            self._swept[room] = at, rule["since"]
        return erased

    def _sweep_is_due(self, rule: Row, at: int) -> bool:
        swept, since = self._swept.get(rule["room"], (0, -1))
        if since != rule["since"]:  # another rule, or a hold has stood: what was left may go now
            self._done.pop(rule["room"], None)
        return since != rule["since"] or at - swept >= SWEEP_EVERY

    async def _erase_preserved(self, room: str) -> None:
        while seqs := await self._reader.preserved_seqs(room, AT_ONCE):
            await self._ask(room, ErasePreserved(tuple(seqs)))
            if await self._reader.preserved_seqs(room, 1) == seqs[:1]:
                return  # a hold stands again
        log.info("preserved_erased", room=room)

    async def _ask(self, room: str, command: Any) -> None:
        began = trio.current_time()
        context = Context("system", self._clock())
        answer = await self._commands.ask(room_stream(room), command, context, Done)
        if isinstance(answer, Refusal):
            raise StoreUnavailable(f"{room} {type(command).__name__}: {answer.message}")
        await trio.sleep(RESTS * (trio.current_time() - began))
