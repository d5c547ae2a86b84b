"""One task reads for all connections, and none of them can harm another."""

from __future__ import annotations

import socket
from collections.abc import Callable

import trio
from trio.testing import wait_all_tasks_blocked

from chatd.gateway.net.poller import Poller


def taker(sock: socket.socket, taken: list[bytes]) -> Callable[[], None]:
    return lambda: taken.append(sock.recv(100))


async def test_readers_are_called_while_their_sockets_hold_something(nursery: trio.Nursery) -> None:
    poller, taken = Poller(), list[bytes]()
    nursery.start_soon(poller.run)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        poller.add(ours.fileno(), taker(ours, taken))
        theirs.send(b"one")
        await wait_all_tasks_blocked(0.01)
        theirs.send(b"two")
        await wait_all_tasks_blocked(0.01)
        assert taken == [b"one", b"two"]
        poller.discard(ours.fileno())
        theirs.send(b"left alone")
        await wait_all_tasks_blocked(0.01)
        assert taken == [b"one", b"two"]
        poller.add(ours.fileno(), taker(ours, taken))
        await wait_all_tasks_blocked(0.01)
        assert taken[2:] == [b"left alone"]
        poller.discard(ours.fileno())


async def test_a_reader_that_crashes_is_let_go_and_the_others_are_called(nursery: trio.Nursery) -> None:
    poller, taken = Poller(), list[bytes]()
    nursery.start_soon(poller.run)
    bad, bads_peer = socket.socketpair()
    good, goods_peer = socket.socketpair()
    crashes = 0

    def crash() -> None:
        nonlocal crashes
        crashes += 1
        raise RuntimeError("a bug")

    with bad, bads_peer, good, goods_peer:
        poller.add(bad.fileno(), crash)
        poller.add(good.fileno(), taker(good, taken))
        for peer in (bads_peer, goods_peer, bads_peer, goods_peer):
            peer.send(b"x")
            await wait_all_tasks_blocked(0.01)
        assert crashes == 1
        assert taken == [b"x", b"x"]
        poller.discard(good.fileno())


async def test_a_reader_may_let_another_go_that_was_to_be_called_in_the_same_turn(
    nursery: trio.Nursery,
) -> None:
    poller, called = Poller(), list[int]()
    pairs = [socket.socketpair() for _ in range(2)]
    mine = [pair[0].fileno() for pair in pairs]

    def reader(index: int) -> Callable[[], None]:
        def readable() -> None:
            called.append(index)
            for fd in mine:
                poller.discard(fd)

        return readable

    for index, (ours, theirs) in enumerate(pairs):
        poller.add(ours.fileno(), reader(index))
        theirs.send(b"x")
    nursery.start_soon(poller.run)
    await wait_all_tasks_blocked(0.01)
    assert len(called) == 1
    for pair in pairs:
        for sock in pair:
            sock.close()
