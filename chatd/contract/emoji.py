"""Custom emoji of a space."""

from __future__ import annotations

import attrs

from chatd.contract.fields import EmojiName, Id, Picture, Time
from chatd.contract.rows import result
from chatd.contract.spec import RequestType, command, query


@attrs.frozen
class AddEmoji:
    space: Id
    name: EmojiName
    image: Picture


@attrs.frozen
class RemoveEmoji:
    space: Id
    name: EmojiName


@attrs.frozen
class ListEmoji:
    space: Id


@result
class CustomEmoji:
    name: str
    image: str
    by: str
    at: Time


@result
class EmojiList:
    """By name."""

    emoji: list[CustomEmoji]


REQUESTS: tuple[RequestType, ...] = (
    command(
        "emoji.add",
        AddEmoji,
        doc="Makes a custom emoji.",
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
        scope="read",
        refusals=("not_found",),
        notes=("By name.",),
    ),
)
