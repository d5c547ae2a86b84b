"""Admissions: who the bearers of tokens are that come again and again, each time with a single request.

What was read out of a token, and what the database says of its device and account, is kept for a while. It is
forgotten at the moment at which it would end a session: `LiveSessions` tells of both. Expiry is looked at
each time.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from math import inf
from typing import Final

import msgspec
import trio
from msgspec.structs import replace

from chatd.actors.runtime.live_sessions import LiveSessions, Which
from chatd.actors.sessions.opening import Opening, lacks_device
from chatd.auth.rate_limits import network, too_often
from chatd.auth.tokens import Claims
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.current.principal import Principal, work_for
from chatd.handlers.known_elsewhere import found
from chatd.handlers.refusals import NO_TOKEN
from chatd.ports import Caller

KEPT_SECONDS: Final = 60.0
KEPT: Final = 10_000  # tokens and devices

Key = str | Claims  # a token, or whose device it is


class _Admission(msgspec.Struct, eq=False):
    """`until`: when the database is asked again. `expires_at`: of the token, of its device; Unix
    milliseconds. `caller`: None while the database is asked."""

    claims: Claims
    until: float
    expires_at: float
    caller: Caller | None = None
    ended: bool = False


class Admissions:
    """One for the server."""

    def __init__(self, opening: Opening, live: LiveSessions) -> None:
        self._opening = opening
        self._kept: OrderedDict[Key, _Admission] = OrderedDict()  # the oldest first
        live.watch(self._end)

    def __len__(self) -> int:
        return len(self._kept)

    async def admit(self, token: str, address: str) -> Caller | Refusal:
        """See `chatd.ports.Desk`. Raises StoreUnavailable."""
        if (known := self._known(token, address)) is not None:
            return known
        read = self._opening.tokens.read_until(token)
        if read is None:
            return self._turned_away(address)
        claims, until = read
        return await self._look(token, claims, until * 1000, address)

    async def readmit(self, caller: Caller) -> Caller | Refusal:
        """See `chatd.ports.Desk`. Raises StoreUnavailable."""
        assert caller.account is not None
        assert caller.device is not None
        claims = Claims(caller.account, caller.device)
        if (known := self._known(claims, caller.address)) is not None:
            return known
        return await self._look(claims, claims, inf, caller.address)

    def _known(self, key: Key, address: str) -> Caller | Refusal | None:
        known = self._kept.get(key)
        if known is None or known.caller is None or known.until < trio.current_time():
            return None
        if (closed := self._opening.gate.closed) is not None:
            return closed
        if known.expires_at <= now():
            return NO_TOKEN
        caller = known.caller
        return caller if caller.address == address else replace(caller, address=address)

    async def _look(self, key: Key, claims: Claims, until: float, address: str) -> Caller | Refusal:
        """`until`: Unix milliseconds."""
        opening = self._opening
        if isinstance(counted := opening.counted(claims), Refusal):
            return counted
        if opening.limited:
            work_for(Principal(network(address), claims.account))
        while True:
            kept = self._keep(key, claims, until)  # before the look: a revocation from here on finds it
            look = partial(opening.reader.bearer, claims.account, claims.device)
            rows = await found(look, opening.fresh, lacks_device)
            if not kept.ended:
                break
        caller = opening.bearer(claims, rows, address)
        if isinstance(caller, Refusal):
            self._forget(key, kept)
            return caller
        assert rows.device is not None
        kept.expires_at = min(kept.expires_at, rows.device["expires_at"])
        kept.caller = caller
        return caller

    def _turned_away(self, address: str) -> Refusal:
        """Tokens that are none are counted by address, as sessions are."""
        opening = self._opening
        wait = 0.0
        if opening.limited:
            wait = opening.rate_limits.take("open", Caller(address), trio.current_time())
        return too_often(wait) if wait else NO_TOKEN

    def _keep(self, key: Key, claims: Claims, until: float) -> _Admission:
        kept = _Admission(claims, trio.current_time() + KEPT_SECONDS, until)
        self._kept.pop(key, None)
        self._kept[key] = kept
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept

    def _forget(self, key: Key, kept: _Admission) -> None:
        if self._kept.get(key) is kept:
            del self._kept[key]

    def _end(self, which: Which) -> None:
        ended = [key for key, kept in self._kept.items() if which(kept.claims)]
        for key in ended:
            self._kept.pop(key).ended = True
