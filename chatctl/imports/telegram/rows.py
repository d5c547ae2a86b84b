"""The shapes of the file, and what it has that is no JSON."""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import Struct, field

from chatctl.imports.records import plain

# The writer puts control characters as `\x1F`. An even number of backslashes before is text.
_ESCAPE: Final = re.compile(rb"\\x([0-9A-Fa-f]{2})|\\.", re.DOTALL)


def mended(raw: bytes) -> bytes:
    if b"\\x" not in raw:
        return raw
    return _ESCAPE.sub(lambda found: b"\\u00" + found[1] if found[1] else found[0], raw)


Id = str | int | None


class Row(Struct, frozen=True):
    """A message or a service message. What is absent is empty."""

    id: Id = None
    type: str | None = None
    date: str | None = None
    date_unixtime: Id = None
    edited_unixtime: Id = None
    edited: str | None = None
    from_: str | None = field(name="from", default=None)
    from_id: Id = None
    actor: str | None = None
    actor_id: Id = None
    action: str | None = None
    title: str | None = None
    new_title: str | None = None
    information_text: str | None = None
    members: list[Any] | None = None
    message_id: Id = None
    reply_to_message_id: Id = None
    reply_to_peer_id: Id = None
    forwarded_from: str | None = None
    text: Any = None
    text_entities: list[Any] | None = None
    photo: str | None = None
    photo_file_size: int | None = None
    file: str | None = None
    file_name: str | None = None
    file_size: int | None = None
    mime_type: str | None = None
    poll: dict[str, Any] | None = None
    todo_list: dict[str, Any] | None = None
    location_information: dict[str, Any] | None = None
    place_name: str | None = None
    address: str | None = None
    contact_information: dict[str, Any] | None = None
    invoice_information: dict[str, Any] | None = None
    game_title: str | None = None
    game_description: str | None = None
    game_link: str | None = None
    inline_bot_buttons: list[Any] | None = None
    reactions: list[Any] | None = None


def number_of(value: Id) -> int | None:
    """Ids and times are numbers, or strings of their digits."""
    if isinstance(value, str):
        value = int(value) if re.fullmatch(r"-?[0-9]{1,19}", value) else None
    return value if value is not None and abs(value) < 2**63 else None


def person_key(id_: Id) -> str:
    """Older files have the bare number of a user. Empty where there is none."""
    if isinstance(id_, int):
        return f"user{id_}"
    return plain(id_ or "")[:200]
