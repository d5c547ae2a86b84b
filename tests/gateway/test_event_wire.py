"""What is written as server-sent events is read as it was meant, whatever stands in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.actors.runtime.chunk import Chunk, SignalFrame
from chatd.domain.event import Event
from chatd.gateway.http.events.event_wire import HEARTBEAT, EventWire, closed, event_wire, read_cursor

EPOCH = "01JD4Q00000000000000000000"
HASHES = st.sampled_from(["", "5f0c9e1b7a42", "000000000000"])
TEXTS = st.text() | st.sampled_from(["\n\nid: 7\n", "\r\n", "\r", "\u2028\u2029\x85", "data: x\n\n", "\x00:"])
EVENTS = st.builds(
    Event,
    position=st.integers(1, 2**53),
    stream=st.just("room/01J"),
    seq=st.integers(1, 2**53),
    type=st.just("message.posted"),
    at=st.integers(0, 2**53),
    by=TEXTS,
    data=st.dictionaries(TEXTS, TEXTS | st.integers(-(2**53), 2**53) | st.none(), max_size=3),
    text=TEXTS | st.none(),
    hash=HASHES,
)


def read(data: bytes) -> list[dict[str, str]]:
    """The blocks of a stream, as the standard reads them: every CR, LF and CRLF ends a line."""
    blocks: list[dict[str, str]] = [{}]
    for line in data.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line:
            blocks.append({})
            continue
        name, _, value = line.partition(":")
        assert name not in blocks[-1]
        blocks[-1][name] = value.removeprefix(" ")
    return [block for block in blocks if block]


@given(st.lists(EVENTS, max_size=4))
def test_no_line_is_cut_by_who_takes_more_for_its_end_than_the_standard_does(events: list[Event]) -> None:
    written = EventWire(EPOCH, chunked=False).render(events).decode()
    assert written.splitlines() == written.split("\n")[:-1]


@given(st.lists(EVENTS, max_size=4))
def test_each_event_is_read_back_with_the_cursor_that_stands_after_it(events: list[Event]) -> None:
    blocks = read(EventWire(EPOCH, chunked=False).render(events))
    assert [json.loads(block["data"]) for block in blocks] == [event.frame() for event in events]
    assert {block["event"] for block in blocks} <= {"event"}
    for block, event in zip(blocks, events, strict=True):
        cursor = {"epoch": EPOCH, "position": event.position, "hash": event.hash or None}
        assert read_cursor(block["id"]) == cursor


@given(TEXTS)
def test_a_signal_has_no_id(text: str) -> None:
    frame: dict[str, Any] = {"signal": "typing", "stream": "room/01J", "by": text, "data": {}}
    (block,) = read(SignalFrame(frame).rendered(EventWire(EPOCH, chunked=False).render))
    assert block.keys() == {"event", "data"}
    assert json.loads(block["data"]) == frame


def test_an_event_is_rendered_once_for_all_streams() -> None:
    event = Event(7, "room/01J", 1, "message.posted", 1, "ann", {}, "hello", "5f0c9e1b7a42")
    chunk = Chunk([event])
    for chunked in (True, False):
        once, again = (chunk.rendered(event_wire(EPOCH, chunked).render) for _ in range(2))
        assert once is again


def test_the_last_event_says_why() -> None:
    (block,) = read(closed({"code": 1001, "reason": "the server is going away", "reconnect": True}, 2500))
    assert (block["event"], block["retry"]) == ("closed", "2500")


def test_a_heartbeat_ends_no_event() -> None:
    """Some clients take every empty line for the end of an event, also of one that never began."""
    assert HEARTBEAT.startswith(b":")
    assert HEARTBEAT.splitlines(keepends=True) == [HEARTBEAT]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "e.7",
        "e.-1.",
        "e.07.",
        "e.7.XY",
        "e.7.5f\n",
        ".7.",
        "e.7.5f.",
        "e e.7.",
        "e" * 65 + ".7.",
        "e.1" + "0" * 16 + ".",
    ],
)
def test_what_is_no_id_is_no_cursor(text: str) -> None:
    assert read_cursor(text) is None


@given(st.text())
def test_no_text_makes_reading_a_cursor_fail(text: str) -> None:
    cursor = read_cursor(text)
    assert cursor is None or cursor.keys() == {"epoch", "position", "hash"}
