"""Counters by key in bounded memory: what nobody needs any more makes room first, then the least recent.

cachetools has no cache for this: an item's time of expiry moves with every use, and both its order and its
time must cost nothing on the way of every request.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

KEPT: Final = 16_384  # counters of one kind
T = TypeVar("T")


class Recent(Generic[T]):
    """At most `most` counters that `make` makes. One that is `spent` at a time is like a new one."""

    def __init__(self, make: Callable[[], T], spent: Callable[[T, float], bool], most: int = KEPT) -> None:
        self._make = make
        self._spent = spent
        self._most = most
        self._counters: OrderedDict[Hashable, T] = OrderedDict()

    def __len__(self) -> int:
        return len(self._counters)

    def get(self, key: Hashable) -> T | None:
        """The counter of this key, if there is one. Does not count as a use."""
        return self._counters.get(key)

    def use(self, key: Hashable, now: float) -> T:
        """The counter of this key, made if need be; from now on the most recent one."""
        counter = self._counters.get(key)
        if counter is None:
            self._make_room(now)
            counter = self._counters[key] = self._make()
        else:
            self._counters.move_to_end(key)
        return counter

    def drop(self, key: Hashable) -> None:
        self._counters.pop(key, None)

    def _make_room(self, now: float) -> None:
        for _ in range(2):  # spent ones go twice as fast as new ones come
            oldest = next(iter(self._counters.values()), None)
            if oldest is None or (len(self._counters) < self._most and not self._spent(oldest, now)):
                return
            self._counters.popitem(last=False)
