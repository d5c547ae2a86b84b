"""An ordered consumer: all messages of a stream from one on, without a hole, as they come.

The server keeps nothing of it that matters: when it is lost, or a message is missing, a new one is made from
the next sequence on (as ADR-17 of NATS describes).
"""

from __future__ import annotations

import secrets
from collections import deque
from contextlib import suppress
from typing import Any, Final

import trio
from msgspec import Struct

from chatd.concurrency.wakeup import Wakeup
from chatd.log import log
from chatd.nats.client import NatsError
from chatd.nats.jetstream import JetStream, StreamInfo
from chatd.nats.wire import Msg

HEARTBEAT: Final = 0.5  # seconds
MISSED: Final = 3  # heartbeats, after which the consumer counts as lost
LATE: Final = 0.3  # seconds that a message may take that the stream is known to hold
LATEST: Final = 2.0  # where the way is long
LOOK: Final = 0.1
SECONDS: Final = 2.0  # for an answer: who should give it may be gone
FEW: Final = 200  # messages
SOON: Final = 0.5  # seconds for it, where another one came soon
AGAIN: Final = 0.1  # seconds until it is made anew, when it could not be
TOLD_AGAIN: Final = 60.0  # seconds
SHORT_FOR: Final = 10.0  # seconds for which a server may not know that it leads the stream no longer
KEPT: Final = 64 * 2**20  # bytes that wait to be read; the server stops before (flow control)
STORED: Final = "$JS.ACK."  # begins the reply subject of what the stream holds, whatever its headers
NANOSECONDS: Final = 10**9
MESSAGES: Final = 2**18  # that wait to be read, however small


class Trimmed(NatsError):
    """The stream does not hold the wanted sequence any more."""


class Shorter(NatsError):
    """The stream ends before what has been read of it already."""


class Replaced(NatsError):
    """It is another stream of the same name."""


class StreamMsg(Struct, frozen=True):
    sequence: int
    data: bytes


