"""Typing: who is writing in a room."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import Id
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command


class SetTyping(Struct, frozen=True):
    room: Id


REQUESTS: tuple[RequestType, ...] = (
    command(
        "typing.set",
        SetTyping,
        doc="Shows the room that the caller is typing.",
        http=Http("POST", "/rooms/{room}/typing"),
        scope="post",
        decided_by="room",
        rate="signal",
        pipelined=True,
        refusals=("not_found",),
        notes=(
            "The room's other members get a `typing` signal, at most one in three seconds. Only who may"
            " post there can be typing. Nobody is shown it of an account that is invisible.",
        ),
    ),
)
