"""Spaces, and their custom emoji."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chatd.ports.rows import Row


class SpaceReader(Protocol):
    async def spaces(self, ids: Sequence[str] | None = None) -> list[Row]:
        """`{id, name, description, icon, owner, created_at}`; None gives all that are not deleted."""

    async def emoji(self, space: str) -> list[Row]:
        """`{name, image, by, at}`, by name."""
