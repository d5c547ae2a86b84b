"""The gate: who the bearer of a token is, and where in the log its session begins."""

from __future__ import annotations

from typing import Final

import attrs

from chatd.actors.runtime.bus import Bus
from chatd.auth.tokens import Claims
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.session import Cursor
from chatd.handlers.refusals import DISABLED, NO_TOKEN
from chatd.ports import Caller, OpeningRows

OWNER_DISABLED: Final = Refusal(
    "forbidden", "this bot's owner is disabled; ask the people who run this server"
)


@attrs.frozen(eq=False)
class Gate:
    bus: Bus
    epoch: str

    def admit(self, claims: Claims, rows: OpeningRows, address: str) -> Caller | Refusal:
        """The bearer of these claims, while its device stands and its account is not disabled."""
        device, account = rows.device, rows.account
        if device is None or account is None or device["account"] != claims.account:
            return NO_TOKEN
        if device["expires_at"] <= now():
            return NO_TOKEN
        if account["disabled"]:
            return DISABLED
        owner, scopes = account["owner"], None
        if owner is not None:
            if rows.owner_disabled is not False:
                return OWNER_DISABLED
            scopes = frozenset(account["scopes"])
        by = claims.account
        return Caller(address, by, by, claims.device, admin=account["admin"], owner=owner, scopes=scopes)

    def resume_at(self, cursor: Cursor | None) -> tuple[int, bool]:
        """The position after which a session begins, and whether it is where its client stands."""
        if cursor is not None and cursor.epoch == self.epoch and cursor.position <= self.bus.head:
            return cursor.position, True
        return self.bus.head, False
