"""Rows made into messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final

from attrs import define, field
from msgspec.structs import replace

from chatctl.imports.markdown import literal, span
from chatctl.imports.ordering import Ordering
from chatctl.imports.problems import Problems
from chatctl.imports.records import File, Message, Person, Reaction, plain
from chatctl.imports.telegram.chats import Chat
from chatctl.imports.telegram.rows import Row, number_of, person_key
from chatctl.imports.telegram.service import PINNED, TOPIC, told
from chatctl.imports.telegram.texts import written
from chatctl.imports.wall_clock import LATEST, WallClock, milliseconds

MAX_PEOPLE: Final = 200_000
MAX_MEMBERS: Final = 1_000  # of a direct room
MAX_REACTIONS: Final = 2_000  # of a message


@define
class Reader:
    """Of the file with this number. `reacted`: names of those who reacted, by key. `clock` gives that of the
    place where it was made, for files without Unix times; `path_of` where in the export a file is."""

    file: int
    ordering: Ordering
    problems: Problems
    people: dict[str, Person]
    reacted: dict[str, str]
    clock: Callable[[], WallClock]
    path_of: Callable[[str], str | None]
    _topics: dict[str, set[str]] = field(factory=dict)

    def add(self, chat: Chat, row: Row, place: str) -> None:
        if row.type == "unsupported":
            self.problems.add("unknown kind", f"{place}: unsupported")
            return
        if row.type not in ("message", "service"):
            self.problems.add("unknown kind", f"{place}: {plain(row.type or '')[:64]}")
            return
        id_ = number_of(row.id)
        if id_ is None:
            self.problems.add("unreadable", place)
            return
        at = self._at(row)
        if at is None:
            self.problems.add("no time", place)
            return
        author = self._author(chat, row)
        message = (
            self._service(row, str(id_), author, at, chat)
            if row.type == "service"
            else Message(str(id_), author, at, "", edited_at=self._edited(row, place))
        )
        if row.type == "message":
            message = self._said(message, chat, row, place)
        self.ordering.put(chat.key, message, self.file, self.problems, place)

    def _edited(self, row: Row, place: str) -> int | None:
        """Older files have the place's time alone, and one of 1970 for never."""
        if row.edited_unixtime is not None or (row.edited or "").startswith("19"):
            return self.problems.edited(_seconds(row.edited_unixtime), row.edited_unixtime, place)
        return self.problems.edited(self._shown(row.edited), row.edited, place)

    def _said(self, message: Message, chat: Chat, row: Row, place: str) -> Message:
        reactions, uncounted = self._reactions(row, place)
        text = "\n\n".join(part for part in (written(row), uncounted) if part)
        thread, reply = self._around(chat, row, place)
        files = tuple(self._files(row, message.key, place))
        if not (text or files):
            self.problems.add("unknown kind", f"{place}: of which nothing can be read")
        return replace(message, text=text, thread=thread, reply_to=reply, reactions=reactions, files=files)

    def _service(self, row: Row, id_: str, author: str, at: int, chat: Chat) -> Message:
        if row.action == TOPIC:
            self._topics.setdefault(chat.key, set()).add(id_)
            return Message(id_, author, at, span("**", literal(plain(row.title or "Topic"))))
        pinned = str(number_of(row.message_id) or "") if row.action == PINNED else ""
        found = self.ordering.find(chat.key, pinned) if pinned else None
        if found is not None:
            self.ordering.replace(chat.key, replace(found, pinned_by=author))
        return Message(id_, author, at, told(row, author), system=True)

    def _around(self, chat: Chat, row: Row, place: str) -> tuple[str | None, str | None]:
        """Thread and message that is answered. All of a topic answers the message that it began with."""
        answered = number_of(row.reply_to_message_id)
        if answered is None and row.reply_to_message_id not in (None, ""):
            self.problems.add("unreadable", f"{place}: reply_to_message_id")
        if answered is None or row.reply_to_peer_id is not None:
            return None, None
        target = str(answered)
        topics = self._topics.get(chat.key, set())
        if target in topics:
            return target, None
        found = self.ordering.find(chat.key, target)
        if found is None:
            self.problems.add("missing root", place)
            return None, None
        return found.thread, target

    def _author(self, chat: Chat, row: Row) -> str:
        """A channel speaks for itself. Who deleted the account has no name any more."""
        service = row.type == "service"
        key = person_key(row.actor_id if service else row.from_id)
        name = plain((row.actor if service else row.from_) or "")[:200]
        key = key or (f"name:{name}"[:200] if name else chat.peer)
        known = self.people.get(key)
        if known is None and len(self.people) < MAX_PEOPLE:
            own = name or (chat.name if key == chat.peer else "")
            self.people[key] = Person(key, own or key, own, deleted=not own)
        elif known is not None and known.deleted and name:
            self.people[key] = Person(key, name, name)
        if len(chat.members) < MAX_MEMBERS:
            chat.members[key] = None
        if chat.is_direct:
            self._are_both_in(chat)
        return key

    def _are_both_in(self, chat: Chat) -> None:
        """Whoever wrote, it is with the one whose name it has."""
        chat.members.update(dict.fromkeys(filter(None, (chat.peer, chat.owner))))
        if chat.name and len(self.people) < MAX_PEOPLE:
            self.people.setdefault(chat.peer, Person(chat.peer, chat.name, chat.name))

    def _at(self, row: Row) -> int | None:
        if row.date_unixtime is not None:
            return _seconds(row.date_unixtime)
        return self._shown(row.date)

    def _shown(self, date: str | None) -> int | None:
        try:
            shown = datetime.fromisoformat(date or "")
        except ValueError:
            return None
        return milliseconds(shown if shown.tzinfo else self.clock().read(shown))

    def _reactions(self, row: Row, place: str) -> tuple[tuple[Reaction, ...], str]:
        """And as text those of which only the number is known."""
        told_: list[Reaction] = []
        counted: list[str] = []
        for each in row.reactions or ():
            if not _is_reaction(each):
                self.problems.add("unreadable", f"{place}: reactions")
            if not isinstance(each, dict):
                continue
            emoji = each.get("emoji")
            sign = plain(emoji)[:64] if isinstance(emoji, str) and emoji else "custom emoji"
            recent = each.get("recent")
            given = recent if isinstance(recent, list) else []
            keys = [
                person_key(_id(who)) for who in self.problems.first(given, MAX_REACTIONS, place, "reactions")
            ]
            self._learn_names(given)
            people = [key for key in dict.fromkeys(keys) if key] if sign != "custom emoji" else []
            told_ += [Reaction(key, sign) for key in people]
            count = each.get("count")
            if isinstance(count, int) and count > len(people):
                counted.append(f"{sign} {count - len(people)}")
        return tuple(told_[:MAX_REACTIONS]), f"*Reactions: {', '.join(counted[:50])}*" if counted else ""

    def _learn_names(self, recent: list[Any]) -> None:
        for who in recent[:MAX_REACTIONS]:
            key, name = person_key(_id(who)), who.get("from") if isinstance(who, dict) else None
            if key and isinstance(name, str) and name and len(self.reacted) < MAX_PEOPLE:
                self.reacted[key] = plain(name)[:200]

    def _files(self, row: Row, id_: str, place: str) -> list[File]:
        found = []
        for kind, told_, size in (
            ("photo", row.photo, row.photo_file_size),
            ("file", row.file, row.file_size),
        ):
            if not told_:
                continue
            where = plain(told_)
            path = None if where.startswith("(") else self.path_of(where)
            if path is None:
                self.problems.add("missing file", place)
            name = plain(row.file_name or "") if kind == "file" else ""
            name = name or (
                "photo.jpg" if where.startswith("(") else PurePosixPath(where.replace("\\", "/")).name
            )
            missing = None if path else where[1:-1][:200] if where.startswith("(") else "not in the export"
            mime = plain(row.mime_type or "")[:127] if kind == "file" else ""
            known = size if size is not None and 0 <= size < 2**63 else None
            found.append(File(f"{id_}/{kind}", name[:255] or "file", mime, known, path=path, missing=missing))
        return found


def _is_reaction(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("emoji"), str | None)
        and isinstance(value.get("recent"), list | None)
        and all(isinstance(who, dict) for who in value.get("recent") or ())
        and all(isinstance(who.get("from_id"), str | int | None) for who in value.get("recent") or ())
    )


def _id(who: Any) -> str | int | None:
    value = who.get("from_id") if isinstance(who, dict) else None
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None


def _seconds(value: str | int | None) -> int | None:
    """Unix milliseconds of Unix seconds; None where no message can have them."""
    seconds = number_of(value)
    return seconds * 1000 if seconds is not None and 0 < seconds < LATEST // 1000 else None
