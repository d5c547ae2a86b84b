"""The desk: answers single requests of those who have no session, as a session would."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from time import perf_counter, time_ns
from typing import Any

import trio

from chatd.actors.runtime.envelope import BROKEN, Answer, unavailable
from chatd.actors.sessions.admissions import Admissions
from chatd.actors.sessions.outcome import conclude
from chatd.actors.sessions.services import SessionServices
from chatd.auth.rate_limits import TokenBucket, network
from chatd.auth.recent import Recent
from chatd.auth.tokens import Claims
from chatd.contract.errors import Refusal
from chatd.contract.session import OpenSession, RateLimit, SessionOpened
from chatd.contract.spec import RequestType
from chatd.current.principal import SERVER, Principal, work_for
from chatd.current.request import CurrentRequest, current_request
from chatd.log import log
from chatd.ports import Caller, RateLeft, RateName, StoreUnavailable
from chatd.settings import Rate
from chatd.tracing import tracing


class Desk:
    """One for the server. See `chatd.ports.Desk` for how others see it."""

    def __init__(self, services: SessionServices) -> None:
        settings = services.settings
        rate = Rate(settings.rate_per_second, settings.rate_burst)
        self._services = services
        self._limits = settings.limits
        self._rate = RateLimit(per_second=rate.per_second, burst=rate.burst)
        self._admissions = Admissions(services.opening, services.live)
        # of each device, or of the strangers at an address: what a session's bucket is
        self._buckets: Recent[TokenBucket] = Recent(partial(TokenBucket, rate), TokenBucket.full)

    async def admit(self, token: str, address: str) -> Caller | Refusal:
        return await self._admitted(partial(self._admissions.admit, token, address))

    async def readmit(self, caller: Caller) -> Caller | Refusal:
        return await self._admitted(partial(self._admissions.readmit, caller))

    async def _admitted(self, look: Callable[[], Awaitable[Caller | Refusal]]) -> Caller | Refusal:
        try:
            caller = await look()
        except StoreUnavailable as error:
            caller = unavailable(error)
        self._count(caller)
        return caller

    async def ask(self, caller: Caller, row: RequestType, data: Mapping[str, Any]) -> Answer:
        around = current_request()
        request = "" if around is None else around.request
        span = None if around is None else around.span
        begun = time_ns() if tracing.on else 0
        single = CurrentRequest("", request, perf_counter())  # one request of HTTP may ask several times
        try:
            answer = await self._answer(caller, row, data)
        except StoreUnavailable as error:
            answer = unavailable(error)
        except Exception:  # a bug costs this request its result, nobody else anything
            log.exception("request_crashed", by=caller.by, asked=row.name)
            answer = BROKEN
        conclude(self._services.live.requests, row.name, single, caller, answer)
        if tracing.on:
            tracing.part((span,), row.name, begun)
        self._count(answer)
        return answer

    def left(self, caller: Caller, row: RequestType, data: Mapping[str, Any]) -> RateLeft | None:
        bucket = self._bucket(caller)
        if bucket is None:
            return None
        now, limits = trio.current_time(), self._services.checks.rate_limits
        name: RateName = "address" if caller.device is None else "device"
        found = [limits.left(row.rate, caller, now), RateLeft(name, self._rate, *bucket.left(now))]
        if row.decided_by == "session" and (account := self._account(caller, data)) is not None:
            found.append(limits.openings_left(account, now))
        return min(found, key=_tightness)

    def left_to_admit(self, token: str, address: str) -> RateLeft | None:
        if not self._limits:
            return None
        now, limits = trio.current_time(), self._services.checks.rate_limits
        claims = self._services.opening.tokens.read(token)
        if claims is None:
            return limits.left("open", Caller(address), now)
        return limits.openings_left(claims.account, now)

    def _account(self, caller: Caller, data: Mapping[str, Any]) -> str | None:
        """Whose session is asked for."""
        if not isinstance(token := data.get("token"), str):
            return caller.account
        claims = self._services.opening.tokens.read(token)
        return None if claims is None else claims.account

    async def _answer(self, caller: Caller, row: RequestType, data: Mapping[str, Any]) -> Answer:
        if refusal := self._services.checks.refusal(row, caller, self._bucket(caller)):
            return refusal
        request = row.read(data)
        if isinstance(request, Refusal):
            return request
        self._work_for(caller)
        answering = self._services.answering
        if row.decided_by == "handler":
            return await answering.of_handler(row, caller, request)
        if row.decided_by == "session":
            return await self._look(caller, request)
        return await answering.of_stream(row, caller, request)

    async def _look(self, caller: Caller, command: OpenSession) -> SessionOpened | Refusal:
        """Opens no session, and says what one would be told."""
        opening = self._services.opening
        if command.token is None and caller.account is not None and caller.device is not None:
            claims = opening.counted(Claims(caller.account, caller.device))
        else:
            claims = opening.claims(command, None)
        if isinstance(claims, Refusal):
            return claims
        return await opening.look(command, claims, caller.address)

    def _bucket(self, caller: Caller) -> TokenBucket | None:
        if not self._limits or caller.operator:
            return None
        return self._buckets.use(caller.device or network(caller.address), trio.current_time())

    def _work_for(self, caller: Caller) -> None:
        """A connection may carry requests of several callers, so each says for whom the task works."""
        if caller.operator or not self._limits:
            work_for(SERVER)
        else:
            work_for(Principal(network(caller.address), caller.owner or caller.account))

    def _count(self, answer: Answer) -> None:
        if isinstance(answer, Refusal):
            self._services.live.refused[answer.code] += 1


def _tightness(left: RateLeft) -> tuple[int, float]:
    return left.requests, -left.full_in
