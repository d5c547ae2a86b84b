"""Whether a position that somebody knows is one of this log, or of a history that this log does not have.

An older copy of the data folder is put back, and talk goes on: then the same positions hold other events. The
hash of an event stands for it and for all before it, so a position with a hash says which history is meant.
"""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.actors.runtime.bus import Bus
from chatd.contract.errors import Refusal
from chatd.ports import Reader

ANOTHER: Final = Refusal(
    "conflict",
    "the log does not go on from `after`: it holds other events than then, as after an older copy of the data"
    " folder was put back; begin again without `after`",
)


class Histories(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    bus: Bus

    async def hash_at(self, position: int) -> str | None:
        """The hash of the event at a position, None beyond what was published. Raises StoreUnavailable."""
        if position == self.bus.head:  # where most clients stand: no look at the disk
            return self.bus.hash
        return await self.reader.hash_at(position) if position < self.bus.head else None

    async def has(self, position: int, hash: str | None) -> bool:
        """Whether the event at the position is the one with this hash; without a hash, whether there is one.
        Raises StoreUnavailable."""
        if hash is None:
            return position <= self.bus.head
        return hash == await self.hash_at(position)
