"""Reactions on messages."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import DEFAULT_PAGE, Emoji, Id, Limit, Seq
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query


class AddReaction(Struct, frozen=True):
    room: Id
    seq: Seq
    emoji: Emoji


class RemoveReaction(Struct, frozen=True):
    room: Id
    seq: Seq
    emoji: Emoji


class ListReactions(Struct, frozen=True):
    room: Id
    seq: Seq
    emoji: Emoji
    after: Id | None = None
    limit: Limit = DEFAULT_PAGE


class Reactor(Struct, frozen=True, kw_only=True):
    account: Id
    name: str
    display_name: str


class ReactorPage(Struct, frozen=True, kw_only=True):
    """By account id. `next` is the `after` of the following page, null at the end."""

    accounts: list[Reactor]
    next: Id | None


REQUESTS: tuple[RequestType, ...] = (
    command(
        "reaction.add",
        AddReaction,
        doc="Puts a reaction on a message.",
        http=Http("PUT", "/rooms/{room}/messages/{seq}/reactions/{emoji}"),
        scope="react",
        decided_by="room",
        refusals=("not_found", "conflict"),
        events=("reaction.added",),
        notes=(
            "`emoji` is one character as people see it (a grapheme cluster, UAX #29), or `:name:` of a"
            " custom emoji of the room's space. It is kept composed (NFC) and fully qualified (UTS #51): a"
            " heart with and without a variation selector is one reaction. Adding what is there returns `{}`"
            " and logs nothing.",
        ),
    ),
    command(
        "reaction.remove",
        RemoveReaction,
        doc="Removes the caller's reaction.",
        http=Http("DELETE", "/rooms/{room}/messages/{seq}/reactions/{emoji}"),
        scope="react",
        decided_by="room",
        refusals=("not_found",),
        events=("reaction.removed",),
        notes=("Removing what is not there returns `{}` and logs nothing.",),
    ),
    query(
        "reaction.list",
        ListReactions,
        ReactorPage,
        doc="Who reacted with an emoji, by account id.",
        http=Http("GET", "/rooms/{room}/messages/{seq}/reactions/{emoji}"),
        scope="read",
        refusals=("not_found",),
    ),
)
