"""Commands and queries: what an account may ask for, with the limits of each field.

Commands are imperative and change something; queries are nouns and change nothing. The limits stand
in the types, so that the edge can refuse a bad field before any actor sees it, and the schema pages
can be made from them.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import attrs
from msgspec import Meta, Struct

MAX_TEXT: Final = 10_000  # characters of a message
MAX_PAGE: Final = 500
DEFAULT_PAGE: Final = 50

NO_NUL: Final = r"^[^\x00]*$"  # SQLite compares text only up to a NUL

Id = Annotated[str, Meta(min_length=1, max_length=64, pattern=NO_NUL)]
Name = Annotated[str, Meta(min_length=1, max_length=80, pattern=NO_NUL)]
AccountName = Annotated[str, Meta(min_length=2, max_length=32)]
Password = Annotated[str, Meta(min_length=1, max_length=256)]
Token = Annotated[str, Meta(min_length=1, max_length=4096)]
Label = Annotated[str, Meta(max_length=80, pattern=NO_NUL)]
About = Annotated[str, Meta(max_length=1000)]
Url = Annotated[str, Meta(max_length=500)]
Text = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
Nonce = Annotated[str, Meta(min_length=1, max_length=64, pattern=NO_NUL)]
Seq = Annotated[int, Meta(ge=0, le=2**53)]
Limit = Annotated[int, Meta(ge=1, le=MAX_PAGE)]
Seconds = Annotated[int, Meta(ge=1, le=10 * 366 * 86400)]
Path = Annotated[str, Meta(min_length=1, max_length=4096)]

Role = Literal["owner", "admin", "moderator", "member", "guest"]
GrantedRole = Literal["admin", "moderator", "member", "guest"]  # an invite never makes an owner
RoomKind = Literal["text", "audio", "video", "announcement"]

# --- accounts ---------------------------------------------------------------------------------------


@attrs.frozen
class SignUp:
    name: AccountName
    password: Password
    display_name: Name | None = None
    invite: Token | None = None


@attrs.frozen
class SignIn:
    name: Annotated[str, Meta(min_length=1, max_length=80)]
    password: Password
    device: Label | None = None


@attrs.frozen
class Refresh:
    refresh_token: Token


@attrs.frozen
class SignOut:
    account: Id | None = None


@attrs.frozen
class UpdateAccount:
    display_name: Name | None = None
    about: About | None = None
    avatar: Url | None = None


@attrs.frozen
class ChangePassword:
    old: Password
    new: Password


@attrs.frozen
class CreateAccount:
    name: AccountName
    password: Password | None = None
    display_name: Name | None = None
    admin: bool = False


@attrs.frozen
class DisableAccount:
    account: Id


@attrs.frozen
class EnableAccount:
    account: Id


@attrs.frozen
class SetPassword:
    account: Id
    password: Password


@attrs.frozen
class IssueToken:
    account: Id
    name: Label | None = None
    expires_in: Seconds | None = None


@attrs.frozen
class ListAccounts:
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE


# --- the session ------------------------------------------------------------------------------------


class Cursor(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a client stands. A Struct, because only those refuse unknown keys below the top level."""

    epoch: Id
    position: Seq


@attrs.frozen
class OpenSession:
    token: Token | None = None
    cursor: Cursor | None = None


# --- spaces and invites -----------------------------------------------------------------------------


@attrs.frozen
class CreateSpace:
    name: Name
    description: About | None = None
    icon: Url | None = None
    owner: Id | None = None


@attrs.frozen
class ListSpaces:
    pass


@attrs.frozen
class GetSpace:
    space: Id


@attrs.frozen
class ListSpaceMembers:
    space: Id
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE


@attrs.frozen
class CreateInvite:
    space: Id
    role: GrantedRole = "member"
    max_uses: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    expires_in: Seconds | None = None


@attrs.frozen
class ListInvites:
    space: Id


@attrs.frozen
class RevokeInvite:
    code: Token


@attrs.frozen
class AcceptInvite:
    code: Token


# --- rooms ------------------------------------------------------------------------------------------


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


# --- messages ---------------------------------------------------------------------------------------


@attrs.frozen
class PostMessage:
    room: Id
    text: Text
    nonce: Nonce | None = None
    reply_to: Seq | None = None


@attrs.frozen
class RoomHistory:
    room: Id
    before: Seq | None = None
    after: Seq | None = None
    around: Seq | None = None
    limit: Limit = DEFAULT_PAGE


@attrs.frozen
class MarkRead:
    room: Id
    seq: Seq


# --- operators --------------------------------------------------------------------------------------


@attrs.frozen
class ListEvents:
    after: Seq | None = None
    stream: Annotated[str, Meta(min_length=1, max_length=80)] | None = None
    limit: Limit = DEFAULT_PAGE
    wait: Annotated[float, Meta(ge=0, le=30)] | None = None


@attrs.frozen
class ServerStatus:
    pass


@attrs.frozen
class ServerTop:
    pass


@attrs.frozen
class CheckServer:
    pass


@attrs.frozen
class VerifyServer:
    pass


@attrs.frozen
class CreateBackup:
    path: Path
