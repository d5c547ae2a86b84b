"""What gives proposals their one order: all that is asked of a message stream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from msgspec import Struct


class Sequenced(Struct, frozen=True):
    """A message of the stream; sequences grow, not always by one."""

    sequence: int
    data: bytes


class Lost(Exception):
    """It is not known whether the message has a place in the stream."""


class NotTaken(Lost):
    """The stream refuses it, as when it may not grow any more; the text says why."""


class Trimmed(Exception):
    """The stream does not hold any more what is to be followed."""


class OtherStream(Exception):
    """What is followed is not the stream that it was, or not all of it."""


class Sequencer(Protocol):
    @property
    def limit(self) -> int:
        """Bytes that a message may have."""

    async def propose(self, message: bytes) -> None:
        """Returns when the message has its place, durably. Raises Lost. A message may get more places than
        one, and whoever gives up waiting has not taken it back."""

    def follow(self, after: int) -> AsyncIterator[Sequenced]:
        """All messages beyond this sequence, in order and without a hole, as they come; for ever. Raises
        Trimmed, OtherStream."""
