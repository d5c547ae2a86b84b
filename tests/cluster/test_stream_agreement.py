"""A NATS server that is cut off from the others goes on to answer, and to send signs of life. What it says of
the stream is not what the stream holds."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from types import SimpleNamespace
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from chatd.cluster.contact import SILENT
from chatd.cluster.errors import ClusterError
from chatd.cluster.founding import TRIES, Founding
from chatd.cluster.jetstream import StreamSequencer
from chatd.nats.client import TooSlow
from chatd.nats.jetstream import (
    AGREED,
    ApiError,
    JetStream,
    NotAgreed,
    PubAck,
    Replica,
    StreamCluster,
    StreamConfig,
    StreamInfo,
    StreamState,
)
from chatd.nats.ordered import FEW, HEARTBEAT, MISSED, SECONDS, SOON, OrderedConsumer
from chatd.nats.wire import Msg

SECOND = 10**9  # nanoseconds


def info(leader: str, *active: float, replicas: int = 3, last: int = 7) -> StreamInfo:
    """Of a stream with messages up to `last`; `active`: seconds since the leader heard each of the others; 0:
    never."""
    others = [Replica(f"s{at}", active=int(ago * SECOND)) for at, ago in enumerate(active)]
    return StreamInfo(
        StreamConfig("s", ["s.x"], num_replicas=replicas),
        StreamState(messages=last, bytes=0, first_seq=1, last_seq=last),
        StreamCluster(leader, others),
    )


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        (info("one", 0.3, 0.6), 0.3),
        (info("one", 0.6, 90), 0.6),
        (info("one", 8, 9), 8),  # a leader without the others, until it gives up
        (info("one", 0, 0.6), 0.6),
        (info("one", 0, 0), inf),  # elected just now
        (info("", 0.5, 0.5), inf),  # it leads nothing, and says what it has
        (info("one", 0.2, 0.3, 0.5, 9, replicas=5), 0.3),
        (info("one", 0.5, replicas=2), 0.5),
        (info("", replicas=1), 0.0),  # a server of its own
    ],
)
def test_of_those_that_keep_the_stream_most_must_be_heard(said: StreamInfo, agreed: float) -> None:
    assert said.agreed == pytest.approx(agreed)


class Subscribed:
    def __init__(self, scope: trio.CancelScope) -> None:
        self.close = scope.cancel


class Servers(JetStream):
    """NATS servers and the connection to one of them, which has the consumer: it sends a sign of life twice a
    second, whatever it hears of the others. `heard_at`: when it heard them last; None: it hears them."""

    def __init__(self, nursery: trio.Nursery) -> None:
        self.client: Any = self
        self.connected, self.connections = True, 1
        self.heard_at: float | None = None
        self.leads = True
        self.last = 7
        self.makes_consumers = True
        self.made = 0
        self.sends_signs = True
        self.sent = "0"  # messages of the consumer
        self._nursery = nursery

    async def stream_info(self, name: str, seconds: float = 5.0) -> StreamInfo:
        await trio.lowlevel.checkpoint()
        if not self.leads:
            return info("", 9, 9)
        ago = 0.5 if self.heard_at is None else trio.current_time() - self.heard_at
        return info("one", ago, ago, last=self.last)

    async def create_consumer(self, stream: str, config: Any, seconds: float = 5.0) -> dict[str, Any]:
        if not self.makes_consumers:
            await trio.sleep(seconds)
            raise TooSlow("no answer")
        await trio.lowlevel.checkpoint()
        self.made += 1
        return {}

    async def message(self, stream: str, sequence: int, seconds: float = 5.0) -> bytes:
        await trio.sleep(0.001)
        if sequence > self.last:
            raise ApiError(10037, "no message found")
        return b"%d" % sequence

    async def wait_connected(self, times: int = 1) -> None:
        if self.connections < times:
            await trio.sleep_forever()

    def subscribe(self, subject: str, heard: Callable[[Msg], None], queue: str = "") -> Subscribed:
        scope = trio.CancelScope()

        async def heartbeat() -> None:
            with scope:
                while True:
                    await trio.sleep(HEARTBEAT)
                    if self.sends_signs:
                        heard(Msg(subject, 1, "", b"", {"Nats-Last-Consumer": self.sent}, 100))

        self._nursery.start_soon(heartbeat)
        return Subscribed(scope)

    async def publish(self, subject: str, data: bytes, seconds: float = 5.0, headers: Any = None) -> PubAck:
        await trio.lowlevel.checkpoint()
        return PubAck("s", self.last)

    def forget_consumer(self, stream: str, name: str) -> None:
        pass


async def followed(sequencer: StreamSequencer) -> None:
    async for _ in sequencer.follow(7):
        pass


async def test_signs_of_life_of_a_server_without_the_others_are_none_of_the_stream(
    autojump_clock: MockClock,
) -> None:
    """Whoever believed them served what was stale for as long as the cut lasted."""
    async with trio.open_nursery() as nursery:
        servers = Servers(nursery)
        sequencer = StreamSequencer(servers, "s", "s.x")
        nursery.start_soon(followed, sequencer)
        nursery.start_soon(sequencer.run)
        for _ in range(100):
            await trio.sleep(0.1)
            assert sequencer.apart < SILENT - 1
        assert await sequencer.last() == 7
        cut_at = servers.heard_at = trio.current_time()
        await trio.sleep(SILENT)
        assert sequencer.apart == pytest.approx(SILENT, abs=1.5)
        with pytest.raises(NotAgreed):
            await sequencer.last()
        servers.leads = False
        while trio.current_time() < cut_at + 60:
            await trio.sleep(0.1)
            assert sequencer.apart > trio.current_time() - cut_at - 0.01
            with pytest.raises(NotAgreed):
                await sequencer.last()
        servers.heard_at, servers.leads = None, True
        await trio.sleep(AGREED)
        assert sequencer.apart < SILENT - 1
        assert await sequencer.last() == 7
        nursery.cancel_scope.cancel()


async def test_that_most_agree_is_known_by_what_they_acknowledge(autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        servers = Servers(nursery)
        sequencer = StreamSequencer(servers, "s", "s.x")
        nursery.start_soon(followed, sequencer)
        nursery.start_soon(sequencer.run)
        await trio.sleep(1)
        servers.heard_at = trio.current_time()  # what is said of them is old from now on
        await trio.sleep(5)
        assert sequencer.apart > 4
        await sequencer.propose(b"")
        await trio.sleep(1)
        assert sequencer.apart == pytest.approx(1.0)
        nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    "how", ["no sign comes", "a message did not come", "the stream is known to have more"]
)
async def test_where_something_is_missing_it_is_had_in_another_way_soon(
    autojump_clock: MockClock, how: str
) -> None:
    async with trio.open_nursery() as nursery:
        servers, read = Servers(nursery), list[int]()
        consumer = OrderedConsumer(servers, "s", 7)

        async def follow() -> None:
            async for message in consumer:
                read.append(message.sequence)

        nursery.start_soon(follow)
        await trio.sleep(5)
        assert servers.made == 1
        match how:
            case "no sign comes":
                servers.sends_signs = False
            case "a message did not come":
                servers.sent = "1"
            case _:
                servers.last = 8
                consumer.expect(8)
        await trio.sleep(MISSED * HEARTBEAT + 1)
        assert servers.made > 1 or read == [8]
        nursery.cancel_scope.cancel()


async def test_where_no_consumer_can_be_made_the_stream_is_read_without_one(
    autojump_clock: MockClock,
) -> None:
    """As while the NATS servers elect who leads JetStream: the stream has a leader, and others write."""
    async with trio.open_nursery() as nursery:
        servers = Servers(nursery)
        consumer = OrderedConsumer(servers, "s", 7)
        came: list[tuple[int, float]] = []

        async def read() -> None:
            async for one in consumer:
                assert one.data == b"%d" % one.sequence
                came.append((one.sequence, trio.current_time()))

        nursery.start_soon(read)
        await trio.sleep(5)
        servers.makes_consumers = False
        consumer._lost = True
        for _ in range(100):
            servers.last += 3
            written_at = trio.current_time()
            await trio.sleep(SECONDS + SOON)
            assert [sequence for sequence, _ in came] == [*range(8, servers.last + 1)]
            assert came[-1][1] - written_at < SECONDS + SOON
            assert trio.current_time() - consumer.heard_at < SILENT - 1
        made = consumer.made
        servers.makes_consumers = True
        await trio.sleep(SECONDS + SOON)
        assert consumer.made == made + 1
        nursery.cancel_scope.cancel()


async def test_what_is_far_behind_is_not_read_message_by_message(autojump_clock: MockClock) -> None:
    """A consumer sends it sooner; so it is asked for again and again, however much is missing."""
    async with trio.open_nursery() as nursery:
        servers = Servers(nursery)
        consumer = OrderedConsumer(servers, "s", 7)
        servers.last, servers.makes_consumers = 100_000, False
        nursery.start_soon(anext, consumer)
        await trio.sleep(4 * SOON)
        servers.makes_consumers = True
        began, count = trio.current_time(), 0
        while not consumer.made:
            with trio.move_on_after(SOON):
                await anext(consumer)
                count += 1
        assert count <= 2 * FEW
        assert trio.current_time() - began < SECONDS + SOON
        nursery.cancel_scope.cancel()


async def test_a_node_does_not_begin_with_what_a_server_without_the_others_says(
    autojump_clock: MockClock,
) -> None:
    """It would say that the stream is lost, or has lost its end, or come in with what was true once."""
    async with trio.open_nursery() as nursery:
        servers = Servers(nursery)
        servers.leads = False
        broker: Any = SimpleNamespace(
            net=None, jetstream=servers, stream="chatd_hopper", subject="hopper.log"
        )
        founding = Founding(broker, "hopper", 3)
        began = trio.current_time()
        with pytest.raises(ClusterError, match="JetStream does not answer: most of the NATS servers"):
            await founding._info()
        assert trio.current_time() - began >= TRIES / 2
        servers.leads = True
        assert await founding._info() is not None
        nursery.cancel_scope.cancel()
