"""What the files of a Slack export hold, as far as it is read. A field that is not here is passed over
unread; `Raw` is kept as it is and decoded where it matters."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Raw, Struct
from msgspec.json import Decoder

Number = str | int | float | None  # times are strings until about 2018 and integers later


class Profile(Struct):
    display_name: str | None = None
    real_name: str | None = None
    email: str | None = None
    name: str | None = None  # of a bot


class Workspaces(Struct):
    enterprise_id: str | None = None


class UserRow(Struct):
    id: str
    team_id: str | None = None
    name: str | None = None
    real_name: str | None = None
    deleted: bool | None = None
    is_bot: bool | None = None
    profile: Profile | None = None
    enterprise_user: Workspaces | None = None


class Remark(Struct):
    """A topic or purpose."""

    value: str | None = None


class Pin(Struct):
    id: str | None = None
    type: str | None = None
    user: str | None = None


class RoomRow(Struct):
    id: str
    name: str | None = None
    created: Number = None
    is_archived: bool | None = None
    is_private: bool | None = None
    is_im: bool | None = None
    is_mpim: bool | None = None
    members: list[str] | None = None
    topic: Remark | None = None
    purpose: Remark | None = None
    pins: list[Pin] | None = None


class Edited(Struct):
    ts: Number = None


class ReactionRow(Struct):
    """`count` may be more than there are `users`."""

    name: str = ""
    users: list[str] | None = None
    count: int | None = None


class Comment(Struct):
    comment: str | None = None
    user: str | None = None


class FileRow(Struct):
    """Of a stub only `id` and `mode` are there."""

    id: str | None = None
    name: str | None = None
    title: str | None = None
    mimetype: str | None = None
    size: Number = None
    mode: str | None = None
    file_access: str | None = None
    external_type: str | None = None
    url_private: str | None = None
    url_private_download: str | None = None
    initial_comment: Comment | None = None


class Call(Struct):
    """A call or huddle."""

    name: str | None = None
    date_start: Number = None
    date_end: Number = None
    participant_history: list[str] | None = None


NOTHING: Final = Raw()  # stands where a row does not have the field


class Row(Struct):
    """A message."""

    ts: Number = None
    type: str | None = None
    subtype: str | None = None
    user: str | None = None
    bot_id: str | None = None
    username: str | None = None
    text: str | None = None
    thread_ts: Number = None
    edited: Edited | None = None
    reactions: list[ReactionRow] | None = None
    files: list[FileRow] | None = None
    file: FileRow | None = None
    comment: Comment | None = None
    blocks: Raw = NOTHING
    attachments: Raw = NOTHING
    room: Raw = NOTHING
    user_profile: Raw = NOTHING
    bot_profile: Raw = NOTHING
    pinned_to: list[str] | None = None
    pinned_info: Raw = NOTHING


ROW: Final = Decoder(Row)
ROWS: Final = Decoder(list[Row])
USER: Final = Decoder(UserRow)
ROOM: Final = Decoder(RoomRow)
PROFILE: Final = Decoder(Profile)
CALL: Final = Decoder(Call)
ANYTHING: Final = Decoder(Any)


def seconds(value: Number) -> float | None:
    """A time in a list, in seconds; none where it is not known, which Slack writes as 0 or 1."""
    try:
        number = float(value or 0)
    except ValueError:
        return None
    return number if 1 < number < MAX_SECONDS else None


MAX_SECONDS: Final = 4_102_444_800  # the year 2100
EARLIEST: Final = 1_000_000_000  # the year 2001; Slack is younger


def microseconds(ts: Number) -> int | None:
    """A `ts` as a number, exactly; none where it is no time that a message of Slack can have."""
    if not isinstance(ts, str):
        if ts is None or isinstance(ts, bool) or not EARLIEST <= ts < MAX_SECONDS:
            return None
        return round(ts * 1_000_000)
    digits = ts[:10] + ts[11:17].ljust(6, "0")
    if ts[10:11] not in (".", "") or not (digits.isdecimal() and digits.isascii() and len(digits) == 16):
        return None
    micro = int(digits)
    return micro if EARLIEST * 1_000_000 <= micro < MAX_SECONDS * 1_000_000 else None


WRITTEN: Final = 17  # characters


def written(micro: int) -> str:
    """As Slack writes a `ts`, always with six decimals."""
    return f"{micro // 1_000_000}.{micro % 1_000_000:06d}"
