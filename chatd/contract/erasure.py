"""Orders to erase all that an account wrote in a space: carried out later, and until then cancelled."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import MAX_PAGE, Id, Label, Limit, Reason, Time
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query


class ListErasures(Struct, frozen=True):
    space: Id
    after: Label | None = None
    limit: Limit = MAX_PAGE


class CancelErasure(Struct, frozen=True):
    space: Id
    account: Id
    reason: Reason | None = None


class Erasure(Struct, frozen=True, kw_only=True):
    """An order that was not carried out yet; `by` whom, and why."""

    account: Id
    by: str
    reason: str | None
    ordered_at: Time
    due_at: Time


class ErasureList(Struct, frozen=True, kw_only=True):
    erasures: list[Erasure]
    next: str | None


REQUESTS: tuple[RequestType, ...] = (
    query(
        "erasure.list",
        ListErasures,
        ErasureList,
        doc="Whose messages in a space will be erased, and when.",
        http=Http("GET", "/spaces/{space}/erasures"),
        scope="moderate",
        refusals=("not_found",),
        notes=("Orders by `member.erase_messages` that were not carried out yet, the next one first.",),
    ),
    command(
        "erasure.cancel",
        CancelErasure,
        doc="Takes an order to erase somebody's messages back.",
        http=Http("DELETE", "/spaces/{space}/erasures/{account}"),
        scope="moderate",
        decided_by="space",
        refusals=("not_found",),
        events=("member.erasure_cancelled",),
        notes=("Whoever may order it may cancel it. What is being erased already is gone; the rest stays.",),
    ),
)
