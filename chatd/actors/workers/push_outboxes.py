"""Outboxes: what is on its way to devices by web push, one message after another for each device.

Of a room the newest message counts, as it does at the push service. What a service does not take now is tried
again, a while later each time; before that it is looked up whether it is still worth it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import Final
from urllib.parse import urlsplit

import msgspec
import trio

from chatd.actors.workers.push_payload import payload, topic, urgency
from chatd.clock import now
from chatd.concurrency.backoff import Backoff, full_jitter
from chatd.log import log
from chatd.ports import (
    DropPush,
    Push,
    Pushed,
    PushService,
    Reader,
    Row,
    StoreUnavailable,
    Write,
)

LIFETIME: Final = 86_400  # seconds after which nobody wants to hear of a message any more
DEVICES: Final = 2_000  # that are pushed to at a time
ROOMS: Final = 20  # that wait for a device
ATTEMPTS: Final = 9  # over some four minutes
FIRST_RETRY: Final = 1.0  # seconds
LONGEST_RETRY: Final = 120.0
FAILING: Final = 10_000  # devices that are remembered as such
TOLD: Final = 100  # hosts whose refusals were logged

ServiceOf = Callable[[], Awaitable[PushService]]
WriteOne = Callable[[Write], Awaitable[object]]  # raises StoreUnavailable


class News(msgspec.Struct, eq=False):
    """A notification (`PushReader.notified`) that was taken up at `since`, a time of trio's clock, and is
    under way to `left` devices."""

    row: Row
    since: float
    left: int = 0

    @property
    def position(self) -> int:
        position: int = self.row["position"]
        return position


class _Outbox(msgspec.Struct, eq=False):
    """Of one device."""

    account: str
    device: str
    waiting: dict[str, News] = msgspec.field(default_factory=dict)  # by room, the oldest first


class Outboxes:
    """Of all devices. `counts`: by what became of a message on its way to a device."""

    def __init__(self, reader: Reader, write: WriteOne, service: ServiceOf, counts: Counter[str]) -> None:
        self.under_way: dict[int, News] = {}  # by position
        self._reader = reader
        self._write = write
        self._service = service
        self._counts = counts
        self._outboxes: dict[str, _Outbox] = {}
        self._failing: dict[str, None] = {}
        self._told: set[str] = set()

    def clear(self) -> None:
        """Their tasks have ended."""
        self.under_way.clear()
        self._outboxes.clear()

    def post(self, account: str, device: str, news: News, nursery: trio.Nursery) -> None:
        """Does not wait."""
        outbox = self._outboxes.get(device)
        if outbox is None and len(self._outboxes) >= DEVICES:
            self._counts["dropped"] += 1
            return
        news.left += 1
        self.under_way[news.position] = news
        if outbox is not None:
            self._put(outbox, news)
            return
        outbox = self._outboxes[device] = _Outbox(account, device, {news.row["room"]: news})
        nursery.start_soon(self._empty, outbox)

    def _put(self, outbox: _Outbox, news: News) -> None:
        if (older := outbox.waiting.pop(news.row["room"], None)) is not None:
            self._done(older, "replaced")
        elif len(outbox.waiting) >= ROOMS:
            self._done(outbox.waiting.pop(next(iter(outbox.waiting))), "dropped")
        outbox.waiting[news.row["room"]] = news

    def _done(self, news: News, outcome: str) -> None:
        self._counts[outcome] += 1
        news.left -= 1
        if not news.left:
            self.under_way.pop(news.position, None)

    # --- one device

    async def _empty(self, outbox: _Outbox) -> None:
        while outbox.waiting:
            news = outbox.waiting.pop(next(iter(outbox.waiting)))
            outcome = await self._deliver(outbox, news)
            self._done(news, outcome)
            if outcome == "sent":
                self._failing.pop(outbox.device, None)
            elif outcome == "failed" and len(self._failing) < FAILING:
                self._failing[outbox.device] = None
        del self._outboxes[outbox.device]

    async def _deliver(self, outbox: _Outbox, news: News) -> str:
        """What became of it. Who could not be reached the last time gets one attempt."""
        backoff = Backoff(FIRST_RETRY, LONGEST_RETRY, full_jitter)
        attempts = 1 if outbox.device in self._failing else ATTEMPTS
        while True:
            try:
                outcome, wait = await self._attempt(outbox, news, again=backoff.failures > 0)
            except StoreUnavailable:
                outcome, wait = "failed", 0.0
            if outcome != "failed" or backoff.failures + 1 >= attempts:
                return outcome
            await trio.sleep(backoff.next_delay(at_least=max(wait, FIRST_RETRY)))
            if news.row["room"] in outbox.waiting:
                return "replaced"

    async def _attempt(self, outbox: _Outbox, news: News, again: bool) -> tuple[str, float]:
        """What became of it, and the seconds that the service asked for."""
        row: Row | None = news.row
        if again:
            row = await still_news(self._reader, news.row)
        if row is None:
            return "spared", 0.0
        device = next(self._of(await self._reader.pushes(outbox.account), outbox.device), None)
        if device is None:
            return "gone", 0.0
        pushed = await (await self._service()).send(_push(device, row))
        if pushed.outcome == "gone":
            await self._write(DropPush(outbox.account, outbox.device, device["endpoint"]))
        elif pushed.outcome == "refused":
            self._tell(device["endpoint"], pushed)
        return pushed.outcome, pushed.retry_after

    @staticmethod
    def _of(rows: list[Row], device: str) -> Iterator[Row]:
        return (row for row in rows if row["device"] == device)

    def _tell(self, endpoint: str, pushed: Pushed) -> None:
        """Once for each host: it will not take the next one either."""
        host = urlsplit(endpoint).hostname or ""
        if host not in self._told and len(self._told) < TOLD:
            self._told.add(host)
            log.warning("push_refused", service=host, reason=pushed.reason)


async def still_news(reader: Reader, row: Row) -> Row | None:
    """The notification as it stands now; None when the account need not be told of it any more."""
    found = await reader.notified(row["position"] - 1, row["position"])
    return found[0] if found else None


def _push(device: Row, row: Row) -> Push:
    left = LIFETIME - max(0, now() - row["at"]) // 1000
    return Push(
        device["endpoint"],
        device["p256dh"],
        device["auth"],
        payload(row),
        max(left, 0),
        urgency(row),
        topic(device["auth"], row["room"]),
    )
