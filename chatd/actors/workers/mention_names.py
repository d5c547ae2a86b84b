"""Names that texts mention, and the accounts that they belong to.

A name is looked up once and remembered: it stays an account's until the account is deleted, and nobody's
until an account is made or renamed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from chatd.actors.workers.presence import Presence
from chatd.domain.decision import Context
from chatd.domain.event import Event
from chatd.domain.names.mentions import may_mention, mention_candidates
from chatd.ports import Reader

REMEMBERED: Final = 20_000  # names
_NAMES: Final = frozenset({"account.created", "account.renamed"})  # events by which somebody gets a name


class MentionNames:
    """Gives a command with a text the context that it needs to find whom the text mentions."""

    def __init__(self, reader: Reader, presence: Presence) -> None:
        self._reader = reader
        self._presence = presence
        self._accounts: dict[str, str] = {}  # key of a name -> account
        self._nobodys: set[str] = set()  # keys of names that nobody has, as long as nobody gets a name

    def concerns(self, command: Any) -> bool:
        """Whether the command has a text that may mention somebody."""
        return may_mention(getattr(command, "text", ""))

    async def context(self, context: Context, text: str) -> Context:
        """`context` with what `text` mentions, who has these names, and who is here, if the text asks for it.

        Raises StoreUnavailable.
        """
        mentions = mention_candidates(text)
        if not mentions:
            return context
        here = any("here" in candidates for candidates in mentions)
        names = await self._names_of(mentions)
        present = self._presence.here() if here else ()
        return replace(context, mentions=mentions, names=names, present=present)

    async def accounts(self, mentions: Sequence[tuple[str, ...]]) -> list[str]:
        """Whose names the candidates of mentions are, each once. Raises StoreUnavailable."""
        names = await self._names_of(mentions)
        known = (next((names[key] for key in one if key in names), None) for one in mentions)
        return list(dict.fromkeys(account for account in known if account is not None))

    async def _names_of(self, mentions: Sequence[tuple[str, ...]]) -> Mapping[str, str]:
        """Name keys with the accounts that have them. Raises StoreUnavailable."""
        keys = [key for candidates in mentions for key in candidates]
        accounts, nobodys = self._accounts, self._nobodys
        names = {key: accounts[key] for key in keys if key in accounts}
        if unknown := [key for key in keys if key not in accounts and key not in nobodys]:
            found = {row["name_key"]: row["id"] for row in await self._reader.accounts_named(unknown)}
            if len(accounts) + len(nobodys) > REMEMBERED:
                accounts.clear()
                nobodys.clear()
            # both as they were before the look: what changed meanwhile has made new ones
            accounts |= found
            nobodys.update(key for key in unknown if key not in found)
            names |= found
        return names

    def follow(self, events: Sequence[Event]) -> None:
        """Watches the bus: a name that was nobody's may be somebody's now."""
        if any(event.type in _NAMES for event in events):
            self._nobodys = set()

    def forget(self, account: str) -> None:
        """The account is deleted, and others may take its names."""
        self._accounts = {key: whose for key, whose in self._accounts.items() if whose != account}
