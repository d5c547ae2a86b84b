"""How much of the processor an account, or the strangers at an address, may have GraphQL use.

Requests of an operation count at the desk like all others. What comes before them does not: reading and
validating a document, and putting a result into its shape.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import trio

from chatd.auth.rate_limits import TokenBucket, network, too_often
from chatd.auth.recent import Recent
from chatd.contract.errors import Refusal
from chatd.ports import Caller
from chatd.settings import Rate

# Milliseconds of the processor: in the long run a fifth of it, and two seconds at once.
RATE: Final = Rate(200, 2000)


class Budget:
    """`limited`: whether there are limits at all."""

    def __init__(self, limited: bool) -> None:
        self._limited = limited
        self._buckets: Recent[TokenBucket] = Recent(partial(TokenBucket, RATE), TokenBucket.full)

    def refusal(self, caller: Caller) -> Refusal | None:
        """Of somebody who has used it up."""
        bucket = self._bucket(caller)
        wait = 0.0 if bucket is None else bucket.wait(trio.current_time())
        return too_often(wait, "GraphQL has worked much for you") if wait else None

    def spend(self, caller: Caller, seconds: float) -> None:
        bucket = self._bucket(caller)
        if bucket is not None:
            bucket.spend(round(seconds * 1000) or 1, trio.current_time())

    def _bucket(self, caller: Caller) -> TokenBucket | None:
        if not self._limited or caller.operator:
            return None
        return self._buckets.use(caller.account or network(caller.address), trio.current_time())
