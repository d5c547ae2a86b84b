"""The shapes of the files: objects of the Graph API. Scripts of PowerShell write their fields with a capital,
the API itself without."""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import Raw, Struct

from chatctl.imports.records import plain

# The name of a field: within a text, there would be a backslash before the second quotation mark.
_SMALL: Final = re.compile(rb'"[a-z][A-Za-z]*"(?=\s*:)')

Text = str | None
Many = list[Any] | None


class Team(Struct, frozen=True, rename="pascal"):
    """Of the list of teams (`groups_id`) or of their settings (`id`)."""

    id: Text = None
    groups_id: Text = None
    name: Text = None
    display_name: Text = None
    privacy: Text = None
    visibility: Text = None
    description: Text = None
    is_archived: bool | None = None


class Channel(Struct, frozen=True, rename="pascal"):
    id: Text = None
    display_name: Text = None
    description: Text = None
    membership_type: Text = None
    is_archived: bool | None = None


class Member(Struct, frozen=True, rename="pascal"):
    user_id: Text = None


class User(Struct, frozen=True, rename="pascal"):
    id: Text = None
    display_name: Text = None
    mail: Text = None
    user_principal_name: Text = None


class Body(Struct, frozen=True, rename="pascal"):
    content_type: Text = None
    content: Text = None


class Identity(Struct, frozen=True, rename="pascal"):
    id: Text = None
    display_name: Text = None


class Identities(Struct, frozen=True, rename="pascal"):
    user: Identity | None = None
    application: Identity | None = None


class Attachment(Struct, frozen=True, rename="pascal"):
    id: Text = None
    content_type: Text = None
    content_url: Text = None
    content: Text = None
    name: Text = None


class Mention(Struct, frozen=True, rename="pascal"):
    id: int | str | None = None
    mentioned: Identities | None = None


class Reaction(Struct, frozen=True, rename="pascal"):
    reaction_type: Text = None
    display_name: Text = None
    user: Identities | None = None


class Change(Struct, frozen=True, rename="pascal"):
    """Of a message's history."""

    actions: Text = None
    reaction: Reaction | None = None


class Place(Struct, frozen=True, rename="pascal"):
    channel_id: Text = None
    team_id: Text = None


class Row(Struct, frozen=True, rename="pascal"):
    """`replies`: those to it, if they were asked for with it (`$expand=replies`)."""

    id: int | str | None = None
    reply_to_id: int | str | None = None
    message_type: Text = None
    created_date_time: Text = None
    last_edited_date_time: Text = None
    deleted_date_time: Text = None
    subject: Text = None
    from_: Identities | None = None
    body: Body | None = None
    attachments: list[Attachment] | None = None
    mentions: list[Mention] | None = None
    reactions: list[Reaction] | None = None
    message_history: list[Change] | None = None
    channel_identity: Place | None = None
    chat_id: Text = None
    replies: list[Raw] | None = None


def capital(raw: bytes) -> bytes:
    """The object with a capital at the beginning of each field's name."""
    return _SMALL.sub(lambda found: b'"' + found[0][1:2].upper() + found[0][2:], raw)


def shown(value: int | str | None, most: int = 200) -> str:
    """Empty where there is none."""
    return "" if value is None else plain(str(value))[:most]
