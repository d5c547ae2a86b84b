"""What a first reading of a file tells about its room: members and their names, pins, who may join."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

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
_FIRST: Final = 50  # events that tell the order of a file
_LATER: Final = frozenset(["m.reaction", "m.room.redaction"])


@define
class RoomFile:
    """`related`: there are events that change others, which Element leaves out and servers have.
    `newest_first`: as servers give events, unless they are asked for another order; then the state that is
    read first counts."""

    name: str
    folder: str
    key: str = ""
    title: str = ""
    topic: str = ""
    newest_first: bool = False
    is_direct: bool = False
    join_rule: str | None = None
    created_at: int | None = None
    related: bool = False
    members: dict[str, bool] = field(factory=dict)  # whether they are in the room
    named: set[str] = field(factory=set)
    pins: dict[str, str] = field(factory=dict)  # by whom, by message
    older_pins: set[str] | None = None  # of the newest first: those that an older event may have made
    is_export: bool = False

    def room(self) -> Room:
        inside = tuple(bounded(key) for key, inside in self.members.items() if inside)
        return Room(
            self.key,
            self.title or self.key,
            "direct" if self.is_direct else "public" if self.join_rule == "public" else "private",
            self.topic,
            members=inside,
            created_at=self.created_at,
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
    first: list[Event] | None = []
    with archive.open(name) as stream:
        for path, raw in elements(stream, name, Problems(), _OPENED):  # what is wrong is told later
            try:
                if path == _MESSAGE and first is not None:
                    first.append(decoded(raw, _EVENT))
                    if len(first) >= _FIRST:
                        _learn_first(found, first, people)
                        first = None
                elif path == _MESSAGE:
                    _learn(found, decoded(raw, _EVENT), people)
                elif path == ("room_name",):
                    found.is_export, found.title = True, plain(decoded(raw, _TEXT))[:MAX_NAME]
                elif path == ("topic",):
                    found.topic = plain(decoded(raw, _TEXT))
            except NotJson:
                continue
    _learn_first(found, first or [], people)
    found.key = found.key or bounded(found.title or name)
    return found if found.is_export else None


def _learn_first(found: RoomFile, events: list[Event], people: dict[str, Person]) -> None:
    """The clocks of servers differ, so which way the file goes is told by more than two events."""
    times = [event.at for event in events if event.at is not None]
    steps = [after - before for before, after in pairwise(times)]
    found.newest_first = found.newest_first or sum(step < 0 for step in steps) > sum(
        step > 0 for step in steps
    )
    for event in events:
        _learn(found, event, people)


def _learn(found: RoomFile, event: Event, people: dict[str, Person]) -> None:
    if event.room_id and not found.key:
        found.key = bounded(plain(event.room_id))
    if found.created_at is None or (found.newest_first and event.at is not None):
        found.created_at = event.at
    content = event.content or {}
    match event.type:
        case "m.room.member" if event.state_key:
            _learn_member(found, event, plain(event.state_key), people)
        case "m.room.join_rules" if found.join_rule is None or not found.newest_first:
            found.join_rule = text_of(content, "join_rule")
        case "m.room.pinned_events":
            pinned = value_of(content, "pinned")
            by = bounded(plain(event.sender or ""))
            told = [
                each
                for each in (pinned if isinstance(pinned, list) else ())[:MAX_PINS]
                if isinstance(each, str)
            ]
            _learn_pins(found, told, by)
        case _:
            replaced = value_of(content, "m.relates_to", "rel_type") == "m.replace"
            found.related = found.related or event.type in _LATER or replaced


def _learn_pins(found: RoomFile, told: list[str], by: str) -> None:
    if not found.newest_first:
        found.pins = {each: found.pins.get(each, by) for each in told}
    elif found.older_pins is None:
        found.pins = dict.fromkeys(told, by)
        found.older_pins = set(told)
    else:
        found.older_pins.intersection_update(told)
        found.pins.update(dict.fromkeys(found.older_pins, by))


def _learn_member(found: RoomFile, event: Event, mxid: str, people: dict[str, Person]) -> None:
    membership = value_of(event.content, "membership")
    if value_of(event.content, "is_direct") is True:
        found.is_direct = True
    known = mxid in found.members
    if not (known and found.newest_first) and (known or len(found.members) < MAX_PEOPLE):
        found.members[mxid] = membership == "join"
    name = text_of(event.content, "displayname")[:MAX_NAME]
    key = bounded(mxid)
    if key in people and (not name or (found.newest_first and key in found.named)):
        return
    if name and len(found.named) < MAX_PEOPLE:
        found.named.add(key)
    if len(people) < MAX_PEOPLE or key in people:
        people[key] = Person(key, local_part(mxid)[:MAX_NAME], name)
