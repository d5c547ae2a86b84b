"""What it costs to be read over server-sent events, beside the same people with WebSockets."""

from __future__ import annotations

import selectors
import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from bench.asking import Asker
from bench.community import AT_ONCE, Member, Operator, connected, create_community, enter_rooms
from bench.figure import Figure, at_most
from bench.machine import cpu_seconds
from bench.process import Server, chatd_running
from bench.receiver import Stalled
from bench.rounds import spread
from bench.setting import Setting
from bench.speech import ChatdSpeech

WAYS = ("WebSocket", "server-sent events")
TARGET = at_most(1.3)
POSTS_A_SECOND = 50  # times `plan.steady` seconds are the posts of a round
PATIENCE = 10.0  # seconds
PIECE = 64 * 1024
OPENED = b"event: opened"


class Readers:
    """Connections that only listen. `heard`: messages on all of them together."""

    def __init__(self, sockets: Sequence[socket.socket]) -> None:
        self.heard = 0
        self._tails = dict.fromkeys(sockets, b"")
        self._selector = selectors.DefaultSelector()
        for one in sockets:
            one.setblocking(False)
            self._selector.register(one, selectors.EVENT_READ)

    def close(self) -> None:
        self._selector.close()
        for one in self._tails:
            one.close()

    def hear(self, messages: int) -> None:
        """Returns when there are so many, all in all."""
        end = time.perf_counter() + PATIENCE
        while self.heard < messages:
            if time.perf_counter() > end:
                raise Stalled(f"{self.heard} of {messages} messages came")
            for key, _ in self._selector.select(0.1):
                one: socket.socket = key.fileobj  # type: ignore[assignment]
                data = self._tails[one] + one.recv(PIECE)
                self.heard += data.count(ChatdSpeech.delivery)
                cut = max(len(data) - len(ChatdSpeech.delivery) + 1, 0)
                self._tails[one] = data[cut:]  # too short to be counted twice


def event_readers(setting: Setting) -> list[Figure]:
    title = f"{setting.plan.small_crowd} readers of a room, one message after another"
    setting.say(title)
    folder = setting.fresh_folder()
    costs: dict[str, list[float]] = {way: [] for way in WAYS}
    with chatd_running(folder, setting.cores.server) as server:
        operator = Operator(folder)
        community = create_community(server, operator, setting.plan.small_crowd + 1)
        enter_rooms(server, community)
        operator.close()
        poster, *others = community.members
        for number in range(setting.plan.rounds):
            for way in WAYS[:: -1 if number % 2 else 1]:
                with _reading(server, others, way) as readers, Asker(server, poster.token) as asker:
                    posts = int(POSTS_A_SECOND * setting.plan.steady)
                    costs[way].append(_cost(server, asker, readers, community.rooms[0], len(others), posts))
    figures = [
        Figure(title, f"{way}, server CPU per delivery", "us", statistics.median(of), spread=spread(of))
        for way, of in costs.items()
    ]
    ratios = [events / sockets for sockets, events in zip(*(costs[way] for way in WAYS), strict=True)]
    times = Figure(
        title, "times WebSocket's", "x", statistics.median(ratios), target=TARGET, spread=spread(ratios)
    )
    return [*figures, times]


def _cost(server: Server, asker: Asker, readers: Readers, room: str, count: int, posts: int) -> float:
    """Microseconds of the server for each delivery."""
    asker.post(room)
    readers.hear(count)
    started = cpu_seconds(server.pid)
    for number in range(posts):
        asker.post(room)
        readers.hear((number + 2) * count)
    return (cpu_seconds(server.pid) - started) / (posts * count) * 1e6


@contextmanager
def _reading(server: Server, members: Sequence[Member], way: str) -> Iterator[Readers]:
    with ExitStack() as opened:
        if way == WAYS[0]:
            sockets = [dialogue.sock for group in connected(server, members) for dialogue in group]
        else:
            sockets = list(_streams(server, members))
        readers = Readers(sockets)
        opened.callback(readers.close)
        yield readers


def _streams(server: Server, members: Sequence[Member]) -> Iterator[socket.socket]:
    for start in range(0, len(members), AT_ONCE):
        group = [
            (member, socket.create_connection(server.address)) for member in members[start : start + AT_ONCE]
        ]
        for member, one in group:
            lines = (
                "GET /api/v1/events HTTP/1.1",
                "Host: 127.0.0.1",
                f"Authorization: Bearer {member.token}",
            )
            one.sendall("\r\n".join([*lines, "", ""]).encode())
        for _, one in group:
            one.settimeout(PATIENCE)
            began = b""
            while OPENED not in began or not began.endswith(b"\n\n"):
                began += one.recv(PIECE)
            yield one
