"""Clients that arrive all at once: each connects and goes through its steps as fast as the server answers.

One epoll for all of them, a few hundred under way at a time, so that it is the server that decides and not
the kernel's queue of new connections. Meanwhile those who are in already can talk by the clock (`Talk`).
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs

from bench.websocket import ConnectionEnded, masked_frame, upgrade_request

UNDER_WAY = 400  # less than what servers let wait to be accepted; Node's default is 511
RECEIVE_BYTES = 1 << 16
AT_ONCE = 16  # are made between two looks at what has come
LONGEST = 120.0  # seconds
LOOK_EVERY = 0.005  # seconds between two looks at the clock while nothing arrives
REFUSALS = (b'"error":', b"HTTP/1.1 4", b"HTTP/1.1 5", b"44{")


@attrs.frozen
class Step:
    """What a client says, and what stands in the answer that lets it go on."""

    say: bytes
    hear: bytes


class Arrival:
    """One client. `heard` keeps all that it was told."""

    __slots__ = ("_searched", "_step", "_steps", "heard", "sock")

    def __init__(self, address: tuple[str, int], steps: Sequence[Step]) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(BlockingIOError):
            self.sock.connect(address)
        self.heard = bytearray()
        self._steps = steps
        self._step = -1
        self._searched = 0

    @property
    def arrived(self) -> bool:
        return self._step == len(self._steps)

    def connected(self) -> None:
        if error := self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise ConnectionEnded(os.strerror(error))
        self._go_on()

    def hear(self) -> None:
        try:
            data = self.sock.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return
        if not data:
            raise ConnectionEnded(f"the server hung up: {bytes(self.heard[-200:])!r}")
        self.heard += data
        while not self.arrived and (at := self.heard.find(self._steps[self._step].hear, self._searched)) >= 0:
            self._searched = at + len(self._steps[self._step].hear)
            self._go_on()
        if not self.arrived and any(refusal in self.heard for refusal in REFUSALS):
            raise ConnectionEnded(f"refused: {bytes(self.heard[-300:])!r}")

    def _go_on(self) -> None:
        self._step += 1
        if not self.arrived and (words := self._steps[self._step].say):
            self.sock.send(words)


class Talk:
    """Clients that are in: one after another says something, `rate` times a second, and awaits the answer.

    `post(i, number)` gives the words of the i-th, `answer` stands once in each answer; `ages`: milliseconds.
    """

    def __init__(
        self, talkers: Sequence[Arrival], rate: float, post: Callable[[int, int], bytes], answer: bytes
    ) -> None:
        self.ages: list[float] = []
        self._talkers = talkers
        self._by_fd = {talker.sock.fileno(): index for index, talker in enumerate(talkers)}
        self._every = 1 / rate
        self._post = post
        self._answer = answer
        self._sent = 0
        self._due = time.perf_counter()
        self._waiting: dict[int, float] = {}  # by talker: since when

    @property
    def sockets(self) -> Iterator[int]:
        return iter(self._by_fd)

    def speak(self) -> None:
        """Says what is due. Who still waits for an answer is passed over, and counted as that late."""
        now = time.perf_counter()
        while self._due <= now:
            index = self._sent % len(self._talkers)
            self._sent += 1
            if index not in self._waiting:
                self._waiting[index] = self._due
                self._talkers[index].sock.send(self._post(index, self._sent))
            self._due += self._every

    def hear(self, fd: int) -> bool:
        """Whether it was one of the talkers."""
        if (index := self._by_fd.get(fd)) is None:
            return False
        data = self._talkers[index].sock.recv(RECEIVE_BYTES)
        if not data:
            raise ConnectionEnded("the server hung up on somebody who was in")
        if self._answer in data and index in self._waiting:
            self.ages.append((time.perf_counter() - self._waiting.pop(index)) * 1000)
        return True

    def end(self) -> None:
        """Those who still wait are as late as they are now."""
        now = time.perf_counter()
        self.ages += [(now - since) * 1000 for since in self._waiting.values()]


def handshake(path: str, headers: Mapping[str, str]) -> Step:
    return Step(upgrade_request(path, headers), b"\r\n\r\n")


def message(text: bytes, hear: bytes) -> Step:
    return Step(masked_frame(text), hear)


def arrive(
    address: tuple[str, int], all_steps: Sequence[Sequence[Step]], talk: Talk | None = None
) -> list[Arrival]:
    """The connections of all, in order, once each of them has heard its last answer."""
    arrivals: list[Arrival] = []
    by_fd: dict[int, Arrival] = {}
    deadline = time.perf_counter() + LONGEST
    left = len(all_steps)
    with select.epoll() as epoll:
        for fd in talk.sockets if talk else ():
            epoll.register(fd, select.EPOLLIN)
        while left:
            for _ in range(min(AT_ONCE, len(all_steps) - len(arrivals), UNDER_WAY - len(by_fd))):
                arrival = Arrival(address, all_steps[len(arrivals)])
                arrivals.append(arrival)
                by_fd[arrival.sock.fileno()] = arrival
                epoll.register(arrival.sock, select.EPOLLOUT)
            if talk:
                talk.speak()
            for fd, event in epoll.poll(LOOK_EVERY if talk else 1.0):
                if talk and talk.hear(fd):
                    continue
                arrival = by_fd[fd]
                if event & select.EPOLLOUT:
                    arrival.connected()
                    epoll.modify(fd, select.EPOLLIN)
                    continue
                arrival.hear()
                if arrival.arrived:
                    epoll.unregister(fd)
                    del by_fd[fd]
                    left -= 1
            if time.perf_counter() > deadline:
                raise ConnectionEnded(f"{left} of {len(all_steps)} are not in after {LONGEST:g} s")
    if talk:
        talk.end()
    return arrivals
