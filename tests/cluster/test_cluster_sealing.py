"""Whoever can speak with the NATS servers, and is no node, reads nothing and is believed nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from chatd.cluster.net import Unreachable
from chatd.cluster.sealed_net import SealedNet
from chatd.cluster.sealing import Key, Unreadable


class Wire:
    """A net that says everything to everybody at once."""

    node = "n"

    def __init__(self) -> None:
        self.heard: dict[str, list[Callable[[bytes], None]]] = {}
        self.answers: dict[str, Callable[[bytes], Awaitable[bytes]]] = {}
        self.said: list[bytes] = []

    def publish(self, subject: str, data: bytes) -> None:
        self.said.append(data)
        for heard in self.heard.get(subject, ()):
            heard(data)

    def listen(self, subject: str, heard: Callable[[bytes], None]) -> None:
        self.heard.setdefault(subject, []).append(heard)

    def answer(self, subject: str, asked: Callable[[bytes], Awaitable[bytes]]) -> None:
        self.answers[subject] = asked

    async def ask(self, subject: str, data: bytes, deadline: float) -> bytes:
        return await self.answers[subject](data)


async def test_nodes_understand_each_other_and_nobody_else() -> None:
    wire, heard = Wire(), list[bytes]()
    node, other, stranger = SealedNet(wire, b"secret"), SealedNet(wire, b"secret"), SealedNet(wire, b"guess")
    node.listen("call", heard.append)
    other.publish("call", b"kick bob")
    assert heard == [b"kick bob"]
    assert b"bob" not in wire.said[0]
    stranger.publish("call", b"kick ann")
    wire.publish("call", b"kick ann")
    wire.publish("call", b"")
    assert heard == [b"kick bob"]

    async def asked(data: bytes) -> bytes:
        return data[::-1]

    node.answer("once", asked)
    assert await other.ask("once", b"abc", 1) == b"cba"
    with pytest.raises(Unreachable):
        await stranger.ask("once", b"abc", 1)


async def test_a_message_is_good_on_its_own_subject_only() -> None:
    wire, heard = Wire(), list[bytes]()
    node = SealedNet(wire, b"secret")
    node.listen("signal", heard.append)
    node.publish("call", b"kick bob")
    wire.publish("signal", wire.said[0])
    assert heard == []


def test_a_key_opens_what_it_sealed_and_nothing_of_the_key_before() -> None:
    first = Key.new()
    second = first.next()
    sealed = first.seal(b"text", b"header")
    assert first.open(sealed, b"header") == b"text"
    assert second.number == first.number + 1
    for key, header in ((second, b"header"), (first, b"another")):
        with pytest.raises(Unreadable):
            key.open(sealed, header)
