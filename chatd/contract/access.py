"""Access: who may do what in a room, and why."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import (
    MAX_PAGE,
    Id,
    Limit,
    Right,
    Role,
    Time,
)
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, query


class ExplainAccess(Struct, frozen=True):
    account: Id
    room: Id


class ListAccess(Struct, frozen=True):
    room: Id
    at: Time | None = None
    after: Id | None = None
    limit: Limit = MAX_PAGE


class Verdict(Struct, frozen=True, kw_only=True):
    """Whether, and in words for people `because` of what."""

    allowed: bool
    because: str


class AccessExplained(Struct, frozen=True, kw_only=True):
    sees: Verdict
    member: bool
    role: Role | None
    rights: dict[Right, Verdict]


class Viewer(Struct, frozen=True, kw_only=True):
    """Who sees a room; `disabled`: shut out now."""

    account: Id
    name: str
    role: Role
    member: bool
    disabled: bool


class AccessList(Struct, frozen=True, kw_only=True):
    """By account id, as it was `at` that time."""

    at: Time
    position: int
    accounts: list[Viewer]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    query(
        "access.explain",
        ExplainAccess,
        AccessExplained,
        doc="What an account may do in a room, and why.",
        http=Http("GET", "/rooms/{room}/access/{account}"),
        scope="moderate",
        refusals=("not_found",),
        notes=(
            "Says what the commands decide, with reasons for people: whether the account has joined, is"
            " disabled, may announce in an announcement room, and so on.",
            "For those who hold `audit.list` in the space and see the room. Direct rooms have no such"
            " overview.",
        ),
    ),
    query(
        "access.list",
        ListAccess,
        AccessList,
        doc="Who sees a room, now or at a time.",
        http=Http("GET", "/rooms/{room}/access"),
        scope="moderate",
        refusals=("not_found",),
        notes=(
            "Who sees the room, or saw it at the time `at`: its members, and for a public room everybody"
            " who could read it. `disabled`: shut out now.",
            "For those who hold `audit.list` in the space and see the room. Direct rooms have no such"
            " overview.",
        ),
    ),
)
