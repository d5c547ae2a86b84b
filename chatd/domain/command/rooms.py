"""What can be asked about rooms."""

from __future__ import annotations

import attrs

from chatd.domain.command.fields import (
    DEFAULT_PAGE,
    About,
    Id,
    Limit,
    Name,
    RoomKind,
)


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
