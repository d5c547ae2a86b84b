"""The posts of a Mattermost export as messages, put in order.

Posts have no ids. Who posted and when is a post's key, so that it is found again after an edit; where two
share both, the later ones have a digest of their text as well.
"""

from __future__ import annotations

import mimetypes
from itertools import count
from pathlib import PurePosixPath
from typing import Final

import msgspec
from msgspec import Raw, structs

from chatctl.imports.archive import Archive
from chatctl.imports.emoji import reaction_named
from chatctl.imports.json_decoding import NotJson, decoded
from chatctl.imports.keys import MAX_EQUALS, bounded, digest
from chatctl.imports.markdown import span
from chatctl.imports.mattermost.apps import Apps, read_props
from chatctl.imports.mattermost.lists import room_key
from chatctl.imports.mattermost.rows import POST, RAWS, FileRow, PostRow, milliseconds
from chatctl.imports.mattermost.text import markdown
from chatctl.imports.ordering import Ordering
from chatctl.imports.problems import lost_in
from chatctl.imports.records import File, Message, Reaction, plain

NOBODY: Final = "unknown"
_FILES: Final = 1_000  # of a post
_REACTIONS: Final = 10_000


class Posts:
    def __init__(self, archive: Archive, base: str, apps: Apps, ordering: Ordering) -> None:
        self._archive, self._problems = archive, archive.problems
        self._bases = (f"{base}data/", base)
        self._apps, self._people = apps, apps.people
        self._ordering = ordering
        self._equals: dict[tuple[str, str], int] = {}  # how many there were of those of one moment

    def take(self, body: Raw, place: str) -> None:
        """A post and its replies; raises `NotJson`."""
        row = decoded(body, POST, lost_in(self._problems, place))
        room = room_key(row)
        if room is None:
            return self._problems.add("unreadable", f"{place}: it says no channel")
        root = self._add(room, row, None, place)
        for number, reply in enumerate(self._replies(row.replies, place), 1):
            at = f"{place} reply {number}"
            try:
                self._add(room, decoded(reply, POST, lost_in(self._problems, at)), root, at)
            except NotJson:
                self._problems.add("unreadable", at)
        return None

    def _replies(self, raw: Raw, place: str) -> list[Raw]:
        if bytes(raw) in (b"", b"null"):
            return []
        try:
            return RAWS.decode(raw)
        except msgspec.MsgspecError:
            self._problems.add("unreadable", f"{place} replies")
            return []

    def _add(self, room: str, row: PostRow, thread: str | None, place: str) -> str | None:
        """Its key; none if it was left out."""
        at = milliseconds(row.create_at)
        if at is None:
            self._problems.add("no time", place)
            return None
        user = bounded(plain(row.user or "").lower()) or NOBODY
        message = self._message(bounded(f"{at}-{user}"), user, at, row, thread, place)
        if message.author not in self._people and self._apps.person(message.author) is None:
            self._problems.add("missing person", f"{place}: {message.author}")
        if self._ordering.add(room, message) is None:
            return message.key
        first = bounded(f"{at}-{user}-{digest(row.message)}")
        moment = room, first
        if len(self._equals) >= MAX_EQUALS and moment not in self._equals:
            self._equals.clear()  # then they are counted anew
        for equal in count(self._equals.get(moment, 0) + 1):
            message = structs.replace(message, key=bounded(f"{first}-{equal}") if equal > 1 else first)
            if self._ordering.add(room, message) is None:
                self._equals[moment] = equal
                return message.key
        raise AssertionError("one of all keys is free")

    def _message(self, key: str, user: str, at: int, row: PostRow, thread: str | None, place: str) -> Message:
        props = read_props(row.props)
        author = self._apps.webhook(props) or user
        if milliseconds(row.delete_at) is not None:
            return Message(key, author, at, "", thread, deleted=True)
        kind = row.type or ""
        text = markdown(row.message or "", self._people)
        if kind == "me":
            text = span("*", text.strip("*"))
        text = "\n".join(part for part in (text, self._apps.below(props)) if part)
        return Message(
            key,
            author,
            at,
            text,
            thread,
            None,
            self._problems.edited(milliseconds(row.edit_at), row.edit_at, place),
            (),
            False,
            kind.startswith("system_"),
            author if row.is_pinned else None,  # who pinned it is not told
            self._reactions(row, place),
            tuple(
                self._file(one, f"{place} file {number}")
                for number, one in enumerate(
                    self._problems.first(row.attachments or [], _FILES, place, "files"), 1
                )
            ),
        )

    def _reactions(self, row: PostRow, place: str) -> tuple[Reaction, ...]:
        found = [
            Reaction(bounded(plain(one.user).lower()), reaction_named(one.emoji_name))
            for one in row.reactions or ()
            if one.user
        ]
        told = tuple(dict.fromkeys(found))
        return tuple(self._problems.first(told, _REACTIONS, place, "reactions"))

    def _file(self, row: FileRow, place: str) -> File:
        told = plain(row.path or "").replace("\\", "/")
        name = PurePosixPath(told).name or "file"
        key, kind = bounded(told or place), mimetypes.guess_type(name)[0] or ""
        for base in self._bases:
            if told and f"{base}{told}" in self._archive:
                path = f"{base}{told}"
                return File(key, name, kind, self._archive.size(path), path)
        self._problems.add("missing file", f"{place}: {name}")
        return File(key, name, kind, missing="the export has no files")
