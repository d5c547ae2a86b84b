"""Identities: which account a provider of single sign-on means."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class IdentityReader(Protocol):
    async def identity(self, issuer: str, subject: str) -> Row | None:
        """`{issuer, subject, account, at}`"""

    async def identities(self, account: str) -> list[Row]:
        """The same, the oldest first."""
