"""How a server comes to its cluster: it founds it, belongs to it already, or takes a copy of its database."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import trio

from chatd.cluster.copying import fetch
from chatd.cluster.errors import STREAM_LOST, ClusterError, stream_gone
from chatd.cluster.net import Net, Unreachable
from chatd.cluster.sealing import Key
from chatd.log import log
from chatd.nats.client import NatsError
from chatd.nats.jetstream import NO_STREAM, ApiError, JetStream, StreamConfig, StreamInfo
from chatd.ports import Append, PutClusterKey, StoreUnavailable
from chatd.store.database import Store
from chatd.store.ops.data_dir import DATABASE

EPOCH: Final = "chatd.epoch"  # of the stream's metadata
DOUBTED: Final = "doubted"  # a file that says why the node of this folder has stopped itself
TRIES, EVERY = 120, 0.5  # seconds


class Founding:
    """`cluster`: its name; `stream` and `subject`: of its log; `replicas`: of the stream."""

    def __init__(
        self, net: Net, jetstream: JetStream, cluster: str, stream: str, subject: str, replicas: int
    ) -> None:
        self._net = net
        self._jetstream = jetstream
        self._cluster = cluster
        self._stream = stream
        self._subject = subject
        self._replicas = replicas

    async def bring_database(self, folder: Path) -> None:
        """An empty folder gets a copy of another node's database, if the cluster exists. Raises
        StoreError."""
        if (doubted := folder / DOUBTED).exists():
            raise ClusterError(await trio.Path(doubted).read_text())
        path = folder / DATABASE
        if path.exists() or await self._info() is None:
            return
        await trio.Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            node = await fetch(self._net, path)
        except Unreachable as error:
            raise ClusterError(
                f"the cluster {self._cluster} exists, and none of its nodes answers to give"
                " this one a copy; start one that has the cluster's data first"
            ) from error
        log.info("database_copied", node=node, bytes=path.stat().st_size)

    async def key(self, store: Store) -> Key:
        """The key in the database; of the first node: a new one, and a new stream. Raises ClusterError."""
        info, found = await self._info(), await store.reader.cluster_key()
        name, epoch = self._cluster, store.epochs.database
        if info is not None and info.config.metadata.get(EPOCH) != epoch:
            raise ClusterError(
                f"the folder {store.path.parent} does not belong to the cluster {name}, which exists already;"
                " to join it, start with an empty folder; to found another one with this folder, give that"
                " another cluster_name"
            )
        if found is not None:
            applied = (await store.reader.proposed()).sequence
            if info is not None and applied > info.state.last_seq:
                raise ClusterError(
                    f"the stream of the cluster {name} has lost its end: it ends at"
                    f" {info.state.last_seq}, and {applied} has been applied here; {STREAM_LOST}"
                )
            if info is None:
                if applied:
                    raise ClusterError(stream_gone(name))
                await self._make_stream(epoch)
            return Key(*found)
        if info is not None and info.state.last_seq:
            raise ClusterError(
                f"the folder {store.path.parent} left the cluster {name}, which goes on without it; to join"
                " it again, start with an empty folder"
            )
        key = Key.new()
        if info is None:
            await self._make_stream(epoch)
        try:
            await store.log.submit([Append(writes=(PutClusterKey(key.number, key.secret),))]).wait()
        except StoreUnavailable as error:
            raise ClusterError(str(error)) from error
        log.info("cluster_founded", cluster=name)
        return key

    async def _info(self) -> StreamInfo | None:
        for _ in range(TRIES):
            try:
                return await self._jetstream.stream_info(self._stream)
            except ApiError as error:
                if error.code == NO_STREAM:
                    return None
                problem = str(error)
            except NatsError as error:
                problem = str(error) or type(error).__name__
            await trio.sleep(EVERY)
        raise ClusterError(f"JetStream does not answer: {problem}; is it enabled, and are enough servers up?")

    async def _make_stream(self, epoch: str) -> None:
        config = StreamConfig(
            self._stream,
            [self._subject],
            num_replicas=self._replicas,
            metadata={EPOCH: epoch},
        )
        for _ in range(TRIES):
            try:
                await self._jetstream.create_stream(config)
            except NatsError as error:
                problem = str(error)
                await trio.sleep(EVERY)
            else:
                return
        raise ClusterError(f"the cluster's stream cannot be made: {problem}")
