"""Invites: codes that let people into a space."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from chatd.contract.fields import (
    MAX_PAGE,
    GrantedRole,
    Id,
    Limit,
    Role,
    Seconds,
    Time,
    Token,
)
from chatd.contract.http import Http
from chatd.contract.space import SpaceResult
from chatd.contract.spec import RequestType, command, query


class CreateInvite(Struct, frozen=True):
    space: Id
    role: GrantedRole = "member"
    max_uses: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    expires_in: Seconds | None = None


class ListInvites(Struct, frozen=True):
    space: Id
    after: Id | None = None
    limit: Limit = MAX_PAGE
    all: bool = False


class RevokeInvite(Struct, frozen=True):
    code: Token


class AcceptInvite(Struct, frozen=True):
    code: Token


class CheckInvite(Struct, frozen=True):
    code: Token


class Invite(Struct, frozen=True, kw_only=True):
    """An invite without its code, of which only a hash is stored."""

    id: Id
    role: Role
    max_uses: int | None
    uses: int
    expires_at: Time | None
    by: str


class NewInvite(Invite, frozen=True, kw_only=True):
    """The code is shown this once."""

    code: str


class Joined(Struct, frozen=True, kw_only=True):
    account: Id
    at: Time


class ListedInvite(Invite, frozen=True, kw_only=True):
    """`joined`: the newest 100 accounts that it let in, newest first. `ended`: it expired or is used up."""

    joined: list[Joined]
    ended: bool


class InviteResult(Struct, frozen=True, kw_only=True):
    invite: NewInvite


class InviteChecked(Struct, frozen=True, kw_only=True):
    """`usable`: whether the code lets somebody in at present."""

    usable: bool


class InviteList(Struct, frozen=True, kw_only=True):
    """The oldest first."""

    invites: list[ListedInvite]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    command(
        "invite.create",
        CreateInvite,
        InviteResult,
        doc="Makes an invite code.",
        http=Http("POST", "/spaces/{space}/invites", 201),
        scope="manage",
        refusals=("not_found", "conflict"),
        events=("invite.created",),
        notes=(
            "The code is shown this once; the server stores only its hash.",
            "An invite lets people in as `member` or `guest`, or with a role that its maker may give with"
            " `member.set_role`; a bot's invite never gives more than `member`. It lets people in only while"
            " its maker may still make it: not while the maker is gone, may no longer give that role, is"
            " disabled or is being deleted. Of a bot's invite the same holds for its owner. Invites by"
            " operators always count.",
        ),
    ),
    query(
        "invite.list",
        ListInvites,
        InviteList,
        doc="The invites of a space, without their codes.",
        http=Http("GET", "/spaces/{space}/invites"),
        scope="read",
        refusals=("not_found",),
        notes=(
            "`joined` are the newest 100 accounts that the invite let in, newest first.",
            "Only what can still be used is listed. `all` lists those too that expired or are used up"
            " (`ended`), until they are forgotten: a space forgets 30 days later, when it makes a new invite."
            " A revoked invite is gone at once; the audit has it.",
        ),
    ),
    command(
        "invite.revoke",
        RevokeInvite,
        doc="Ends an invite, named by its code or id.",
        http=Http("DELETE", "/invites/{code}"),
        scope="manage",
        refusals=("not_found",),
        events=("invite.revoked",),
        notes=(
            "`code` is an invite's code or its id. Whoever made the invite may revoke it, and whoever may"
            " make one.",
        ),
    ),
    query(
        "invite.check",
        CheckInvite,
        InviteChecked,
        doc="Whether a code lets somebody in, for who opens an invite's link and has no account yet.",
        http=Http("GET", "/invites/{code}"),
        scope="never",
        asker="anyone",
        rate="sign_in",
        notes=(
            "It says nothing else of the invite or its space, and the same of a code that never was as of one"
            " that is over.",
        ),
    ),
    command(
        "invite.accept",
        AcceptInvite,
        SpaceResult,
        doc="Joins the space that the code leads to.",
        http=Http("POST", "/invites/accept"),
        scope="join",
        refusals=("not_found",),
        events=("member.joined",),
        notes=(
            "A member gets the space and nothing changes. Joining a space joins none of its rooms.",
            "Who was in the space before comes back with the invite's role, but with none higher than the one"
            " they left with; `member.set_role` gives it back.",
            "A code that is wrong, expired, revoked, used up or does not count at present, a ban, and a"
            " locked space are all `not_found`.",
        ),
    ),
)
