"""The whole room comes back: the server is killed with everybody's session open, and all return at once.

Every room has had one message that its members have not seen when the server is killed, so each has something
to catch up with. socket.io keeps nothing: there it is connecting and entering the room again.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import attrs

from bench import socketio
from bench.arrivals import Arrival, Step, Talk, arrive, handshake, message
from bench.community import Community, Operator, ask_each, connected, create_community
from bench.figure import Figure, at_most
from bench.load import percentile
from bench.machine import cpu_seconds
from bench.process import Server, chatd_running
from bench.rounds import spread
from bench.setting import BEFORE, RIVAL, Setting
from bench.speech import ChatdSpeech, SocketIoSpeech
from bench.websocket import masked_frame

ROOMS = 100
TALKERS = 20  # who are in a room of their own, and talk while the others come
TALK = 50.0  # messages a second
TARGET_CPU, TARGET_P99 = 600, 50
_EPOCH = re.compile(rb'"epoch":"([^"]+)"')
_POSITION = re.compile(rb'"position":(\d+)')


@attrs.frozen
class Return:
    """Seconds until all were in and caught up, and CPU seconds of the server; the ages of posts meanwhile."""

    seconds: float
    server_cpu: float
    ages: Sequence[float]


class Side(Protocol):
    """One server that people return to; `crowd` are who returns, after the talkers."""

    name: str

    def running(self) -> AbstractContextManager[Server]: ...
    def steps(self, index: int) -> Sequence[Step]:
        """What the index-th client goes through."""

    def post(self, index: int, number: int) -> bytes: ...
    def left(self, arrivals: Sequence[Arrival]) -> None:
        """All are in; the server is about to be killed."""

    answer: bytes


class Chatd:
    """Clients return with their cursors; the first time, they have none."""

    answer = b'"result":'

    def __init__(
        self, name: str, setting: Setting, folder: Path, community: Community, build: Path | None
    ) -> None:
        self.name = name
        self._setting = setting
        self._folder = folder
        self._community = community
        self._build = build
        self._cursors: list[dict[str, object]] = []
        self._number = 0

    def running(self) -> AbstractContextManager[Server]:
        return chatd_running(self._folder, self._setting.cores.server, build=self._build)

    def steps(self, index: int) -> Sequence[Step]:
        token = self._community.members[index].token
        steps = [handshake(ChatdSpeech.path, ChatdSpeech.headers)]
        if not self._cursors:
            return [*steps, message(ChatdSpeech.request(1, "session.open", token=token), b'"resumed":')]
        open_session = ChatdSpeech.request(1, "session.open", token=token, cursor=self._cursors[index])
        return [*steps, message(open_session, b'"resumed":true'), Step(b"", b'"message.posted"')]

    def post(self, index: int, number: int) -> bytes:
        self._number += 1
        room = self._community.rooms[room_of(index)]
        return masked_frame(ChatdSpeech().post(room, self._number))

    def left(self, arrivals: Sequence[Arrival]) -> None:
        """One message into each room, and nobody has seen it."""
        epoch = _EPOCH.search(arrivals[0].heard)
        assert epoch is not None
        newest = [max(map(int, _POSITION.findall(arrival.heard))) for arrival in arrivals]
        self._cursors = [{"epoch": epoch[1].decode(), "position": position} for position in newest]
        for index in [0, *range(TALKERS, TALKERS + ROOMS)]:
            arrival = arrivals[index]
            arrival.sock.setblocking(True)
            arrival.sock.sendall(self.post(index, 0))
            while self.answer not in arrival.sock.recv(1 << 16):
                pass


class SocketIo:
    name = RIVAL
    answer = SocketIoSpeech.answer

    def __init__(self, setting: Setting, folder: Path) -> None:
        self._setting = setting
        self._folder = folder

    def running(self) -> AbstractContextManager[Server]:
        log = self._setting.fresh_folder().with_suffix(".rival.log")
        return socketio.rival_running(self._folder, self._setting.cores.server, log)

    def steps(self, index: int) -> Sequence[Step]:
        return [
            Step(handshake(SocketIoSpeech.path, SocketIoSpeech.headers).say, b"0{"),
            message(b"40", b"40{"),
            message(f'420["join","{socketio.room_name(room_of(index))}"]'.encode(), b"430[true]"),
        ]

    def post(self, index: int, number: int) -> bytes:
        return masked_frame(SocketIoSpeech().post(socketio.room_name(room_of(index)), number))

    def left(self, arrivals: Sequence[Arrival]) -> None:
        """It keeps nothing."""


def room_of(index: int) -> int:
    """The talkers are in the first, the others in one of the hundred after it."""
    return 0 if index < TALKERS else 1 + (index - TALKERS) % ROOMS


def everybody_returns(setting: Setting) -> list[Figure]:
    count = setting.plan.returning
    title = f"kill -9 with {count:,} sessions in {ROOMS} rooms, all return"
    setting.say(title)
    sides = _sides(setting, count)
    found: dict[str, list[Return]] = {side.name: [] for side in sides}
    for side in sides:
        _storm(side, count, talking=False)  # the first time nobody returns
    for _ in range(setting.plan.rounds):
        for talking in (False, True):
            for side in sides:
                found[side.name].append(_storm(side, count, talking))
    ours, *others = [found[side.name] for side in sides]
    theirs = others[0] if others else None
    rival = theirs if sides[-1].name == RIVAL else None
    figures = [_figure(title, "until all are in and caught up", "s", ours, theirs, _seconds)]
    if rival:
        pairs = zip(_seconds(ours), _seconds(rival), strict=True)
        ratios = [one / other for one, other in pairs]
        times = statistics.median(ratios)
        figures.append(
            Figure(title, "times socket.io", "x", times, target=at_most(1.0), spread=spread(ratios))
        )
    cpu = _figure(title, "server CPU per session", "us", ours, theirs, lambda found: _cpu(found, count))
    posts = _figure(title, "p99 of the posts of those who are in", "ms", ours, theirs, _p99)
    return [
        *figures,
        attrs.evolve(cpu, target=at_most(TARGET_CPU)),
        attrs.evolve(posts, target=at_most(TARGET_P99)),
    ]


def _figure(
    title: str,
    name: str,
    unit: str,
    ours: list[Return],
    theirs: list[Return] | None,
    of: Callable[[list[Return]], list[float]],
) -> Figure:
    """The median of what `of` gives for the rounds."""
    values = of(ours)
    beside = statistics.median(of(theirs)) if theirs else None
    return Figure(title, name, unit, statistics.median(values), beside, spread=spread(values))


def _quiet(found: list[Return]) -> list[Return]:
    return [one for one in found if not one.ages]


def _seconds(found: list[Return]) -> list[float]:
    return [one.seconds for one in _quiet(found)]


def _cpu(found: list[Return], count: int) -> list[float]:
    """Microseconds for each session."""
    return [one.server_cpu / count * 1e6 for one in _quiet(found)]


def _p99(found: list[Return]) -> list[float]:
    """Milliseconds."""
    return [percentile([int(age * 1000) for age in one.ages], 99) / 1000 for one in found if one.ages]


def _sides(setting: Setting, count: int) -> list[Side]:
    folder = setting.fresh_folder()
    community = _community(setting, folder, count + TALKERS)
    sides: list[Side] = []
    if setting.before:
        theirs = setting.fresh_folder()
        shutil.copytree(folder, theirs)
        sides.append(Chatd(BEFORE, setting, theirs, community, setting.before))
    elif setting.rival:
        sides.append(SocketIo(setting, setting.rival))
    return [Chatd("chatd", setting, folder, community, None), *sides]


def _community(setting: Setting, folder: Path, members: int) -> Community:
    with chatd_running(folder, setting.cores.server) as server:
        operator = Operator(folder)
        community = create_community(server, operator, members, ROOMS + 1)
        operator.close()
        first = 0
        for group in connected(server, community.members):
            ask_each(
                group, lambda i, first=first: ("room.join", {"room": community.rooms[room_of(first + i)]})
            )  # type: ignore[misc]
            first += len(group)
            for dialogue in group:
                dialogue.close()
    return community


def _storm(side: Side, count: int, talking: bool) -> Return:
    """Starts the server, lets all come, and kills it."""
    steps = [side.steps(index) for index in range(TALKERS + count)]
    with side.running() as server:
        talkers = arrive(server.address, steps[:TALKERS])
        talk = Talk(talkers, TALK, side.post, side.answer) if talking else None
        cpu, started = cpu_seconds(server.pid), time.perf_counter()
        returned = arrive(server.address, steps[TALKERS:], talk)
        seconds = time.perf_counter() - started
        cpu = cpu_seconds(server.pid) - cpu
        side.left([*talkers, *returned])
        os.kill(server.pid, signal.SIGKILL)
    for arrival in (*talkers, *returned):
        arrival.sock.close()
    return Return(seconds, cpu, talk.ages if talk else ())
