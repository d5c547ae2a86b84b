"""Secrets with which somebody shows who they are."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class CredentialReader(Protocol):
    async def credential(self, account: str) -> str | None: ...
    async def second_factor(self, account: str) -> Row | None:
        """`{secret, confirmed: int, used_step, recovery_codes}`"""

    async def passkeys(self, account: str) -> list[Row]:
        """`{id, credential, name, rp, created_at, used_at}`, the oldest first"""

    async def passkey(self, credential: bytes) -> Row | None:
        """`{id, account, credential, public_key, count, rp}`"""

    async def recovery_link(self, code_hash: bytes) -> Row | None:
        """`{account, expires_at}`"""

    async def setup_code(self) -> bytes | None: ...
    async def signing_key(self) -> bytes:
        """32 random bytes made with the database: the key that signs access tokens."""

    async def push_secret(self) -> bytes:
        """48 random bytes made with the database: push services know the server by what is made of them."""
