"""Signals: encoded once, never waiting, dropped for who is behind, and no more often than is of use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from chatd.actors.runtime import feed as feeds
from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.chunk import SignalFrame
from chatd.actors.runtime.feed import Feed
from chatd.actors.runtime.throttle import DelayQueue, Throttle
from chatd.gateway.websocket.wire import WIRES

TYPING = {"signal": "typing", "stream": "room/r", "by": "ann", "data": {"expires_in": 6}}


class Connection:
    """A client that reads when told to."""

    def __init__(self, render: Any = None) -> None:
        self.rendered = 0
        self.written: list[bytes] = []
        self.queued = 0
        self.gone = False
        self.render = render or self._render
        self._moved = trio.Event()

    def _render(self, events: Sequence[Any]) -> bytes:
        self.rendered += 1
        return repr([event.frame() for event in events]).encode()

    def write(self, rendered: bytes, at_once: bool = False) -> int:
        self.written.append(rendered)
        return self.queued

    async def drained(self, below: int) -> None:
        while self.queued >= below:
            await self._moved.wait()
        if self.gone:
            raise trio.BrokenResourceError

    def read(self) -> None:
        self.queued = 0
        self._moved.set()
        self._moved = trio.Event()


def listening(bus: Bus, account: str, connection: Connection, spawn: Any = None, position: int = 0) -> Feed:
    feed = Feed(account, position, bus, None, connection, spawn)  # type: ignore[arg-type]
    feed.attach()
    feed.start({"room/r": None}, 0)
    return feed


async def test_a_signal_to_a_stream_is_rendered_once_for_each_wire_format() -> None:
    bus, first, rendered = Bus(0), Connection(), []

    def other(events: Sequence[Any]) -> bytes:
        rendered.append(events)
        return b"other"

    connections = [first, Connection(first.render), Connection(other), Connection(other)]
    for number, connection in enumerate(connections):
        listening(bus, f"account{number}", connection)
    bus.signal_stream("room/r", TYPING, "ann")
    assert first.written == connections[1].written == [repr([TYPING]).encode()]
    assert connections[2].written == connections[3].written == [b"other"]
    assert (first.rendered, len(rendered)) == (1, 1)


async def test_the_wires_write_a_signal_as_they_write_any_frame() -> None:
    for wire in WIRES.values():
        assert SignalFrame(TYPING).rendered(wire.render) == wire.frames([TYPING])


async def test_a_signal_reaches_who_hears_the_stream_but_no_session_of_the_one_left_out() -> None:
    bus = Bus(0)
    ann, ann_too, bob, elsewhere = (Connection() for _ in range(4))
    listening(bus, "ann", ann)
    listening(bus, "ann", ann_too)
    listening(bus, "bob", bob)
    away = Feed("cy", 0, bus, None, elsewhere, None)  # type: ignore[arg-type]
    away.attach()
    away.start({"room/other": None}, 0)
    bus.signal_stream("room/r", TYPING, but="ann")
    assert [len(c.written) for c in (ann, ann_too, bob, elsewhere)] == [0, 0, 1, 0]


async def test_a_session_that_is_behind_gets_no_signals_and_is_told_when_it_has_caught_up() -> None:
    async with trio.open_nursery() as nursery:
        bus, connection, caught_up = Bus(0), Connection(), []
        feed = listening(bus, "bob", connection, nursery.start_soon)
        feed.caught_up = lambda: caught_up.append(feed.live)
        connection.queued = feeds.BEHIND_AT + 1
        bus.signal_stream("room/r", TYPING)  # the last one: the client has too much unread
        bus.signal_stream("room/r", TYPING)
        bus.signal("bob", TYPING)
        await wait_all_tasks_blocked()
        assert (len(connection.written), caught_up) == (1, [])
        connection.read()
        await wait_all_tasks_blocked()
        assert caught_up == [True]
        bus.signal_stream("room/r", TYPING)
        assert len(connection.written) == 2
        nursery.cancel_scope.cancel()


async def test_delivered_is_what_has_left_the_queue_of_a_client_that_is_there() -> None:
    bus, connection = Bus(5), Connection()
    feed = listening(bus, "bob", connection, position=5)
    feed.position = 7
    connection.queued = 1
    await feed.look_delivered()
    assert feed.delivered == 5
    connection.queued, connection.gone = 0, True  # what was queued went with the connection
    await feed.look_delivered()
    assert feed.delivered == 5
    connection.gone = False
    await feed.look_delivered()
    assert feed.delivered == 7
    feed.close()
    feed.position = 9
    await feed.look_delivered()
    assert feed.delivered == 7


async def test_keys_come_due_each_at_its_own_time_unless_put_in_again_or_dropped(
    mock_clock: MockClock,
) -> None:
    due: list[tuple[str, float]] = []
    start = trio.current_time()
    queue: DelayQueue[str] = DelayQueue(10, lambda key: due.append((key, trio.current_time() - start)))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(queue.run)

        async def jump(seconds: float) -> None:
            await wait_all_tasks_blocked()
            mock_clock.jump(seconds)
            await wait_all_tasks_blocked()

        queue.put("a")
        await jump(4)
        queue.put("b")
        queue.put("c")
        await jump(4)
        queue.put("a")
        queue.drop("c")
        await jump(6)
        assert due == [("b", 14)]
        await jump(4)
        assert due == [("b", 14), ("a", 18)]
        assert len(queue) == 0
        queue.put("c")  # it sleeps by now, and is woken
        await jump(10)
        assert due[-1] == ("c", 28)
        nursery.cancel_scope.cancel()


async def test_a_change_is_shown_at_once_and_more_of_them_together_a_while_later(
    mock_clock: MockClock,
) -> None:
    shown: list[str] = []
    throttle: Throttle[str] = Throttle(1.0, shown.append)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(throttle.run)

        async def jump(seconds: float) -> None:
            await wait_all_tasks_blocked()
            mock_clock.jump(seconds)
            await wait_all_tasks_blocked()

        for _ in range(5):
            throttle.changed("a")
        throttle.changed("b")
        assert shown == ["a", "b"]
        await jump(0.9)
        assert shown == ["a", "b"]
        await jump(0.1)
        assert shown == ["a", "b", "a"]
        throttle.changed("a")
        assert shown == ["a", "b", "a"]
        await jump(1)
        assert shown == ["a", "b", "a", "a"]
        await jump(1)
        assert len(throttle) == 0, "a key is forgotten after its interval"
        throttle.changed("a")
        assert len(shown) == 5
        nursery.cancel_scope.cancel()
