"""Invites: codes that let people into a space."""

from __future__ import annotations

from typing import Annotated

import attrs
from msgspec import Meta

from chatd.contract.fields import GrantedRole, Id, Role, Seconds, Time, Token
from chatd.contract.rows import result
from chatd.contract.space import SpaceResult
from chatd.contract.spec import RequestType, command, query


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


@result
class Invite:
    """An invite without its code, of which only a hash is stored."""

    id: Id
    role: Role
    max_uses: int | None
    uses: int
    expires_at: Time | None
    by: str


@result
class NewInvite(Invite):
    """The code is shown this once."""

    code: str


@result
class Joined:
    account: Id
    at: Time


@result
class ListedInvite(Invite):
    """`joined`: the newest 100 accounts that it let in, newest first."""

    joined: list[Joined]


@result
class InviteResult:
    invite: NewInvite


@result
class InviteList:
    invites: list[ListedInvite]


REQUESTS: tuple[RequestType, ...] = (
    command(
        "invite.create",
        CreateInvite,
        InviteResult,
        doc="Makes an invite code.",
        scope="manage",
        refusals=("not_found",),
        events=("invite.created",),
    ),
    query(
        "invite.list",
        ListInvites,
        InviteList,
        doc="The invites of a space, without their codes.",
        scope="read",
        refusals=("not_found",),
    ),
    command(
        "invite.revoke",
        RevokeInvite,
        doc="Ends an invite, named by its code or id.",
        scope="manage",
        refusals=("not_found",),
        events=("invite.revoked",),
    ),
    command(
        "invite.accept",
        AcceptInvite,
        SpaceResult,
        doc="Joins the space that the code leads to.",
        scope="join",
        refusals=("not_found",),
        events=("member.joined",),
    ),
)
