"""How much time a chore may take of all time: what it does not use it saves, up to a bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Allowance:
    """`share` of the time that passes, saved up to `most` seconds. `clock` gives seconds."""

    def __init__(self, share: float, most: float, clock: Callable[[], float]) -> None:
        self._share = share
        self._most = most
        self._clock = clock
        self._saved = most
        self._counted = clock()

    def left(self) -> bool:
        now = self._clock()
        self._saved = min(self._most, self._saved + (now - self._counted) * self._share)
        self._counted = now
        return self._saved > 0

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Takes from it the time that the block takes."""
        begun = self._clock()
        try:
            yield
        finally:
            self._saved -= self._clock() - begun
