"""Which spaces and direct rooms do not know yet that a member was disabled, or is disabled no longer."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class DisabledReader(Protocol):
    async def untold(self) -> list[Row]:
        """`{stream, account, disabled: bool}`: what is true of a member and its place has not noted. Accounts
        that are being deleted are left out: they leave."""
