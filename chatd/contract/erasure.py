"""Orders to erase all that an account wrote in a space: carried out later, and until then cancelled."""

from __future__ import annotations

import attrs

from chatd.contract.fields import MAX_PAGE, Id, Label, Limit, Reason, Time
from chatd.contract.rows import result
from chatd.contract.spec import RequestType, command, query


@attrs.frozen
class ListErasures:
    space: Id
    after: Label | None = None
    limit: Limit = MAX_PAGE


@attrs.frozen
class CancelErasure:
    space: Id
    account: Id
    reason: Reason | None = None


@result
class Erasure:
    """An order that was not carried out yet; `by` whom, and why."""

    account: Id
    by: str
    reason: str | None
    ordered_at: Time
    due_at: Time


@result
class ErasureList:
    erasures: list[Erasure]
    next: str | None


REQUESTS: tuple[RequestType, ...] = (
    query(
        "erasure.list",
        ListErasures,
        ErasureList,
        doc="Whose messages in a space will be erased, and when.",
        scope="moderate",
        refusals=("not_found",),
        notes=("Orders by `member.erase_messages` that were not carried out yet, the next one first.",),
    ),
    command(
        "erasure.cancel",
        CancelErasure,
        doc="Takes an order to erase somebody's messages back.",
        scope="moderate",
        decided_by="space",
        refusals=("not_found",),
        events=("member.erasure_cancelled",),
        notes=("Whoever may order it may cancel it. What is being erased already is gone; the rest stays.",),
    ),
)
