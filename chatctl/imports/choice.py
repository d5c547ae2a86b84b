"""What an admin decided about a move: who is who, and which rooms come, and where to."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from chatctl.failure import Failed
from chatctl.imports.records import Room


@attrs.frozen
class Choice:
    """What the admin decided: `accounts` ids of accounts, or `-`, by keys of people; `rooms` ids of rooms by
    names or keys; `only` these rooms (all, when empty); `direct`: direct rooms come too."""

    accounts: dict[str, str] = attrs.Factory(dict)
    rooms: dict[str, str] = attrs.Factory(dict)
    only: frozenset[str] = frozenset()
    direct: bool = True

    def of(self, rooms: Iterable[Room]) -> list[Room]:
        """Those that are taken. Raises Failed where a name is of none."""
        found = list(rooms)
        names = {name for room in found for name in (room.key, room.name)}
        if unknown := sorted({*self.only, *self.rooms} - names):
            raise Failed(f"the export has no room {unknown[0]!r}; `chatctl import plan` lists its rooms")
        return [room for room in found if self._takes(room)]

    def _takes(self, room: Room) -> bool:
        if room.kind == "direct" and not self.direct:
            return False
        return not self.only or room.key in self.only or room.name in self.only
