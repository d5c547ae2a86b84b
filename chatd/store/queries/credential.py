"""Questions about secrets with which somebody shows who they are."""

from __future__ import annotations

from chatd.ports import Row
from chatd.store.queries.pool import Queries

CREDENTIAL = "SELECT password_hash FROM credentials WHERE account = ?"
SECOND_FACTOR = "SELECT secret, confirmed, used_step, recovery_codes FROM second_factors WHERE account = ?"
PASSKEYS = """
    SELECT id, credential, name, rp, created_at, used_at
    FROM passkeys WHERE account = ? ORDER BY created_at, id
"""
PASSKEY = "SELECT id, account, credential, public_key, count, rp FROM passkeys WHERE credential = ?"
RECOVERY_LINK = "SELECT account, expires_at FROM recovery_links WHERE code_hash = ?"
SETUP_CODE = "SELECT code_hash FROM setup_code"
SIGNING_KEY = "SELECT secret FROM keys WHERE name = 'signing'"
PUSH_BYTES = "SELECT secret FROM keys WHERE name = 'push'"


class CredentialQueries(Queries):
    async def credential(self, account: str) -> str | None:
        found: str | None = await self._cell(CREDENTIAL, account)
        return found

    async def second_factor(self, account: str) -> Row | None:
        return await self._record(SECOND_FACTOR, account)

    async def passkeys(self, account: str) -> list[Row]:
        return await self._records(PASSKEYS, account)

    async def passkey(self, credential: bytes) -> Row | None:
        return await self._record(PASSKEY, credential)

    async def recovery_link(self, code_hash: bytes) -> Row | None:
        return await self._record(RECOVERY_LINK, code_hash)

    async def setup_code(self) -> bytes | None:
        found: bytes | None = await self._cell(SETUP_CODE)
        return found

    async def signing_key(self) -> bytes:
        return bytes(await self._cell(SIGNING_KEY))

    async def push_secret(self) -> bytes:
        return bytes(await self._cell(PUSH_BYTES))
