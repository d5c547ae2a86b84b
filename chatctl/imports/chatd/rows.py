"""The lines of an export of chatd, as far as they are read: see docs/exports.md."""

from __future__ import annotations

from typing import Final

from msgspec import Raw, Struct
from msgspec.json import Decoder

_LATEST: Final = 4_102_444_800_000  # 2100


def is_time(at: int | None) -> bool:
    return at is not None and 0 < at < _LATEST


class Line(Struct):
    kind: str
    data: Raw = Raw()


class SpaceRow(Struct):
    space: str
    name: str = ""


class RoomRow(Struct):
    room: str
    space: str | None = None
    name: str = ""
    kind: str = "text"
    private: bool = True
    topic: str | None = None
    archived: bool = False
    created_at: int | None = None
    people: list[str] | None = None


class MemberRow(Struct):
    account: str
    room: str | None = None
    name: str = ""
    display_name: str | None = None
    bot: bool = False
    left_at: int | None = None


class EmojiRow(Struct):
    name: str
    image: str | None = None


class FileRow(Struct):
    id: str
    name: str = ""
    type: str = ""
    size: int | None = None


class MessageRow(Struct):
    room: str
    seq: int
    at: int
    by: str
    text: str | None = None
    original: str | None = None
    reply_to: int | None = None
    thread: int | None = None
    attachments: list[str] | None = None
    files: list[FileRow] | None = None
    edited_at: int | None = None
    deleted: bool = False


class EditRow(Struct):
    room: str
    seq: int
    at: int
    text: str | None = None


class ReactionRow(Struct):
    room: str
    seq: int
    emoji: str
    account: str


class PinRow(Struct):
    room: str
    seq: int
    by: str


LINE: Final = Decoder(Line)
SPACE: Final = Decoder(SpaceRow)
ROOM: Final = Decoder(RoomRow)
MEMBER: Final = Decoder(MemberRow)
EMOJI: Final = Decoder(EmojiRow)
MESSAGE: Final = Decoder(MessageRow)
EDIT: Final = Decoder(EditRow)
REACTION: Final = Decoder(ReactionRow)
PIN: Final = Decoder(PinRow)
