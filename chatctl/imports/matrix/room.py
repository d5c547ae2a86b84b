"""What a first reading of a file tells about its room: members and their names, pins, who may join."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from attrs import define, field

from chatctl.imports.archive import Archive
from chatctl.imports.json_decoding import NotJson, decoded
from chatctl.imports.json_rows import Rows
from chatctl.imports.json_text import ANY, Opened, Path, elements
from chatctl.imports.keys import bounded
from chatctl.imports.matrix.events import MAX_NAME, Event, local_part, text_of, value_of
from chatctl.imports.problems import Problems, lost_in
from chatctl.imports.records import Person, Room, plain

MAX_PEOPLE: Final = 200_000
MAX_PINS: Final = 10_000
_MESSAGE: Final = ("messages", ANY)
_OPENED: Final[Opened] = {(): "object", ("messages",): "list"}
_EVENTS: Final = Rows(_OPENED, _MESSAGE, "event")
_EVENT: Final = msgspec.json.Decoder(Event)
_TEXT: Final = msgspec.json.Decoder(str)
# What stands in an event's content, and in what a server adds to it.
_CONTENT: Final[dict[Path, type]] = {
    ("msgtype",): str,
    ("body",): str,
    ("pinned",): list,
    ("m.relates_to",): dict,
    ("m.relates_to", "rel_type"): str,
    ("m.relates_to", "event_id"): str,
    ("m.relates_to", "key"): str,
}
_REPLACED: Final = ("m.relations", "m.replace")
_UNSIGNED: Final[dict[Path, type]] = {
    _REPLACED[:1]: dict,
    _REPLACED: dict,
    (*_REPLACED, "sender"): str,
    (*_REPLACED, "origin_server_ts"): int,
}
_LATER: Final = frozenset(["m.reaction", "m.room.redaction"])


@define
class RoomFile:
    """`related`: there are events that change others, which Element leaves out and servers have."""

    name: str
    folder: str
    key: str = ""
    title: str = ""
    topic: str = ""
    kind: str = "private"
    created_at: int | None = None
    related: bool = False
    members: dict[str, bool] = field(factory=dict)  # whether they are in the room
    pins: dict[str, str] = field(factory=dict)  # by whom, by message
    is_export: bool = False

    def room(self) -> Room:
        inside = tuple(bounded(key) for key, inside in self.members.items() if inside)
        kind: Any = self.kind
        return Room(
            self.key, self.title or self.key, kind, self.topic, members=inside, created_at=self.created_at
        )


def events(archive: Archive, name: str, problems: Problems) -> Iterator[tuple[str, Event]]:
    """With the place of each."""
    for place, event in _EVENTS.read(archive, name, _EVENT, problems):
        for value, types in ((event.content, _CONTENT), (event.unsigned, _UNSIGNED)):
            for path, type_ in types.items():
                if not isinstance(value_of(value, *path), type_ | None):
                    lost_in(problems, place)(".".join(path))
        yield place, event


def first_look(archive: Archive, name: str, people: dict[str, Person]) -> RoomFile | None:
    """None if it is no export of Element. Adds the people whom it names."""
    found = RoomFile(name, name[: name.rfind("/") + 1])
    with archive.open(name) as stream:
        for path, raw in elements(stream, name, Problems(), _OPENED):  # what is wrong is told later
            try:
                if path == _MESSAGE:
                    _learn(found, decoded(raw, _EVENT), people)
                elif path == ("room_name",):
                    found.is_export, found.title = True, plain(decoded(raw, _TEXT))[:MAX_NAME]
                elif path == ("topic",):
                    found.topic = plain(decoded(raw, _TEXT))
            except NotJson:
                continue
    found.key = found.key or bounded(found.title or name)
    return found if found.is_export else None


def _learn(found: RoomFile, event: Event, people: dict[str, Person]) -> None:
    if event.room_id and not found.key:
        found.key = bounded(plain(event.room_id))
    if found.created_at is None:
        found.created_at = event.at
    content = event.content or {}
    match event.type:
        case "m.room.member" if event.state_key:
            _learn_member(found, event, plain(event.state_key), people)
        case "m.room.join_rules":
            found.kind = "public" if value_of(content, "join_rule") == "public" else found.kind
        case "m.room.pinned_events":
            pinned = value_of(content, "pinned")
            by = bounded(plain(event.sender or ""))
            told = [
                each
                for each in (pinned if isinstance(pinned, list) else ())[:MAX_PINS]
                if isinstance(each, str)
            ]
            found.pins = {each: found.pins.get(each, by) for each in told}
        case _:
            replaced = value_of(content, "m.relates_to", "rel_type") == "m.replace"
            found.related = found.related or event.type in _LATER or replaced


def _learn_member(found: RoomFile, event: Event, mxid: str, people: dict[str, Person]) -> None:
    membership = value_of(event.content, "membership")
    if value_of(event.content, "is_direct") is True:
        found.kind = "direct"
    if len(found.members) < MAX_PEOPLE or mxid in found.members:
        found.members[mxid] = membership == "join"
    name = text_of(event.content, "displayname")[:MAX_NAME]
    key = bounded(mxid)
    if key in people and not name:
        return
    if len(people) < MAX_PEOPLE or key in people:
        people[key] = Person(key, local_part(mxid)[:MAX_NAME], name)
