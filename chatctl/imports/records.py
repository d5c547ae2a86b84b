"""What an export holds, in the words of chatd, whatever the format calls it.

A `key` is the name that the export has for a thing. It is unique in the source (for messages, in their room)
and the same in every later export of that source: what was imported before is found again by it. Times are
Unix milliseconds. A text is chatd's Markdown; `mention` stands for a person of the export in it, because what
the person will be called is known later.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from msgspec import Struct

_PERSON_BEGINS: Final = "\x0e"
_PERSON_ENDS: Final = "\x0f"
MENTION: Final = re.compile(f"{_PERSON_BEGINS}([^{_PERSON_ENDS}]*){_PERSON_ENDS}")
# What no message has: control characters but tab and line feed, and halves of surrogate pairs.
_NEVER: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Person(Struct, frozen=True):
    """Who wrote something or was a member. `name` is the short one, `display_name` what others saw; `address`
    an e-mail address, shown to the admin who decides who is who, and never sent to the server."""

    key: str
    name: str
    display_name: str = ""
    address: str | None = None
    bot: bool = False
    deleted: bool = False


class Room(Struct, frozen=True):
    """`members` are keys of people; for `direct` rooms they are the people that it is for."""

    key: str
    name: str
    kind: Literal["public", "private", "direct"] = "public"
    topic: str = ""
    archived: bool = False
    members: tuple[str, ...] = ()
    created_at: int | None = None


class File(Struct, frozen=True):
    """`path` is where its bytes stand in the export (`Export.open` takes it); without one they are elsewhere:
    at `url`, which is fetched only if the admin says so, or nowhere (`missing` says why)."""

    key: str
    name: str
    type: str = ""
    size: int | None = None
    path: str | None = None
    url: str | None = None
    missing: str | None = None


class Reaction(Struct, frozen=True):
    """`emoji` is the character itself, or `:name:` of a custom one."""

    person: str
    emoji: str


class Version(Struct, frozen=True):
    """A text that the message had before the present one."""

    text: str
    at: int


class Message(Struct, frozen=True):
    """`thread` is the key of the message that the thread began with, `reply_to` of the one that is answered.
    `deleted`: only that it was there is known. `system`: no person wrote it (somebody joined, say)."""

    key: str
    author: str
    at: int
    text: str
    thread: str | None = None
    reply_to: str | None = None
    edited_at: int | None = None
    versions: tuple[Version, ...] = ()
    deleted: bool = False
    system: bool = False
    pinned_by: str | None = None
    reactions: tuple[Reaction, ...] = ()
    files: tuple[File, ...] = ()


class CustomEmoji(Struct, frozen=True):
    """`path` as in `File`."""

    name: str
    path: str


def mention(person: str) -> str:
    """What stands in a text for `@` and the name of the person with this key."""
    return f"{_PERSON_BEGINS}{person}{_PERSON_ENDS}"


def mentioned(text: str) -> list[str]:
    """The keys of the people whom the text mentions."""
    return MENTION.findall(text) if _PERSON_BEGINS in text else []


def with_names(text: str, names: dict[str, str]) -> str:
    """The text with `@name` for each mention; `names` by key. Who is not there is called by the key."""
    if _PERSON_BEGINS not in text:
        return text
    return MENTION.sub(lambda found: f"@{names.get(found[1], found[1])}", text)


def plain(text: str) -> str:
    """The text without what no message may have. Every reader takes foreign texts through this first, so that
    nobody can write a mention that the export does not have."""
    if text.isprintable():
        return text  # most are, and this is the quickest way to know
    return _NEVER.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
