"""Opening a session: the token, the place in the log, the snapshot; and what ends with the session."""

from __future__ import annotations

from functools import partial
from typing import Final

import msgspec
import trio
from msgspec.structs import replace

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.feed import Feed, Spawn
from chatd.actors.runtime.open_sessions import OpenSessions
from chatd.actors.sessions.snapshot import Snapshot, Snapshots
from chatd.actors.workers.openings import Openings
from chatd.actors.workers.presence import Presence
from chatd.actors.workers.receipts import Receipts
from chatd.auth.rate_limits import RateLimits, network, too_often
from chatd.auth.tokens import Claims, Tokens
from chatd.clock import new_id
from chatd.contract.errors import Refusal
from chatd.contract.session import Cursor, OpenSession, SessionOpened
from chatd.current.principal import Principal, work_for
from chatd.handlers.gate import Gate
from chatd.handlers.known_elsewhere import found
from chatd.handlers.members_seen import with_owners_seen
from chatd.handlers.refusals import NO_TOKEN
from chatd.ports import (
    BearerRows,
    Caller,
    Connection,
    Freshness,
    OpeningQuestion,
    OpeningRows,
    Reader,
    StoreUnavailable,
)

PATIENCE: Final = 5.0  # seconds that a client waits for this server to learn what others know
NEEDS_TOKEN: Final = Refusal("unauthenticated", "session.open needs a token, here or in the handshake")


class Opened(msgspec.Struct, frozen=True, eq=False):
    """An open session: who it is, its feed, and what its client is told."""

    caller: Caller
    feed: Feed
    snapshot: Snapshot
    changed_at: int  # position of the newest change of its account's memberships


class Opening(msgspec.Struct, frozen=True, eq=False):
    limited: bool
    tokens: Tokens
    rate_limits: RateLimits
    gate: Gate
    snapshots: Snapshots
    bus: Bus
    reader: Reader
    presence: Presence
    receipts: Receipts
    sessions: OpenSessions
    openings: Openings
    fresh: Freshness | None = None

    def claims(self, command: OpenSession, bearer: str | None) -> Claims | Refusal:
        """The claims of the token in the request, or else of the one in the handshake."""
        token = command.token or bearer
        if token is None:
            return NEEDS_TOKEN
        claims = self.tokens.read(token)
        return NO_TOKEN if claims is None else self.counted(claims)

    def counted(self, claims: Claims) -> Claims | Refusal:
        """Counts an opening of the account, or says that it must wait."""
        if self.limited and (wait := self.rate_limits.take_opening(claims.account, trio.current_time())):
            return too_often(wait, "too many sessions opened")
        return claims

    async def open(
        self,
        command: OpenSession,
        claims: Claims,
        address: str,
        session: str,
        connection: Connection,
        spawn: Spawn,
    ) -> Opened | Refusal:
        """The session is told of every change of membership from here on. Raises StoreUnavailable."""
        if self.limited:
            work_for(Principal(network(address), claims.account))
        if self.fresh is not None and command.cursor is not None:
            await self._reach(self.fresh, command.cursor)
        head = self.gate.head
        feed = Feed(claims.account, head.position, self.bus, self.reader, connection, spawn)
        feed.attach()
        caller: Caller | Refusal | None = None
        try:
            # one question, and the last wait before the session enters
            rows = await self._rows(claims, command.cursor, address)
            caller = self._admitted(claims, rows, address)
        finally:
            if not isinstance(caller, Caller):
                feed.close()
        if isinstance(caller, Refusal):
            return caller
        feed.owner = caller.owner
        self.presence.learn(claims.account, rows.presence)
        start = self.gate.resume_at(command.cursor, head, rows.hash)
        feed.begin_at(start.position)
        snapshot = self.snapshots.of(rows, caller, start, session)
        return Opened(caller, feed, snapshot, rows.changed_at)

    async def look(self, command: OpenSession, claims: Claims, address: str) -> SessionOpened | Refusal:
        """What a session would be told that opened now; none does. Raises StoreUnavailable."""
        head = self.gate.head
        rows = await self._rows(claims, command.cursor, address)
        caller = self.bearer(claims, rows, address)
        if isinstance(caller, Refusal):
            return caller
        start = self.gate.resume_at(command.cursor, head, rows.hash)
        return self.snapshots.of(rows, caller, start, new_id()).opened

    def bearer(self, claims: Claims, rows: BearerRows, address: str) -> Caller | Refusal:
        """Who this is, for whom the current task works from here on; or why it may not come in."""
        caller = self.gate.admit(claims, rows, address)
        if isinstance(caller, Caller) and self.limited and caller.owner is not None:
            work_for(Principal(network(address), caller.owner))
            if wait := self.rate_limits.take_bot_opening(caller.owner, trio.current_time()):
                return too_often(wait, "too many sessions opened by your owner's bots")
        return caller

    async def _reach(self, fresh: Freshness, cursor: Cursor) -> None:
        """Waits until this server knows what the client has seen on another one. Raises StoreUnavailable."""
        if cursor.epoch == self.gate.epoch and cursor.position > self.bus.head:
            with trio.move_on_after(PATIENCE):
                await fresh.catch_up()
                return
            raise StoreUnavailable("this server is behind another one that the client has spoken with")

    async def _rows(self, claims: Claims, cursor: Cursor | None, address: str) -> OpeningRows:
        """What is stored of the account, as far as it may see it."""
        position = None if cursor is None else cursor.position
        question = OpeningQuestion(claims.account, claims.device, position)
        look = partial(self.openings.read, network(address), question)
        rows = await found(look, self.fresh, lacks_device)
        if not rows.guest_in:
            return rows
        spaces = await with_owners_seen(self.reader, claims.account, rows.guest_in, rows.spaces)
        return replace(rows, spaces=spaces)

    def _admitted(self, claims: Claims, rows: OpeningRows, address: str) -> Caller | Refusal:
        """Who this is, counted among its account's sessions; or why it may not enter."""
        caller = self.bearer(claims, rows, address)
        if isinstance(caller, Caller) and (refusal := self.sessions.enter(claims.account)):
            return refusal
        return caller

    def enter(self, opened: Opened) -> None:
        """The client has been told: now come the events, and others see the account."""
        opened.feed.start(opened.snapshot.streams, opened.changed_at, opened.snapshot.guest_in)
        self.presence.enter(opened.caller, opened.feed)
        self.receipts.enter(opened.feed)

    def leave(self, caller: Caller, feed: Feed) -> None:
        """The session has ended."""
        feed.close()
        self.sessions.leave(feed.account)
        self.presence.leave(caller)
        self.receipts.leave(feed)


def lacks_device(rows: BearerRows) -> bool:
    """Whether it may have signed in at another server just now."""
    return rows.device is None
