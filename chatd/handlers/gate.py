"""The gate: who the bearer of a token is, and where in the log its session begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from chatd.actors.runtime.bus import Bus
from chatd.auth.tokens import Claims
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.session import Cursor
from chatd.handlers.histories import Histories
from chatd.handlers.refusals import DISABLED, NO_TOKEN
from chatd.ports import Caller, Reader

OWNER_DISABLED: Final = Refusal(
    "forbidden", "this bot's owner is disabled; ask the people who run this server"
)


@attrs.frozen
class Start:
    """Where a session begins: after the event at `position`, which has this hash. `resumed`: its client has
    that event and all before it."""

    position: int
    hash: str
    resumed: bool


@attrs.frozen(eq=False)
class Gate:
    reader: Reader
    bus: Bus
    histories: Histories
    epoch: str
    former: Mapping[str, int]  # epochs of before, each good up to a position

    async def admit(self, claims: Claims, address: str) -> Caller | Refusal:
        """The bearer of these claims, while its device stands and its account is not disabled.

        Raises StoreUnavailable.
        """
        device = await self.reader.device(claims.device)
        account = await self.reader.account(claims.account)
        if device is None or account is None or device["account"] != claims.account:
            return NO_TOKEN
        if device["expires_at"] <= now():
            return NO_TOKEN
        if account["disabled"]:
            return DISABLED
        owner, scopes = account["owner"], None
        if owner is not None:
            owners_account = await self.reader.account(owner)
            if owners_account is None or owners_account["disabled"]:
                return OWNER_DISABLED
            scopes = frozenset(account["scopes"])
        by = claims.account
        return Caller(address, by, by, claims.device, admin=account["admin"], owner=owner, scopes=scopes)

    async def resume_at(self, cursor: Cursor | None) -> Start:
        """Where a session begins, and whether it is where its client stands. Raises StoreUnavailable."""
        if cursor is not None and cursor.position <= self._good_up_to(cursor):
            found = await self.histories.hash_at(cursor.position)
            if found is not None and cursor.hash in (found, None):
                return Start(cursor.position, found, True)
        return Start(self.bus.head, self.bus.hash, False)

    def _good_up_to(self, cursor: Cursor) -> int:
        """The highest position that a cursor of this epoch may have; the hash of a known one says more."""
        until = self.former.get(cursor.epoch)
        if cursor.epoch == self.epoch or (until is not None and cursor.hash is not None):
            return self.bus.head
        return -1 if until is None else until
