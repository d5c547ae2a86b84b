"""The sessions that are connected now, ended when their devices are revoked; and what sessions refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import Final, Protocol

from chatd.actors.runtime.mailbox import MailboxStatistics, MailboxTotals
from chatd.actors.runtime.request_counts import RequestCounts
from chatd.auth.tokens import Claims
from chatd.contract.errors import Code
from chatd.contract.server import SessionLoad
from chatd.ports import DropDevices

REVOKED: Final = 4002  # the close code that tells a client not to reconnect

Which = Callable[[Claims], bool]


class LiveSession(Protocol):
    """A session, as far as others must know it."""

    name: str
    restarts: int
    claims: Claims | None

    def statistics(self) -> MailboxStatistics: ...
    def row(self) -> SessionLoad: ...
    def end(self, code: int, reason: str) -> None: ...


class LiveSessions:
    """All sessions of the server, whether or not they have been opened."""

    def __init__(self) -> None:
        self.elsewhere: Callable[[str], Awaitable[set[str]]] | None = None  # devices on other nodes
        self.refused: Counter[Code] = Counter()  # frames since the start, also of sessions that have ended
        self.requests = RequestCounts()
        self.ended = MailboxTotals()  # of sessions that have ended
        self.began = 0  # sessions since the start
        self._sessions: set[LiveSession] = set()
        self._watchers: list[Callable[[Which], None]] = []

    def __iter__(self) -> Iterator[LiveSession]:
        return iter(tuple(self._sessions))

    def __len__(self) -> int:
        return len(self._sessions)

    @property
    def opened(self) -> int:
        """How many of them have been opened by an account."""
        return sum(session.claims is not None for session in self._sessions)

    def add(self, session: LiveSession) -> None:
        self._sessions.add(session)
        self.began += 1

    def discard(self, session: LiveSession) -> None:
        self._sessions.discard(session)
        self.ended.add(session.statistics(), session.restarts)

    def devices(self, account: str) -> set[str]:
        """The ids of the account's devices that are connected here."""
        claims = (session.claims for session in self._sessions)
        return {one.device for one in claims if one is not None and one.account == account}

    async def devices_anywhere(self, account: str) -> set[str]:
        """The same, of all nodes of a cluster."""
        here = self.devices(account)
        return here if self.elsewhere is None else here | await self.elsewhere(account)

    def watch(self, ended: Callable[[Which], None]) -> None:
        """Has `ended` called for whatever ends sessions: what was known of these claims is no longer so."""
        self._watchers.append(ended)

    def end(self, reason: str, which: Which, code: int = REVOKED) -> None:
        """Closes the connections of sessions whose claims `which` accepts."""
        for ended in self._watchers:
            ended(which)
        for session in self:
            if session.claims is not None and which(session.claims):
                session.end(code, reason)

    def end_devices(self, dropped: DropDevices, reason: str) -> None:
        """Closes the connections of devices that have been revoked."""

        def is_dropped(claims: Claims) -> bool:
            if claims.account != dropped.account or claims.device == dropped.keep:
                return False
            return dropped.device is None or claims.device == dropped.device

        self.end(reason, is_dropped)
