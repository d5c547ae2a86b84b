"""Login throttle: delays that grow with each wrong password. Sign-in and sign-up ask here.

Every attempt is counted as a failure before the password is checked, and taken back if it was right, so
that many attempts at once are no way around. Whoever must wait is refused before any work is done. It makes
no difference whether the account exists: names are counted as they were typed.

There are three counters, each with a number of failures that cause no delay:

- A **name from one address**. Delays grow to `login_longest_delay` (15 minutes): about a hundred guesses a
  day. A right password clears it. It keeps nobody else out: only the attacker waits.
- A **name from everywhere**, against many addresses that guess together. It delays the account's owner too,
  so its delays are short (`login_longest_delay_shared`), and it does not count an address from which this
  name's password was right before. During such an attack the owner stays signed in, signs in from known
  addresses, and from elsewhere gets a turn about once a minute. With longer delays anybody could lock out
  anybody; with none, each machine of an attacker would have a hundred guesses of its own.
- An **address**, against one password that is tried on many names. Colleagues may share an address, so it
  allows many failures and its delays are short too. Names that signed in there before are not exempt: that
  would tell which names exist.

A failure is forgotten after the counter's longest delay, one failure after another, so an attacker who always
waits is left at that delay. Counters are in memory: a restart clears them, and the least recent make room.
Of several nodes one has a name's counters, and each has those of the addresses that come to it.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Hashable
from types import TracebackType
from typing import Final

import msgspec
import trio
from cachetools import LRUCache

from chatd.auth.rate_limits import network, too_often
from chatd.auth.recent import KEPT, Recent
from chatd.contract.errors import Refusal
from chatd.domain.names.keys import name_key
from chatd.ports import Caller
from chatd.settings import Settings

WRONG: Final = "too many wrong passwords"


class Failures(msgspec.Struct, eq=False):
    """The failures of one key that are not forgotten yet, as the time at which the last of them will be."""

    forgotten_at: float = 0.0
    blocked_until: float = 0.0

    def forgotten(self, now: float) -> bool:
        return self.forgotten_at <= now


class Charge(msgspec.Struct, frozen=True):
    """One attempt that was counted as a failure."""

    failures: Failures
    weight: float
    blocked_until: float
    blocked_until_before: float

    def take_back(self) -> None:
        self.failures.forgotten_at -= self.weight
        if self.failures.blocked_until == self.blocked_until:
            self.failures.blocked_until = self.blocked_until_before


class AttemptCounter:
    """Counts one kind of key. After `free` failures delays double from `first` to `longest` seconds."""

    def __init__(self, free: int, first: float, longest: float, most: int = KEPT) -> None:
        self._free = free
        self._first = first
        self._longest = longest
        self._failures: Recent[Failures] = Recent(Failures, Failures.forgotten, most)

    def __len__(self) -> int:
        return len(self._failures)

    def wait(self, key: Hashable, now: float) -> float:
        """Seconds until the next attempt is allowed."""
        failures = self._failures.get(key)
        return 0.0 if failures is None else max(0.0, failures.blocked_until - now)

    def charge(self, key: Hashable, now: float) -> Charge:
        """Counts an attempt as failed."""
        failures = self._failures.use(key, now)
        before = failures.blocked_until
        failures.forgotten_at = max(failures.forgotten_at, now) + self._longest
        over = math.ceil((failures.forgotten_at - now) / self._longest - 0.001) - self._free
        if over >= 0:
            failures.blocked_until = now + min(self._longest, self._first * 2.0 ** min(over, 40))
        return Charge(failures, self._longest, failures.blocked_until, before)

    def forget(self, key: Hashable) -> None:
        self._failures.drop(key)


class Attempt:
    """One attempt under way. It counts as a failure, unless it is `right` or `void`, or raises."""

    def __init__(self, *charges: Charge) -> None:
        self._charges = charges

    def __enter__(self) -> Attempt:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        if kind is not None:
            self.void()

    def void(self) -> None:
        """It gave nothing away about the password: takes it back."""
        for charge in self._charges:
            charge.take_back()
        self._charges = ()

    def right(self) -> None:
        """The password was right: takes the failure back."""
        self.void()


class SignInAttempt(Attempt):
    """An attempt to sign in. If it is right, its name and address are trusted from then on."""

    def __init__(self, throttle: LoginThrottle, pair: tuple[str, str], *charges: Charge) -> None:
        super().__init__(*charges)
        self._throttle = throttle
        self._pair = pair

    def right(self) -> None:
        super().right()
        self._throttle.trust(self._pair)


class BothAttempts(Attempt):
    """One that was counted in two places."""

    def __init__(self, *parts: Attempt) -> None:
        super().__init__()
        self._parts = parts

    def void(self) -> None:
        for part in self._parts:
            part.void()

    def right(self) -> None:
        for part in self._parts:
            part.right()


class LoginThrottle:
    """All of a server's attempt counters. `elsewhere`: what a name's counters say on the node that has them,
    given its key and the network; None: this one has them, or the other does not answer."""

    elsewhere: Callable[[str, str], Awaitable[Attempt | Refusal | None]] | None = None

    def __init__(self, settings: Settings) -> None:
        first, shared = settings.login_first_delay, settings.login_longest_delay_shared
        self.pairs = AttemptCounter(settings.login_free_tries, first, settings.login_longest_delay)
        self.names = AttemptCounter(settings.login_free_tries_name, first, shared)
        self.addresses = AttemptCounter(settings.login_free_tries_address, first, shared)
        self.signing_up = AttemptCounter(settings.login_free_tries_address, first, shared)
        self._off = not settings.limits
        self._trusted: LRUCache[tuple[str, str], None] = LRUCache(KEPT)

    async def attempt(self, name: str, caller: Caller) -> Attempt | Refusal:
        """Asked before a password is looked at. `name`: as it was typed, whether there is one or not."""
        if self._off or caller.operator or self.elsewhere is None:
            return self.sign_in(name, caller)
        key, address, now = name_key(name), network(caller.address), trio.current_time()
        if wait := self.addresses.wait(address, now):
            return too_often(wait, WRONG)
        here = Attempt(self.addresses.charge(address, now))
        of_name = await self.elsewhere(key, address)
        if of_name is None:
            of_name = self.guess(key, address)
        if isinstance(of_name, Refusal):
            here.void()
            return of_name
        return BothAttempts(here, of_name)

    def guess(self, key: str, address: str) -> Attempt | Refusal:
        """One at the password of the name with this key, from this network, wherever that was counted."""
        return self._counted(key, address)

    def sign_in(self, name: str, caller: Caller) -> Attempt | Refusal:
        """The same on a server that is alone."""
        if self._off or caller.operator:
            return Attempt()
        address = network(caller.address)
        return self._counted(name_key(name), address, (self.addresses, address))

    def sign_up(self, caller: Caller) -> Attempt | Refusal:
        """Asked before a sign-up is looked at: a taken name and an unknown invite code are guesses too."""
        if self._off or caller.operator:
            return Attempt()
        address, now = network(caller.address), trio.current_time()
        if wait := self.signing_up.wait(address, now):
            return too_often(wait, "too many failed sign-ups")
        return Attempt(self.signing_up.charge(address, now))

    def _counted(self, key: str, address: str, *more: tuple[AttemptCounter, Hashable]) -> Attempt | Refusal:
        now, pair = trio.current_time(), (key, address)
        asked: list[tuple[AttemptCounter, Hashable]] = [(self.pairs, pair), *more]
        if pair not in self._trusted:
            asked.append((self.names, key))
        if wait := max(counter.wait(one, now) for counter, one in asked):
            return too_often(wait, WRONG)
        return SignInAttempt(self, pair, *(counter.charge(one, now) for counter, one in asked))

    def trust(self, pair: tuple[str, str]) -> None:
        """The password of this name was right from this address."""
        self.pairs.forget(pair)
        self._trusted[pair] = None