class OrderedConsumer:
    """Messages beyond `after`. `async for` them; `heard_at` is trio's time of the last sign of life."""

    def __init__(self, jetstream: JetStream, stream: str, after: int) -> None:
        self.heard_at = trio.current_time()
        self.made = 0  # how often a consumer was made
        self._jetstream = jetstream
        self._stream = stream
        self._after = after
        self._queue: deque[Msg] = deque()
        self._bytes = 0
        self._came = Wakeup()
        self._lost = True
        self._consumed = 0  # messages of the present consumer
        self._name = ""
        self._subscription: Any = None
        self._connection = 0  # on which it was made
        self._expected = after
        self._expected_at = 0.0
        self._late = LATE
        self._refused = 0  # tries to make a consumer, since one could be made
        self._has_read = False  # since then
        self._read_until = 0  # up to there messages are asked for one by one
        self._made_with: dict[str, str] | None = None  # what its maker wrote to the stream
        self._short: tuple[int, float] | None = None  # where it ended, and since when
        self._told_at = -TOLD_AGAIN

    def __aiter__(self) -> OrderedConsumer:
        return self

    async def __anext__(self) -> StreamMsg:
        """Raises Trimmed, Shorter, Replaced."""
        while True:
            if self._after < self._read_until:
                if (found := await self._ask_for_next()) is not None:
                    return found
                continue
            if self._lost:
                await self._make()
                continue
            if not self._queue:
                with trio.move_on_after(LOOK):
                    await self._came.wait()
                self._lost = self._lost or self._is_lost()
                continue
            msg = self._queue.popleft()
            self._bytes -= len(msg.data)
            if msg.status and not msg.reply.startswith(STORED):
                self._status(msg)
            elif (found := self._in_order(msg)) is not None:
                return found

    async def _ask_for_next(self) -> StreamMsg | None:
        """Of the server that leads the stream: a consumer is made by the one that leads all of JetStream, and
        while others elect that one the stream goes on."""
        try:
            data = await self._jetstream.message(self._stream, self._after + 1, SECONDS)
        except NatsError:
            self._read_until = 0
            return None
        self.heard_at = trio.current_time()
        self._after += 1
        return StreamMsg(self._after, data)

    def expect(self, sequence: int, took: float = 0.0) -> None:
        """The stream holds this one: so it should come soon. `took`: seconds for which its sender waited to
        hear that; from a server that is not the leader it may take as long again."""
        if sequence > self._expected:
            self._expected, self._expected_at = sequence, trio.current_time()
            self._late = min(max(LATE, 2 * took), LATEST)

    def _is_lost(self) -> bool:
        """Whether nothing comes any more, as when the server that kept the consumer has stopped."""
        now = trio.current_time()
        if self._queue:
            return False
        late = self._expected > self._after and now - self._expected_at > self._late
        silent = now - self.heard_at > MISSED * HEARTBEAT
        return late or silent or self._jetstream.client.connections != self._connection

    def _in_order(self, msg: Msg) -> StreamMsg | None:
        try:
            sequence, number = _place(msg.reply)
        except (ValueError, IndexError):  # somebody else's
            self._lost = True
            return None
        if number != self._consumed + 1:
            self._lost = True
            return None
        self._consumed = number
        if sequence != self._after + 1:
            raise Trimmed(f"after {self._after} the stream goes on with {sequence}")
        self._after = sequence
        return StreamMsg(sequence, msg.data)

    def _status(self, msg: Msg) -> None:
        """A heartbeat, or a question whether more may come."""
        client = self._jetstream.client
        answer_to = msg.reply or msg.headers.get("Nats-Consumer-Stalled", "")
        if answer_to and client.connected:
            with suppress(NatsError, ValueError):  # the server asks again with its next heartbeat
                client.publish(answer_to, b"")
        last = msg.headers.get("Nats-Last-Consumer")
        if last is not None and last != str(self._consumed):
            self._lost = True

    def _heard(self, msg: Msg) -> None:
        self.heard_at = trio.current_time()
        if self._bytes + len(msg.data) > KEPT or len(self._queue) >= MESSAGES:
            self._lost = True  # it is read again, when there is room
        if not self._lost:
            self._queue.append(msg)
            self._bytes += len(msg.data)
        self._came.wake()

    async def _make(self) -> None:
        """Makes a new consumer, or has what came meanwhile asked for before."""
        client, asked = self._jetstream.client, False
        self.close()
        try:
            await client.wait_connected()
            asked_at = trio.current_time()
            info = await self._jetstream.agreed_info(self._stream, SECONDS)
            took = trio.current_time() - asked_at
            seconds = min(max(SOON * 2**self._refused, 4 * took), SECONDS)
            self._check(info)
            self.heard_at = trio.current_time()
            if self._reads_before(info.state.last_seq - self._after):
                self._read_until = min(info.state.last_seq, self._after + FEW)
                return
            self._name = secrets.token_hex(8)
            inbox = f"_INBOX.{secrets.token_hex(12)}"
            self._queue.clear()
            self._bytes = self._consumed = 0
            self._lost = False
            self._subscription = client.subscribe(inbox, self._heard)
            self._connection = client.connections
            self._expected_at = self.heard_at = trio.current_time()
            config = _config(self._name, inbox, self._after + 1)
            asked = True
            await self._jetstream.create_consumer(self._stream, config, seconds)
            self.made += 1
            self.heard_at = trio.current_time()
            self._refused, self._told_at = 0, -TOLD_AGAIN
        except (Trimmed, Shorter, Replaced):
            raise
        except NatsError as error:
            self._lost, self._refused = True, min(self._refused + asked, 3)
            if trio.current_time() - self._told_at >= TOLD_AGAIN:
                self._told_at = trio.current_time()
                log.warning("consumer_not_made", stream=self._stream, problem=str(error))
            await trio.sleep(AGAIN)

    def _reads_before(self, missing: int) -> bool:
        """Whether some of so many messages are asked for one by one before the next try to make a consumer,
        which sends them sooner where there are many."""
        worth = missing > 0 and (self._refused > 0 or (self.made > 0 and missing <= FEW))
        self._has_read = worth and not self._has_read
        return self._has_read

    def _check(self, info: StreamInfo) -> None:
        state = info.state
        made_with = {name: to for name, to in info.config.metadata.items() if not name.startswith("_nats.")}
        if self._made_with is None:
            self._made_with = made_with
        if made_with != self._made_with:
            raise Replaced("the stream was made anew")
        if state.last_seq >= self._after:
            self._short = None
        else:
            short = f"the stream ends at {state.last_seq}, and {self._after} has been read"
            last, since = self._short = self._short or (state.last_seq, trio.current_time())
            if state.last_seq != last or trio.current_time() - since >= SHORT_FOR:
                raise Shorter(short)  # a server that only believes that it leads would add nothing
            raise NatsError(short)
        if state.first_seq > self._after + 1:
            raise Trimmed(f"the stream begins at {state.first_seq}, and {self._after + 1} is wanted")

    def close(self) -> None:
        if self._subscription is not None:
            self._subscription.close()
            self._subscription = None
            self._jetstream.forget_consumer(self._stream, self._name)


def _config(name: str, inbox: str, first: int) -> dict[str, Any]:
    return {
        "name": name,
        "deliver_subject": inbox,
        "deliver_policy": "by_start_sequence",
        "opt_start_seq": first,
        "ack_policy": "none",
        "max_deliver": 1,
        "flow_control": True,
        "idle_heartbeat": int(HEARTBEAT * NANOSECONDS),
        "inactive_threshold": 30 * NANOSECONDS,
        "mem_storage": True,
        "num_replicas": 1,
    }


def _place(reply: str) -> tuple[int, int]:
    """The sequence in the stream, and that of the consumer, as the reply subject of a message says them."""
    parts = reply.split(".")
    at = 5 if len(parts) == 9 else 7
    return int(parts[at]), int(parts[at + 1])
