"""A document of a message as a message."""

from __future__ import annotations

from typing import Any, Final

from chatctl.imports.archive import Archive
from chatctl.imports.emoji import reaction_named
from chatctl.imports.keys import bounded
from chatctl.imports.markdown import link, literal, quoted
from chatctl.imports.records import File, Message, Reaction, mention, plain
from chatctl.imports.rocketchat.bson import Document
from chatctl.imports.rocketchat.fields import key, moment, part, parts, word, words
from chatctl.imports.rocketchat.grid import Grid
from chatctl.imports.rocketchat.people import People
from chatctl.imports.rocketchat.text import markdown, without_quote

FIELDS: Final = (
    *("_id", "rid", "t", "ts", "msg", "u", "tmid", "editedAt", "reactions", "pinned", "pinnedBy"),
    *("file", "files", "attachments", "role", "_hidden", "parent"),
)
_TYPES: Final = {
    "t": str,
    "msg": str,
    "u": dict,
    "tmid": str,
    "reactions": dict,
    "file": dict,
    "files": list,
    "attachments": list,
}
_ENCRYPTED: Final = "*The export has no key to read this message.*"
_MOST: Final = 1_000  # files, attachments of a message
_REACTIONS: Final = 10_000
# What rows of the system say; `{}` is their text, and `{@}` the person whom it names.
_SYSTEM: Final = {
    "uj": "joined the room",
    "ujt": "joined the team",
    "ut": "joined the conversation",
    "ul": "left the room",
    "ult": "left the team",
    "au": "added {@}",
    "ru": "removed {@}",
    "r": "renamed the room to {}",
    "room_changed_description": "changed the description to {}",
    "room_changed_announcement": "changed the announcement to {}",
    "room_changed_topic": "changed the topic to {}",
    "room_changed_privacy": "made this a {}",
    "room_changed_avatar": "changed the picture of the room",
    "room-archived": "archived the room",
    "room-unarchived": "unarchived the room",
    "subscription-role-added": "made {@} {role}",
    "subscription-role-removed": "made {@} no longer {role}",
    "discussion-created": "began the discussion {}",
    "message_pinned": "pinned a message",
    "user-muted": "muted {@}",
    "user-unmuted": "unmuted {@}",
    "livechat-started": "began to talk",
    "livechat-close": "ended the talk: {}",
    "command": "{}",
    "jitsi_call_started": "began a call",
    "videoconf": "began a call",
    "wm": "{}",
}


class Messages:
    def __init__(self, archive: Archive, base: str, people: People, uploads: Grid) -> None:
        self._archive, self._problems = archive, archive.problems
        self._base = base
        self._people = people
        self._uploads = uploads

    def message(self, row: Document, place: str) -> Message | None:
        """None where there is nothing that could be kept."""
        at, name = moment(row, "ts"), key(row)
        if at is None or not name:
            self._problems.add("no time" if name else "unreadable", place)
            return None
        for field, type_ in _TYPES.items():
            if not isinstance(row.get(field), type_ | None):
                self._problems.add("unreadable", f"{place}: {field}")
        author = self._people.author(part(row, "u"))
        if author not in self._people.listed:
            self._problems.add("missing person", f"{place}: {author}")
        kind = word(row, "t")
        thread = key(row, "tmid") or None
        if kind == "rm":
            return Message(name, author, at, "", thread, deleted=True)
        if kind in _SYSTEM:
            return Message(name, author, at, self._system(row, kind), thread, system=True)
        msg, quotes = without_quote(word(row, "msg"))
        text = markdown(msg, self._people.key_of)
        if kind == "e2e":
            self._problems.add("unreadable", f"{place} (encrypted)")
            text = _ENCRYPTED
        files = self._files(row, place)
        text = "\n".join(one for one in (text, *self._attached(row, quotes is not None)) if one.strip())
        return Message(
            name,
            author,
            at,
            text,
            thread,
            quotes if quotes != thread else None,
            self._problems.edited(moment(row, "editedAt"), row.get("editedAt"), place),
            (),
            False,
            False,
            (key(part(row, "pinnedBy")) or author) if row.get("pinned") is True else None,
            self._reactions(row, place),
            files,
        )

    def _system(self, row: Document, kind: str) -> str:
        said = word(row, "msg")
        text = _SYSTEM[kind].replace("{role}", literal(word(row, "role")))
        if "{@}" in text:
            return text.replace("{@}", mention(bounded(self._people.named(said))))
        return text.replace("{}", literal(said))

    def _reactions(self, row: Document, place: str) -> tuple[Reaction, ...]:
        """By user names, and so wrong where somebody was renamed since."""
        told = part(row, "reactions")
        for by in told.values():
            names = by.get("usernames") if isinstance(by, dict) else None
            if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
                self._problems.add("unreadable", f"{place}: reactions")
        found = dict.fromkeys(
            Reaction(bounded(self._people.named(name)), reaction_named(plain(emoji).strip(":"), more=True))
            for emoji, by in told.items()
            for name in words(by, "usernames")
        )
        return tuple(self._problems.first(tuple(found), _REACTIONS, place, "reactions"))

    def _attached(self, row: Document, quoting: bool) -> list[str]:
        """What is below the text: descriptions of files, what apps put there, quotes from elsewhere."""
        found = []
        for one in parts(row, "attachments")[:_MOST]:
            description = markdown(word(one, "description"), self._people.key_of)
            if word(one, "title_link").startswith("/file-upload/"):
                found.append(description)
            elif word(one, "message_link"):
                author, said = literal(word(one, "author_name")), self._said(one)
                if not quoting and said:
                    found.append(quoted(f"**{author}**: {said}" if author else said))
            else:
                found += [self._title(one), self._said(one), description]
        return found

    def _title(self, one: dict[str, Any]) -> str:
        return link(word(one, "title"), word(one, "title_link")) if word(one, "title") else ""

    def _said(self, one: dict[str, Any]) -> str:
        return markdown(without_quote(word(one, "text"))[0], self._people.key_of)

    def _files(self, row: Document, place: str) -> tuple[File, ...]:
        rows = parts(row, "files") or [one for one in (part(row, "file"),) if one]
        # A thumbnail is a file of its own, made by the server.
        kept = [one for one in rows if word(one, "typeGroup") != "thumb"]
        return tuple(self._file(one, place) for one in self._problems.first(kept, _MOST, place, "files"))

    def _file(self, row: dict[str, Any], place: str) -> File:
        file, kind = key(row), word(row, "type")
        name = word(row, "name").replace("\\", "/").rpartition("/")[2] or "file"
        size = self._uploads.size(file) if file else None
        if size is not None:
            return File(file, name, kind, size, f"grid:uploads:{file}")
        beside = f"{self._base}uploads/{file}"
        if file and beside in self._archive:
            return File(file, name, kind, self._archive.size(beside), beside)
        self._problems.add("missing file", f"{place}: {name}")
        return File(file or place, name, kind, missing="the dump has no bytes of it")
