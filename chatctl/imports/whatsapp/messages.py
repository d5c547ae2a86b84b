"""Messages of a chat file, with keys that a later export of the same chat gives them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import define, field
from msgspec.structs import replace

from chatctl.imports.keys import MomentKeys, bounded
from chatctl.imports.markdown import literal
from chatctl.imports.ordering import Ordering
from chatctl.imports.problems import Problems
from chatctl.imports.records import File, Message, mention, plain
from chatctl.imports.wall_clock import WallClock, milliseconds
from chatctl.imports.whatsapp.chat import MAX_NAME, MAX_TEXT, Chat, Raw, author_name
from chatctl.imports.whatsapp.markup import as_markdown
from chatctl.imports.whatsapp.words import attached, is_deleted, is_left_out, with_file, without_edited

THE_APP: Final = "WhatsApp"  # who says what no person said


@define
class Writer:
    """`path_of` gives where in the export a file of this name is."""

    room: str
    chat: Chat
    where: str
    ordering: Ordering
    clock: WallClock
    problems: Problems
    path_of: Callable[[str], str | None]
    _keys: MomentKeys = field(factory=MomentKeys)

    def write(self, raw: Raw) -> None:
        place = f"{self.where} line {raw.line}"
        shown = raw.head.at(self.chat.order)
        at = None if shown is None else self.clock.read(shown)
        when = None if at is None else milliseconds(at)
        if shown is None or at is None or when is None:
            self.problems.add("no time", place)
            return
        author, told = self.chat.split(raw.text)
        text = plain(told).strip("\n")
        if len(text) > MAX_TEXT:
            self.problems.add("changed", place)
            text = text[:MAX_TEXT]
        moment = shown.isoformat() + ("b" if at.fold else "")
        self._add(self._message(author, text, when, place), moment, text)

    def _message(self, author: str | None, text: str, at: int, place: str) -> Message:
        named = author == self.chat.name
        if author is None or (named and self.chat.is_group):
            return self._notice(text, at)
        person = bounded(author)
        if is_deleted(text):
            return Message("", person, at, "", deleted=True)
        text, edited = without_edited(text)
        first, _, caption = text.partition("\n")
        file = self._file(first, place)
        if file is None and (behind := with_file(text)):
            caption, line = behind
            file = self._file(line, place)
        own = text.startswith("\u200e") and file is None
        if own and named:
            return self._notice(text, at)
        written = as_markdown(caption if file else text, self._mention).strip()
        files = () if file is None else (file,)
        return Message("", person, at, written, edited_at=at if edited else None, system=own, files=files)

    def _notice(self, text: str, at: int) -> Message:
        return Message("", self._who_is_told_of(text), at, literal(text), system=True)

    def _file(self, line: str, place: str) -> File | None:
        name = is_left_out(line)
        if name is not None:
            self.problems.add("missing file", place)
            return File("", name or "media", missing="the chat was exported without media")
        found = attached(line)
        if found is None:
            return None
        name, sure = found
        path = self.path_of(name)
        if path is None:
            if not sure:
                return None
            self.problems.add("missing file", place)
        missing = None if path else "not in the export"
        return File("", f"file{name}" if name.startswith(".") else name, path=path, missing=missing)

    def _add(self, message: Message, moment: str, text: str) -> None:
        # The key has neither the author, whose name is that of the address book, nor the name of a file,
        # which is there only in an export with media.
        said = (
            ("file", message.text) if message.files else ("deleted",) if message.deleted else ("text", text)
        )
        while True:
            key = self._keys.key(moment, *said)
            files = tuple(replace(each, key=f"{key}/file") for each in message.files)
            if self.ordering.add(self.room, replace(message, key=key, files=files)) is None:
                return

    def _mention(self, name: str) -> str | None:
        bare = author_name(name)
        return mention(bounded(bare)) if bare in self.chat.authors else None

    def _who_is_told_of(self, text: str) -> str:
        words = text[: MAX_NAME + 2].lstrip("\u200e\u200f~ ")
        ends = [at for at, letter in enumerate(words) if letter == " "]
        return next(
            (bounded(words[:at]) for at in reversed(ends) if words[:at] in self.chat.authors), THE_APP
        )
