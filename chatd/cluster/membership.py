"""Which nodes belong to the cluster, there or not: for them the stream keeps what they have not applied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import trio

from chatd.clock import now
from chatd.cluster.broker import Broker
from chatd.cluster.errors import TooOld
from chatd.cluster.heartbeats import Heartbeats
from chatd.cluster.log import ClusterLog
from chatd.log import log
from chatd.nats.client import NatsError
from chatd.nats.jetstream import ApiError
from chatd.ports import Append, BackupReader, ClusterReader, DropNode, PutLevel, PutNode, StoreUnavailable

EVERY: Final = 60.0  # seconds
BACKUP_TOOK: Final = 3_600_000  # milliseconds: it holds what there was when it was begun
KEPT: Final = 10_000  # messages that stay in the stream though all nodes have applied them


class Queries(ClusterReader, BackupReader, Protocol):
    """What is asked of the database."""


class Membership:
    """`level`: of what this node can read; `replicas`: on how many servers the stream should be kept."""

    def __init__(
        self,
        name: str,
        level: int,
        replicas: int,
        own: ClusterLog,
        heartbeats: Heartbeats,
        reader: Queries,
        broker: Broker,
    ) -> None:
        self.agreed = 1  # the level that all nodes can read
        self._name = name
        self._level = level
        self._replicas = replicas
        self._own = own
        self._heartbeats = heartbeats
        self._reader = reader
        self._jetstream, self._stream = broker.jetstream, broker.stream

    def all_read(self, level: int) -> bool:
        """Whether all nodes can read what came with this level. Whoever decides asks before it writes a
        kind of fact, or of write, that came with it, and does without while some cannot."""
        return self.agreed >= level

    async def enter(self) -> None:
        """Raises StoreUnavailable and TooOld."""
        await self._look_at_level()
        if self._name not in await self.nodes():
            await self._own.submit([Append(writes=(PutNode(self._name, now()),))]).wait()

    async def nodes(self) -> Sequence[str]:
        """By name. Raises StoreUnavailable."""
        return await self._reader.nodes()

    async def others(self) -> Sequence[str]:
        """All but this one. Raises StoreUnavailable."""
        return [node for node in await self.nodes() if node != self._name]

    async def drop(self, node: str) -> None:
        """Raises StoreUnavailable."""
        await self._own.submit([Append(writes=(DropNode(node),))]).wait()

    async def look(self, leads: bool) -> None:
        """What is to be done now and then. Raises TooOld."""
        try:
            await self._look_at_level()
            if not leads:
                return
            await self._spread()
            there = {heard.heartbeat.node: heard.heartbeat for heard in self._heartbeats.others()}
            nodes = await self.others()
            if not all(node in there for node in nodes):
                return
            level = min([self._level, *(there[node].level for node in nodes)])
            if level > self.agreed:
                await self._own.submit([Append(writes=(PutLevel(level),))]).wait()
            durable = min([self._own.sequence, *(there[node].durable for node in nodes)])
            await self._trim(durable - KEPT)
        except (StoreUnavailable, NatsError) as error:
            log.info("cluster_not_tended", problem=str(error))

    async def _look_at_level(self) -> None:
        self.agreed = await self._reader.cluster_level()
        if self.agreed > self._level:
            raise TooOld(
                f"the cluster has reached level {self.agreed}, and this chatd reads level {self._level}:"
                " it is older than that of the other nodes; install theirs"
            )

    async def _spread(self) -> None:
        """A stream that was made when there was one server is kept on more, once there are. Fewer is nothing
        that comes by itself."""
        kept = (await self._jetstream.stream_info(self._stream)).config.num_replicas
        if kept < self._replicas:
            try:
                await self._jetstream.set_replicas(self._stream, self._replicas)
                log.info("stream_spread", replicas=self._replicas)
            except ApiError as error:
                log.info("stream_not_spread", replicas=self._replicas, problem=str(error))

    async def _trim(self, before: int) -> None:
        """Drops from the stream what all nodes hold on their disks, and a backup holds as well."""
        newest = await self._reader.newest_backup()
        if before <= 0 or newest is None:
            return
        backed_up = self._own.sequence_at(newest - BACKUP_TOOK)
        before = min(before, backed_up)
        state = (await self._jetstream.stream_info(self._stream)).state
        if state.first_seq < before:
            await self._jetstream.purge(self._stream, before)
            log.info("stream_trimmed", before=before, messages=before - state.first_seq)

    async def run(self, leads: Callable[[], bool]) -> None:
        """For ever. Raises TooOld."""
        while True:
            await self.look(leads())
            await trio.sleep(EVERY)
