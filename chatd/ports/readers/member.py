"""Who is, or was, in which stream: exact, written in the log's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chatd.ports.rows import Row


class MemberReader(Protocol):
    async def memberships(self, account: str) -> tuple[list[Row], int]:
        """Streams that the account is in now: `{stream, role}`, and the log's head at that look."""

    async def members(self, stream: str, after: str | None, limit: int) -> list[Row]:
        """`{account, name, display_name, role, joined_at, bot: bool, disabled: bool}` ordered by account id,
        those after `after`."""

    async def members_seen(self, stream: str, account: str, after: str | None, limit: int) -> list[Row]:
        """The same of those whom the account sees (`chatd.domain.policy.acquaintance`)."""

    async def seen_count(self, stream: str, account: str) -> int:
        """How many members of the stream the account sees."""

    async def guest_in(self, account: str) -> list[str]:
        """The streams of the spaces in which the account is a guest, or the bot of one."""

    async def members_at(
        self, stream: str, position: int, space: str, room: str, after: str | None, limit: int
    ) -> list[Row]:
        """`{account, name, role, owner, owner_role, inside: bool, disabled: bool}` of those who were in the
        stream at that position, by account id, those after `after`. `role`: its own in the stream `space`
        then; `owner`, `owner_role`: of a bot; `inside`: whether it was in the stream `room`."""

    async def rooms_ever(self, account: str) -> list[str]:
        """The rooms that the account is or was in, or wrote in as an import says."""

    async def acquainted(self, account: str, others: Sequence[str]) -> list[str]:
        """Those of `others` whom the account sees now, itself included."""
