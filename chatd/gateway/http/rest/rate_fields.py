"""RateLimit and RateLimit-Policy: what is left of the tightest rate that a request counted against.

As in draft-ietf-httpapi-ratelimit-headers-10: a policy `"query";q=1000;w=50` is 1000 requests in 50 seconds,
and `"query";r=997;t=1` says that 997 are left, and that after a second there are as many as ever.
"""

from __future__ import annotations

import math
from functools import lru_cache

from chatd.contract.session import RateLimit
from chatd.ports import RateLeft


def rate_fields(left: RateLeft | None, status: int) -> list[tuple[bytes, bytes]]:
    """None for a refusal that was for another limit, such as that of wrong passwords: only `Retry-After` is
    true of it."""
    if left is None or (status == 429 and left.requests):
        return []
    return [
        (b"ratelimit-policy", _policy(left.name, left.rate)),
        (b"ratelimit", b'"%s";r=%d;t=%d' % (left.name.encode(), left.requests, math.ceil(left.full_in))),
    ]


@lru_cache(64)
def _policy(name: str, rate: RateLimit) -> bytes:
    """A bucket that is filled at a rate gives this many requests in the time in which it is filled."""
    seconds = max(math.ceil(rate.burst / rate.per_second), 1)
    return b'"%s";q=%d;w=%d' % (name.encode(), rate.burst, seconds)
