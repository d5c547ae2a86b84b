"""Presence: who is there, merged from the sessions of each account, shown to the sessions that watch.

Sessions say when they come, go and rest; nothing of it is logged, and no message costs anything here. An
account that is invisible looks to others exactly like one that has gone: the same state, the same
`last_seen`, shown at the same moment after it. So `last_seen` is when others last saw it there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Final

import trio

from chatd.actors.runtime.chunk import SignalFrame
from chatd.actors.runtime.feed import Feed
from chatd.actors.runtime.log_writer import LogWriter
from chatd.actors.runtime.throttle import DelayQueue, Throttle
from chatd.actors.workers.account_presence import AccountPresence, PresenceSession, Shown
from chatd.contract import presence as contract
from chatd.contract.fields import PresenceState
from chatd.log import log
from chatd.ports import Append, Caller, PutPresence, Reader, Row, StoreUnavailable

GRACE: Final = 3.0  # seconds that a device may be away from the wire before it counts as gone
EVERY: Final = 1.0  # seconds between two signals about one account
SAVE_EVERY: Final = 10.0  # seconds
SAVED_AT_ONCE: Final = 1000  # rows of one append
FORGOTTEN_AFTER: Final = 60.0  # seconds; longer than any question to the store is under way


Relay = Callable[[str, bool | None, str | None, int, int], None]


class Presence:
    """One for the server. `clock` gives Unix milliseconds. `relay`, where there are other nodes, is told of
    each change: the account, whether all its sessions here are away (None: it has none), its mode, when that
    was chosen, and when it went from a node last."""

    name = "presence"

    def __init__(self, reader: Reader, writer: LogWriter, clock: Callable[[], int]) -> None:
        self.restarts = 0
        self.healthy = False
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._presences: dict[str, AccountPresence] = {}
        self._there: set[str] = set()  # the accounts that others see here
        self._sessions: dict[int, PresenceSession] = {}  # by the `id()` of the caller
        self._watchers: dict[str, dict[PresenceSession, None]] = {}
        self._unsaved: dict[str, None] = {}
        self.relay: Relay | None = None
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
        """The server ends, and with it the being there of all that are connected to it."""
        here = ((account, one) for account, one in self._presences.items() if one.sessions)
        self._unsaved.update((account, None) for account, one in here if one.there)
        await self.save()

    async def _save_now_and_then(self) -> None:
        while True:
            await trio.sleep(SAVE_EVERY)
            await self.save()
            self.healthy = True

    async def _write(self, accounts: Sequence[str]) -> None:
        """Stands in the order of the log from the call. Raises StoreUnavailable, and tries again later."""
        at = self._clock()
        presences = ((account, self._presences[account]) for account in accounts)
        rows = (PutPresence(account, presence.mode, presence.seen(at)) for account, presence in presences)
        try:
            await self._writer.append(Append(writes=tuple(rows)))
        except StoreUnavailable:
            self._unsaved.update((account, None) for account in accounts if account in self._presences)
            raise

    # --- sessions come and go

    def learn(self, account: str, stored: Row | None) -> None:
        """What is stored of an account whose session is being opened, `{mode, last_seen}`. What is known here
        already is newer. `enter` follows before the next await.
        """
        if account not in self._presences:
            self._presences[account] = (
                AccountPresence(stored["mode"], stored["last_seen"]) if stored else AccountPresence()
            )
            self._forgetting.put(account)

    def enter(self, caller: Caller, feed: Feed) -> None:
        """A session has been opened. A device that was gone for a moment is as it was."""
        account = feed.account
        presence = self._presences[account]
        if not presence.sessions:
            self._unsaved[account] = None
        presence.come()
        session = PresenceSession(caller, account, feed)
        if (disconnected := presence.disconnected(caller.device)) is not None:
            session.away = disconnected.away
            presence.sessions.remove(disconnected)
            self._leaving.drop(disconnected)
        presence.sessions.append(session)
        presence.streams = feed.streams
        feed.caught_up = partial(self._catch_up, session)
        self._sessions[id(caller)] = session
        self._changed(account)

    def leave(self, caller: Caller) -> None:
        """The session has ended; a little later it counts as gone."""
        if (session := self._sessions.pop(id(caller), None)) is not None:
            self._unwatch(session)
            session.feed = None
            self._leaving.put(session)
            self._presences[session.account].belong()

    def _gone(self, session: PresenceSession) -> None:
        presence = self._presences[session.account]
        was_there = presence.there
        presence.sessions.remove(session)
        if was_there and not presence.sessions:
            presence.left = max(presence.left, self._clock())
            self._unsaved[session.account] = None  # though it is elsewhere: there they may think it is here
        if was_there and not presence.there:
            presence.go()
        if not presence.sessions:
            self._forgetting.put(session.account)
        self._changed(session.account)

    def _forget(self, account: str) -> None:
        if account in self._unsaved:
            self._forgetting.put(account)
        elif not self._presences[account].somewhere:
            del self._presences[account]

    def attended(self, account: str) -> float | None:
        """When somebody who is not away was heard last on a session of the account, on trio's clock; None
        when nobody is connected, or all are away. What others are shown does not matter."""
        presence = self._presences.get(account)
        sessions = [] if presence is None else presence.sessions
        if presence is not None and not all(presence.elsewhere.values()):
            return trio.current_time()
        return max((one.feed.last_heard for one in sessions if one.feed and not one.away), default=None)

    def here(self) -> AbstractSet[str]:
        """Who others see here, resting or not: now, and at any later moment."""
        return self._there

    def hides(self, account: str) -> bool:
        """Whether the account is invisible; False where nothing is known, as of one without a session."""
        presence = self._presences.get(account)
        return presence is not None and presence.mode == "invisible"

    # --- other nodes

    def sessions_here(self) -> list[tuple[str, bool, str | None, int]]:
        """What `relay` would be told first of each account that is connected here."""
        found = ((account, one.here_away, one) for account, one in self._presences.items())
        return [(account, away, one.mode, one.chosen_at) for account, away, one in found if away is not None]

    def elsewhere(
        self,
        node: str,
        account: str,
        away: bool | None,
        mode: str | None,
        chosen_at: int,
        left: int = 0,
        streams: Iterable[str] | None = None,
    ) -> None:
        """How the account is connected to another node: see `relay`; `left` is 0 where nobody knows it.
        `streams`: what it belongs to, if that is known.

        Of two modes the one that was chosen later holds: what a node says may have crossed what it did not
        know yet. And a node that is missed has chosen nothing.
        """
        presence = self._presences.get(account)
        if presence is None:
            if away is None:
                return
            presence = self._presences[account] = AccountPresence(mode)
            self._forgetting.put(account)
        presence.followed = streams
        presence.belong()
        was_there = presence.there
        if away is not None and (
            chosen_at > presence.chosen_at or (chosen_at == presence.chosen_at and not presence.sessions)
        ):
            presence.mode, presence.chosen_at = mode, chosen_at
        if away is None:
            presence.elsewhere.pop(node, None)
            presence.left = max(presence.left, left or self._clock())
        else:
            presence.come()
            presence.elsewhere[node] = away
        if was_there and not presence.there:
            presence.go()
        if not presence.somewhere:
            self._forgetting.put(account)
        self._look(account)

    # --- what they ask

    async def set(self, caller: Caller, state: PresenceState) -> bool:
        """`online` and `away` are the session's, and end what the account chose before; `dnd` and
        `invisible` are the account's. False when the caller has no session. Raises StoreUnavailable."""
        if (session := self._sessions.get(id(caller))) is None:
            return False
        presence = self._presences[session.account]
        was_there = presence.there
        mode: str | None = None
        if state == "online" or state == "away":
            session.away = state == "away"
        else:
            mode = state
        chosen = mode != presence.mode
        if chosen:
            presence.mode = mode
            presence.chosen_at = max(self._clock(), presence.chosen_at + 1)
        if was_there and not presence.there:
            presence.go()
        self._changed(session.account)
        if chosen:
            await self._write([session.account])
        return True

    async def watch(self, caller: Caller, accounts: Sequence[str]) -> list[contract.AccountPresence] | None:
        """Watches those of `accounts` that the caller may see, and no others any more; tells how they are.

        None when the caller has no session. Raises StoreUnavailable.
        """
        if (session := self._sessions.get(id(caller))) is None:
            return None
        known = set(await self._reader.acquainted(session.account, accounts))
        visible = [account for account in dict.fromkeys(accounts) if account in known]
        stored = {row["account"]: row for row in await self._reader.presences(visible)}
        if session.feed is None:
            return None  # it ended meanwhile
        self._unwatch(session)
        for account in visible:
            self._watchers.setdefault(account, {})[session] = None
            if (presence := self._presences.get(account)) is not None:
                session.told[account] = presence.shown(account == session.account)
            else:
                row = stored.get(account)
                session.told[account] = Shown("offline", row["last_seen"] if row else None)
        return [shown.row(account) for account, shown in session.told.items()]

    def _unwatch(self, session: PresenceSession) -> None:
        for account in session.told:
            watchers = self._watchers[account]
            del watchers[session]
            if not watchers:
                del self._watchers[account]
        session.told.clear()

    # --- what is shown

    def _changed(self, account: str) -> None:
        if self.relay is not None:
            presence = self._presences[account]
            self.relay(account, presence.here_away, presence.mode, presence.chosen_at, presence.left)
        self._look(account)

    def _look(self, account: str) -> None:
        presence = self._presences[account]
        (self._there.add if presence.there else self._there.discard)(account)
        if presence.looks_new() and account in self._watchers:
            self._pace.changed(account)

    def _show(self, account: str) -> None:
        """Tells the watchers who do not know it yet."""
        signals: dict[Shown, SignalFrame] = {}
        for session in self._watchers.get(account, ()):
            self._tell(session, account, signals)

    def _catch_up(self, session: PresenceSession) -> None:
        """Tells a watcher what it missed while it was behind."""
        for account in session.told:
            self._tell(session, account, {})

    def _tell(self, session: PresenceSession, account: str, signals: dict[Shown, SignalFrame]) -> None:
        """Only while the one sees the other in a space or room; an account sees itself in its own stream."""
        presence, feed = self._presences.get(account), session.feed
        if presence is None or feed is None or feed.company.isdisjoint(presence.streams):
            return
        shown = presence.shown(to_itself=account == session.account)
        if session.told[account] == shown:
            return
        if shown not in signals:
            signals[shown] = shown.signal(account)
        if feed.signal(signals[shown]):
            session.told[account] = shown
