"""Invite codes."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class InviteReader(Protocol):
    async def invite_code(self, code_hash: bytes) -> Row | None:
        """`{space, invite}`"""

    async def invite(self, invite: str) -> Row | None:
        """The same, found by the invite's id."""
