"""What imports that were taken back have left in a space: see `chatd.handlers.import_traces`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chatd.ports.rows import Row


class ImportTraceReader(Protocol):
    async def unused_memberships(self, space: str, limit: int) -> list[Row]:
        """`{stream, account}` of memberships that such an import gave to an account that was there before,
        which has done nothing there since; those in rooms, and when none is left those in the space."""

    async def used_memberships(self, space: str, source: str) -> int:
        """How many memberships imports of this source gave to accounts that have acted there since."""

    async def standing_import(self, space: str, source: str) -> str | None:
        """The newest import of this source that was not taken back, and has something or is not finished."""

    async def emoji_left(self, space: str) -> list[Row]:
        """`{name, image, source}` of custom emoji that such an import brought."""

    async def import_begun_at(self, space: str) -> int:
        """The position of the event with which the first of them began, 0 without one."""

    async def reacted_with(self, space: str, names: Sequence[str]) -> list[str]:
        """Those of the custom emoji that a reaction in the space shows."""

    async def emoji_written(self, space: str, names: Sequence[str], after: int, limit: int) -> Row:
        """`{names, last}`: those of the custom emoji that a message in the space shows, among the `limit`
        texts after the position `after`; and the position of the last of these, None where there are none."""
