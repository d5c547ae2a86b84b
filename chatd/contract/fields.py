"""The types of fields, with their limits in them.

The edge refuses a bad field by these types before any actor sees it, and the schema pages are made from them.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta

from chatd.contract import shown

MAX_TEXT: Final = 10_000  # characters of a message
MAX_ID: Final = 64  # characters of a request's id
MAX_PAGE: Final = 500
DEFAULT_PAGE: Final = 50
HASH_BYTES: Final = 6  # shown of an event's hash: too few to guess from, enough to tell two histories apart
MAX_FAVOURITES: Final = 100
MAX_SPACE_ORDER: Final = 200
MAX_ROOM_ORDER: Final = 500
MAX_QUICK_REACTIONS: Final = 12
MAX_SLOW_MODE: Final = 21_600  # seconds
MAX_KEEP_DAYS: Final = 36_500

NO_NUL: Final = r"^[^\x00]*$"  # SQLite compares text only up to a NUL

Id = Annotated[str, Meta(min_length=1, max_length=64, pattern=NO_NUL)]


def _different(most: int) -> Meta:
    """Of a list in which nothing stands twice."""
    return Meta(max_length=most, extra_json_schema={"uniqueItems": True})


def _limits(least: int, most: int, rule: shown.Rule) -> Meta:
    return Meta(min_length=least, max_length=most, description=rule.says)


# What people are shown; `chatd.contract.shown` says what these may be.
Name = Annotated[str, _limits(1, 80, shown.NAME), shown.NAME]  # of a room or space, or a display name
DeviceName = Annotated[str, _limits(0, 80, shown.LINE), shown.LINE]
Note = Annotated[str, _limits(0, 80, shown.LINE), shown.LINE]
Topic = Annotated[str, _limits(0, 1000, shown.LINE), shown.LINE]
About = Annotated[str, _limits(0, 1000, shown.TEXT), shown.TEXT]
Reason = Annotated[str, _limits(1, 500, shown.REASON), shown.REASON]
Text = Annotated[str, _limits(1, MAX_TEXT, shown.MESSAGE), shown.MESSAGE]
TextOrNone = Annotated[str, _limits(0, MAX_TEXT, shown.MESSAGE_OR_EMPTY), shown.MESSAGE_OR_EMPTY]
Picture = Annotated[str, _limits(1, 500, shown.PICTURE), shown.PICTURE]
PictureOrNone = Annotated[str, _limits(0, 500, shown.PICTURE_OR_EMPTY), shown.PICTURE_OR_EMPTY]

AccountName = Annotated[str, Meta(min_length=2, max_length=32)]
Password = Annotated[str, Meta(min_length=1, max_length=256)]
Token = Annotated[str, Meta(min_length=1, max_length=4096)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Label = Annotated[str, Meta(max_length=80, pattern=NO_NUL)]
Url = Annotated[str, Meta(max_length=500)]
Nonce = Annotated[str, Meta(min_length=1, max_length=64, pattern=NO_NUL)]
Seq = Annotated[int, Meta(ge=0, le=2**53)]
EventHash = Annotated[str, Meta(pattern=f"^[0-9a-f]{{{2 * HASH_BYTES}}}$")]  # how the hash of an event begins
Limit = Annotated[int, Meta(ge=1, le=MAX_PAGE)]
KeepDays = Annotated[int, Meta(ge=0, le=MAX_KEEP_DAYS)]  # for which messages are kept; 0: for ever
Seconds = Annotated[int, Meta(ge=1, le=10 * 366 * 86400)]
Emoji = Annotated[str, Meta(min_length=1, max_length=64, pattern=NO_NUL)]
EmojiName = Annotated[
    str,
    Meta(
        min_length=2,
        max_length=32,
        pattern=r"^[a-z0-9_+-]+$",
        description="of the letters a to z, digits, _, + and -",
    ),
]
Query = Annotated[str, Meta(min_length=1, max_length=200)]
Minute = Annotated[int, Meta(ge=0, le=1439)]  # of the day, from midnight
TimeZone = Annotated[str, Meta(min_length=1, max_length=64)]  # a name of the IANA database
Favourites = Annotated[list[Id], _different(MAX_FAVOURITES)]  # rooms
SpaceOrder = Annotated[list[Id], _different(MAX_SPACE_ORDER)]
RoomOrder = Annotated[list[Id], _different(MAX_ROOM_ORDER)]
QuickReactions = Annotated[list[Emoji], _different(MAX_QUICK_REACTIONS)]
Time = Annotated[int, Meta(ge=0, le=2**53)]  # Unix milliseconds
Path = Annotated[str, Meta(min_length=1, max_length=4096)]

Role = Literal["owner", "admin", "moderator", "member", "guest"]
GrantedRole = Literal["admin", "moderator", "member", "guest"]  # an invite never makes an owner
RoomKind = Literal["text", "audio", "video", "announcement"]
SignUpMode = Literal["open", "invite", "closed"]  # whether anybody may, those with an invite, or nobody
Scope = Literal["read", "post", "react", "join", "moderate", "manage"]  # what a bot may at most
BoundRole = Literal["moderator", "member", "guest"]  # overrides bind nobody above
ShowingRight = Literal["message.post", "message.announce", "mention.loud", "reaction.add", "pin.set"]
Right = Literal[
    "space.update",
    "space.delete",
    "space.lock",
    "space.export",
    "space.set_retention",
    "invite.create",
    "invite.list",
    "member.see_all",
    "member.set_role",
    "member.kick",
    "member.ban",
    "member.mute",
    "member.erase_messages",
    "room.create",
    "room.create_private",
    "room.see_public",
    "room.join_public",
    "room.invite",
    "room.remove",
    "room.update",
    "room.lock",
    "room.override",
    "room.archive",
    "room.delete",
    "room.set_retention",
    "message.post",
    "message.announce",
    "message.hurry",
    "message.delete_any",
    "message.see_edits",
    "mention.loud",
    "reaction.add",
    "pin.set",
    "emoji.manage",
    "report.list",
    "audit.list",
]
Level = Literal["all", "mentions", "none"]
PresenceState = Literal["online", "away", "dnd", "invisible"]
ShownPresence = Literal["online", "away", "dnd", "invisible", "offline"]
AnyRoomKind = Literal["text", "audio", "video", "announcement", "direct"]
DirectState = Literal["accepted", "declined", "left"]  # what an account made of a direct room
NotificationKind = Literal["direct", "mention", "thread", "message", "scheduled"]
SecurityChange = Literal[
    "password",
    "totp_on",
    "totp_off",
    "recovery_link",
    "recovered",
    "identity_added",
    "identity_removed",
    "passkey_added",
    "passkey_removed",
    "device_added",
    "token_made",
    "signed_out",
    "exported",
]
ExportKind = Literal[
    "account",
    "name",
    "device",
    "push",
    "passkey",
    "identity",
    "bot",
    "membership",
    "preferences",
    "subscription",
    "block",
    "direct",
    "read",
    "bookmark",
    "draft",
    "scheduled",
    "report",
    "invite",
    "message",
    "reaction",
    "file",
    "notification",
]

# The rate that a request counts against: by account, or by address for what strangers may ask.
RateClass = Literal["post", "write", "query", "signal", "open", "refresh", "sign_in", "sign_up"]
