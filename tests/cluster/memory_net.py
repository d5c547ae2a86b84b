"""What nodes say to each other, within one process and on virtual time: messages are late, and may be lost.

Those of one sender on one subject come in order, as `Net` promises.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random

import trio

from chatd.cluster.net import Unreachable

Heard = Callable[[bytes], None]
LATE = 0.004  # seconds at most


class MemoryWires:
    """`loss`: which part of the messages is lost. `cut`: pairs of nodes that do not hear each other.
    `lose` says of a single message whether it is lost."""

    def __init__(self, nursery: trio.Nursery) -> None:
        self.random = Random(0)
        self.nursery = nursery
        self.loss = 0.0
        self.cut: set[frozenset[str]] = set()
        self.lose: Callable[[str, bytes], bool] = lambda subject, data: False
        self.listeners: list[tuple[str, str, Heard]] = []
        self.answerers: dict[str, tuple[str, Callable[[bytes], Awaitable[bytes]]]] = {}
        self._links: dict[tuple[str, str, str], trio.MemorySendChannel[bytes]] = {}

    def net(self, node: str) -> MemoryNet:
        return MemoryNet(node, self)

    def forget(self, node: str) -> None:
        """The node died: nothing reaches it any more."""
        self.listeners = [one for one in self.listeners if one[0] != node]

    def joined(self, one: str, other: str) -> bool:
        return frozenset((one, other)) not in self.cut

    def carry(self, sender: str, subject: str, data: bytes) -> None:
        for node in {node for node, listened, _ in self.listeners if listened == subject}:
            if not self.joined(sender, node) or self.random.random() < self.loss or self.lose(subject, data):
                continue
            link = (sender, node, subject)
            if link not in self._links:
                self._links[link], receive = trio.open_memory_channel[bytes](100_000)
                self.nursery.start_soon(self._deliver, node, subject, receive)
            self._links[link].send_nowait(data)

    async def _deliver(self, node: str, subject: str, receive: trio.MemoryReceiveChannel[bytes]) -> None:
        async for data in receive:
            await trio.sleep(self.random.random() * LATE)
            for listener, listened, heard in tuple(self.listeners):
                if (listener, listened) == (node, subject):
                    heard(data)


class MemoryNet:
    """A `Net` without servers."""

    def __init__(self, node: str, wires: MemoryWires) -> None:
        self.node = node
        self._wires = wires

    def publish(self, subject: str, data: bytes) -> None:
        self._wires.carry(self.node, subject, data)

    def listen(self, subject: str, heard: Heard) -> None:
        self._wires.listeners.append((self.node, subject, heard))

    def answer(self, subject: str, asked: Callable[[bytes], Awaitable[bytes]]) -> None:
        self._wires.answerers[subject] = (self.node, asked)

    async def ask(self, subject: str, data: bytes, deadline: float) -> bytes:
        node, asked = self._wires.answerers.get(subject, ("", None))
        if asked is None:
            raise Unreachable(subject)
        if not self._wires.joined(self.node, node):
            await trio.sleep(deadline)
            raise Unreachable(subject)
        return await asked(data)
