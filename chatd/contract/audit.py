"""The audit: who did what in a space and its rooms, or to the server and its accounts."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from chatd.contract.fields import DEFAULT_PAGE, Id, Limit, Seq, Time
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, query


class ListAudit(Struct, frozen=True):
    space: Id | None = None
    by: Id | None = None
    account: Id | None = None
    type: Annotated[str, Meta(min_length=3, max_length=64)] | None = None
    before: Seq | None = None
    limit: Limit = DEFAULT_PAGE


class AuditEntry(Struct, frozen=True, kw_only=True):
    """An event without texts; `data` as the event has it."""

    position: int
    stream: str
    seq: int
    type: str
    at: Time
    by: str
    data: dict[str, Any]


class AuditPage(Struct, frozen=True, kw_only=True):
    """The newest first. `next` is the `before` of the following page, null at the end."""

    entries: list[AuditEntry]
    next: int | None


REQUESTS: tuple[RequestType, ...] = (
    query(
        "audit.list",
        ListAudit,
        AuditPage,
        doc="Who did what in a space and its rooms, newest first.",
        http=Http("GET", "/audit"),
        scope="moderate",
        refusals=("not_found",),
        notes=(
            "What happened to the space and its rooms; of private rooms only to members of them and to"
            " operators. Messages, reactions and read marks are not in it, deleting messages is. Without"
            " `space` it is about the server itself (backups, restores, views built again), about what"
            " others did to accounts (made, changed, renamed, disabled, signed out, deleted) and about direct"
            " rooms, for operators and admins only.",
            "`account` finds what was done to that account, or to messages of that author. No texts are"
            " shown. A `type` that no event has is `invalid`.",
            "Pages go back in time: pass `next` as the next `before`.",
        ),
    ),
)
