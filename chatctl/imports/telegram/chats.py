"""Which chats a file has: the one that it is, or those in the list of an account. What else an account's file
has (contacts, sessions, addresses) is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import msgspec
from attrs import define, field

from chatctl.imports.archive import Archive
from chatctl.imports.json_decoding import NotJson, decoded
from chatctl.imports.json_text import ANY, Path, Shape, elements
from chatctl.imports.problems import Problems, lost_in
from chatctl.imports.records import Room, plain
from chatctl.imports.telegram.rows import Id, Row, mended, number_of, person_key

_LISTS: Final = ("chats", "left_chats")
_OPENED: Final[dict[Path, Shape]] = {(): "object", ("messages",): "list"}
for one in _LISTS:
    _OPENED[one,] = _OPENED[one, "list", ANY] = "object"
    _OPENED[one, "list"] = _OPENED[one, "list", ANY, "messages"] = "list"
_PUBLIC: Final = frozenset(["public_supergroup", "public_channel"])
_DIRECT: Final = frozenset(["personal_chat", "bot_chat"])
KINDS: Final = (
    "saved_messages",
    "private_group",
    "private_supergroup",
    "private_channel",
    *_PUBLIC,
    *_DIRECT,
)
_ROW: Final = msgspec.json.Decoder(Row)
_TEXT: Final = msgspec.json.Decoder(str | None)
_ID: Final = msgspec.json.Decoder(Id)


@define
class Chat:
    """`owner`: whose export it is, where that is known. `alone`: the file has no other. `members` are those
    who wrote, and both of a chat with one person."""

    owner: str = ""
    name: str = ""
    type: str = ""
    id: str = ""
    alone: bool = False
    members: dict[str, None] = field(factory=dict)

    @property
    def is_direct(self) -> bool:
        return self.type in _DIRECT

    @property
    def peer(self) -> str:
        """Whom or what it is with: users, small groups and channels count by themselves."""
        if self.is_direct or self.type == "saved_messages":
            return f"user{self.id}"
        return f"{'chat' if self.type == 'private_group' else 'channel'}{self.id}"

    @property
    def key(self) -> str:
        """Everybody's chat with one person has that person's id."""
        return f"{self.owner}/{self.peer}" if self.is_direct and self.owner else self.peer

    def room(self) -> Room:
        """A chat with one person of which only one is known is a private room: it has no notes to oneself."""
        kind: Literal["public", "private", "direct"] = "private"
        if self.type in _PUBLIC:
            kind = "public"
        elif self.is_direct and len(self.members) != 1:
            kind = "direct"
        title = self.name or ("Saved messages" if self.type == "saved_messages" else self.peer)
        return Room(self.key, title, kind, members=tuple(self.members))


def owner_of(archive: Archive, name: str) -> str:
    """Whose export it is, by the first chat that tells: that with oneself, or what was said to somebody."""
    for chat, row, _ in rows(archive, name, Problems()):
        if chat.type == "saved_messages":
            return chat.peer
        if chat.alone and not chat.is_direct:
            break
        if row is not None and chat.is_direct:
            author = person_key(row.actor_id if row.type == "service" else row.from_id)
            if author.startswith("user") and author != chat.peer:
                return author
    return ""


def rows(
    archive: Archive, name: str, problems: Problems, owner: str = ""
) -> Iterator[tuple[Chat, Row | None, str]]:
    """Each message with its chat and its place, and once for each chat none."""
    chat = Chat(owner)
    number = 0
    with archive.open(name) as stream:
        for path, raw in elements(stream, name, problems, _OPENED):
            *around, last = path or ("",)
            inside = not around or (len(around) == 3 and around[0] in _LISTS)
            if inside and last in ("name", "type", "id"):
                begun = _told(chat, last, raw)
                if begun is not chat:
                    chat, number = begun, 0
                elif last == "id":
                    chat.alone = not around
                    yield chat, None, name
            elif around[-1:] == ["messages"] and last == ANY:
                number += 1
                place = f"{name}: {chat.name or chat.type}, message {number}"
                try:
                    yield chat, decoded(mended(raw), _ROW, lost_in(problems, place)), place
                except NotJson:
                    problems.add("unreadable", place)


def _told(chat: Chat, what: str, raw: bytes) -> Chat:
    """The chat with what is told of it, or the next one: its name, if it has one, stands before its type."""
    if (chat.type and what in ("name", "type")) or (chat.id and what == "id"):
        chat = Chat(chat.owner)
    try:
        if what == "id":
            chat.id = str(number_of(decoded(raw, _ID)) or "")
        else:
            text = plain(decoded(mended(raw), _TEXT) or "")[:200]
            chat.name, chat.type = (text, chat.type) if what == "name" else (chat.name, text)
    except NotJson:
        pass
    return chat
