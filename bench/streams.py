"""Readers of one room, over server-sent events and over WebSockets: what a delivery costs the server.

Both are measured in each round, one after the other, on the same server and in the same room. What they send
is only counted, in the same way for both: nothing here knows how a frame or an event begins.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Sequence

import attrs

from bench.community import Community, Operator, connected, create_community, enter_rooms
from bench.figure import Figure, at_most
from bench.machine import cpu_seconds
from bench.process import Server, chatd_running
from bench.receiver import Stalled
from bench.rounds import spread
from bench.setting import Setting
from bench.speech import ChatdSpeech
from bench.websocket import ConnectionEnded, Dialogue

RATE = 50  # messages a second
DELIVERY = ChatdSpeech.delivery
LONGEST = 30.0
MOST = 1.3  # times what a WebSocket costs


@attrs.frozen
class Cost:
    """Microseconds of the server's CPU for each delivery; milliseconds until all had half of the messages."""

    cpu: float
    p50: float


class Readers:
    """Sockets on which messages arrive, and how many have."""

    def __init__(self, sockets: Sequence[socket.socket]) -> None:
        self.delivered = 0
        self._epoll = select.epoll()
        self._sockets = {sock.fileno(): sock for sock in sockets}
        self._tails = dict.fromkeys(self._sockets, b"")
        for fd, sock in self._sockets.items():
            sock.setblocking(False)
            self._epoll.register(fd, select.EPOLLIN)

    def turn(self, seconds: float) -> None:
        """Waits at most so long for something, and reads what there is."""
        for fd, _ in self._epoll.poll(seconds):
            data = self._tails[fd] + self._sockets[fd].recv(1 << 18)
            if data == self._tails[fd]:
                raise ConnectionEnded("the server hung up")
            self.delivered += data.count(DELIVERY)
            self._tails[fd] = data[1 - len(DELIVERY) :]  # a pattern may be cut in two, none is counted twice

    def close(self) -> None:
        self._epoll.close()
        for sock in self._sockets.values():
            sock.close()


def events_over_http(setting: Setting) -> list[Figure]:
    readers = setting.plan.small_crowd
    title = f"{readers} readers of a room, {RATE} messages/s"
    setting.say(title)
    folder = setting.fresh_folder()
    with chatd_running(folder, setting.cores.server) as server:
        operator = Operator(folder)
        community = create_community(server, operator, readers + 1)
        enter_rooms(server, community)
        operator.close()
        kinds: dict[str, Callable[[Server, Community], list[socket.socket]]] = {
            "streams": _streams,
            "websockets": _websockets,
        }
        taken: dict[str, list[Cost]] = {kind: [] for kind in kinds}
        for number in range(setting.plan.rounds):
            for kind in list(kinds)[:: -1 if number % 2 else 1]:
                taken[kind].append(_measured(setting, server, community, kinds[kind]))
    ratios = [one.cpu / other.cpu for one, other in zip(taken["streams"], taken["websockets"], strict=True)]
    return [
        _figure(title, "server CPU per event over HTTP", "us", [cost.cpu for cost in taken["streams"]]),
        _figure(
            title, "server CPU per event over WebSocket", "us", [cost.cpu for cost in taken["websockets"]]
        ),
        attrs.evolve(_figure(title, "times a WebSocket", "x", ratios), target=at_most(MOST)),
        _figure(title, "p50 until all have it over HTTP", "ms", [cost.p50 for cost in taken["streams"]]),
        _figure(
            title, "p50 until all have it over WebSocket", "ms", [cost.p50 for cost in taken["websockets"]]
        ),
    ]


def _figure(title: str, name: str, unit: str, values: list[float]) -> Figure:
    middle = sorted(values)[len(values) // 2]
    return Figure(title, name, unit, middle, spread=spread(values))


def _measured(
    setting: Setting,
    server: Server,
    community: Community,
    connect: Callable[[Server, Community], list[socket.socket]],
) -> Cost:
    room, poster = community.rooms[0], next(connected(server, community.members[:1]))[0]
    sockets = [*connect(server, community), poster.sock]  # who posts hears it too
    readers = Readers(sockets)
    try:
        _until(readers, lambda: False, 0.5)  # who has come online is told first
        readers.delivered = 0
        waits: list[float] = []
        count = int(RATE * setting.plan.paced)
        before, start = cpu_seconds(server.pid), time.perf_counter()
        for number in range(1, count + 1):
            _until(readers, lambda: False, start + number / RATE - time.perf_counter())
            sent = time.perf_counter()
            poster.send(ChatdSpeech().post(room, time.time_ns()))
            due = number * len(sockets)
            if not _until(readers, lambda due=due: readers.delivered >= due, LONGEST):  # type: ignore[misc]
                raise Stalled("not everybody got a message")
            waits.append(time.perf_counter() - sent)
        cpu = cpu_seconds(server.pid) - before
    finally:
        readers.close()
    return Cost(cpu / readers.delivered * 1e6, sorted(waits)[len(waits) // 2] * 1e3)


def _until(readers: Readers, holds: Callable[[], bool], seconds: float) -> bool:
    """Reads until something holds, or for so long; whether it holds."""
    end = time.perf_counter() + seconds
    while not holds():
        left = end - time.perf_counter()
        if left <= 0:
            return False
        readers.turn(left)
    return True


def _websockets(server: Server, community: Community) -> list[socket.socket]:
    return [dialogue.sock for group in connected(server, community.members[1:]) for dialogue in group]


def _streams(server: Server, community: Community) -> list[socket.socket]:
    sockets = []
    for member in community.members[1:]:
        sock = Dialogue(server.address).sock
        lines = (
            "GET /api/v1/events HTTP/1.1",
            "Host: 127.0.0.1",
            f"Authorization: Bearer {member.token}",
            "",
            "",
        )
        sock.sendall("\r\n".join(lines).encode())
        head = sock.recv(1 << 16)
        if not head.startswith(b"HTTP/1.1 200"):
            raise ConnectionEnded(f"no stream: {head[:200]!r}")
        sockets.append(sock)
    return sockets
