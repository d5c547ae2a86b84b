"""What the lines of a Mattermost bulk export hold, as far as it is read.

https://docs.mattermost.com/administration-guide/onboard/bulk-loading-data.html; exports of versions 1 to 11
differ in details: whatever may be null or absent is.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import Raw, Struct
from msgspec.json import Decoder

Number = int | float | str | None


class Line(Struct):
    type: str = ""
    version: Any = None
    team: Raw = Raw()
    channel: Raw = Raw()
    user: Raw = Raw()
    bot: Raw = Raw()
    post: Raw = Raw()
    direct_channel: Raw = Raw()
    direct_post: Raw = Raw()
    emoji: Raw = Raw()


class TeamRow(Struct):
    name: str
    display_name: str | None = None


class ChannelRow(Struct):
    team: str
    name: str
    display_name: str | None = None
    type: str | None = None
    header: str | None = None
    purpose: str | None = None
    deleted_at: Number = None
    delete_at: Number = None


class ChannelOfUser(Struct):
    name: str


class TeamOfUser(Struct):
    name: str
    channels: list[ChannelOfUser] | None = None


class UserRow(Struct):
    """A bot has no other names than `display_name`."""

    username: str
    email: str | None = None
    nickname: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    display_name: str | None = None
    delete_at: Number = None
    teams: list[TeamOfUser] | None = None


class Participant(Struct):
    username: str


class DirectRow(Struct):
    members: list[str] | None = None
    participants: list[Participant] | None = None
    header: str | None = None


class ReactionRow(Struct):
    user: str = ""
    emoji_name: str = ""


class FileRow(Struct):
    path: str | None = None


class PostRow(Struct):
    """A post, a reply, or a post of a direct channel."""

    team: str | None = None
    channel: str | None = None
    channel_members: list[str] | None = None
    user: str | None = None
    type: str | None = None
    message: str | None = None
    props: Raw = Raw()
    create_at: Number = None
    edit_at: Number = None
    delete_at: Number = None
    is_pinned: bool | None = None
    reactions: list[ReactionRow] | None = None
    replies: Raw = Raw()
    attachments: list[FileRow] | None = None


class PostPlace(Struct):
    """Where a post stands, which is all that is read of it at first."""

    team: str | None = None
    channel: str | None = None
    channel_members: list[str] | None = None


class EmojiRow(Struct):
    name: str
    image: str | None = None


LINE: Final = Decoder(Line)
TEAM: Final = Decoder(TeamRow)
CHANNEL: Final = Decoder(ChannelRow)
USER: Final = Decoder(UserRow)
DIRECT: Final = Decoder(DirectRow)
POST: Final = Decoder(PostRow)
RAWS: Final = Decoder(list[Raw])
PLACE: Final = Decoder(PostPlace)
EMOJI: Final = Decoder(EmojiRow)
ANYTHING: Final = Decoder(Any)

_LATEST: Final = 4_102_444_800_000  # the year 2100


def milliseconds(value: Number) -> int | None:
    """A time; none where it is 0, which Mattermost writes for never, or out of every range."""
    try:
        number = int(value or 0)
    except (ValueError, OverflowError):
        return None
    return number if 0 < number < _LATEST else None
