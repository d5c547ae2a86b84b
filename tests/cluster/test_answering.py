"""What a node answers at a time for others is bounded, whatever they ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
import trio
import trio.testing

from chatd.cluster.jetstream import ANSWERING, ANSWERING_BYTES, NatsNet
from chatd.nats.client import Client
from chatd.nats.wire import Msg


class Heard:
    """Stands for a client: keeps what listens, and what was answered."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.listens: Callable[[Msg], None] = lambda msg: None

    def subscribe(self, subject: str, heard: Callable[[Msg], None]) -> None:
        self.listens = heard

    def publish(self, subject: str, data: bytes) -> None:
        self.answers.append(subject)


async def answered(requests: list[bytes]) -> int:
    """How many of these requests are answered, all of which come before the first answer."""
    async with trio.open_nursery() as nursery:
        client, may = Heard(), trio.Event()

        async def asked(data: bytes) -> bytes:
            await may.wait()
            return b""

        net = NatsNet(cast("Client", client), "chatd.c", "n0", nursery)
        net.answer("subject", asked)
        for data in requests:
            client.listens(msg(data))
        may.set()
        await trio.testing.wait_all_tasks_blocked()
        count = len(client.answers)
        client.listens(msg(requests[0]))  # there is room again
        await trio.testing.wait_all_tasks_blocked()
        assert len(client.answers) == count + 1
        return count


def msg(data: bytes, reply: str = "reply") -> Any:
    return Msg("chatd.c.subject", 2, reply, data)


async def test_a_node_answers_so_many_requests_at_a_time() -> None:
    assert await answered([b""] * (ANSWERING + 5)) == ANSWERING


async def test_a_node_answers_requests_of_so_many_bytes_at_a_time() -> None:
    large = bytes(2**20)
    assert await answered([large] * 20) == ANSWERING_BYTES // len(large)


@pytest.mark.parametrize("reply", ["", "\u00e9", "\ufffd", "a\x00"])
async def test_who_cannot_be_answered_is_not(reply: str) -> None:
    """A server carries whatever another of its users sends, bytes that are no text included."""
    async with trio.open_nursery() as nursery:

        async def asked(data: bytes) -> bytes:
            return b""

        client = Client(["nats://127.0.0.1:1"], name="test")
        net = NatsNet(client, "chatd.c", "n0", nursery)
        net.answer("subject", asked)
        client.connected = True
        client._take(msg(b"", reply), False)
