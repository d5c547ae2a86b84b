"""A message of a file as one of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from attrs import define

from chatctl.imports.discord import rows
from chatctl.imports.discord.channels import ChannelFile, moment, snowflake_time
from chatctl.imports.discord.embeds import embedded, linked, pictures
from chatctl.imports.discord.markup import MAX_TEXT, as_markdown
from chatctl.imports.discord.people import People
from chatctl.imports.discord.rows import shown
from chatctl.imports.keys import bounded
from chatctl.imports.markdown import literal, quoted, span
from chatctl.imports.problems import Problems
from chatctl.imports.records import File, Message, Reaction, mention, plain
from chatctl.imports.wall_clock import milliseconds

MAX_FILES: Final = 100  # of a message
MAX_REACTIONS: Final = 10_000  # of a message
_SPOKEN: Final = frozenset(
    ["Default", "Reply", "ChatInputCommand", "ContextMenuCommand", "0", "19", "20", "23"]
)
# What they say in files is the exporter's English, in which nobody is mentioned.
_EVENTS: Final[Mapping[str, str]] = {
    "GuildMemberJoin": "joined",
    "7": "joined",
    "RecipientAdd": "added",
    "RecipientRemove": "removed",
    "Call": "called",
    "ChannelNameChange": "renamed the channel",
    "ChannelIconChange": "changed the picture of the channel",
    "ChannelPinnedMessage": "pinned a message",
    "ThreadCreated": "started a thread",
}
_OF_PEOPLE: Final = frozenset(["RecipientAdd", "RecipientRemove"])
_NEW_NAME: Final = "Changed the channel name: "  # what the exporter writes before it
_REPEATED: Final = frozenset(["ThreadStarterMessage", "21"])  # stands in the channel already
PINNED: Final = frozenset(["ChannelPinnedMessage", "6"])
_FORWARD: Final = frozenset(["Forward", "1"])
_MINUTES: Final = re.compile(r"lasted ([\d,.]{1,12}) minutes")


@define
class Reader:
    """`threads`: titles of those that hang on a message, by its id. `path_of` gives where in the export the
    files are that the one being read names."""

    file: ChannelFile
    threads: Mapping[str, str]
    people: People
    problems: Problems
    channels: Callable[[str], str | None]
    path_of: Callable[[str], str | None]

    def message(self, found: rows.Message, place: str) -> Message | None:
        id_, kind = plain(shown(found.id)), shown(found.type) or "Default"
        author = self.people.key(found.author)
        if not id_ or author is None:
            self.problems.add("unreadable", place)
            return None
        if kind in _REPEATED:
            return None
        at = moment(found.timestamp)
        when = snowflake_time(id_) if at is None else milliseconds(at)
        if when is None:
            self.problems.add("no time", place)
            return None
        again = moment(found.timestampEdited)
        edited = self.problems.edited(
            None if again is None else milliseconds(again), found.timestampEdited, place
        )
        system = kind not in _SPOKEN and id_ not in self.threads
        self.problems.first(found.content or "", MAX_TEXT, place, "characters")
        text = self._event(found, kind, author, id_) if kind not in _SPOKEN else self._text(found, id_)
        reactions, uncounted = self._reactions(found, place)
        files = self._files(found, id_, place)
        if not (text or files):  # as of polls, of which the file has nothing
            self.problems.add("unknown kind", f"{place}: {kind}")
        return Message(
            id_,
            author,
            when,
            "\n\n".join(part for part in (text, uncounted) if part),
            thread=None if self.file.thread in (None, id_) else self.file.thread,
            reply_to=self._answered(found) if kind in _SPOKEN else None,
            edited_at=edited,
            system=system,
            pinned_by=author if found.isPinned else None,  # who did it is told by another message
            reactions=reactions,
            files=files,
        )

    def _text(self, found: rows.Message, id_: str) -> str:
        named = self._named(found)
        parts = [as_markdown(found.content or "", named, self.channels)]
        forwarded = found.forwardedMessage
        if forwarded is not None:
            said = [as_markdown(forwarded.content or "", {}, self.channels), *self._frames(forwarded, {})]
            parts.append(quoted("\n\n".join(part for part in said if part)))
        parts += [quoted(each) for each in self._frames(found, named)]
        parts += linked(found.components)
        if id_ == self.file.thread:  # a post of a forum, which has a title
            parts.insert(0, span("**", literal(self.file.title)))
        return "\n\n".join(part for part in parts if part)

    def _event(self, found: rows.Message, kind: str, author: str, id_: str) -> str:
        if id_ in self.threads:
            return f"Thread: {span('**', literal(self.threads[id_]))}"
        if said := _EVENTS.get(kind):
            return f"{mention(author)} {self._done(found, kind, author, said)}"
        content = literal(plain(found.content or "").strip())
        return content or "\n\n".join(quoted(each) for each in self._frames(found, self._named(found)))

    def _done(self, found: rows.Message, kind: str, author: str, said: str) -> str:
        """With what the file tells of it: whom, the new name, or how long it took."""
        if kind in _OF_PEOPLE:
            whom = next((key for each in found.mentions or () if (key := self.people.key(each))), None)
            if kind == "RecipientRemove" and whom == author:
                return "left"
            return f"{said} {mention(whom) if whom else 'somebody'}"
        content = plain(found.content or "")
        if kind == "ChannelNameChange" and content.startswith(_NEW_NAME):
            return f"{said} to: {literal(content.removeprefix(_NEW_NAME).strip())}"
        if kind == "Call" and (minutes := _MINUTES.search(content)) is not None:
            return f"{said}, {minutes[1]} min"
        return said

    def _frames(self, found: rows.Message | rows.Forwarded, named: Mapping[str, str]) -> Iterator[str]:
        return embedded(found, lambda text: as_markdown(text, named, self.channels))

    def _named(self, found: rows.Message) -> dict[str, str]:
        """A nickname before a name: files have the nickname in the text."""
        named: dict[str, str] = {}
        for each in (found.mentions or [])[:100]:
            key = self.people.key(each)
            for name in (each.nickname, each.name):
                if key is not None and name:
                    named.setdefault(plain(name)[:100], key)
        return named

    def _answered(self, found: rows.Message) -> str | None:
        to = found.reference
        if to is None or not shown(to.messageId) or shown(to.type) in _FORWARD:
            return None
        around = {"", self.file.channel, self.file.room.key}
        return plain(shown(to.messageId)) if shown(to.channelId) in around else None

    def _reactions(self, found: rows.Message, place: str) -> tuple[tuple[Reaction, ...], str]:
        """And as text those of which only the number is known."""
        told: list[Reaction] = []
        counted: list[str] = []
        for each in (found.reactions or [])[:MAX_REACTIONS]:
            name = plain(each.emoji.name or "")[:64] if each.emoji else ""
            if not name:
                continue
            emoji = f":{name}:" if each.emoji and shown(each.emoji.id) else name
            users = self.problems.first(each.users or [], MAX_REACTIONS, place, "reactions")
            keys = [key for user in users if (key := self.people.key(user))]
            told += [Reaction(key, emoji) for key in keys]
            if (each.count or 0) > len(keys):
                counted.append(f"{emoji} {(each.count or 0) - len(keys)}")
        kept = tuple(self.problems.first(told, MAX_REACTIONS, place, "reactions"))
        return kept, f"*Reactions: {', '.join(counted[:50])}*" if counted else ""

    def _files(self, found: rows.Message, id_: str, place: str) -> tuple[File, ...]:
        messages: list[rows.Message | rows.Forwarded] = [found]
        if found.forwardedMessage is not None:
            messages.append(found.forwardedMessage)
        given = [each for message in messages for each in message.attachments or ()]
        stickers = [each for message in messages for each in message.stickers or ()]
        shown_in_frames = [url for message in messages for url in pictures(message)]
        told = [
            self._file(shown(each.id) or f"{id_}/{at}", each.fileName, each.url, each.fileSizeBytes, place)
            for at, each in enumerate(self.problems.first(given, MAX_FILES, place, "files"))
        ]
        told += [
            self._file(f"{id_}/{shown(each.id)}", _sticker_name(each), each.sourceUrl, None, place)
            for each in stickers[:MAX_FILES]
        ]
        told += [
            self._file(f"{id_}/picture/{nth}", _last(url), url, None, place)
            for nth, url in enumerate(shown_in_frames)
        ]
        return tuple(told)

    def _file(
        self, key: str, name: str | None, url: str | None, size: int | float | None, place: str
    ) -> File:
        name = plain(name or "")[:255] or "file"
        count = int(size) if size is not None and 0 <= size < 2**63 else None
        where = plain(url or "")
        if where.startswith(("https://", "http://")):
            # What is behind the question mark lets anybody fetch the file, for a while.
            return File(bounded(key), name, size=count, url=where.partition("?")[0][:2000])
        path = self.path_of(where) if where else None
        if path is None:
            self.problems.add("missing file", place)
        return File(bounded(key), name, size=count, path=path, missing=None if path else "not in the export")


def _last(url: str) -> str:
    """The name at the end of an address or path."""
    return url.partition("?")[0].replace("\\", "/").rpartition("/")[2]


def _sticker_name(sticker: rows.Sticker) -> str:
    last = _last(sticker.sourceUrl or "")
    end = last.rpartition(".")[2] if "." in last else ""
    return (
        f"{sticker.name or 'sticker'}.{end}" if end.isalnum() and len(end) <= 5 else sticker.name or "sticker"
    )
