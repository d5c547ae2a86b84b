"""Accounts that are being deleted, and what is theirs."""

from __future__ import annotations

from typing import Protocol

from chatd.ports.rows import Row


class AccountDeletionReader(Protocol):
    async def erasures(self) -> list[Row]:
        """`{account, by, reason, messages: bool}` of the deletions under way, the oldest first."""

    async def belongings(self, account: str) -> Row:
        """How many `messages`, `spaces`, `rooms`, `bookmarks`, `drafts`, `scheduled`, `devices` and `bots`
        are the account's."""
