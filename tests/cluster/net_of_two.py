"""What nodes say to each other, within one process: nothing is lost, and each hears itself too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from chatd.cluster.net import Unreachable

Heard = Callable[[bytes], None]


class Wires:
    """Joins the nets of some nodes. `down`: nodes that are not heard."""

    def __init__(self) -> None:
        self.listeners: dict[str, list[Heard]] = {}
        self.answers: dict[str, Callable[[bytes], Awaitable[bytes]]] = {}
        self.down: set[str] = set()


class NetOfTwo:
    """A `Net` without servers."""

    def __init__(self, node: str, wires: Wires) -> None:
        self.node = node
        self._wires = wires

    def publish(self, subject: str, data: bytes) -> None:
        if self.node not in self._wires.down:
            for heard in self._wires.listeners.get(subject, ()):
                heard(data)

    def listen(self, subject: str, heard: Heard) -> None:
        self._wires.listeners.setdefault(subject, []).append(heard)

    def answer(self, subject: str, asked: Callable[[bytes], Awaitable[bytes]]) -> None:
        self._wires.answers[subject] = asked

    async def ask(self, subject: str, data: bytes, deadline: float) -> bytes:
        asked = self._wires.answers.get(subject)
        if asked is None or subject.rpartition(".")[2] in self._wires.down:
            raise Unreachable(subject)
        return await asked(data)
