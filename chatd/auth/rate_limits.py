"""Rate limits: token buckets for sessions, accounts and addresses. Sessions take from them.

Each request takes a token from the bucket of its session, and one from a bucket of its rate class. The latter
belongs to the account, so that many sessions get no more than a few, or to the address for requests that need
no session. The rates by address are generous, since a whole company may share one.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Mapping
from functools import partial
from typing import Final

from chatd.auth.recent import KEPT, Recent
from chatd.contract.errors import Refusal
from chatd.contract.fields import RateClass
from chatd.contract.session import RateLimit
from chatd.ports import Caller, RateLeft
from chatd.settings import Rate, Settings

IPV6_NETWORK: Final = 64  # bits: what one customer gets, and may take all of its addresses from


class TokenBucket:
    """Stored as the time at which it will be full (generic cell rate algorithm, ITU-T I.371)."""

    __slots__ = ("_each", "_full_at", "_limit", "_slack")

    def __init__(self, rate: Rate) -> None:
        self._each = 1 / rate.per_second
        self._slack = (rate.burst - 1) * self._each
        self._limit = self._slack + self._each / 1000  # tolerates rounding
        self._full_at = 0.0

    def take(self, now: float) -> float:
        """Takes one token and returns 0, or returns the seconds until there is one."""
        ahead = self._full_at - now
        if ahead <= self._limit:
            self._full_at = (now if ahead < 0 else self._full_at) + self._each
            return 0.0
        return ahead - self._slack

    def wait(self, now: float) -> float:
        """The seconds until there is a token; 0: there is one. Takes none."""
        ahead = self._full_at - now
        return 0.0 if ahead <= self._limit else ahead - self._slack

    def spend(self, tokens: int, now: float) -> float:
        """Takes tokens whether they are there or not; returns the seconds until what was owed has come in."""
        self._full_at = max(self._full_at, now) + tokens * self._each
        return max(0.0, self._full_at - now - self._slack - self._each)

    def left(self, now: float) -> tuple[int, float]:
        """The tokens that there are, and the seconds until there are as many as ever."""
        owed = max(self._full_at - now, 0.0)
        return max(int((self._limit - owed) // self._each) + 1, 0), owed

    def give_back(self) -> None:
        self._full_at -= self._each

    def full(self, now: float) -> bool:
        """A full bucket is like a new one."""
        return self._full_at <= now


class Buckets:
    """A bucket for each key, made when a request first takes from it."""

    def __init__(self, rate: Rate, most: int = KEPT) -> None:
        self.rate = rate
        self.shown = RateLimit(per_second=rate.per_second, burst=rate.burst)
        self._buckets: Recent[TokenBucket] = Recent(partial(TokenBucket, rate), TokenBucket.full, most)

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str, now: float) -> float:
        """See `TokenBucket.take`."""
        return self._buckets.use(key, now).take(now)

    def wait(self, key: str, now: float) -> float:
        """See `TokenBucket.wait`."""
        bucket = self._buckets.get(key)
        return 0.0 if bucket is None else bucket.wait(now)

    def left(self, key: str, now: float) -> tuple[int, float]:
        """See `TokenBucket.left`."""
        bucket = self._buckets.get(key)
        return (self.rate.burst, 0.0) if bucket is None else bucket.left(now)


class RateLimits:
    """The limits that all sessions share."""

    def __init__(self, settings: Settings) -> None:
        self._accounts: Mapping[RateClass, Buckets] = {
            "post": _buckets(settings.rate_post),
            "write": _buckets(settings.rate_write),
            "query": _buckets(settings.rate_query),
            "signal": _buckets(settings.rate_signal),
            "open": _buckets(settings.rate_open),
        }
        self._bots: Mapping[RateClass, Buckets] = {
            name: _buckets(settings.rate_bot) for name in ("post", "write", "query", "signal")
        }
        self._bot_openings = _buckets(settings.rate_open)
        self._addresses: Mapping[RateClass, Buckets] = {
            "open": _buckets(settings.rate_address),
            "refresh": _buckets(settings.rate_refresh),
            "sign_in": _buckets(settings.rate_sign_in),
            "sign_up": _buckets(settings.rate_sign_up),
        }

    def take(self, rate_class: RateClass, caller: Caller, now: float) -> float:
        """See `TokenBucket.take`. Requests that need no session are counted by address."""
        buckets, key = self._of(rate_class, caller)
        return buckets.take(key, now)

    def wait(self, rate_class: RateClass, caller: Caller, now: float) -> float:
        """See `TokenBucket.wait`."""
        buckets, key = self._of(rate_class, caller)
        return buckets.wait(key, now)

    def left(self, rate_class: RateClass, caller: Caller, now: float) -> RateLeft:
        """What the caller has left of it."""
        buckets, key = self._of(rate_class, caller)
        return RateLeft(rate_class, buckets.shown, *buckets.left(key, now))

    def _of(self, rate_class: RateClass, caller: Caller) -> tuple[Buckets, str]:
        buckets = self._addresses.get(rate_class)
        if buckets is not None:
            return buckets, network(caller.address)
        if caller.owner is not None:
            return self._bots[rate_class], caller.owner  # of all its bots together
        return self._accounts[rate_class], caller.account or network(caller.address)

    def openings_left(self, account: str, now: float) -> RateLeft:
        """What `take_opening` has left."""
        buckets = self._accounts["open"]
        return RateLeft("open", buckets.shown, *buckets.left(account, now))

    def take_opening(self, account: str, now: float) -> float:
        """The account's own budget for opening sessions: each may make the server read much of the log."""
        return self._accounts["open"].take(account, now)

    def take_bot_opening(self, owner: str, now: float) -> float:
        """The same for all bots of an owner together, beside what each may open."""
        return self._bot_openings.take(owner, now)

    def rates(self, caller: Caller) -> dict[RateClass, RateLimit]:
        """The rate of each class for this account; where a class has two, that of the account."""
        classes = {**self._addresses, **self._accounts, **(self._bots if caller.owner is not None else {})}
        return {name: buckets.shown for name, buckets in sorted(classes.items())}


def _buckets(rate: str) -> Buckets:
    return Buckets(Rate.parse(rate))


def network(address: str) -> str:
    """Whom an address stands for: an IPv4 address for itself, one of IPv6 for its network."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network((address.partition("%")[0], IPV6_NETWORK), strict=False))


def too_often(wait: float, what: str = "too many requests") -> Refusal:
    """The refusal for who must wait this many seconds."""
    retry_after = int(wait * 1000 + 1) / 1000  # rounded up: after that long there is a token
    words = "a moment" if wait < 1 else f"{math.ceil(wait)} seconds"
    return Refusal("rate_limited", f"{what}; try again in {words}", {"retry_after": retry_after})
