"""The session snapshot: what a session is told when it opens, and the streams that it will follow."""

from __future__ import annotations

import msgspec

from chatd import __version__
from chatd.auth.quotas import quotas_of
from chatd.auth.rate_limits import RateLimits
from chatd.contract.fields import MAX_PAGE, MAX_TEXT
from chatd.contract.rows import pick
from chatd.contract.session import Limits, RateLimit, ServerInfo, SessionOpened
from chatd.contract.space import OwnSpace
from chatd.domain.event import room_stream, space_stream, split_stream
from chatd.frames import codec
from chatd.handlers.gate import Start
from chatd.handlers.rows import NOTHING_READ, account_row, own_room
from chatd.handlers.saved import MAX_DRAFTS
from chatd.handlers.scheduled import MAX_SCHEDULED
from chatd.ports import OPEN_REQUESTS, Caller, OpeningRows
from chatd.settings import Settings


class Snapshot(msgspec.Struct, frozen=True):
    """`streams`: what the session will follow, each with the stream of the space that it belongs to;
    `guest_in`: those of the spaces in which the account is a guest."""

    opened: SessionOpened
    streams: dict[str, str | None]
    guest_in: frozenset[str]


class Snapshots(msgspec.Struct, frozen=True, eq=False):
    settings: Settings
    rate_limits: RateLimits
    epoch: str

    def of(self, rows: OpeningRows, caller: Caller, start: Start, session: str) -> Snapshot:
        """`rows`: those of the caller's account."""
        roles = {split_stream(row["stream"])[1]: row["role"] for row in rows.memberships}
        unread = {row["room"]: row for row in rows.unread}
        requests = {row["room"]: row["request"] for row in rows.direct if row["listed"]}
        assert rows.account is not None
        opened = SessionOpened(
            account=account_row(rows.account),
            session=session,
            server=ServerInfo(name=self.settings.server_name, version=__version__),
            limits=self.limits(caller),
            epoch=self.epoch,
            position=start.position,
            hash=start.hash,
            spaces=[pick(OwnSpace, space, role=roles[space["id"]]) for space in rows.spaces],
            rooms=[
                own_room(
                    room,
                    unread.get(room["id"], NOTHING_READ),
                    roles.get(room["space"]),
                    requests.get(room["id"]),
                )
                for room in rows.rooms
                if room["kind"] != "direct" or room["id"] in requests
            ],
            resumed=start.resumed,
        )
        within = {
            room_stream(room["id"]): space_stream(room["space"]) for room in rows.rooms if room["space"]
        }
        streams = {row["stream"]: within.get(row["stream"]) for row in rows.memberships}
        return Snapshot(opened, streams, frozenset(rows.guest_in))

    def limits(self, caller: Caller) -> Limits:
        """Sizes in bytes, texts in characters, rates in requests."""
        settings = self.settings
        rate = RateLimit(per_second=settings.rate_per_second, burst=settings.rate_burst)
        return Limits(
            frame=codec.MAX_FRAME,
            message=codec.MAX_MESSAGE,
            frames=codec.MAX_FRAMES,
            text=MAX_TEXT,
            page=MAX_PAGE,
            open_requests=OPEN_REQUESTS,
            scheduled=MAX_SCHEDULED,
            drafts=MAX_DRAFTS,
            rate=rate if settings.limits else None,
            rates=self.rate_limits.rates(caller) if settings.limits else None,
            quotas=quotas_of(settings),
        )
