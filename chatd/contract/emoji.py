"""Custom emoji of a space."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import EmojiName, Id, Picture, Time
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command, query


class AddEmoji(Struct, frozen=True):
    space: Id
    name: EmojiName
    image: Picture


class RemoveEmoji(Struct, frozen=True):
    space: Id
    name: EmojiName


class ListEmoji(Struct, frozen=True):
    space: Id


class CustomEmoji(Struct, frozen=True, kw_only=True):
    name: str
    image: str
    by: str
    at: Time


class EmojiList(Struct, frozen=True, kw_only=True):
    """By name."""

    emoji: list[CustomEmoji]


REQUESTS: tuple[RequestType, ...] = (
    command(
        "emoji.add",
        AddEmoji,
        doc="Makes a custom emoji.",
        http=Http("PUT", "/spaces/{space}/emoji/{name}"),
        scope="manage",
        decided_by="space",
        refusals=("not_found", "conflict"),
        events=("emoji.added",),
        notes=(
            "The name consists of `a` to `z`, `0` to `9`, `_`, `+` and `-`. `image` is an address that"
            " clients show.",
        ),
    ),
    command(
        "emoji.remove",
        RemoveEmoji,
        doc="Removes a custom emoji.",
        http=Http("DELETE", "/spaces/{space}/emoji/{name}"),
        scope="manage",
        decided_by="space",
        refusals=("not_found",),
        events=("emoji.removed",),
        notes=("Reactions with the emoji stay as they are.",),
    ),
    query(
        "emoji.list",
        ListEmoji,
        EmojiList,
        doc="The custom emoji of a space.",
        http=Http("GET", "/spaces/{space}/emoji"),
        scope="read",
        refusals=("not_found",),
        notes=("By name.",),
    ),
)
