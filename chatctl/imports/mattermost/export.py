"""A bulk export of Mattermost, as the importer reads it: a first look at all lines for people and rooms, a
second for the posts, which stand in no order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar, Final

from msgspec import Raw

from chatctl.imports.archive import Archive
from chatctl.imports.archived_export import ArchivedExport
from chatctl.imports.export import Unreadable
from chatctl.imports.glance import glance
from chatctl.imports.json_decoding import NotJson, decoded
from chatctl.imports.json_text import lines
from chatctl.imports.mattermost.apps import Apps
from chatctl.imports.mattermost.lists import Lists
from chatctl.imports.mattermost.posts import Posts
from chatctl.imports.mattermost.rows import LINE
from chatctl.imports.ordering import Ordering
from chatctl.imports.problems import Problems, lost_in
from chatctl.imports.records import CustomEmoji, Message, Person, Room, plain

_BEGINS: Final = re.compile(rb'\s*\{\s*"type"\s*:\s*"(version|role|scheme|team|channel|user)"')
_POSTS: Final = ("post", "direct_post")
# Kinds that say nothing which chatd keeps.
_LEFT_OUT: Final = ("version", "role", "scheme", "info")


class MattermostExport(ArchivedExport):
    format: ClassVar[str] = "mattermost"
    source: str = ""  # nothing in an export says which server it is of

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._name = _bulk_file(archive)
        self._base = self._name[: self._name.rfind("/") + 1]
        self._lists = Lists()
        self._apps = Apps(self._lists.people)
        for place, kind, body in self._bodies(self.problems):
            try:
                if not self._lists.take(kind, body, lost_in(self.problems, place)) and kind not in _LEFT_OUT:
                    self.problems.add("unknown kind", f"{place}: {plain(kind)[:40] or 'no type'}")
            except NotJson:
                if kind not in _POSTS:  # those are read, and told of, a second time
                    self.problems.add("unreadable", place)
        self._ordering: Ordering | None = None

    @classmethod
    def looks_like(cls, path: Path) -> bool:
        with glance(path) as seen:
            found = seen.ending(".jsonl") or (list(seen.names) if len(seen.names) == 1 else [])
            return any(_BEGINS.match(seen.head(name)) for name in found[:20])

    def people(self) -> Iterable[Person]:
        return self._lists.people.values()

    def person(self, key: str) -> Person:
        return self._lists.people.get(key) or self._apps.person(key) or Person(key, key)

    def rooms(self) -> Iterable[Room]:
        return self._lists.rooms()

    def messages(self, room: str) -> Iterator[Message]:
        if self._ordering is None:
            self._ordering = self._ordered()
        return self._ordering.messages(room)

    def emoji(self) -> Iterable[CustomEmoji]:
        for row in self._lists.emoji:
            for base in (f"{self._base}data/", self._base):
                if row.image and f"{base}{row.image}" in self._archive:
                    yield CustomEmoji(plain(row.name), f"{base}{row.image}")
                    break
            else:
                self.problems.add("missing file", f"emoji {plain(row.name)}")

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        if self._ordering is not None:
            self._ordering.close()

    def _ordered(self) -> Ordering:
        ordering = Ordering()
        posts = Posts(self._archive, self._base, self._apps, ordering)
        for place, kind, body in self._bodies(Problems()):  # what is wrong with lines was told before
            if kind in _POSTS:
                try:
                    posts.take(body, place)
                except NotJson:
                    self.problems.add("unreadable", place)
        return ordering

    def _bodies(self, problems: Problems) -> Iterator[tuple[str, str, Raw]]:
        """Place, kind and body of each line."""
        last = self._name.rpartition("/")[2]
        with self._archive.open(self._name) as stream:
            for number, raw in lines(stream, last, problems):
                place = f"{last} line {number}"
                try:
                    line = decoded(raw, LINE)
                except NotJson:
                    problems.add("unreadable", place)
                    continue
                body = getattr(line, line.type, Raw()) if line.type in LINE.type.__struct_fields__ else Raw()
                yield place, line.type, body if isinstance(body, Raw) else Raw()


def _bulk_file(archive: Archive) -> str:
    """The file with the lines: of several the first, for one import takes one export."""
    names = archive.shallow(10_000)
    found = [name for name in names if name.lower().endswith(".jsonl")] or (names if len(names) == 1 else [])
    if not found:
        raise Unreadable(f"{archive.name} has no .jsonl file: is it an export of Mattermost?")
    for name in found[1:]:
        archive.problems.add("skipped", name)
    return found[0]
