"""How many connections each address has, and the most that one may have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from chatd.auth.rate_limits import network


class AddressPlaces:
    """`most`: of one address, or of a network of 64 bits in IPv6; None: any number."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self._taken: Counter[str] = Counter()

    @contextmanager
    def connection(self) -> Iterator[AddressPlace]:
        """A connection's place; it is given back at the end."""
        place = AddressPlace(self)
        try:
            yield place
        finally:
            place.leave()

    def enter(self, key: str) -> bool:
        """Counts one more; False: there are as many as may be."""
        if self.most is None:
            return True
        if self._taken[key] >= self.most:
            return False
        self._taken[key] += 1
        return True

    def leave(self, key: str) -> None:
        if self.most is not None:
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]


class AddressPlace:
    """Counts one connection for the address that it comes from."""

    def __init__(self, places: AddressPlaces) -> None:
        self._places = places
        self._key: str | None = None

    def take(self, address: str) -> bool:
        """Counts it for this address, no longer for another one; False: the address has as many as may be."""
        key = network(address)
        if key == self._key:
            return True
        self.leave()
        if not self._places.enter(key):
            return False
        self._key = key
        return True

    def leave(self) -> None:
        if self._key is not None:
            self._places.leave(self._key)
            self._key = None
