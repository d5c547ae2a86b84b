"""Which files there are, which channel each is of, and which room that is.

A thread that everybody may read hangs on the message that it began with, in the room of its channel: that
message has the thread's id. A post of a forum is such a thread, whose first message is its own. A private
thread is a room.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec
from attrs import define, frozen

from chatctl.imports.archive import Archive
from chatctl.imports.discord.rows import Channel, Guild, shown
from chatctl.imports.json_decoding import NotJson, decoded
from chatctl.imports.json_text import ANY, Opened, elements
from chatctl.imports.problems import Problems
from chatctl.imports.records import Room, plain
from chatctl.imports.wall_clock import LATEST

MAX_FILES: Final = 100_000
OPENED: Final[Opened] = {(): "object", ("messages",): "list"}
MESSAGE: Final = ("messages", ANY)
_PUBLIC_THREADS: Final = frozenset(["GuildPublicThread", "GuildNewsThread", "11", "10"])
_PRIVATE_THREADS: Final = frozenset(["GuildPrivateThread", "12"])
_DIRECT: Final = frozenset(["DirectTextChat", "1"])
_GROUPS: Final = frozenset(["DirectGroupTextChat", "3"])  # the file does not say of whom
_EPOCH: Final = 1_420_070_400_000  # of snowflakes, in Unix milliseconds
_GUILD: Final = msgspec.json.Decoder(Guild)
_CHANNEL: Final = msgspec.json.Decoder(Channel)
_TEXT: Final = msgspec.json.Decoder(str)


@frozen
class ChannelFile:
    """`exported`: later files know newer states of messages. `thread` is the id of the message that all of it
    hangs on. `of_writers`: those who wrote in it are its members, for there is no other list."""

    name: str
    guild: str
    channel: str
    title: str
    room: Room
    exported: datetime
    thread: str | None
    of_writers: bool


def channel_files(archive: Archive) -> tuple[list[ChannelFile], list[str]]:
    """Those of channels, the oldest first, and the names of other files that look as if they might be."""
    found: list[ChannelFile] = []
    others: list[str] = []
    for name in archive.names():
        if not name.lower().endswith(".json"):
            continue
        told = _head(archive, name) if len(found) < MAX_FILES else None
        if told is None:
            others.append(name)
        else:
            found.append(told)
    found.sort(key=lambda each: (each.exported, each.name))
    return found, others


@define
class _Head:
    guild: Guild | None = None
    channel: Channel | None = None
    exported: str = ""


def _head(archive: Archive, name: str) -> ChannelFile | None:
    head = _Head()
    for path, raw in _values(archive, name):
        try:
            if path == ("guild",):
                head.guild = decoded(raw, _GUILD)
            elif path == ("channel",):
                head.channel = decoded(raw, _CHANNEL)
            elif path == ("exportedAt",):
                head.exported = decoded(raw, _TEXT)
        except NotJson:
            continue
        if path == MESSAGE and head.guild and head.channel:
            break
    if head.guild is None or head.channel is None or not shown(head.channel.id):
        return None
    return _file(name, head.guild, head.channel, moment(head.exported))


def _values(archive: Archive, name: str) -> Iterator[tuple[tuple[str, ...], bytes]]:
    with archive.open(name) as stream:
        yield from elements(stream, name, Problems(), OPENED)  # what is wrong is told when the file is read


def _file(name: str, guild: Guild, channel: Channel, exported: datetime | None) -> ChannelFile:
    kind, own, around = shown(channel.type), shown(channel.id), shown(channel.categoryId)
    title = plain(channel.name or "")[:200]
    thread = None
    if kind in _PUBLIC_THREADS and around:
        room = Room(around, plain(channel.category or "")[:200] or around, created_at=snowflake_time(around))
        thread = own
    else:
        closed = kind in _PRIVATE_THREADS or kind in _GROUPS
        private = "direct" if kind in _DIRECT else "private" if closed else "public"
        topic = plain(channel.topic or "")
        room = Room(own, title or own, private, topic, created_at=snowflake_time(own))  # type: ignore[arg-type]
    when = exported or datetime(1, 1, 1, tzinfo=UTC)
    return ChannelFile(
        name, shown(guild.id), own, title, room, when, thread, kind in _DIRECT or kind in _GROUPS
    )


def snowflake_time(id_: str) -> int | None:
    """Ids of Discord have the time in them."""
    if not (id_.isascii() and id_.isdecimal() and len(id_) <= 20):
        return None
    at = (int(id_) >> 22) + _EPOCH
    return at if at < LATEST else None


def moment(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
