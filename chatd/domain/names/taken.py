"""Names that are taken: what whoever wanted one is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from chatd.contract.errors import Refusal
from chatd.contract.room import CreateRoom, UpdateRoom
from chatd.contract.space import CreateSpace, UpdateSpace
from chatd.domain.internal import MakeImportedRoom

NAME_TAKEN: Final = Refusal("conflict", "this name is taken; choose another one")
DISPLAY_NAME_TAKEN: Final = Refusal(
    "conflict", "another account has this as its name, or one that looks the same; add something to yours"
)
ROOM_NAME_TAKEN: Final = Refusal(
    "conflict", "there is a room of this name in the space, or of one that looks the same; choose another one"
)
SPACE_NAME_TAKEN: Final = Refusal(
    "conflict", "there is a space of this name, or of one that looks the same; choose another one"
)
_OF: Final[Mapping[type[Any], Refusal]] = {
    CreateRoom: ROOM_NAME_TAKEN,
    MakeImportedRoom: ROOM_NAME_TAKEN,
    UpdateRoom: ROOM_NAME_TAKEN,
    CreateSpace: SPACE_NAME_TAKEN,
    UpdateSpace: SPACE_NAME_TAKEN,
}


def name_taken(what: Literal["name", "shown_name"], command: object) -> Refusal:
    """`name` is one that accounts are mentioned by, `shown_name` any other that people are shown."""
    return NAME_TAKEN if what == "name" else _OF.get(type(command), DISPLAY_NAME_TAKEN)
