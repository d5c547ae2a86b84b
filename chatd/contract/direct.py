"""Direct rooms: the same people always share the same room. What somebody new writes first is a request."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

from chatd.contract.fields import DEFAULT_PAGE, Id, Limit
from chatd.contract.http import Http
from chatd.contract.room import OwnRoom, RoomResult
from chatd.contract.spec import RequestType, command, query

MAX_PEOPLE: Final = 10  # in one direct room, the caller among them


class OpenDirect(Struct, frozen=True):
    accounts: Annotated[list[Id], Meta(max_length=MAX_PEOPLE)]


class AcceptDirect(Struct, frozen=True):
    room: Id


class DeclineDirect(Struct, frozen=True):
    room: Id


class LeaveDirect(Struct, frozen=True):
    room: Id


class ListDirects(Struct, frozen=True):
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE


class DirectPage(Struct, frozen=True, kw_only=True):
    """By room id. `next` is the `after` of the following page, null at the end."""

    rooms: list[OwnRoom]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    command(
        "direct.open",
        OpenDirect,
        RoomResult,
        doc="The direct room of the caller and these people.",
        http=Http("POST", "/direct"),
        scope="post",
        refusals=("not_found", "conflict", "rate_limited"),
        events=("room.created", "member.joined"),
        notes=(
            "Returns the room of the caller and these accounts, and makes it if there is none. The same"
            f" people always get the same room, of at most {MAX_PEOPLE} people. Without accounts, or with"
            " oneself, it is a room for notes.",
            "The caller shares a space with each of them, otherwise the account is `not_found`. A space in"
            " which one of the two is a guest counts only with the setting `guest_direct_rooms`, and for"
            " two who share one of its rooms. A bot and its owner know each other; with others a bot's owner"
            " must share a space too, and be in the room. A room that the caller is in already is returned in"
            " any case.",
            "The others join with the first message. An account makes at most `direct_rooms_per_day` new"
            " ones in 24 hours, its bots included, and none with an account that is disabled (`conflict`)."
            " A direct room cannot be renamed or archived; operators may delete it, and the same people then"
            " get a new one.",
        ),
    ),
    query(
        "direct.list",
        ListDirects,
        DirectPage,
        doc="The caller's direct rooms, as `session.open` lists them.",
        http=Http("GET", "/direct"),
        scope="read",
        notes=(
            "Left out are direct rooms without a message, those that the caller has left or declined, and"
            " those in which only people wrote whom the caller has blocked.",
            "`request` is true while somebody new has written: the caller has neither accepted the room nor"
            " written in it, nor ever written in a direct room that the author of its first message is in.",
        ),
    ),
    command(
        "direct.accept",
        AcceptDirect,
        doc="Accepts a request: the room is like any other direct room.",
        http=Http("POST", "/direct/{room}/accept"),
        scope="post",
        refusals=("not_found",),
        events=("direct.accepted",),
        notes=("Posting in the room accepts it too. A room that was declined comes back.",),
    ),
    command(
        "direct.decline",
        DeclineDirect,
        doc="Declines a request: the room is no longer listed, and nothing in it notifies.",
        http=Http("POST", "/direct/{room}/decline"),
        scope="post",
        refusals=("not_found", "conflict"),
        events=("direct.declined",),
        notes=("Nobody else learns of it. Accepting the room, or posting in it, takes it back.",),
    ),
    command(
        "direct.leave",
        LeaveDirect,
        doc="Takes a direct room off the caller's list.",
        http=Http("POST", "/direct/{room}/leave"),
        scope="post",
        refusals=("not_found",),
        events=("direct.left", "member.left"),
        notes=(
            "A room of two: nobody else learns of it, and the next message brings the room back, unless its"
            " author is blocked. A room of more people: the caller is no member any more, as the others"
            " see, and comes back only by `direct.open` with the same people. A bot leaves with its owner.",
        ),
    ),
)
