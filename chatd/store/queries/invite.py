"""Questions about invite codes."""

from __future__ import annotations

from chatd.ports import Row
from chatd.store.queries.pool import Queries

INVITE_CODE = "SELECT space, invite FROM invite_codes WHERE code_hash = ?"
INVITE = "SELECT space, invite FROM invite_codes WHERE invite = ?"


class InviteQueries(Queries):
    async def invite_code(self, code_hash: bytes) -> Row | None:
        return await self._record(INVITE_CODE, code_hash)

    async def invite(self, invite: str) -> Row | None:
        return await self._record(INVITE, invite)
