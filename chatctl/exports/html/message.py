"""A message on its room's page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from attrs import frozen
from markupsafe import Markup

from chatctl.exports.html.files import is_picture, link_to
from chatctl.exports.html.rows import Row
from chatctl.exports.html.text import Texts
from chatctl.imports.keys import digest
from chatctl.imports.records import File, Message, Version
from chatctl.output import size

_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_SHOWN: Final = 30  # people that a reaction names


def anchor(key: str) -> str:
    """The message's `id` on its page."""
    return f"m{key}" if _PLAIN_KEY.fullmatch(key) else f"m{digest(key)}"


@lru_cache(4096)
def day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d")


@lru_cache(4096)
def moment(at: int, form: str = "%Y-%m-%d %H:%M") -> Markup:
    time = datetime.fromtimestamp(at / 1000, UTC)
    return Markup('<time datetime="%s" title="%s UTC">%s</time>') % (
        time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        time.strftime("%Y-%m-%d %H:%M:%S"),
        time.strftime(form),
    )


@frozen
class MessageView:
    """`find` gives the author of a message by its key, and where it stands, if that is known."""

    texts: Texts
    name_of: Callable[[str], str]
    find: Callable[[str], tuple[str, str] | None]

    def html(self, row: Row, top: bool = False) -> Markup:
        """`top`: nothing stands above it on its page, of a reply not the message that it is about."""
        message = row.message
        own = anchor(message.key)
        return Markup(
            '<article id="%s"%s>\n<header><b><bdi>%s</bdi></b> <a href="#%s">%s</a>%s</header>\n'
            "%s</article>\n"
        ) % (
            own,
            Markup(' class="reply"') if row.reply else "",
            self.name_of(message.author),
            own,
            moment(message.at, "%H:%M" if not row.reply else "%Y-%m-%d %H:%M"),
            self._remarks(row, top),
            self._body(message),
        )

    def _remarks(self, row: Row, top: bool) -> Markup:
        message = row.message
        remarks: list[Markup | str] = []
        if message.pinned_by is not None:
            remarks.append(Markup("pinned by <bdi>%s</bdi>") % self.name_of(message.pinned_by))
        if message.edited_at is not None:
            remarks.append(Markup("edited %s") % moment(message.edited_at))
        if row.replies:
            remarks.append("1 reply" if row.replies == 1 else f"{row.replies} replies")
        answered = message.reply_to or (message.thread if row.reply else None)
        above = row.reply and not top and answered == message.thread
        if answered is not None and not above:
            found = self.find(answered)
            if found is not None:
                author, link = found
                remarks.append(
                    Markup('answers <a href="%s"><bdi>%s</bdi></a>') % (link, self.name_of(author))
                )
        return Markup().join(Markup(' <span class="edited">%s</span>') % (one) for one in remarks)

    def _body(self, message: Message) -> Markup:
        if message.deleted:
            return Markup('<p class="dim">This message was deleted.</p>\n')
        parts = []
        if message.text.strip():
            parts.append(Markup('<div class="text" dir="auto">%s</div>\n') % self.texts.html(message.text))
        if message.files:
            files = Markup().join(self._file(file) for file in message.files)
            parts.append(Markup('<ul class="files">%s</ul>\n') % files)
        if message.reactions:
            parts.append(self._reactions(message))
        if message.versions:
            versions = Markup().join(self._version(one) for one in message.versions)
            parts.append(Markup("<details><summary>Earlier texts</summary>%s</details>\n") % versions)
        return Markup().join(parts)

    def _file(self, file: File) -> Markup:
        if file.path is None:
            why = file.missing or "it is not in the export"
            return Markup('<li class="dim"><bdi>%s</bdi> (%s)</li>') % (file.name, why)
        link = link_to(file.path)
        about = "" if file.size is None else Markup(' <span class="size">%s</span>') % size(file.size)
        if is_picture(file):
            shown = Markup('<img src="%s" alt="%s" loading="lazy">') % (link, file.name)
            return Markup('<li><a href="%s">%s</a></li>') % (link, shown)
        return Markup('<li><a href="%s"><bdi>%s</bdi></a>%s</li>') % (link, file.name, about)

    def _reactions(self, message: Message) -> Markup:
        people: dict[str, list[str]] = {}
        for one in message.reactions:
            people.setdefault(one.emoji, []).append(one.person)
        items = Markup().join(
            Markup('<li title="%s">%s %s</li>')
            % (", ".join(self.name_of(key) for key in keys[:_SHOWN]), self.texts.reaction(emoji), len(keys))
            for emoji, keys in people.items()
        )
        return Markup('<ul class="reactions">%s</ul>\n') % items

    def _version(self, version: Version) -> Markup:
        return Markup('<div dir="auto">%s %s</div>') % (moment(version.at), self.texts.html(version.text))
