"""What the bus remembers for those who are a little behind."""

from __future__ import annotations

import trio
from msgspec.structs import replace

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.recall import recall
from chatd.actors.runtime.ring import RING_BYTES
from chatd.domain.event import Event


def said(position: int, nth: int, text: str, type_: str = "message.posted", **data: object) -> Event:
    return Event(position, "room/r", nth, type_, 1, "ann", data, text)


def remembered(bus: Bus) -> list[str | None]:
    chunks = bus.since(0)
    assert chunks is not None
    return [event.text for chunk in chunks for event in chunk.events]


def test_an_erased_text_is_remembered_no_more_and_neither_are_its_edits() -> None:
    bus = Bus(0)
    bus.publish([said(1, 1, "secret"), said(2, 2, "kept")])
    bus.publish([said(3, 3, "secret again", "message.edited", seq=1)])
    chunks = bus.since(0)
    assert chunks is not None
    for chunk in chunks:
        chunk.rendered(lambda events: repr([event.text for event in events]).encode())
    bus.publish([Event(4, "room/r", 4, "message.deleted", 1, "ann", {"seq": 1, "author": "ann"})])
    assert remembered(bus) == [None, "kept", None, None]
    chunks = bus.since(0)
    assert chunks is not None
    shown = b"".join(chunk.rendered(lambda events: repr(events).encode()) for chunk in chunks)
    assert b"secret" not in shown


def test_many_are_erased_at_once_and_their_neighbours_are_not() -> None:
    bus = Bus(0)
    bus.publish([said(number, number, f"text {number}") for number in range(1, 7)])
    gone = [
        Event(position, "room/r", position, "message.deleted", 1, "system", {"seq": seq, "author": "ann"})
        for position, seq in ((7, 2), (8, 3), (9, 6))
    ]
    bus.publish(gone)
    assert remembered(bus)[:6] == ["text 1", None, None, "text 4", "text 5", None]


def test_the_same_number_in_another_room_keeps_its_text() -> None:
    bus = Bus(0)
    bus.publish([Event(1, "room/other", 1, "message.posted", 1, "ann", {}, "kept")])
    bus.publish([Event(2, "room/r", 2, "message.deleted", 1, "ann", {"seq": 1, "author": "ann"})])
    assert remembered(bus) == ["kept", None]


def test_what_is_erased_takes_no_space_from_what_comes_after_it() -> None:
    """A third of the ring is erased, ten times."""
    bus, position = Bus(0), 0
    text = "x" * (RING_BYTES // 3)
    for _ in range(10):
        bus.publish([said(position + 1, position + 1, text)])
        gone = {"seq": position + 1, "author": "ann"}
        bus.publish([Event(position + 2, "room/r", position + 2, "message.deleted", 1, "ann", gone)])
        position += 2
    assert bus.remembers_from == 0


class NotLookedAt(str):
    __slots__ = ()

    def __hash__(self) -> int:
        raise AssertionError("chunks of other streams are looked at")


def test_an_erased_text_is_looked_for_in_its_room_alone() -> None:
    bus = Bus(0)
    bus.publish([Event(1, "room/other", 1, "message.posted", 1, "ann", {}, "kept")])
    bus.publish([said(2, 1, "secret")])
    chunks = bus.since(0)
    assert chunks is not None
    next(chunks).stream = NotLookedAt("room/other")
    bus.publish([said(3, 2, "", "message.deleted", seq=1, author="ann")])
    assert remembered(bus) == ["kept", None, None]


async def test_a_bus_is_told_of_what_was_before_it() -> None:
    log = [said(1, 1, "first"), said(2, 2, "second"), said(3, 3, "third")]
    bus = Bus(3)
    await recall(bus, Log(bus, log))  # type: ignore[arg-type]
    bus.publish([said(4, 4, "fourth")])
    assert bus.remembers_from == 0
    assert remembered(bus) == ["first", "second", "third", "fourth"]


async def test_what_is_erased_while_it_is_recalled_is_not_remembered() -> None:
    log = [said(1, 1, "secret"), said(2, 2, "kept")]
    bus = Bus(2)
    await recall(bus, Log(bus, log, Event(3, "room/r", 3, "message.deleted", 1, "ann", {"seq": 1})))  # type: ignore[arg-type]
    assert remembered(bus) == [None, "kept", None]


class Log:
    """The reader's side of a log. `meanwhile` is published while it is read for the first time."""

    def __init__(self, bus: Bus, events: list[Event], meanwhile: Event | None = None) -> None:
        self._bus = bus
        self._events = events
        self._meanwhile = meanwhile

    async def events(self, after: int, limit: int) -> list[Event]:
        found = [event for event in self._events if event.position > after][:limit]
        await trio.lowlevel.checkpoint()
        if self._meanwhile is not None:
            self._bus.publish([self._meanwhile])
            self._meanwhile = None
            self._events[0] = replace(self._events[0], text=None)
        return found
