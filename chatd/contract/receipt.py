"""Receipts: whom a message has reached, and who has read it."""

from __future__ import annotations

import attrs

from chatd.contract.fields import Id, Seq
from chatd.contract.rows import result
from chatd.contract.spec import RequestType, query


@attrs.frozen
class ListReceipts:
    room: Id
    seq: Seq


@result
class Receipts:
    """The first 100 accounts of each, and counts of all."""

    delivered: list[Id]
    read: list[Id]
    delivered_count: int
    read_count: int


REQUESTS: tuple[RequestType, ...] = (
    query(
        "receipt.list",
        ListReceipts,
        Receipts,
        doc="Whom a message has reached, and who has read it.",
        scope="read",
        refusals=("not_found",),
    ),
)
