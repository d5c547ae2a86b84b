"""Admissions: who the bearers of tokens are that come again and again, each time with a single request.

Signature and expiry of a token are checked each time. What the database says of its device and account is
kept for a while, and forgotten at the moment at which it would end a session: `LiveSessions` tells of both.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

import msgspec
import trio
from msgspec.structs import replace

from chatd.actors.runtime.live_sessions import LiveSessions, Which
from chatd.actors.sessions.opening import Opening
from chatd.auth.rate_limits import network, too_often
from chatd.auth.tokens import Claims
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.handlers.refusals import NO_TOKEN
from chatd.ports import Caller
from chatd.principal import Principal, work_for

KEPT_SECONDS: Final = 60.0
KEPT: Final = 10_000  # devices


class _Admitted(msgspec.Struct, eq=False):
    """`caller`: None while the database is asked."""

    until: float
    expires_at: int = 0  # of the device, Unix milliseconds
    caller: Caller | None = None
    ended: bool = False


class Admissions:
    """One for the server."""

    def __init__(self, opening: Opening, live: LiveSessions) -> None:
        self._opening = opening
        self._admitted: OrderedDict[Claims, _Admitted] = OrderedDict()  # the oldest first
        live.watch(self._end)

    def __len__(self) -> int:
        return len(self._admitted)

    async def admit(self, token: str, address: str) -> Caller | Refusal:
        """See `chatd.ports.Desk`. Raises StoreUnavailable."""
        claims = self._opening.tokens.read(token)
        if claims is None:
            return self._turned_away(address)
        known = self._admitted.get(claims)
        if known is None or known.caller is None or known.until < trio.current_time():
            return await self._look(claims, address)
        if known.expires_at <= now():
            return NO_TOKEN
        caller = known.caller
        return caller if caller.address == address else replace(caller, address=address)

    def _turned_away(self, address: str) -> Refusal:
        """Tokens that are none are counted by address, as sessions are."""
        opening = self._opening
        wait = 0.0
        if opening.limited:
            wait = opening.rate_limits.take("open", Caller(address), trio.current_time())
        return too_often(wait) if wait else NO_TOKEN

    async def _look(self, claims: Claims, address: str) -> Caller | Refusal:
        opening = self._opening
        if isinstance(counted := opening.counted(claims), Refusal):
            return counted
        if opening.limited:
            work_for(Principal(network(address), claims.account))
        while True:
            entry = self._keep(claims)  # before the look: a revocation from here on finds it
            rows = await opening.reader.bearer(claims.account, claims.device)
            if not entry.ended:
                break
        caller = opening.bearer(claims, rows, address)
        if isinstance(caller, Refusal):
            self._forget(claims, entry)
            return caller
        assert rows.device is not None
        entry.expires_at, entry.caller = rows.device["expires_at"], caller
        return caller

    def _keep(self, claims: Claims) -> _Admitted:
        entry = _Admitted(trio.current_time() + KEPT_SECONDS)
        self._admitted.pop(claims, None)
        self._admitted[claims] = entry
        if len(self._admitted) > KEPT:
            self._admitted.popitem(last=False)
        return entry

    def _forget(self, claims: Claims, entry: _Admitted) -> None:
        if self._admitted.get(claims) is entry:
            del self._admitted[claims]

    def _end(self, which: Which) -> None:
        for claims in [claims for claims in self._admitted if which(claims)]:
            self._admitted.pop(claims).ended = True
