"""Questions about identities: which account a provider of single sign-on means."""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

IDENTITY = ("issuer", "subject", "account", "at")
IDENTITIES = f"SELECT {', '.join(IDENTITY)} FROM identities "
IDENTITY_BY_SUBJECT = json_rows.folded(IDENTITIES + "WHERE issuer = ? AND subject = ?", IDENTITY)
IDENTITIES_BY_ACCOUNT = json_rows.folded(
    IDENTITIES + "WHERE account = ? ORDER BY at, issuer, subject LIMIT -1", IDENTITY
)


class IdentityQueries(Queries):
    async def identity(self, issuer: str, subject: str) -> Row | None:
        return await self._row(IDENTITY_BY_SUBJECT, issuer, subject)

    async def identities(self, account: str) -> list[Row]:
        return await self._rows(IDENTITIES_BY_ACCOUNT, account)
