"""Secrets with which somebody shows who they are."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class CredentialReader(Protocol):
    async def credential(self, account: str) -> str | None: ...
    async def second_factor(self, account: str) -> Row | None:
        """`{secret, confirmed: int, used_step, recovery_codes}`"""

    async def recovery_link(self, code_hash: bytes) -> Row | None:
        """`{account, expires_at}`"""

    async def setup_code(self) -> bytes | None: ...
    async def signing_key(self) -> bytes:
        """32 random bytes made with the database: the key that signs access tokens."""
