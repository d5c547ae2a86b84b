"""Accounts, and bots among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chatd.ports.rows import Row


class AccountReader(Protocol):
    async def account(self, account: str) -> Row | None:
        """`{id, name, display_name, about, avatar, admin, disabled, deleted, created_at}`, and `{owner,
        scopes: [...]}` of a bot; None and empty for others"""

    async def account_named(self, name: str) -> Row | None:
        """By its name, compared as `name_key` compares."""

    async def accounts_named(self, keys: Sequence[str]) -> list[Row]:
        """`{id, name_key}` of the accounts whose names have or had these keys (`chatd.domain.names.keys`)."""

    async def accounts(self, after: str | None, limit: int, part: str | None = None) -> list[Row]:
        """`part`: only accounts that have it in a name, one of before, or the display name."""

    async def any_account(self) -> bool: ...
    async def unknown_accounts(self, accounts: Sequence[str]) -> list[str]:
        """Those of these ids that no account has or had, in their order."""

    async def other_admin(self, account: str) -> bool:
        """Whether there is an administrator besides this account that is neither disabled nor deleted."""

    async def bots(self, owner: str) -> list[Row]:
        """`{account, name, display_name, scopes: [...], created_at}`"""

    async def counts(self) -> dict[str, int]:
        """How many `accounts`, `spaces` and `rooms` there are."""
