"""Brakes on guessing: delays that grow with each wrong password. The desk's sign-in and sign-up ask here.

Every attempt is counted before the password is looked at, and taken back if it was right, so that many
at once are no way around. Whoever must wait is refused before any work is done, and whether there is
such an account makes no difference: names are counted as they were typed.

Three counts, each with a number of attempts that go free:

- A **name from one address**. Delays grow to `login_longest_delay` (15 minutes): about a hundred guesses a
  day. A right password clears it. Nobody else is kept out: an attacker's delays are the attacker's.
- A **name from everywhere**, against many addresses that guess together. It holds up the person too, so
  its delays are short (`login_longest_delay_shared`), and not for an address from which this name's password
  was right before. While such an attack lasts, a person who is signed in stays in, signs in from where
  they did before, and gets in elsewhere when a minute's turn is theirs. To wait longer would be to let
  anybody lock out anybody; not to wait, to give every machine of an attacker its own hundred guesses.
- An **address**, against one password tried on many names. Colleagues may sit behind the same address, so it
  allows many and its delays are short too. Known names are not spared here: that would tell which exist.

A failure is forgotten after as long as its longest delay, one after another, which leaves an attacker who
always waits at that delay. Counts are in memory: a restart forgives, and the least recent make room.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Hashable
from types import TracebackType
from typing import Final

import attrs
import trio

from chatd.auth.rate_limits import network, too_often
from chatd.contract.errors import Refusal
from chatd.domain.names.keys import name_key
from chatd.ports import Caller
from chatd.settings import Settings

KEPT: Final = 16_384  # counts of one kind; past that the least recent are dropped


@attrs.define(eq=False)
class Count:
    """The failures of one key that are not forgotten yet, as the moment at which all of them will be."""

    forgotten_at: float = 0.0
    until: float = 0.0


@attrs.frozen
class Charge:
    """One attempt, counted as a failure."""

    count: Count
    weight: float
    until: float
    until_before: float

    def take_back(self) -> None:
        self.count.forgotten_at -= self.weight
        if self.count.until == self.until:
            self.count.until = self.until_before


@attrs.define(eq=False)
class AttemptCounter:
    """Counts one kind of key. After `free` failures delays double from `first` to `longest` seconds."""

    free: int
    first: float
    longest: float
    most: int = KEPT
    _counts: OrderedDict[Hashable, Count] = attrs.Factory(OrderedDict)

    def __len__(self) -> int:
        return len(self._counts)

    def wait(self, key: Hashable, now: float) -> float:
        """Seconds until the next attempt is allowed."""
        count = self._counts.get(key)
        return 0.0 if count is None else max(0.0, count.until - now)

    def charge(self, key: Hashable, now: float) -> Charge:
        """Counts an attempt as failed."""
        count = self._counts.get(key)
        if count is None:
            self._make_room(now)
            count = self._counts[key] = Count()
        self._counts.move_to_end(key)
        before = count.until
        count.forgotten_at = max(count.forgotten_at, now) + self.longest
        over = math.ceil((count.forgotten_at - now) / self.longest - 0.001) - self.free
        if over >= 0:
            count.until = now + min(self.longest, self.first * 2.0 ** min(over, 40))
        return Charge(count, self.longest, count.until, before)

    def forget(self, key: Hashable) -> None:
        self._counts.pop(key, None)

    def _make_room(self, now: float) -> None:
        for _ in range(2):  # forgotten ones go twice as fast as new ones come
            oldest = next(iter(self._counts.values()), None)
            if oldest is None or (len(self._counts) < self.most and oldest.forgotten_at > now):
                return
            self._counts.popitem(last=False)


class Attempt:
    """A guess under way: a failure, unless it is said to be `right` or `void`, or ends with an exception."""

    def __init__(self, *charges: Charge) -> None:
        self._charges = charges

    def __enter__(self) -> Attempt:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        if kind is not None:
            self.void()

    def void(self) -> None:
        """It told its maker nothing: counts as if it had not been."""
        for charge in self._charges:
            charge.take_back()
        self._charges = ()

    def right(self) -> None:
        """The guess was right."""
        self.void()


class SignInAttempt(Attempt):
    """Remembers where a name's password was right."""

    def __init__(self, login_throttle: LoginThrottle, pair: tuple[str, str], *charges: Charge) -> None:
        super().__init__(*charges)
        self._throttle = login_throttle
        self._pair = pair

    def right(self) -> None:
        super().right()
        self._throttle.trust(self._pair)


class LoginThrottle:
    """All of a server's attempt counters."""

    def __init__(self, settings: Settings) -> None:
        first, shared = settings.login_first_delay, settings.login_longest_delay_shared
        self.pairs = AttemptCounter(settings.login_free_tries, first, settings.login_longest_delay)
        self.names = AttemptCounter(settings.login_free_tries_name, first, shared)
        self.addresses = AttemptCounter(settings.login_free_tries_address, first, shared)
        self.signing_up = AttemptCounter(settings.login_free_tries_address, first, shared)
        self._off = not settings.limits
        self._trusted: OrderedDict[tuple[str, str], None] = OrderedDict()

    def sign_in(self, name: str, caller: Caller) -> Attempt | Refusal:
        """Asked before a password is looked at. `name`: as it was typed, whether there is one or not."""
        if self._off or caller.operator:
            return Attempt()
        name, address, now = name_key(name), network(caller.address), trio.current_time()
        pair = (name, address)
        asked: list[tuple[AttemptCounter, Hashable]] = [(self.pairs, pair), (self.addresses, address)]
        if pair not in self._trusted:
            asked.append((self.names, name))
        if wait := max(counter.wait(key, now) for counter, key in asked):
            return too_often(wait, "too many wrong passwords")
        return SignInAttempt(self, pair, *(counter.charge(key, now) for counter, key in asked))

    def sign_up(self, caller: Caller) -> Attempt | Refusal:
        """Asked before a sign-up is looked at: a taken name and an unknown invite code are guesses too."""
        if self._off or caller.operator:
            return Attempt()
        address, now = network(caller.address), trio.current_time()
        if wait := self.signing_up.wait(address, now):
            return too_often(wait, "too many sign-ups that failed")
        return Attempt(self.signing_up.charge(address, now))

    def trust(self, pair: tuple[str, str]) -> None:
        """The password of this name was right from this address."""
        self.pairs.forget(pair)
        self._trusted[pair] = None
        self._trusted.move_to_end(pair)
        if len(self._trusted) > KEPT:
            self._trusted.popitem(last=False)
