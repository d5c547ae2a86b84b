"""Questions about accounts, and bots among them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chatd.domain.names.keys import name_key
from chatd.ports import Row
from chatd.store import json_rows
from chatd.store.queries.pool import Queries

# accounts
ACCOUNT = ("id", "name", "display_name", "about", "avatar", "owner", "created_at")
ACCOUNT_FLAGS = ("admin", "disabled", "deleted", "placeholder")
ACCOUNT_SCOPES = ("scopes",)
WHOLE = "SELECT * FROM accounts LEFT JOIN bots ON bots.account = accounts.id "
ACCOUNT_OF = json_rows.folded(WHOLE + "WHERE id = ?1", ACCOUNT, ACCOUNT_FLAGS, ACCOUNT_SCOPES)
ACCOUNT_BY_NAME = json_rows.folded(WHOLE + "WHERE name_key = ?", ACCOUNT, ACCOUNT_FLAGS, ACCOUNT_SCOPES)
ACCOUNTS_BY_NAME = json_rows.folded(
    "SELECT account AS id, name_key FROM account_names WHERE name_key IN (SELECT value FROM json_each(?))",
    ("id", "name_key"),
)
SOME = """
    WHERE id > ?1 AND (
        ?3 IS NULL OR instr(accounts.display_name, ?4) OR instr(lower(accounts.display_name), ?3)
        OR EXISTS (SELECT 1 FROM account_names WHERE account = accounts.id AND instr(name_key, ?3))
    )
    ORDER BY id LIMIT ?2
"""
ACCOUNTS = json_rows.folded(WHOLE + SOME, ACCOUNT, ACCOUNT_FLAGS, ACCOUNT_SCOPES)
ANY_ACCOUNT = "SELECT EXISTS (SELECT 1 FROM accounts)"
OTHER_ADMIN = (
    "SELECT EXISTS (SELECT 1 FROM accounts WHERE admin AND NOT disabled AND NOT deleted AND id <> ?)"
)
UNKNOWN = """
    SELECT json_group_array(value) FROM json_each(?) AS wanted
    WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE id = wanted.value)
"""
BOTS = json_rows.folded(
    """
    SELECT account, name, display_name, scopes, created_at
    FROM bots JOIN accounts ON accounts.id = account WHERE owner = ? ORDER BY account LIMIT -1
    """,
    ("account", "name", "display_name", "created_at"),
    nested=("scopes",),
)
COUNTS = """
    SELECT json_object(
        'accounts', (SELECT count(*) FROM accounts),
        'spaces', (SELECT count(*) FROM spaces WHERE NOT deleted),
        'rooms', (SELECT count(*) FROM rooms WHERE NOT deleted),
        'files', (SELECT count(*) FROM files WHERE NOT deleted),
        'file_bytes', (SELECT coalesce(sum(size), 0) FROM files WHERE NOT deleted)
    )
"""


class AccountQueries(Queries):
    async def account(self, account: str) -> Row | None:
        return await self._row(ACCOUNT_OF, account)

    async def account_named(self, name: str) -> Row | None:
        return await self._row(ACCOUNT_BY_NAME, name_key(name))

    async def accounts_named(self, keys: Sequence[str]) -> list[Row]:
        return await self._rows(ACCOUNTS_BY_NAME, json_rows.array(keys))

    async def accounts(self, after: str | None, limit: int, part: str | None = None) -> list[Row]:
        return await self._rows(ACCOUNTS, after or "", limit, part and name_key(part), part)

    async def any_account(self) -> bool:
        return bool(await self._cell(ANY_ACCOUNT))

    async def unknown_accounts(self, accounts: Sequence[str]) -> list[str]:
        return await self._strings(UNKNOWN, json_rows.array(accounts))

    async def other_admin(self, account: str) -> bool:
        return bool(await self._cell(OTHER_ADMIN, account))

    async def bots(self, owner: str) -> list[Row]:
        return await self._rows(BOTS, owner)

    async def counts(self) -> dict[str, int]:
        found: dict[str, int] = msgspec.json.decode(await self._cell(COUNTS))
        return found
