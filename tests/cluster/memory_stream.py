"""A stream in memory that does to proposals what a network does: delays, loses, doubles and reorders them,
and loses acknowledgements. All in virtual time, and of one seed."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import attrs
import trio

from chatd.cluster.sequencer import Lost, NotTaken, Sequenced


@attrs.define
class Weather:
    """Chances, and seconds of delay at most."""

    lost: float = 0.0
    unacknowledged: float = 0.0
    doubled: float = 0.0
    delay: float = 0.05


class MemoryStream:
    def __init__(self, seed: int, weather: Weather) -> None:
        self.random = random.Random(seed)
        self.weather = weather
        self.messages: list[Sequenced] = []
        self.added = trio.Event()
        self.first = 1

    def add(self, message: bytes) -> None:
        self.messages.append(Sequenced(len(self.messages) + 1, message))
        self.added.set()
        self.added = trio.Event()

    async def late(self, message: bytes, delay: float) -> None:
        await trio.sleep(delay)
        self.add(message)


class Link:
    """One node's way to the stream."""

    limit = 100_000

    def __init__(self, stream: MemoryStream, nursery: trio.Nursery) -> None:
        self.stream = stream
        self.nursery = nursery  # of the world, not of the node: what was sent arrives though its sender dies
        self.whole = trio.Event()
        self.whole.set()
        self.full = ""  # why nothing is taken
        self.late = 0.0  # seconds after which the node hears of each message, beside what the weather does

    def cut(self) -> None:
        self.whole = trio.Event()

    def mend(self) -> None:
        self.whole.set()

    async def propose(self, message: bytes) -> None:
        if len(message) > self.limit:  # as the server does, each time
            raise Lost
        if self.full:
            raise NotTaken(self.full)
        weather, chance = self.stream.weather, self.stream.random.random
        await trio.sleep(chance() * weather.delay)
        if not self.whole.is_set():
            raise Lost
        if chance() < weather.lost:
            raise Lost
        if chance() < weather.doubled:
            self.nursery.start_soon(self.stream.late, message, 20 * chance() * weather.delay)
        if chance() < weather.unacknowledged:
            self.nursery.start_soon(self.stream.late, message, 50 * chance() * weather.delay)
            raise Lost
        self.stream.add(message)
        await trio.sleep(chance() * weather.delay)
        if not self.whole.is_set():
            raise Lost

    async def follow(self, after: int) -> AsyncIterator[Sequenced]:
        while True:
            await trio.sleep(self.late + self.stream.random.random() * self.stream.weather.delay)
            await self.whole.wait()
            added = self.stream.added
            if after < len(self.stream.messages):
                after += 1
                yield self.stream.messages[after - 1]
            else:
                await added.wait()
