"""The stream of one connection: who writes to it at any time never fails, whatever has become of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest
import trio
import trio.testing

from chatd.gateway.net.flusher import Flusher
from chatd.gateway.net.stream import SocketStream
from chatd.log import log

MORE = b"x" * 4_000_000  # than the kernel takes


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        theirs.setblocking(False)
        yield ours, theirs


async def read_to_the_end(theirs: socket.socket) -> int:
    peer, size = trio.socket.from_stdlib_socket(theirs), 0
    while data := await peer.recv(1 << 16):
        size += len(data)
    return size


async def test_what_is_written_when_no_task_may_start_any_more_is_sent_at_the_end(
    pair: tuple[socket.socket, socket.socket], nursery: trio.Nursery
) -> None:
    ours, theirs = pair
    stream = SocketStream(ours, Flusher(), write_deadline=5)
    async with trio.open_nursery() as connection:
        stream.spawn = connection.start_soon
        connection.cancel_scope.cancel()
        stream.spawn = None
    stream.write(MORE, at_once=True)  # as the flusher does, which knows nothing of the nursery
    assert stream.queued
    nursery.start_soon(stream.linger)
    assert await read_to_the_end(theirs) == len(MORE)


async def test_apeer_that_reads_nothing_at_the_end_is_not_waited_for_long(
    pair: tuple[socket.socket, socket.socket], autojump_clock: trio.testing.MockClock
) -> None:
    ours, _ = pair
    stream = SocketStream(ours, Flusher(), write_deadline=120)
    stream.write(MORE, at_once=True)
    started = trio.current_time()
    await stream.linger()
    assert stream.broken
    assert trio.current_time() - started < 5


async def test_what_came_before_the_reader_was_late_came_in_time(
    pair: tuple[socket.socket, socket.socket], nursery: trio.Nursery
) -> None:
    """A process that was stopped, or starved, wakes after deadlines that its peers have met."""
    ours, theirs = pair
    stream = SocketStream(ours, Flusher(), write_deadline=5)
    received: list[bytes] = []
    deadline = trio.CancelScope()

    async def read() -> None:
        with deadline:
            received.append(await stream.receive_some())
            received.append(await stream.receive_some())

    nursery.start_soon(read)
    await trio.testing.wait_all_tasks_blocked()
    theirs.send(b"in time")
    deadline.cancel()
    await trio.testing.wait_all_tasks_blocked()
    assert received == [b"in time"]
    assert deadline.cancelled_caught


@pytest.mark.parametrize("how", ["file", "messages"])
async def test_who_could_not_take_anything_while_the_server_stood_still_is_waited_for_again(
    pair: tuple[socket.socket, socket.socket],
    mock_clock: trio.testing.MockClock,
    nursery: trio.Nursery,
    how: str,
) -> None:
    ours, _ = pair
    stream = SocketStream(ours, Flusher(), write_deadline=5)
    stream.spawn = nursery.start_soon

    async def file() -> None:
        with suppress(trio.BrokenResourceError):
            await stream.writable()

    if how == "file":
        ours.send(MORE)  # as much as the kernel takes
        nursery.start_soon(file)
    else:
        stream.write(MORE, at_once=True)
    for seconds, broken in ((1000, False), (4, False), (1, True)):
        await trio.testing.wait_all_tasks_blocked()
        mock_clock.jump(seconds)
        await trio.testing.wait_all_tasks_blocked()
        assert stream.broken == broken, seconds


async def test_a_connection_whose_flush_crashes_ends_and_the_others_are_flushed(
    pair: tuple[socket.socket, socket.socket], nursery: trio.Nursery
) -> None:
    """One task flushes them all, and with it would end the server."""
    flusher = Flusher()
    nursery.start_soon(flusher.run)
    broken, peer = socket.socketpair()
    bad, good = (SocketStream(sock, flusher, write_deadline=5) for sock in (broken, pair[0]))

    def crash() -> None:
        raise RuntimeError("a bug")

    bad.flush_replies = crash
    with peer, log.captured() as entries:
        for stream in (bad, good):
            stream.write(b"x")
        await trio.testing.wait_all_tasks_blocked()
    assert [entry["event"] for entry in entries] == ["connection_crashed"]
    assert bad.broken
    assert (good.queued, good.broken) == (0, False)
