"""Rows of messages made into messages.

A stream is a room, a topic in it a thread: it hangs on the first message that was ever sent to it, which
shows its name. Messages without a topic stand by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec
from attrs import define
from msgspec import Struct

from chatctl.imports.archive import Archive
from chatctl.imports.keys import bounded
from chatctl.imports.markdown import literal, span
from chatctl.imports.problems import Problems
from chatctl.imports.records import File, Message, Reaction, Version, plain
from chatctl.imports.wall_clock import LATEST
from chatctl.imports.zulip.markup import MAX_TEXT, Writer
from chatctl.imports.zulip.tables import Recipient, Tables

MAX_REACTIONS: Final = 2_000  # of a message
MAX_VERSIONS: Final = 1_000
MAX_FILES: Final = 100


class Row(Struct, frozen=True):
    id: int
    sender: int
    recipient: int
    subject: str | None = None
    content: str | None = None
    date_sent: float | None = None
    last_edit_time: float | None = None
    edit_history: str | list[Any] | None = None


class Sent(Struct, frozen=True):
    """Of a row what tells the first message of a topic."""

    id: int
    recipient: int
    subject: str | None = None
    date_sent: float | None = None


Topic = tuple[int, str]


def topic_of(row: Row | Sent) -> Topic:
    """Letters of either case are the same to Zulip."""
    return row.recipient, plain(row.subject or "").strip().casefold()[:100]


def milliseconds(seconds: float | None) -> int | None:
    return round(seconds * 1000) if seconds is not None and 0 < seconds < LATEST / 1000 else None


def people_of(tables: Tables, recipient: Recipient, sender: int) -> list[int]:
    """The members. What one person writes to another has the other for its recipient, in both directions."""
    if recipient.type == 1:
        return [sender, recipient.type_id]
    return list(dict.fromkeys(tables.members.get(recipient.id, ())))


def room_key(tables: Tables, recipient: Recipient, sender: int) -> str:
    """Newer servers make what two people write to each other a group of two, with all that there was."""
    if recipient.type == 2:
        return f"stream{recipient.type_id}"
    people = sorted(people_of(tables, recipient, sender))
    if 0 < len(people) <= 2:
        return f"person{people[0]}-{people[-1]}"
    return f"group{recipient.type_id}"


@define
class Reader:
    """`first`: the id of the first message of each topic."""

    tables: Tables
    archive: Archive
    base: str
    problems: Problems
    first: dict[Topic, int]
    named: Callable[[str], int | None]

    def message(self, row: Row, place: str) -> tuple[str, Message] | None:
        """And the key of its room."""
        recipient = self.tables.recipients.get(row.recipient)
        if recipient is None:
            self.problems.add("unreadable", f"{place}: of no known stream")
            return None
        at = milliseconds(row.date_sent)
        if at is None:
            self.problems.add("no time", place)
            return None
        if row.sender not in self.tables.users:
            self.problems.add("missing person", f"{place}: {row.sender}")
        topic = topic_of(row)
        root = self.first.get(topic) if recipient.type == 2 and topic[1] else None
        writer = Writer(self.named)
        text = writer.markdown(row.content or "")
        self.problems.first(row.content or "", MAX_TEXT, place, "characters")
        edited, versions = self._history(row, at)
        if root == row.id:
            title = span("**", literal(plain(row.subject or "").strip()))
            text = f"{title}\n\n{text}" if text else title
        told = self.tables.reactions.of(row.id, MAX_REACTIONS + 1) if abs(row.id) < 2**63 else []
        reactions = self.problems.first(told, MAX_REACTIONS, place, "reactions")
        return room_key(self.tables, recipient, row.sender), Message(
            bounded(str(row.id)), bounded(str(row.sender)), at, text,
            thread=None if root in (None, row.id) else bounded(str(root)),
            edited_at=edited, versions=versions,
            reactions=tuple(Reaction(str(person), emoji) for person, emoji in reactions),
            files=tuple(self._files(writer, row.id, place)),
        )  # fmt: skip

    def _files(self, writer: Writer, id_: int, place: str) -> list[File]:
        found = []
        for at, (upload, name) in enumerate(self.problems.first(writer.uploads, MAX_FILES, place, "files")):
            path = f"{self.base}uploads/{upload}"
            size = self.archive.size(path) if path in self.archive else None
            if size is None:
                self.problems.add("missing file", place)
            missing = "not in the export" if size is None else None
            where = None if size is None else path
            found.append(
                File(f"{id_}/{at}", plain(name)[:255] or "file", "", size, path=where, missing=missing)
            )
        return found

    def _history(self, row: Row, sent: int) -> tuple[int | None, tuple[Version, ...]]:
        """The newest change stands first. Those of topic or stream only have no text."""
        history = row.edit_history
        if isinstance(history, str):
            try:
                history = msgspec.json.decode(history)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                history = None
        changes = [
            (plain(each["prev_content"]), milliseconds(each.get("timestamp")))
            for each in (history if isinstance(history, list) else ())[:MAX_VERSIONS]
            if isinstance(each, dict) and isinstance(each.get("prev_content"), str)
            and isinstance(each.get("timestamp"), int | float)
        ]  # fmt: skip
        times = [sent, *(at for _, at in reversed(changes) if at is not None)]
        versions = tuple(
            Version(Writer(self.named).markdown(text), at)
            for (text, _), at in zip(reversed(changes), times, strict=False)
        )
        edited = times[-1] if len(times) > 1 else milliseconds(row.last_edit_time)
        return edited, versions
