"""Request checks: whether a caller may make a request, and now. Sessions and the desk ask here."""

from __future__ import annotations

from typing import Final

import msgspec
import trio

from chatd.auth.quotas import DailyUsage
from chatd.auth.rate_limits import RateLimits, TokenBucket, too_often
from chatd.contract.errors import Refusal
from chatd.contract.spec import RequestType
from chatd.domain.policy import bots
from chatd.ports import Caller

NOT_OPEN: Final = Refusal("unauthenticated", "open a session first: session.open with a token")
OPERATORS: Final = Refusal(
    "forbidden", "only operators may do this: run chatctl on the server, or sign in as an admin"
)


class RequestChecks(msgspec.Struct, frozen=True, eq=False):
    rate_limits: RateLimits
    usage: DailyUsage

    def refusal(self, request: RequestType, caller: Caller, bucket: TokenBucket | None) -> Refusal | None:
        """Why this caller may not make the request, or not now. One that it may make is counted.

        `bucket`: of the session, or of what stands for one; None for a caller whose requests are not limited.
        """
        if request.asker != "anyone":
            if caller.account is None and not caller.operator:
                return NOT_OPEN
            scopes = caller.scopes
            if scopes is not None and (refusal := bots.check_scopes(scopes, request)):
                return refusal
            if request.asker == "operator" and not (caller.operator or caller.admin):
                return OPERATORS
        if bucket is not None and (wait := self._take(request, caller, bucket)):
            return too_often(wait)
        return self.usage.refusal(request, caller)

    def _take(self, request: RequestType, caller: Caller, bucket: TokenBucket) -> float:
        """Counts the request and returns 0, or the seconds after which to try again."""
        now, shared = trio.current_time(), self.rate_limits
        if wait := bucket.take(now):
            return max(wait, shared.wait(request.rate, caller, now))
        if wait := shared.take(request.rate, caller, now):
            bucket.give_back()
        return wait
