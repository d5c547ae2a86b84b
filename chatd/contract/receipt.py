"""Receipts: whom a message has reached, and who has read it."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import Id, Seq
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, query


class ListReceipts(Struct, frozen=True):
    room: Id
    seq: Seq


class Receipts(Struct, frozen=True, kw_only=True):
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
        http=Http("GET", "/rooms/{room}/messages/{seq}/receipts"),
        scope="read",
        refusals=("not_found",),
        notes=(
            "About those who were in the room when the message came, except its author and those who hide"
            " their receipts (`preferences.update`). Only members of the room and operators may ask.",
            "*Read*: the marker has reached the message. *Delivered*: it was read, or the server has handed"
            " the message and all before it to a connection of the account with nothing left waiting, or a"
            " client has come back with a cursor at or after it, or has opened a session without a cursor"
            " since.",
            "To an account that is invisible (`presence.set`) only what it was given before counts as"
            " delivered, or what it has read; to one that has left the room, what it has read.",
            "Deliveries are worked out when somebody asks and saved every ten seconds: after a crash a few"
            " may be missing until the client returns.",
            "Lists have at most 100 ids; the counts count all.",
        ),
    ),
)
