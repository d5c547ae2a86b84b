"""JetStream's API, as far as it is used: one stream, messages with acknowledgement, purging."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from math import inf
from typing import Any, Final, TypeVar

import msgspec

from chatd.nats.client import Client, NatsError, TooSlow
from chatd.nats.wire import UNREADABLE

T = TypeVar("T")

SECONDS: Final = 5.0  # for an answer of the API
AGREED: Final = 2.0  # seconds; servers elect another leader 4 s after they heard the last one, or later
NO_STREAM: Final = 10059  # error codes: github.com/nats-io/nats-server, server/errors.json
NAME_IN_USE: Final = 10058


class ApiError(NatsError):
    """The server refused: `code` is NATS's own number."""

    def __init__(self, code: int, described: str) -> None:
        super().__init__(f"{described} ({code})")
        self.code = code


class StreamConfig(msgspec.Struct, frozen=True, omit_defaults=True):
    name: str
    subjects: list[str]
    num_replicas: int = 1
    storage: str = "file"
    retention: str = "limits"
    discard: str = "new"
    max_msgs: int = -1
    max_msgs_per_subject: int = -1
    max_bytes: int = -1
    max_age: int = 0  # nanoseconds
    max_msg_size: int = -1
    duplicate_window: int = 0  # nanoseconds
    deny_delete: bool = False
    allow_direct: bool = False
    metadata: dict[str, str] = {}


class StreamState(msgspec.Struct, frozen=True):
    messages: int
    bytes: int
    first_seq: int
    last_seq: int


class NotAgreed(NatsError):
    """Whoever answers does not know what the stream holds: it does not lead it, or does not hear most of the
    servers that keep it."""


class Replica(msgspec.Struct, frozen=True):
    """`active`: nanoseconds since the leader heard it; 0: it has not yet."""

    name: str
    current: bool = False
    offline: bool = False
    active: int = 0


class StreamCluster(msgspec.Struct, frozen=True):
    leader: str = ""
    replicas: list[Replica] = []


class StreamInfo(msgspec.Struct, frozen=True):
    config: StreamConfig
    state: StreamState
    cluster: StreamCluster = StreamCluster()

    @property
    def agreed(self) -> float:
        """Seconds since most of the servers that keep the stream agreed with the one that answers. One that
        is cut off from them answers too: for 15 s as the leader that it was, and then as one without any
        (inf)."""
        others = self.config.num_replicas // 2
        if not others:
            return 0.0
        heard = sorted(replica.active for replica in self.cluster.replicas if replica.active > 0)
        if not self.cluster.leader or len(heard) < others:
            return inf
        return heard[others - 1] / 10**9


class _Message(msgspec.Struct, frozen=True):
    data: bytes = b""  # base64 on the wire


class _Stored(msgspec.Struct, frozen=True):
    message: _Message


class _Error(msgspec.Struct, frozen=True):
    err_code: int = 0
    description: str = "an error"


class PubAck(msgspec.Struct, frozen=True):
    stream: str
    seq: int
    duplicate: bool = False


class JetStream:
    def __init__(self, client: Client) -> None:
        self.client = client

    async def create_stream(self, config: StreamConfig) -> StreamInfo:
        """The same as one that exists: that one. Raises ApiError, `NAME_IN_USE` where it is another one."""
        fields = {**msgspec.to_builtins(config), "duplicate_window": config.duplicate_window or 2 * 10**9}
        fields |= {"retention": config.retention, "storage": config.storage, "discard": config.discard}
        return await self._call(f"STREAM.CREATE.{config.name}", fields, StreamInfo)

    async def stream_info(self, name: str, seconds: float = SECONDS) -> StreamInfo:
        """As some server sees it (see `agreed`). Raises ApiError, `NO_STREAM` where there is none."""
        return await self._call(f"STREAM.INFO.{name}", {}, StreamInfo, seconds)

    async def agreed_info(self, name: str, seconds: float = SECONDS) -> StreamInfo:
        """As most of the servers that keep it see it. Raises NotAgreed, and what `stream_info` raises."""
        info = await self.stream_info(name, seconds)
        if info.agreed > AGREED:
            raise NotAgreed(f"most of the NATS servers that keep the stream {name} are not heard")
        return info

    async def set_replicas(self, name: str, replicas: int) -> None:
        """Has so many servers keep the stream, which else stays as it is. Raises ApiError where there are
        fewer."""
        found = await self._call(f"STREAM.INFO.{name}", {}, dict[str, Any])
        await self._call(f"STREAM.UPDATE.{name}", {**found["config"], "num_replicas": replicas}, StreamInfo)

    async def message(self, stream: str, sequence: int, seconds: float = SECONDS) -> bytes:
        """One message, as the server that leads the stream has it. Raises ApiError where there is none."""
        found = await self._call(f"STREAM.MSG.GET.{stream}", {"seq": sequence}, _Stored, seconds)
        return found.message.data

    async def purge(self, name: str, before: int) -> None:
        """Drops all messages before this sequence."""
        await self._call(f"STREAM.PURGE.{name}", {"seq": before}, dict[str, Any])

    async def create_consumer(
        self, stream: str, config: Mapping[str, Any], seconds: float = SECONDS
    ) -> dict[str, Any]:
        fields = {"stream_name": stream, "config": config}
        return await self._call(f"CONSUMER.CREATE.{stream}.{config['name']}", fields, dict[str, Any], seconds)

    async def publish(
        self, subject: str, data: bytes, seconds: float = SECONDS, headers: Mapping[str, str] | None = None
    ) -> PubAck:
        """Returns when the stream holds it. Raises ApiError when it was refused, and what `Client.request`
        raises: then it is not known."""
        msg = await self.client.request(subject, data, seconds, headers)
        return _decoded(msg.data, PubAck)

    def forget_consumer(self, stream: str, name: str) -> None:
        """Has the server drop it now, if it hears that; never waits."""
        if self.client.connected:
            with suppress(NatsError):
                self.client.publish(f"$JS.API.CONSUMER.DELETE.{stream}.{name}", b"")

    async def _call(
        self, name: str, fields: Mapping[str, Any], result: type[T], seconds: float = SECONDS
    ) -> T:
        msg = await self.client.request(f"$JS.API.{name}", msgspec.json.encode(fields), seconds)
        return _decoded(msg.data, result)


def _decoded(data: bytes, result: type[T]) -> T:
    try:
        found = msgspec.json.decode(data)
        if isinstance(found, dict) and (error := found.get("error")):
            refusal = msgspec.convert(error, _Error, strict=False)
            raise ApiError(refusal.err_code, refusal.description)
        return msgspec.convert(found, result, strict=False)
    except UNREADABLE as error:
        raise TooSlow(f"the answer is none of JetStream's: {error}") from error
