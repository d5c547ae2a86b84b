"""The gate: who the bearer of a token is, and where in the log its session begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from chatd.actors.runtime.bus import Bus
from chatd.auth.tokens import Claims
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.session import Cursor
from chatd.handlers.refusals import NO_TOKEN, TOKEN_OF_DISABLED
from chatd.ports import BearerRows, Caller, Freshness

OWNER_DISABLED: Final = Refusal(
    "forbidden", "this bot's owner is disabled; ask the people who run this server"
)


CUT_OFF: Final = Refusal(
    "unavailable", "this server is cut off from the others of its cluster; connect to another one"
)


class Start(msgspec.Struct, frozen=True):
    """Where a session begins: after the event at `position`, which has this hash. `resumed`: its client has
    that event and all before it."""

    position: int
    hash: str
    resumed: bool


class Gate(msgspec.Struct, frozen=True, eq=False):
    bus: Bus
    epoch: str
    former: Mapping[str, int]  # epochs of before, each good up to a position
    fresh: Freshness | None = None

    @property
    def closed(self) -> Refusal | None:
        """Why nobody may come in, however well known: who was shut out meanwhile is not known here."""
        return None if self.fresh is None or self.fresh.cut_off is None else CUT_OFF

    def admit(self, claims: Claims, rows: BearerRows, address: str) -> Caller | Refusal:
        """The bearer of these claims, while its device stands and its account is not disabled."""
        if self.closed is not None:
            return self.closed
        device, account = rows.device, rows.account
        if account is not None and account["disabled"] and not account["deleted"]:
            return TOKEN_OF_DISABLED  # its devices went with it, but the token shows whose it was
        if device is None or account is None or device["account"] != claims.account:
            return NO_TOKEN
        if device["expires_at"] <= now():
            return NO_TOKEN
        owner, scopes = account["owner"], None
        if owner is not None:
            if rows.owner_disabled is not False:
                return OWNER_DISABLED
            scopes = frozenset(account["scopes"])
        by = claims.account
        return Caller(address, by, by, claims.device, admin=account["admin"], owner=owner, scopes=scopes)

    @property
    def head(self) -> Start:
        """Where the session of a client begins that has no cursor."""
        return Start(self.bus.head, self.bus.hash, False)

    def resume_at(self, cursor: Cursor | None, head: Start, found: str | None) -> Start:
        """Where a session begins: where its client stands, or else at `head`, which was taken before anything
        was read for it. `found`: the hash of the event at the cursor, None without one."""
        if cursor is None or found is None or cursor.position > self._good_up_to(cursor, head):
            return head
        return Start(cursor.position, found, True) if cursor.hash in (found, None) else head

    def _good_up_to(self, cursor: Cursor, head: Start) -> int:
        """The highest position that a cursor of this epoch may have; the hash of a known one says more."""
        until = self.former.get(cursor.epoch)
        if cursor.epoch == self.epoch or (until is not None and cursor.hash is not None):
            return head.position
        return -1 if until is None else until
