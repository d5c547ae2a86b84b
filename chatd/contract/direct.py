"""Direct rooms: the same people always share the same room."""

from __future__ import annotations

from typing import Annotated

import attrs
from msgspec import Meta

from chatd.contract.fields import Id
from chatd.contract.room import RoomResult
from chatd.contract.spec import RequestType, command


@attrs.frozen
class OpenDirect:
    accounts: Annotated[list[Id], Meta(max_length=49)]


REQUESTS: tuple[RequestType, ...] = (
    command(
        "direct.open",
        OpenDirect,
        RoomResult,
        doc="The direct room of the caller and these people.",
        scope="post",
        refusals=("not_found",),
        events=("room.created", "member.joined"),
        notes=(
            "Returns the room of the caller and these accounts, and makes it if there is none. The same"
            " people always get the same room. Without accounts, or with oneself, it is a room for notes.",
            "Nobody joins or leaves a direct room; it cannot be renamed or archived. Each member's sessions"
            " get the `member.joined` of their own account.",
        ),
    ),
)
