"""What can be asked about who may do what: roles, overrides, and what keeps order."""

from __future__ import annotations

from typing import Annotated

import attrs
from msgspec import Meta

from chatd.contract.fields import (
    DEFAULT_PAGE,
    About,
    BoundRole,
    Id,
    Limit,
    Name,
    Reason,
    Role,
    Seconds,
    Seq,
    ShowingRight,
    Time,
    Url,
)

# --- spaces -----------------------------------------------------------------------------------------


@attrs.frozen
class UpdateSpace:
    space: Id
    name: Name | None = None
    description: About | None = None
    icon: Url | None = None


@attrs.frozen
class DeleteSpace:
    space: Id
    reason: Reason | None = None


@attrs.frozen
class LeaveSpace:
    space: Id


@attrs.frozen
class LockSpace:
    space: Id
    reason: Reason | None = None


@attrs.frozen
class UnlockSpace:
    space: Id
    reason: Reason | None = None


# --- members ----------------------------------------------------------------------------------------


@attrs.frozen
class SetRole:
    space: Id
    account: Id
    role: Role
    reason: Reason | None = None
    dry_run: bool = False


@attrs.frozen
class KickMember:
    space: Id
    account: Id
    reason: Reason | None = None


@attrs.frozen
class BanMember:
    space: Id
    account: Id
    reason: Reason | None = None
    for_: Seconds | None = None


@attrs.frozen
class UnbanMember:
    space: Id
    account: Id
    reason: Reason | None = None


@attrs.frozen
class MuteMember:
    space: Id
    account: Id
    reason: Reason | None = None
    for_: Seconds | None = None


@attrs.frozen
class UnmuteMember:
    space: Id
    account: Id
    reason: Reason | None = None


@attrs.frozen
class EraseMessages:
    space: Id
    account: Id
    reason: Reason | None = None


@attrs.frozen
class ListBans:
    space: Id


# --- rooms ------------------------------------------------------------------------------------------


@attrs.frozen
class InviteToRoom:
    room: Id
    account: Id


@attrs.frozen
class RemoveFromRoom:
    room: Id
    account: Id
    reason: Reason | None = None


@attrs.frozen
class LockRoom:
    room: Id
    reason: Reason | None = None


@attrs.frozen
class UnlockRoom:
    room: Id
    reason: Reason | None = None


@attrs.frozen
class UnarchiveRoom:
    room: Id


@attrs.frozen
class DeleteRoom:
    room: Id
    reason: Reason | None = None


@attrs.frozen
class SetOverride:
    room: Id
    right: ShowingRight
    role: BoundRole | None = None
    account: Id | None = None
    allow: bool | None = None
    reason: Reason | None = None
    dry_run: bool = False


# --- reports, and what was done ---------------------------------------------------------------------


@attrs.frozen
class ReportMessage:
    room: Id
    seq: Seq
    reason: Reason


@attrs.frozen
class ListReports:
    space: Id
    open: bool = True
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE


@attrs.frozen
class ResolveReport:
    report: Id
    reason: Reason | None = None


@attrs.frozen
class ListAudit:
    space: Id
    by: Id | None = None
    account: Id | None = None
    type: Annotated[str, Meta(min_length=3, max_length=64)] | None = None
    before: Seq | None = None
    limit: Limit = DEFAULT_PAGE


@attrs.frozen
class ExplainAccess:
    account: Id
    room: Id


@attrs.frozen
class ListAccess:
    room: Id
    at: Time | None = None
