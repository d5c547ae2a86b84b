"""Presence: who is there, merged from the sessions of each account, shown to the sessions that watch.

Sessions say when they come, go and rest; nothing of it is logged, and no message costs anything here. An
account that is invisible looks to others exactly like one that has gone: the same state, the same
`last_seen`, shown at the same moment after it. So `last_seen` is when others last saw it there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import structlog
import trio

from chatd.actors.runtime.chunk import SignalFrame
from chatd.actors.runtime.feed import Feed
from chatd.actors.runtime.log_writer import LogWriter
from chatd.actors.runtime.throttle import DelayQueue, Throttle
from chatd.actors.workers.account_presence import AccountPresence, PresenceSession, Shown
from chatd.contract import presence as contract
from chatd.contract.fields import PresenceState
from chatd.ports import Append, Caller, PutPresence, Reader, StoreUnavailable

GRACE: Final = 3.0  # seconds that a device may be away from the wire before it counts as gone
EVERY: Final = 1.0  # seconds between two signals about one account
SAVE_EVERY: Final = 10.0  # seconds
SAVED_AT_ONCE: Final = 1000  # rows of one append
FORGOTTEN_AFTER: Final = 60.0  # seconds; longer than any question to the store is under way
log = structlog.get_logger("presence")


class Presence:
    """One for the server. `clock` gives Unix milliseconds."""

    name = "presence"

    def __init__(self, reader: Reader, writer: LogWriter, clock: Callable[[], int]) -> None:
        self.restarts = 0
        self.healthy = False
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._people: dict[str, AccountPresence] = {}
        self._seats: dict[
            int, PresenceSession
        ] = {}  # by the identity of the caller, which is one session's own
        self._watchers: dict[str, dict[PresenceSession, None]] = {}
        self._unsaved: dict[str, None] = {}
        self._pace: Throttle[str] = Throttle(EVERY, self._show)
        self._leaving: DelayQueue[PresenceSession] = DelayQueue(GRACE, self._gone)
        self._forgetting: DelayQueue[str] = DelayQueue(FORGOTTEN_AFTER, self._forget)

    # --- its life

    async def run(self) -> None:
        """For ever."""
        async with trio.open_nursery() as nursery:
            for work in (self._pace.run, self._leaving.run, self._forgetting.run, self._save_now_and_then):
                nursery.start_soon(work)

    def failed(self, given_up: bool) -> None:
        """Nobody waits for an answer from here."""

    async def save(self) -> None:
        """Makes durable what was not yet. Those who are there now were last seen now."""
        while self._unsaved:
            accounts = list(self._unsaved)[:SAVED_AT_ONCE]
            for account in accounts:
                del self._unsaved[account]
            try:
                await self._write(accounts)
            except StoreUnavailable as error:
                log.warning("presence_not_saved", error=str(error))
                return

    async def close(self) -> None:
        """The server ends, and with it everybody's being there."""
        self._unsaved.update((account, None) for account, person in self._people.items() if person.there)
        await self.save()

    async def _save_now_and_then(self) -> None:
        while True:
            await trio.sleep(SAVE_EVERY)
            await self.save()
            self.healthy = True

    async def _write(self, accounts: Sequence[str]) -> None:
        """Stands in the order of the log from the call. Raises StoreUnavailable, and tries again later."""
        at = self._clock()
        people = ((account, self._people[account]) for account in accounts)
        rows = (PutPresence(account, person.mode, person.seen(at)) for account, person in people)
        try:
            await self._writer.append(Append(writes=tuple(rows)))
        except StoreUnavailable:
            self._unsaved.update((account, None) for account in accounts if account in self._people)
            raise

    # --- sessions come and go

    async def learn(self, account: str) -> None:
        """Reads what is stored of an account whose session is being opened. Raises StoreUnavailable.

        `enter` follows before the next await.
        """
        if account not in self._people:
            rows = await self._reader.presences([account])
            person = AccountPresence(rows[0]["mode"], rows[0]["last_seen"]) if rows else AccountPresence()
            if self._people.setdefault(account, person) is person:
                self._forgetting.put(account)

    def enter(self, caller: Caller, feed: Feed) -> None:
        """A session has been opened. A device that was gone for a moment is as it was."""
        account = feed.account
        person = self._people[account]
        if not person.seats:
            self._unsaved[account] = None
        seat = PresenceSession(caller, account, feed)
        if (disconnected := person.disconnected(caller.device)) is not None:
            seat.away = disconnected.away
            person.seats.remove(disconnected)
            self._leaving.drop(disconnected)
        person.seats.append(seat)
        person.streams = feed.streams
        feed.caught_up = partial(self._catch_up, seat)
        self._seats[id(caller)] = seat
        self._changed(account)

    def leave(self, caller: Caller) -> None:
        """The session has ended; a little later it counts as gone."""
        if (seat := self._seats.pop(id(caller), None)) is not None:
            self._unwatch(seat)
            seat.feed = None
            self._leaving.put(seat)
            person = self._people[seat.account]
            person.streams = next(
                (other.feed.streams for other in person.seats if other.feed), person.streams
            )

    def _gone(self, seat: PresenceSession) -> None:
        person = self._people[seat.account]
        was_there = person.there
        person.seats.remove(seat)
        if was_there and not person.there:
            person.last_seen = self._clock()
            self._unsaved[seat.account] = None
        if not person.seats:
            self._forgetting.put(seat.account)
        self._changed(seat.account)

    def _forget(self, account: str) -> None:
        if account in self._unsaved:
            self._forgetting.put(account)
        elif not self._people[account].seats:
            del self._people[account]

    def here(self) -> frozenset[str]:
        """Who others see here, resting or not."""
        return frozenset(account for account, person in self._people.items() if person.there)

    # --- what they ask

    async def set(self, caller: Caller, state: PresenceState) -> bool:
        """`online` and `away` are the session's, and end what the account chose before; `dnd` and
        `invisible` are the account's. False when the caller has no session. Raises StoreUnavailable."""
        if (seat := self._seats.get(id(caller))) is None:
            return False
        person = self._people[seat.account]
        was_there = person.there
        mode: str | None = None
        if state == "online" or state == "away":
            seat.away = state == "away"
        else:
            mode = state
        chosen = mode != person.mode
        person.mode = mode
        if was_there and not person.there:
            person.last_seen = self._clock()
        self._changed(seat.account)
        if chosen:
            await self._write([seat.account])
        return True

    async def watch(self, caller: Caller, accounts: Sequence[str]) -> list[contract.AccountPresence] | None:
        """Watches those of `accounts` that the caller may see, and no others any more; tells how they are.

        None when the caller has no session. Raises StoreUnavailable.
        """
        if (seat := self._seats.get(id(caller))) is None:
            return None
        known = set(await self._reader.acquainted(seat.account, accounts))
        visible = [account for account in dict.fromkeys(accounts) if account in known]
        stored = {row["account"]: row for row in await self._reader.presences(visible)}
        if seat.feed is None:
            return None  # it ended meanwhile
        self._unwatch(seat)
        for account in visible:
            self._watchers.setdefault(account, {})[seat] = None
            if (person := self._people.get(account)) is not None:
                seat.told[account] = person.shown(account == seat.account)
            else:
                row = stored.get(account)
                seat.told[account] = Shown("offline", row["last_seen"] if row else None)
        return [shown.row(account) for account, shown in seat.told.items()]

    def _unwatch(self, seat: PresenceSession) -> None:
        for account in seat.told:
            watchers = self._watchers[account]
            del watchers[seat]
            if not watchers:
                del self._watchers[account]
        seat.told.clear()

    # --- what is shown

    def _changed(self, account: str) -> None:
        if self._people[account].looks_new() and account in self._watchers:
            self._pace.changed(account)

    def _show(self, account: str) -> None:
        """Tells the watchers who do not know it yet."""
        signals: dict[Shown, SignalFrame] = {}
        for seat in self._watchers.get(account, ()):
            self._tell(seat, account, signals)

    def _catch_up(self, seat: PresenceSession) -> None:
        """Tells a watcher what it missed while it was behind."""
        for account in seat.told:
            self._tell(seat, account, {})

    def _tell(self, seat: PresenceSession, account: str, signals: dict[Shown, SignalFrame]) -> None:
        """Only while the two have a space or room in common; an account has its own stream with itself."""
        person, feed = self._people.get(account), seat.feed
        if person is None or feed is None or feed.streams.isdisjoint(person.streams):
            return
        shown = person.shown(to_itself=account == seat.account)
        if seat.told[account] == shown:
            return
        if shown not in signals:
            signals[shown] = shown.signal(account)
        if feed.signal(signals[shown]):
            seat.told[account] = shown
