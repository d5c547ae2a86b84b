"""Pins: messages that a room keeps in view."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import (
    MAX_PAGE,
    Id,
    Limit,
    Seq,
    Time,
)
from chatd.contract.http import Http
from chatd.contract.message import Message
from chatd.contract.spec import RequestType, command, query


class AddPin(Struct, frozen=True):
    room: Id
    seq: Seq


class RemovePin(Struct, frozen=True):
    room: Id
    seq: Seq


class ListPins(Struct, frozen=True):
    room: Id
    after: Id | None = None
    limit: Limit = MAX_PAGE


class Pin(Struct, frozen=True, kw_only=True):
    seq: int
    by: str
    at: Time
    message: Message


class PinList(Struct, frozen=True, kw_only=True):
    """The newest pin first."""

    pins: list[Pin]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    command(
        "pin.add",
        AddPin,
        doc="Pins a message to its room.",
        http=Http("PUT", "/rooms/{room}/pins/{seq}"),
        scope="moderate",
        decided_by="room",
        refusals=("not_found", "conflict"),
        events=("pin.added",),
        notes=("Adding what is there returns `{}` and logs nothing.",),
    ),
    command(
        "pin.remove",
        RemovePin,
        doc="Removes a pin.",
        http=Http("DELETE", "/rooms/{room}/pins/{seq}"),
        scope="moderate",
        decided_by="room",
        refusals=("not_found",),
        events=("pin.removed",),
        notes=("Removing what is not there returns `{}` and logs nothing.",),
    ),
    query(
        "pin.list",
        ListPins,
        PinList,
        doc="The pinned messages of a room, newest pin first.",
        http=Http("GET", "/rooms/{room}/pins"),
        scope="read",
        refusals=("not_found",),
    ),
)
