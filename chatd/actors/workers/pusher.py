"""The pusher: follows `notification.created` and has devices notified by web push that asked for it.

While somebody is there (a session of the account that is not away), nothing is pushed at first: who does not
go within `PATIENCE` seconds, and was heard of since, sees it on the screen, and it is not pushed. Neither is
what is quiet, or what is read or gone by then. A lid that was closed is noticed when no pong comes.

Nobody waits for it. Where it stands is stored beside the log: of what was under way when the server died,
what was up to `REMEMBERED` seconds old is pushed again, which services and clients take for the same. While
no device is subscribed it reads nothing and writes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

import trio

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.workers.push_outboxes import LIFETIME, News, Outboxes, ServiceOf, still_news
from chatd.clock import now
from chatd.concurrency.backoff import Backoff
from chatd.concurrency.wakeup import Wakeup
from chatd.domain.event import Event
from chatd.log import log
from chatd.ports import PushService, PutFollower, Reader, StoreUnavailable

FOLLOWER: Final = "pusher"  # in the table `followers`
BATCH: Final = 1_000  # positions
MIN_INTERVAL: Final = 0.25  # seconds from one look to the next
LOOK_AGAIN: Final = 1.0  # seconds, while somebody is waited for
STORED_EVERY: Final = 1.0  # seconds, while something is pushed
RESTING: Final = 10.0  # seconds, otherwise
PATIENCE: Final = 30.0  # seconds, with somebody there
LONGEST_WAIT: Final = 180.0  # seconds for a sign of them
COME_BACK: Final = 5.0  # seconds without a push, in which clients are there again after a start
LAST_WORD: Final = 2.0  # seconds, for saying where it stood
REMEMBERED: Final = 60.0  # seconds
FIRST_RETRY: Final = 0.25  # seconds, while the store cannot answer
LONGEST_RETRY: Final = 10.0

# What becomes of a notification, or of a message on its way to a device.
OUTCOMES: Final = ("attended", "spared", "dropped", "replaced", "sent", "gone", "refused", "failed")


class Pusher:
    """One for the server. `attended`: when somebody of the account was heard of who is there, on trio's
    clock, or None; `load` makes what sends; `any_push` is set when a device has subscribed elsewhere."""

    name = FOLLOWER

    def __init__(
        self,
        reader: Reader,
        bus: Bus,
        commands: CommandBus,
        attended: Callable[[str], float | None],
        load: ServiceOf,
        any_push: trio.Event | None = None,
    ) -> None:
        self.restarts = 0
        self.healthy = False
        self.position: int | None = None  # looked at up to here; None: no device is subscribed
        self.counts: Counter[str] = Counter()  # by outcome
        self._reader = reader
        self._bus = bus
        self._commands = commands
        self._attended = attended
        self._load = load
        self._service: PushService | None = None
        self._loading = trio.Lock()
        self._any = trio.Event() if any_push is None else any_push
        self._newest = 0  # position of a notification
        self._wakeup = Wakeup()
        self._quiet_until: float | None = None  # None: what is to be done before was done
        self._stored = 0
        self._stored_at = 0.0
        self._held: dict[int, News] = {}  # by position
        self._outboxes = Outboxes(reader, commands.write, self.service, self.counts)

    # --- asked from outside

    def follow(self, events: Sequence[Event]) -> None:
        """What was committed."""
        if self.position is not None and any(event.type == "notification.created" for event in events):
            self._newest = events[-1].position
            self._wakeup.wake()

    def subscribed(self) -> None:
        """A device has subscribed, and that is durable."""
        self._any.set()

    async def service(self) -> PushService:
        """Loads it, the first time."""
        async with self._loading:
            if self._service is None:
                self._service = await self._load()
        return self._service

    @property
    def waiting(self) -> int:
        """Notifications that are held or under way."""
        return len(self._held) + len(self._outboxes.under_way)

    @property
    def lag(self) -> int:
        """Events that were not looked at, if there is a notification among them."""
        return 0 if self.position is None else max(0, self._newest - self.position)

    def failed(self, given_up: bool) -> None:
        """Nobody waits for an answer from here."""

    # --- its life

    async def run(self) -> None:
        """Runs forever. Says where it stood when it is stopped, as another node may go on from there."""
        self._held.clear()
        self._outboxes.clear()
        self.position = None
        try:
            async with trio.open_nursery() as nursery:
                await self._keep_looking(nursery)
        finally:
            with trio.move_on_after(LAST_WORD, shield=True):
                await self._save()

    async def _keep_looking(self, nursery: trio.Nursery) -> None:
        backoff = Backoff(FIRST_RETRY, LONGEST_RETRY)
        while True:
            begun = trio.current_time()
            try:
                position = await self._begin() if self.position is None else self.position
                await self._wait(position)
                begun = trio.current_time()
                await self._look(position, nursery)
            except StoreUnavailable as error:
                delay = backoff.next_delay()
                log.warning("pusher_stopped", reason=str(error), retry=delay)
                await trio.sleep(delay)
            else:
                self.healthy = True
                backoff.reset()
                await trio.sleep_until(begun + MIN_INTERVAL)

    async def _save(self) -> None:
        try:
            await self._store()
        except StoreUnavailable as error:
            log.warning("pusher_stopped", reason=str(error), retry=None)

    async def _begin(self) -> int:
        """Where it left off; with the first subscription, at the log's end."""
        position = None
        if await self._reader.any_push():
            position = await self._reader.follower(FOLLOWER)
        else:
            self.healthy = True
            await self._any.wait()
        self._quiet_until = None
        if position is None:
            position = self._bus.head
            await self._commands.write(PutFollower(FOLLOWER, position))
        else:
            self._quiet_until = trio.current_time() + COME_BACK
        self._newest = self._bus.head
        self._stored_at = trio.current_time()
        self.position = self._stored = position
        return position

    async def _wait(self, position: int) -> None:
        """Returns when there is news, or something else may be due."""
        if self._newest > position:
            return
        with trio.move_on_after(LOOK_AGAIN if self.waiting else RESTING):
            await self._wakeup.wait()

    async def _look(self, position: int, nursery: trio.Nursery) -> None:
        upto = self._bus.head
        if self._newest > position:
            upto = min(upto, position + BATCH)
            oldest = now() - LIFETIME * 1000
            for row in await self._reader.notified(position, upto):
                if row["at"] > oldest:
                    self._held[row["position"]] = News(row, trio.current_time())
        self.position = upto
        if self._quiet_until is not None:
            if trio.current_time() < self._quiet_until:
                return
            await self._leave_out_done()
        for news in tuple(self._held.values()):
            await self._decide(news, nursery)
        waited = trio.current_time() - self._stored_at
        if waited >= (STORED_EVERY if self.waiting else RESTING):
            await self._store()

    async def _leave_out_done(self) -> None:
        """Clients are back, and a node that pushed before this one has said what it did."""
        done = await self._reader.follower(FOLLOWER) or 0
        for position in [position for position in self._held if position <= done]:
            del self._held[position]
        self._quiet_until = None

    async def _store(self) -> None:
        if (floor := self._floor()) > self._stored:
            await self._commands.write(PutFollower(FOLLOWER, floor))
            self._stored = floor
        self._stored_at = trio.current_time()

    def _floor(self) -> int:
        """What lies up to here is done with, or has taken too long to be begun anew."""
        forgotten = trio.current_time() - REMEMBERED
        under_way = (*self._held.values(), *self._outboxes.under_way.values())
        remembered = [news.position for news in under_way if news.since > forgotten]
        return min(remembered) - 1 if remembered else self.position or 0

    # --- one notification

    async def _decide(self, news: News, nursery: trio.Nursery) -> None:
        """Whether it goes out now, later or never. Raises StoreUnavailable: later."""
        row, moment = news.row, trio.current_time()
        waited = moment - news.since
        heard = self._attended(row["account"])
        if heard is not None and waited < (PATIENCE if heard > news.since else LONGEST_WAIT):
            return
        if heard is not None and heard > news.since:
            self.counts["attended"] += 1
            del self._held[news.position]
            return
        if waited > LOOK_AGAIN:
            fresh = await still_news(self._reader, row)
            if fresh is None:
                self.counts["spared"] += 1
                del self._held[news.position]
                return
            news.row = fresh
        devices = await self._reader.pushes(row["account"])
        del self._held[news.position]
        for device in devices:
            if device["expires_at"] > now():
                self._outboxes.post(row["account"], device["device"], news, nursery)
