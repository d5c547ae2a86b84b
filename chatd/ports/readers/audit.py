"""The audit of a space: who did what, whom invites let in, who was banned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chatd.contract.audit import ListAudit
from chatd.ports.rows import Row


class AuditReader(Protocol):
    async def audit(self, query: ListAudit, viewer: str | None) -> list[Row]:
        """`{position, stream, seq, type, at, by, data}` of what happened in the space and its rooms, but for
        messages and reactions, newest first, and one more than `limit` when there is more.
        `viewer` sees no private rooms that it is not in; None sees all."""

    async def let_in(self, space: str, invites: Sequence[str], limit: int) -> list[Row]:
        """`{invite, account, at}` of the newest `limit` people that each of these invites let in, newest
        first."""

    async def bans(self, space: str, accounts: Sequence[str]) -> list[Row]:
        """`{type, account, by, at, reason}` of the newest `member.banned` and `member.muted` about each of
        these accounts, whether they still stand or not."""
