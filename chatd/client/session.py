"""A session that outlives its connections: it reconnects, resumes, and sends again what may be repeated.

Events wait in a bounded inbox until the application takes them. When it is full and nobody waits for a
reply, the socket is simply not read: the server holds the rest. When somebody does wait, the reader must
go on, so it drops further events unread (`_lagging`) and, once the application has emptied the inbox,
reconnects with the cursor and gets exactly these from the log. Memory stays bounded and no reply waits
behind events.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar
from uuid import uuid4

import trio

from chatd.client.address import Address
from chatd.client.calls import Calls, repeatable
from chatd.client.conversion import data_of, read_result, row_for
from chatd.client.errors import Disconnected, Refused, SessionEnded, Unreadable
from chatd.client.event import Event, Signal, event_of, reloaded, signal_of
from chatd.client.inbox import EVENTS_BOUND, SIGNALS_BOUND, Inbox
from chatd.client.link import Link, LinkLost, open_link
from chatd.client.renewal import Renewal
from chatd.client.tokens import Tokens
from chatd.client.wire import Format, Frame
from chatd.concurrency.backoff import Backoff, full_jitter
from chatd.concurrency.bell import Bell
from chatd.contract.message import PostMessage
from chatd.contract.presence import PresenceList, WatchPresence
from chatd.contract.requests import REQUESTS
from chatd.contract.session import Cursor, OpenSession, SessionOpened
from chatd.contract.signals import PresenceChanged

PASSING = frozenset({"unavailable", "overloaded", "rate_limited"})  # refusals that pass by themselves
SETTLE_SECONDS = 10.0  # for delicate requests to be answered before a wanted reconnect
FIRST_DELAY = 0.25  # seconds before the first try to connect again
LONGEST_DELAY = 30.0
TOLD_AFTER = 2  # tries of a request that a server could not carry out: by then it is no matter of a moment
LONGEST_PATIENCE = 60.0  # seconds: whoever must wait longer, as for another day's quota, is told so
STEADY_SECONDS = 1.0  # a connection that lasted this long was a good one: backoff starts over

T = TypeVar("T")


class Session:
    """What `Client` speaks through. `run` does the work; the rest may be called while it runs."""

    def __init__(
        self,
        address: Address,
        form: Format,
        *,
        renewal: Renewal,
        cursor: Cursor | None,
        patient: bool,
        on_lost: Callable[[Refused | Disconnected], None] | None = None,
        longest_delay: float = LONGEST_DELAY,
    ) -> None:
        self._address = address
        self._form = form
        self._patient = patient
        self._on_lost = on_lost
        self._renewal = renewal
        self._longest_delay = longest_delay
        self._bell = Bell()
        self._calls = Calls(form, self._bell.ring)
        self._events: Inbox[Event] = Inbox(EVENTS_BOUND)
        self._signals: Inbox[Signal] = Inbox(SIGNALS_BOUND)
        self._link: Link | None = None
        self._received = cursor  # the last event that was put into the inbox
        self._paused = False  # the socket is not read
        self._lagging = False  # events are dropped unread, to be had again by a reconnect
        self._reconnecting = False  # wanted, to catch up; nothing new is sent
        self._closing = False
        self._error: Exception | None = None
        self._watched: WatchPresence | None = None  # the newest
        self.cursor = cursor
        self.opened: SessionOpened | None = None

    @property
    def tokens(self) -> Tokens | None:
        return self._renewal.tokens

    # --- for the application

    async def ask(self, request: object, result: type[T]) -> T:
        """The result of a request of the contract. Raises Refused, Disconnected, Unreadable."""
        name = row_for(request, result).name
        return read_result(name, await self.request(name, data_of(request)), result)

    async def request(self, name: str, data: dict[str, Any]) -> dict[str, Any]:
        """The result of a command or query, as it came. Raises Refused, Disconnected."""
        row = REQUESTS.get(name)
        if row is not None and row.request is PostMessage and "nonce" not in data:
            data = {**data, "nonce": uuid4().hex}
        elif row is not None and row.request is WatchPresence:
            watch = row.read(data)
            self._watched = watch if isinstance(watch, WatchPresence) else None
        backoff = Backoff(FIRST_DELAY, self._longest_delay, full_jitter)
        tries = 0
        while True:
            if self._error is not None:
                raise self._error
            try:
                return await self._calls.make(name, data)
            except Refused as refusal:
                passing = refusal.code in PASSING and (refusal.retry_after or 0.0) <= LONGEST_PATIENCE
                again = passing or (refusal.code == "uncertain" and repeatable(name, data))
                if not (self._patient and again):
                    raise
                tries += 1
                if tries == TOLD_AFTER and refusal.code == "unavailable" and self._on_lost is not None:
                    self._on_lost(refusal)
                delay = backoff.next_delay(refusal.retry_after or 0.0)
            await trio.sleep(delay)

    async def next_event(self) -> Event | None:
        event = await self._events.take()
        self._bell.ring()
        if event is not None:
            self.cursor = event.cursor
        return event

    async def next_signal(self) -> Signal | None:
        return await self._signals.take()

    async def close(self) -> None:
        """Says goodbye to the server; `run` ends."""
        self._closing = True
        self._end(None)
        if self._link is not None:
            await self._link.close()

    # --- the life of a session

    async def run(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Started when the first session is open; raises Refused or Disconnected if that fails.
        Later failures that no reconnect mends are raised to whoever uses the session."""
        started = False
        backoff = Backoff(FIRST_DELAY, self._longest_delay, full_jitter)
        while True:
            failure: Refused | Disconnected
            steady_at = float("inf")
            was_open = False
            try:
                async with open_link(self._address, self._form) as link:
                    await self._open(link)
                    steady_at = trio.current_time() + STEADY_SECONDS
                    was_open = True
                    if not started:
                        started = True
                        task_status.started()
                    failure = await self._converse(link)
            except (Refused, Disconnected) as error:
                failure = error
            except Unreadable as error:
                failure = Disconnected(str(error), final=True)
                failure.__cause__ = error
            if not started:
                raise failure
            if was_open and self._on_lost is not None and self._will_retry(failure):
                self._on_lost(failure)
            if not await self._after(failure, backoff, steady=trio.current_time() > steady_at):
                return

    def _will_retry(self, failure: Refused | Disconnected) -> bool:
        return self._patient and not (self._closing or self._reconnecting) and _passes(_final(failure))

    async def _after(self, failure: Refused | Disconnected, backoff: Backoff, steady: bool) -> bool:
        """Whether to connect again, after the wait that is due."""
        failure = _final(failure)
        wanted, self._reconnecting = self._reconnecting, False
        going_on = wanted or (self._patient and _passes(failure))
        lost = failure if isinstance(failure, Disconnected) else Disconnected(str(failure))
        self._calls.link_lost(lost, resend=going_on and not self._closing)
        if self._closing or not going_on:
            self._end(failure)
            return False
        if steady:
            backoff.reset()
        if not wanted:
            asked = failure.retry_after if isinstance(failure, Refused) else None
            await trio.sleep(backoff.next_delay(asked or 0.0))
        while self._events.full and not self._calls:
            await self._bell.wait()  # the application is behind; more events would only lie here
        return True

    async def _converse(self, link: Link) -> LinkLost:
        self._link = link
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._write, link)
            nursery.start_soon(self._catch_up, link)
            if self._watched is not None:
                nursery.start_soon(self._watch_again)
            nursery.start_soon(link.stay_alive, lambda: not self._paused)
            lost = await self._read(link)
            nursery.cancel_scope.cancel()
        self._link = None
        return lost

    def _end(self, error: Exception | None) -> None:
        if self._error is None:
            self._error = error or Disconnected("this client is closed", final=True)
            self._calls.fail_all(self._error)
            self._events.end(error)
            self._signals.end(error)
            self._bell.ring()

    # --- opening

    async def _open(self, link: Link) -> None:
        if self.tokens is None:
            return
        fresh = self._renewal.due and await self._renewal.renew(link)
        try:
            opened = await link.ask(self._open_request(), SessionOpened)
        except Refused as refusal:
            if refusal.code != "unauthenticated" or fresh or not await self._renewal.renew(link):
                raise
            opened = await link.ask(self._open_request(), SessionOpened)
        self._welcome(opened)

    def _open_request(self) -> OpenSession:
        assert self.tokens is not None
        return OpenSession(self.tokens.access_token, self._received)

    def _welcome(self, opened: SessionOpened) -> None:
        self.opened = opened
        self._calls.most_open = opened.limits.open_requests
        self._calls.most_bytes = min(opened.limits.message, self._calls.most_bytes)
        self._lagging = False
        head = Cursor(opened.epoch, opened.position, opened.hash)
        if self._received is None:
            self._received = self.cursor = head
        elif not opened.resumed:
            self._received = head
            self._events.put(reloaded(opened))

    # --- the tasks of a link

    async def _write(self, link: Link) -> None:
        while True:
            frames = [] if self._reconnecting else self._calls.next_batch()
            if not frames:
                await self._bell.wait()  # what is asked for in one tick is sent in the next, as one message
                continue
            try:
                await link.send(frames)
            except LinkLost:
                return  # the reader sees it too, and knows what to do

    async def _read(self, link: Link) -> LinkLost:
        while True:
            while self._events.full and not self._lagging and not self._calls:
                self._paused = True
                await self._bell.wait()
            self._paused = False
            try:
                frames = await link.receive()
                if self._events.full:
                    self._lagging = True
                for frame in frames:
                    self._take(frame)
            except LinkLost as lost:
                return lost
            except (KeyError, TypeError) as error:
                return LinkLost(1007, f"a frame without its fields: {error!r}")

    async def _catch_up(self, link: Link) -> None:
        while not (self._lagging and self._events.empty):
            await self._bell.wait()
        self._reconnecting = True
        with trio.move_on_after(SETTLE_SECONDS):
            while self._calls.delicate:
                await self._bell.wait()
        await link.close()

    async def _watch_again(self) -> None:
        """A session of the server watches for as long as its connection lasts; ours goes on."""
        with suppress(Refused, Disconnected, Unreadable):
            for shown in (await self.ask(self._watched, PresenceList)).presences:
                data = PresenceChanged(state=shown.state, last_seen=shown.last_seen)
                self._signals.put_and_forget_the_oldest(
                    Signal("presence", f"account/{shown.account}", shown.account, data)
                )

    def _take(self, frame: Frame) -> None:
        if "id" in frame:
            self._calls.answer(frame)
        elif "event" in frame:
            self._take_event(frame)
        elif "signal" in frame:
            self._signals.put_and_forget_the_oldest(signal_of(frame))

    def _take_event(self, frame: Frame) -> None:
        if self._lagging or self._received is None:
            return
        event = event_of(frame, self._received.epoch)
        if event.position > self._received.position:
            self._received = event.cursor
            self._events.put(event)


def _final(failure: Refused | Disconnected) -> Refused | Disconnected:
    """Close codes that say: do not come back (the protocol's own, and those for a broken peer)."""
    if isinstance(failure, LinkLost) and (failure.code in (1002, 1003, 1007, 1009) or failure.code >= 4000):
        return SessionEnded(failure.code, failure.reason)
    return failure


def _passes(failure: Refused | Disconnected) -> bool:
    return failure.code in PASSING if isinstance(failure, Refused) else not failure.final
