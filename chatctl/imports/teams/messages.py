"""Rows made into messages."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Final

from attrs import define, field
from msgspec.structs import replace

from chatctl.imports.keys import bounded
from chatctl.imports.problems import Problems
from chatctl.imports.records import Message, Person, Reaction
from chatctl.imports.teams.rows import Identities, Row, shown
from chatctl.imports.teams.rows import Reaction as ReactionRow
from chatctl.imports.teams.texts import Text
from chatctl.imports.wall_clock import LATEST, milliseconds

MAX_PEOPLE: Final = 200_000
MAX_REACTIONS: Final = 2_000  # of a message
_SIGNS: Final = {"like": "👍", "heart": "❤️", "laugh": "😆", "surprised": "😮", "sad": "😢", "angry": "😡"}
_NOTHING: Final = "systemeventmessage"  # a body that says no more than that something happened
_ADDED: Final = "reactionAdded"
_REMOVED: Final = "reactionRemoved"


@define
class Reader:
    problems: Problems
    people: dict[str, Person] = field(factory=dict)

    def message(self, row: Row, place: str) -> Message | None:
        id_ = shown(row.id, 64)
        content = (row.body.content if row.body else None) or ""
        if _NOTHING in content[:100].lower():
            return None
        author = self._author(row.from_)
        if not id_ or author is None:
            known = row.message_type in (None, "message")
            self.problems.add("unreadable" if known else "unknown kind", place)
            return None
        at = _time(row.created_date_time)
        if at is None and id_.isdecimal() and len(id_) < 16 and int(id_) < LATEST:
            at = int(id_)  # ids are the time
        if at is None:
            self.problems.add("no time", place)
            return None
        root = shown(row.reply_to_id, 64)
        key = f"{root}/{id_}" if root else id_
        base = Message(key, author, at, "", thread=root or None)
        if row.deleted_date_time:
            return replace(base, deleted=True)
        text = Text.of(row)
        if any(file.url is None for file in text.files):
            self.problems.add("missing file", place)
        return replace(
            base,
            text=text.markdown,
            reply_to=text.answered,
            edited_at=self.problems.edited(
                _time(row.last_edited_date_time), row.last_edited_date_time, place
            ),
            reactions=self._reactions(row, place),
            files=tuple(replace(file, key=bounded(f"{key}/{file.key}")) for file in text.files),
        )

    def _author(self, who: Identities | None) -> str | None:
        if who is None:
            return None
        identity, bot = (who.user, False) if who.user is not None else (who.application, True)
        id_ = shown(identity.id) if identity is not None else ""
        if identity is None or not id_:
            return None
        key = bounded(f"app:{id_}" if bot else id_)
        if key not in self.people and len(self.people) < MAX_PEOPLE:
            name = shown(identity.display_name)
            self.people[key] = Person(key, name or key, name, bot=bot)
        return key

    def _reactions(self, row: Row, place: str) -> tuple[Reaction, ...]:
        """Where the list is empty, the history may still tell."""
        if row.reactions:
            kept = self.problems.first(row.reactions, MAX_REACTIONS, place, "reactions")
            told = [self._reaction(each) for each in kept]
            return tuple(dict.fromkeys(each for each in told if each is not None))
        count: Counter[Reaction] = Counter()
        for change in (row.message_history or [])[:MAX_REACTIONS]:
            reaction = self._reaction(change.reaction) if change.reaction is not None else None
            if reaction is not None and change.actions in (_ADDED, _REMOVED):
                count[reaction] += 1 if change.actions == _ADDED else -1
        return tuple(reaction for reaction, times in count.items() if times > 0)

    def _reaction(self, row: ReactionRow) -> Reaction | None:
        who = row.user.user if row.user is not None else None
        person, kind = shown(who.id) if who is not None else "", shown(row.reaction_type, 64)
        if not person or not kind:
            return None
        if kind == "custom":
            return Reaction(person, f":{shown(row.display_name, 62) or 'custom'}:")
        return Reaction(person, _SIGNS.get(kind, kind if not kind.isascii() else f":{kind}:"))


def _time(text: str | None) -> int | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return milliseconds(at if at.tzinfo else at.replace(tzinfo=UTC))
