"""The stream and the net of a cluster, by NATS: the log is one JetStream stream, all else plain messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Final

import trio

from chatd.cluster.net import Unreachable
from chatd.cluster.sequencer import Lost, NotTaken, OtherStream, Sequenced, Trimmed
from chatd.log import log
from chatd.nats import ordered
from chatd.nats.client import Client, NatsError
from chatd.nats.jetstream import ApiError, JetStream
from chatd.nats.ordered import OrderedConsumer
from chatd.nats.wire import Msg, is_subject

SECONDS: Final = 5.0  # for the acknowledgement of a proposal
LOOK: Final = 0.5  # seconds
LOOK_SECONDS: Final = 2.0  # for an answer
MARGIN: Final = 64 * 1024  # bytes of a message that are left for the server's own
ANSWERING: Final = 256  # requests of other nodes that are answered at a time
ANSWERING_BYTES: Final = 16 * 2**20


class StreamSequencer:
    """`run` it beside whoever follows."""

    def __init__(self, jetstream: JetStream, stream: str, subject: str) -> None:
        self._jetstream = jetstream
        self._stream = stream
        self._subject = subject
        self._consumer: OrderedConsumer | None = None
        self._agreed_at = trio.current_time()  # when most of the stream's servers were known to agree

    @property
    def limit(self) -> int:
        return self._jetstream.client.info.max_payload - MARGIN

    @property
    def silence(self) -> float:
        """Seconds for which nothing has been heard of the stream, not even that there is nothing new."""
        return trio.current_time() - self._consumer.heard_at if self._consumer is not None else 0.0

    @property
    def apart(self) -> float:
        """Seconds for which the NATS server that this node is connected to has not heard most of those that
        keep the stream. One that is cut off from them goes on to send what it has, and that there is nothing
        new."""
        return trio.current_time() - self._agreed_at if self._consumer is not None else 0.0

    async def run(self) -> None:
        """For ever: asks whether the stream's servers agree; at once where there is another connection."""
        client = self._jetstream.client
        while True:
            asked_at, connection = trio.current_time(), client.connections
            with suppress(NatsError):
                info = await self._jetstream.stream_info(self._stream, LOOK_SECONDS)
                self._agreed(asked_at - info.agreed)
            if client.connections == connection:
                with trio.move_on_after(LOOK):
                    await client.wait_connected(connection + 1)

    def _agreed(self, at: float) -> None:
        self._agreed_at = max(self._agreed_at, at)

    async def propose(self, message: bytes) -> None:
        sent_at = trio.current_time()
        try:
            ack = await self._jetstream.publish(self._subject, message, SECONDS)
        except ApiError as error:
            raise NotTaken(str(error)) from error
        except NatsError as error:
            raise Lost(str(error)) from error
        self._agreed(sent_at)
        if self._consumer is not None:
            self._consumer.expect(ack.seq, trio.current_time() - sent_at)

    async def follow(self, after: int) -> AsyncIterator[Sequenced]:
        self._consumer = OrderedConsumer(self._jetstream, self._stream, after)
        try:
            async for msg in self._consumer:
                yield Sequenced(msg.sequence, msg.data)
        except ordered.Trimmed as error:
            raise Trimmed(str(error)) from error
        except (ordered.Shorter, ordered.Replaced) as error:
            raise OtherStream(str(error)) from error

    async def last(self) -> int:
        """The sequence of the newest message that was acknowledged. Raises NatsError."""
        asked_at = trio.current_time()
        info = await self._jetstream.agreed_info(self._stream)
        self._agreed(asked_at - info.agreed)
        return info.state.last_seq


class NatsNet:
    """The `Net` of a cluster. Subjects begin with the cluster's own prefix."""

    def __init__(self, client: Client, prefix: str, node: str, nursery: trio.Nursery) -> None:
        self._client = client
        self._prefix = prefix
        self._node = node
        self._nursery = nursery
        self._answering = self._answering_bytes = 0

    @property
    def node(self) -> str:
        return self._node

    def publish(self, subject: str, data: bytes) -> None:
        with suppress(NatsError):  # as the port says: what cannot be sent now is dropped
            self._client.publish(f"{self._prefix}.{subject}", data)

    def listen(self, subject: str, heard: Callable[[bytes], None]) -> None:
        self._client.subscribe(f"{self._prefix}.{subject}", lambda msg: heard(msg.data))

    def answer(self, subject: str, asked: Callable[[bytes], Awaitable[bytes]]) -> None:
        async def answer(msg: Msg) -> None:
            try:
                self._client.publish(msg.reply, await asked(msg.data))
            except NatsError as error:
                log.info("node_not_answered", subject=subject, problem=str(error))
            finally:
                self._answering -= 1
                self._answering_bytes -= len(msg.data)

        def heard(msg: Msg) -> None:
            too_much = self._answering_bytes + len(msg.data) > ANSWERING_BYTES
            if not is_subject(msg.reply) or self._answering >= ANSWERING or too_much:
                return  # who asked hears of nobody, and asks again
            self._answering += 1
            self._answering_bytes += len(msg.data)
            self._nursery.start_soon(answer, msg)

        self._client.subscribe(f"{self._prefix}.{subject}", heard)

    async def ask(self, subject: str, data: bytes, deadline: float) -> bytes:
        try:
            return (await self._client.request(f"{self._prefix}.{subject}", data, deadline)).data
        except NatsError as error:
            raise Unreachable(str(error) or subject) from error
