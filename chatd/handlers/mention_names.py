"""Names that texts mention, and the accounts that they lead to.

An account keeps its name for as long as it is remembered here; what is not known is looked up anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cachetools import LRUCache

from chatd.domain.names.mentions import mention_candidates
from chatd.ports import Reader

REMEMBERED: Final = 10_000


class Names:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._accounts: LRUCache[str, str] = LRUCache(REMEMBERED)  # key of a name -> account

    async def mentioned(self, text: str) -> Mapping[str, str]:
        """Keys of names that `text` mentions, and whose they are. Raises StoreUnavailable."""
        keys = [key for readings in mention_candidates(text) for key in readings]
        if unknown := [key for key in keys if key not in self._accounts]:
            for row in await self._reader.accounts_named(unknown):
                self._accounts[row["name_key"]] = row["id"]
        return {key: self._accounts[key] for key in keys if key in self._accounts}

    def forget(self, account: str) -> None:
        """It is gone, and its names may be another one's."""
        for key in [key for key, whose in self._accounts.items() if whose == account]:
            del self._accounts[key]
