"""What can be asked about rooms."""

from __future__ import annotations

from typing import Annotated

import attrs
from msgspec import Meta

from chatd.contract.fields import DEFAULT_PAGE, About, Id, Limit, Name, Reason, RoomKind


@attrs.frozen
class CreateRoom:
    space: Id
    name: Name
    kind: RoomKind = "text"
    private: bool = False
    topic: About | None = None


@attrs.frozen
class UpdateRoom:
    room: Id
    name: Name | None = None
    topic: About | None = None
    slow_mode: Annotated[int, Meta(ge=0, le=21_600)] | None = None  # seconds
    reason: Reason | None = None


@attrs.frozen
class ArchiveRoom:
    room: Id


@attrs.frozen
class JoinRoom:
    room: Id


@attrs.frozen
class LeaveRoom:
    room: Id


@attrs.frozen
class ListRooms:
    space: Id


@attrs.frozen
class GetRoom:
    room: Id


@attrs.frozen
class ListRoomMembers:
    room: Id
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE
