"""What a session is told when it opens: who it is, where it stands, and what it belongs to."""

from __future__ import annotations

from typing import Any

import attrs

from chatd import __version__, codec
from chatd.contract import command
from chatd.domain.event import room_stream, space_stream, split_stream
from chatd.handlers.desk import Desk
from chatd.handlers.profile import public_account, room_frame
from chatd.handlers.scheduled import MAX_SCHEDULED
from chatd.handlers.settings import MAX_DRAFTS
from chatd.ports import OPEN_REQUESTS, Row


@attrs.frozen
class Opening:
    """The answer to `session.open`, and the streams that the session will hear."""

    frame: dict[str, Any]
    streams: dict[str, str | None]  # each with the one that it lies within


async def opened(desk: Desk, account: str, position: int, resumed: bool, session: str) -> Opening:
    """Raises StoreUnavailable."""
    reader = desk.reader
    memberships, _ = await reader.memberships(account)
    roles = {split_stream(row["stream"])[1]: row["role"] for row in memberships}
    ids: dict[str, list[str]] = {"space": [], "room": [], "account": []}
    for row in memberships:
        kind, id_ = split_stream(row["stream"])
        ids[kind].append(id_)
    spaces = await reader.spaces(ids["space"])
    rooms = await reader.rooms(ids["room"])
    unread = {row["room"]: row for row in await reader.unread(account)}
    profile = await reader.account(account)
    assert profile is not None
    frame = {
        "account": public_account(profile),
        "session": session,
        "server": {"name": desk.settings.server_name, "version": __version__},
        "limits": limits(desk),
        "epoch": desk.epoch,
        "position": position,
        "spaces": [{**space, "role": roles[space["id"]]} for space in spaces],
        "rooms": [
            {**room_frame(room), **_place(unread.get(room["id"], {})), "role": roles.get(room["space"])}
            for room in rooms
        ],
        "resumed": resumed,
    }
    within = {room_stream(room["id"]): space_stream(room["space"]) for room in rooms if room["space"]}
    return Opening(frame, {row["stream"]: within.get(row["stream"]) for row in memberships})


def _place(unread: Row) -> dict[str, Any]:
    """How far the caller has read a room. One that it entered only just now has nothing unread."""
    return {name: unread.get(name, 0) for name in ("read", "unread", "mentions")}


def limits(desk: Desk) -> dict[str, Any]:
    """Sizes in bytes, texts in characters, rates in requests."""
    settings = desk.settings
    rate = {"per_second": settings.rate_per_second, "burst": settings.rate_burst}
    return {
        "frame": codec.MAX_FRAME,
        "message": codec.MAX_MESSAGE,
        "frames": codec.MAX_FRAMES,
        "text": command.MAX_TEXT,
        "page": command.MAX_PAGE,
        "open_requests": OPEN_REQUESTS,
        "scheduled": MAX_SCHEDULED,
        "drafts": MAX_DRAFTS,
        "rate": rate if settings.limits else None,
        "rates": desk.limits.frame() if settings.limits else None,
    }
