"""Read markers: how far an account has read a room."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import Id, Seq
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command


class MarkRead(Struct, frozen=True):
    room: Id
    seq: Seq


class MarkUnread(Struct, frozen=True):
    room: Id
    seq: Seq


REQUESTS: tuple[RequestType, ...] = (
    command(
        "read.mark",
        MarkRead,
        doc="Moves the caller's read marker forward.",
        http=Http("PUT", "/rooms/{room}/read"),
        scope="read",
        decided_by="room",
        rate="signal",
        pipelined=True,
        refusals=("not_found",),
        notes=(
            "`seq` is any event's of the room. The marker never moves back. All sessions of the account get"
            " the signal `read.marked`.",
        ),
    ),
    command(
        "read.mark_unread",
        MarkUnread,
        doc="Moves the caller's read marker back, to before a message.",
        http=Http("POST", "/rooms/{room}/mark_unread"),
        scope="read",
        refusals=("not_found",),
        events=("read.marked_unread",),
        notes=(
            "What came from the event `seq` on is unread again, with its notifications, unless"
            " `notification.read` named them. Others are shown nothing: to them what was read stays read."
            " `read.mark` moves the marker forward again. Where `seq` is unread already, nothing changes.",
        ),
    ),
)
