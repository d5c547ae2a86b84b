"""What people see of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chatd.ports.rows import Row


class ProfileReader(Protocol):
    async def profiles(self, viewer: str | None, accounts: Sequence[str]) -> list[Row]:
        """`{account, name, display_name, about, avatar, bot, disabled, deleted}` of those that the account
        `viewer` sees, by account; of all for None."""
