"""The handler that says what an account has used of its quotas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from chatd.actors.runtime.directory import Directory
from chatd.auth.quotas import DAY, DailyUsage
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.quota import GetQuota, QuotaResult, Quotas, Usage, Used
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.domain.space.state import SpaceState
from chatd.ports import Caller, Reader

MOST: Final = 1_000_000  # direct rooms of a day that are counted


class QuotaHandlers(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    directory: Directory
    daily: DailyUsage
    quotas: Quotas | None
    sessions_of: Callable[[str], int]

    async def get(self, caller: Caller, query: GetQuota) -> QuotaResult | Refusal:
        account = query.account
        if await self.reader.account(account) is None:
            return NO_SUCH_ACCOUNT
        spaces, rooms = await self.reader.spaces_owned(account), await self.reader.rooms_made(account)
        invites = await self._open_invites(account)
        written, since = self.daily.of(account), now() - DAY
        direct_rooms = len(await self.reader.direct_rooms_opened(account, since, MOST))
        return QuotaResult(
            usage=Usage(
                messages=self._used("messages_per_day", written.messages),
                bytes=self._used("bytes_per_day", written.bytes),
                reports=self._used("reports_per_day", written.reports),
                direct_rooms=self._used("direct_rooms_per_day", direct_rooms),
                spaces=self._used("spaces", spaces),
                rooms=self._used("rooms", rooms),
                invites=self._used("invites", invites),
                sessions=self._used("sessions", self.sessions_of(account)),
                stored_bytes=self._used("stored_bytes", await self.reader.stored_bytes(account)),
                uploads=self._used("uploads_per_day", written.uploads),
                day_ends_at=self.daily.day_ends_at,
            )
        )

    def _used(self, quota: str, used: int) -> Used:
        return Used(used=used, quota=None if self.quotas is None else getattr(self.quotas, quota))

    async def _open_invites(self, account: str) -> int:
        """Those in the space where there are most of them."""
        memberships, _ = await self.reader.memberships(account)
        most = 0
        for stream in (row["stream"] for row in memberships):
            if stream.startswith("space/"):
                state: SpaceState = await self.directory.state_of(stream)
                most = max(most, state.invites_open(account, now()))
        return most
