"""Any export that can be read, written as pages: an index, and for each room as many as it needs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import attrs
from markupsafe import Markup

from chatctl.count import counted
from chatctl.exports.html.files import link_to
from chatctl.exports.html.message import MessageView, anchor, day
from chatctl.exports.html.page import page
from chatctl.exports.html.rows import Rows
from chatctl.exports.html.text import Texts
from chatctl.exports.room_names import channel_name
from chatctl.imports.export import Export
from chatctl.imports.records import Message, Room

MESSAGES: Final = 1_000  # on a page
CHARACTERS: Final = 1_000_000  # of a page, but for its last message
_HEADINGS: Final = {"public": "Rooms", "private": "Private rooms", "direct": "Direct rooms"}


@attrs.define
class _Written:
    """A room, its pages with the day on which each begins, and what the index says of it."""

    room: Room
    link: str
    pages: list[tuple[str, str]] = attrs.Factory(list)
    messages: int = 0
    first: int | None = None
    last: int | None = None


def write_html(export: Export, target: Path, title: str = "") -> None:
    """`target` is a new folder; the files are put into it afterwards (see `html.files`). Raises OSError."""
    target.mkdir(0o700)
    (target / "rooms").mkdir()
    rows = Rows()
    try:
        _Pages(export, target, rows, title or "Export").write()
    finally:
        rows.close()


class _Pages:
    def __init__(self, export: Export, target: Path, rows: Rows, title: str) -> None:
        self._export, self._target, self._rows, self._title = export, target, rows, title
        self._people = {person.key: person for person in export.people()}
        self._texts = Texts(self._name_of, {one.name: link_to(one.path) for one in export.emoji()})
        self._taken: set[str] = set()
        self._written: list[_Written] = []

    def write(self) -> None:
        for room in self._export.rooms():
            self._write_room(room)
        self._write_index()

    def _name_of(self, key: str) -> str:
        person = self._people.get(key) or self._export.person(key)
        return person.display_name or person.name

    def _write_room(self, room: Room) -> None:
        stem = channel_name(room.name, self._taken)
        written = _Written(room, f"rooms/{stem}.html")
        self._rows.clear()
        for message in self._export.messages(room.key):
            self._rows.add(message)
            self._count(written, message)
        written.pages = _RoomPages(self._target / "rooms", stem, room, self._rows, self._texts).write()
        self._written.append(written)

    def _count(self, written: _Written, message: Message) -> None:
        written.messages += 1
        written.first = message.at if written.first is None else min(written.first, message.at)
        written.last = message.at if written.last is None else max(written.last, message.at)

    def _write_index(self) -> None:
        heading = Markup('<h1><bdi>%s</bdi></h1>\n<p class="dim">All times are in UTC.</p>\n')
        parts = [heading % self._title]
        for kind, words in _HEADINGS.items():
            of_kind = [one for one in self._written if one.room.kind == kind]
            if of_kind:
                items = Markup().join(
                    self._item(one) for one in sorted(of_kind, key=lambda one: one.room.name)
                )
                parts.append(Markup('<h2>%s</h2>\n<ul class="rooms">\n%s</ul>\n') % (words, items))
        (self._target / "index.html").write_text(page(self._title, Markup().join(parts)), "utf-8")

    def _item(self, written: _Written) -> Markup:
        about = counted(written.messages, "message")
        if written.first is not None and written.last is not None:
            about += f", {day(written.first)} to {day(written.last)}"
        if written.room.archived:
            about += ", archived"
        return Markup('<li><a href="%s"><bdi>%s</bdi></a> <span class="dim">%s</span>%s</li>\n') % (
            written.link,
            written.room.name or "(no name)",
            about,
            _page_list(written.pages),
        )


def _page_list(pages: list[tuple[str, str]]) -> Markup:
    """So that whoever looks for a day need not go through all of the pages."""
    if len(pages) < 2:
        return Markup()
    links = Markup(" ").join(Markup('<a href="rooms/%s">%s</a>') % one for one in pages)
    return Markup("\n<details><summary>%s pages, by their first day</summary>%s</details>") % (
        len(pages),
        links,
    )


@attrs.define
class _RoomPages:
    """The pages of one room, with what stands on the one that is being filled."""

    folder: Path
    stem: str
    room: Room
    rows: Rows
    texts: Texts
    number: int = 1
    _begun: list[tuple[str, str]] = attrs.Factory(list)
    _parts: list[Markup] = attrs.Factory(list)
    _size: int = 0
    _day: str = ""

    def write(self) -> list[tuple[str, str]]:
        """Names of the pages, and the day on which each begins."""
        view = MessageView(self.texts, self.texts.name_of, self._find)
        for row in self.rows.ordered():
            if len(self._parts) >= MESSAGES or self._size >= CHARACTERS:
                self._finish(more=True)
            self.rows.put_on(row.message.key, self.number)
            top = not self._parts
            done = view.html(row, top)
            at = day(row.message.at)
            if top:
                self._begun.append((self._name(self.number), at))
            if not row.reply and at != self._day:
                done = Markup('<h2 class="day">%s</h2>\n%s') % (at, done)
                self._day = at
            self._parts.append(done)
            self._size += len(done)
        self._finish(more=False)
        return self._begun

    def _find(self, key: str) -> tuple[str, str] | None:
        found = self.rows.find(key)
        if found is None or found[1] == 0:
            return None
        author, number = found
        return author, f"{self._name(number) if number != self.number else ''}#{anchor(key)}"

    def _name(self, number: int) -> str:
        return f"{self.stem}.html" if number == 1 else f"{self.stem}.{number}.html"

    def _finish(self, more: bool) -> None:
        links = [Markup('<a href="../index.html">All rooms</a>')]
        if self.number > 1:
            links.append(Markup('<a href="%s">Earlier</a>') % self._name(self.number - 1))
        if more:
            links.append(Markup('<a href="%s">Later</a>') % self._name(self.number + 1))
        nav = Markup("<nav>%s</nav>\n") % (Markup("\n").join(links))
        name = self.room.name or "(no name)"
        topic = Markup('<p class="dim" dir="auto">%s</p>\n') % (self.room.topic) if self.room.topic else ""
        head = Markup("%s<h1><bdi>%s</bdi></h1>\n%s") % (nav, name, topic)
        title = name if self.number == 1 else f"{name} ({self.number})"
        body = Markup().join([head, *self._parts, nav])
        (self.folder / self._name(self.number)).write_text(page(title, body), "utf-8")
        self.number += 1
        self._parts, self._size, self._day = [], 0, ""
