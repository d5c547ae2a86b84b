"""Questions about secrets with which somebody shows who they are."""

from __future__ import annotations

from chatd.ports import Row
from chatd.store.queries.pool import Queries

CREDENTIAL = "SELECT password_hash FROM credentials WHERE account = ?"
SECOND_FACTOR = "SELECT secret, confirmed, used_step, recovery_codes FROM second_factors WHERE account = ?"
RECOVERY_LINK = "SELECT account, expires_at FROM recovery_links WHERE code_hash = ?"
SETUP_CODE = "SELECT code_hash FROM setup_code"
SIGNING_KEY = "SELECT secret FROM keys WHERE name = 'signing'"


class CredentialQueries(Queries):
    async def credential(self, account: str) -> str | None:
        found: str | None = await self._cell(CREDENTIAL, account)
        return found

    async def second_factor(self, account: str) -> Row | None:
        return await self._record(SECOND_FACTOR, account)

    async def recovery_link(self, code_hash: bytes) -> Row | None:
        return await self._record(RECOVERY_LINK, code_hash)

    async def setup_code(self) -> bytes | None:
        found: bytes | None = await self._cell(SETUP_CODE)
        return found

    async def signing_key(self) -> bytes:
        return bytes(await self._cell(SIGNING_KEY))
