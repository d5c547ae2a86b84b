"""Quotas of the settings, and what an account has written today.

What was written is counted as it is published, in memory; at the start today's events are counted once. So
the counts are what the log says, survive restarts, and cost a post no look at the database. A bot's acts
count with its owner's. Requests under way when the last of a quota is used are still carried out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.quota import Quotas
from chatd.contract.requests import REQUESTS
from chatd.contract.spec import RequestType
from chatd.domain.event import Event
from chatd.log import log
from chatd.ports import EVENT_BYTES, Caller, Reader, StoreUnavailable
from chatd.settings import Settings

DAY: Final = 86_400_000  # milliseconds
SLICE: Final = 100_000  # positions counted in one question

# What ends or takes back something, or protects an account: who has used up a quota may still do it.
ALWAYS_ALLOWED: Final = frozenset(
    {
        *(f"account.{verb}" for verb in ("change_password", "delete", "sign_out")),
        *(
            "block.add",
            "block.remove",
            "direct.decline",
            "direct.leave",
            "bookmark.remove",
            "bot.delete",
            "emoji.remove",
            "invite.revoke",
            "file.delete",
            "pin.remove",
            "reaction.remove",
        ),
        *("message.delete", "report.resolve", "thread.unfollow"),
        *(f"member.{verb}" for verb in ("ban", "erase_messages", "kick", "mute", "unban", "unmute")),
        *(f"room.{verb}" for verb in ("archive", "delete", "leave", "lock", "remove", "unlock")),
        *(f"space.{verb}" for verb in ("delete", "leave", "lock", "unlock")),
    }
)
LIMITED: Final = frozenset(
    {
        row.name
        for row in REQUESTS.values()
        if row.kind == "command" and row.asker == "account" and row.events and row.name not in ALWAYS_ALLOWED
    }
    | {"message.schedule"}  # which is a post later
)
_ENCODE: Final = msgspec.json.Encoder().encode


def quotas_of(settings: Settings) -> Quotas | None:
    """None: they are switched off."""
    if not settings.limits:
        return None
    return Quotas(
        messages_per_day=settings.quota_messages,
        bytes_per_day=settings.quota_bytes,
        reports_per_day=settings.quota_reports,
        direct_rooms_per_day=settings.direct_rooms_per_day,
        rooms=settings.quota_rooms,
        rooms_in_space=settings.quota_space_rooms,
        spaces=settings.quota_spaces,
        invites=settings.quota_invites,
        versions=settings.quota_versions,
        sessions=settings.quota_sessions,
        connections=settings.quota_connections,
        stored_bytes=settings.quota_stored_bytes,
        uploads_per_day=settings.quota_uploads,
    )


class Written(msgspec.Struct):
    """What an account wrote in a day. `bytes`: texts, fields, and what an event takes besides."""

    messages: int = 0
    bytes: int = 0
    reports: int = 0
    uploads: int = 0


class DailyUsage:
    """What every account wrote today (UTC)."""

    def __init__(self, quotas: Quotas | None, clock: Callable[[], int] = now) -> None:
        self.quotas = quotas
        self._clock = clock
        self._day = clock() // DAY
        self._written: dict[str, Written] = {}
        self._owners: dict[str, str] = {}  # of bots

    async def load(self, reader: Reader, head: int) -> None:
        """Counts what was written today up to the position `head`; what comes later is `published`."""
        if self.quotas is None:
            return
        begin = self._day * DAY
        try:
            self._owners |= await reader.bot_owners()
            first = await reader.position_at(begin - 1)
            for after in range(first, head, SLICE):
                for row in await reader.written_by_account(after, min(after + SLICE, head), begin):
                    self._add(row["by"], row["messages"], row["bytes"], row["reports"], row["uploads"])
        except StoreUnavailable as error:
            log.warning("usage_unknown", error=str(error), consequence="today's quotas start from zero")

    def published(self, events: Sequence[Event]) -> None:
        """Counts what a commit brought, but for what an import has brought: nobody wrote that here, now. Its
        reactions and pins do not say whose they are, but they have times of long ago."""
        if self.quotas is None:
            return
        self._begin_day()
        for event in events:
            if "imported" in event.data or event.at < (self._day - 1) * DAY:
                continue
            size = EVENT_BYTES + len(_ENCODE(event.data))
            if event.text is not None:
                size += len(event.text) if event.text.isascii() else len(event.text.encode())
            type_ = event.type
            reports, uploads = type_ == "message.reported", type_ == "file.added"
            self._add(event.by, type_ == "message.posted", size, reports, uploads)
            if type_ == "account.created" and "owner" in event.data:
                self._owners[event.stream.partition("/")[2]] = event.data["owner"]

    def of(self, account: str) -> Written:
        """What the account and its bots wrote today."""
        self._begin_day()
        return self._written.get(self._owners.get(account, account), Written())

    @property
    def day_ends_at(self) -> int:
        """Unix milliseconds."""
        return (self._day + 1) * DAY

    def refusal(self, request: RequestType, caller: Caller) -> Refusal | None:
        """Why the caller may not write this today."""
        quotas = self.quotas
        if quotas is None or request.name not in LIMITED or caller.account is None:
            return None
        self._begin_day()
        written = self._written.get(caller.owner or caller.account)
        if written is None:
            return None
        if written.bytes >= quotas.bytes_per_day:
            return self._used_up(
                f"you have written all that an account may write in a day ({_mib(quotas)} MiB)"
            )
        if request.name in ("message.post", "message.schedule"):
            if written.messages >= quotas.messages_per_day:
                return self._used_up(
                    f"you have written {written.messages} messages today, and no more are allowed"
                )
        elif request.name == "message.report" and written.reports >= quotas.reports_per_day:
            return self._used_up(
                f"you have reported {written.reports} messages today, and no more are allowed"
            )
        return None

    def refuse_upload(self, caller: Caller) -> Refusal | None:
        """Why the caller may not upload another file today."""
        quotas = self.quotas
        if quotas is None or caller.account is None:
            return None
        written = self.of(caller.owner or caller.account)
        if written.uploads >= quotas.uploads_per_day:
            return self._used_up(f"you have uploaded {written.uploads} files today, and no more are allowed")
        if written.bytes >= quotas.bytes_per_day:
            return self._used_up(
                f"you have written all that an account may write in a day ({_mib(quotas)} MiB)"
            )
        return None

    def _used_up(self, why: str) -> Refusal:
        seconds = max(math.ceil((self.day_ends_at - self._clock()) / 1000), 1)
        minutes = math.ceil(seconds / 60)
        wait = f"{minutes} min" if minutes < 120 else f"{math.ceil(minutes / 60)} hours"
        return Refusal(
            "rate_limited", f"{why}; try again after midnight UTC, in {wait}", {"retry_after": seconds}
        )

    def _add(self, by: str, messages: int, size: int, reports: int, uploads: int) -> None:
        account = self._owners.get(by, by)
        written = self._written.get(account)
        if written is None:
            written = self._written[account] = Written()
        written.messages += messages
        written.bytes += size
        written.reports += reports
        written.uploads += uploads

    def _begin_day(self) -> None:
        """A clock set back over midnight begins that day anew: nobody waits until it has caught up."""
        day = self._clock() // DAY
        if day != self._day:
            self._day = day
            self._written.clear()


def _mib(quotas: Quotas) -> str:
    return f"{quotas.bytes_per_day / 2**20:.4g}"
