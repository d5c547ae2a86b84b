"""Names that texts mention, and the accounts that they belong to.

A name is looked up once and remembered: it stays an account's until the account is deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
from cachetools import LRUCache

from chatd.actors.workers.presence import Presence
from chatd.domain.decision import Context
from chatd.domain.names.mentions import may_mention, mention_candidates
from chatd.ports import Reader

REMEMBERED: Final = 10_000  # names


class MentionNames:
    """Gives a command with a text the context that it needs to find whom the text mentions."""

    def __init__(self, reader: Reader, presence: Presence) -> None:
        self._reader = reader
        self._presence = presence
        self._accounts: LRUCache[str, str] = LRUCache(REMEMBERED)  # key of a name -> account

    def concerns(self, command: Any) -> bool:
        """Whether the command has a text that may mention somebody."""
        return may_mention(getattr(command, "text", ""))

    async def context(self, context: Context, text: str) -> Context:
        """`context` with the accounts that `text` names, and those that are present now.

        Raises StoreUnavailable.
        """
        return attrs.evolve(context, names=await self.named(text), present=self._presence.here())

    async def named(self, text: str) -> Mapping[str, str]:
        """Keys of names that `text` mentions, with the accounts that have them. Raises StoreUnavailable."""
        keys = [key for readings in mention_candidates(text) for key in readings]
        if unknown := [key for key in keys if key not in self._accounts]:
            for row in await self._reader.accounts_named(unknown):
                self._accounts[row["name_key"]] = row["id"]
        return {key: self._accounts[key] for key in keys if key in self._accounts}

    def forget(self, account: str) -> None:
        """The account is deleted, and others may take its names."""
        for key in [key for key, whose in self._accounts.items() if whose == account]:
            del self._accounts[key]
