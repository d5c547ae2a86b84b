"""How a server comes to its cluster: it founds it, belongs to it already, or takes a copy of its database."""

from __future__ import annotations

import os
import shutil
from functools import partial
from pathlib import Path
from typing import Final

import trio

from chatd.cluster.broker import Broker
from chatd.cluster.copying import fetch
from chatd.cluster.errors import STREAM_LOST, ClusterError, stream_gone
from chatd.cluster.net import Unreachable
from chatd.cluster.sealing import Key
from chatd.log import log
from chatd.nats.client import NatsError
from chatd.nats.jetstream import NAME_IN_USE, NO_STREAM, ApiError, StreamConfig, StreamInfo
from chatd.path_kind import is_there
from chatd.ports import Append, PutClusterKey, StoreUnavailable
from chatd.store.database import Store, open_store
from chatd.store.ops.data_folder import DATABASE, refuse_half_restored
from chatd.store.ops.place import drop_side_files
from chatd.store.ops.rescued import refuse_to_forget

EPOCH: Final = "chatd.epoch"  # of the stream's metadata
DIVERGED: Final = "diverged"  # a file that says why the node of this folder has stopped itself
FOUNDING: Final = "founding"  # a folder with a database that may be the cluster's first
TRIES, EVERY = 120, 0.5  # seconds
STARTING: Final = 20.0  # seconds in which nodes that start at the same time can give a copy


class Founding:
    """`cluster`: its name; `replicas`: of the stream."""

    def __init__(self, broker: Broker, cluster: str, replicas: int) -> None:
        self._net, self._jetstream = broker.net, broker.jetstream
        self._stream, self._subject = broker.stream, broker.subject
        self._cluster = cluster
        self._replicas = replicas

    async def bring_database(self, folder: Path) -> None:
        """An empty folder gets a copy of another node's database. If the cluster does not exist, it gets a
        new one, and founds it: of nodes that start at once, one. Raises StoreError."""
        if is_there(diverged := folder / DIVERGED):
            raise ClusterError(await trio.Path(diverged).read_text())
        path = folder / DATABASE
        made = folder / FOUNDING
        if is_there(path):
            await trio.to_thread.run_sync(partial(shutil.rmtree, made, ignore_errors=True))
            return
        refuse_half_restored(folder)
        await trio.to_thread.run_sync(drop_side_files, path)
        if (await self._info() is None or is_there(made)) and await self._first(made, folder):
            return
        await trio.Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        node = await self._copied(path)
        log.info("database_copied", node=node, bytes=path.stat().st_size)

    async def _first(self, made: Path, folder: Path) -> bool:
        """Whether a new database, made there, founded the cluster: then it is in the folder. A stream of its
        epoch is what founds it, and there can be one; who died before the move does all of it again."""
        refuse_to_forget(folder / DATABASE)
        await trio.Path(made).mkdir(mode=0o700, parents=True, exist_ok=True)
        async with open_store(made, shared=True) as store:
            epoch = store.epochs.database
        first = await self._make_stream(epoch)
        if first:
            await trio.to_thread.run_sync(_move, made, folder)
        await trio.to_thread.run_sync(shutil.rmtree, made)
        return first

    async def _copied(self, path: Path) -> str:
        until = trio.current_time() + STARTING
        while True:
            try:
                return await fetch(self._net, path)
            except Unreachable as error:
                if trio.current_time() > until:
                    raise ClusterError(
                        f"the cluster {self._cluster} exists, and none of its nodes answers to give"
                        " this one a copy; start one that has the cluster's data first"
                    ) from error
            await trio.sleep(EVERY)

    async def key(self, store: Store) -> Key:
        """The key in the database; of the first node: a new one, and a new stream. Raises ClusterError."""
        info, found = await self._info(), await store.reader.cluster_key()
        name, epoch = self._cluster, store.epochs.database
        other = ClusterError(
            f"the folder {store.path.parent} does not belong to the cluster {name}, which exists already;"
            " to join it, start with an empty folder; to found another one with this folder, give that"
            " another cluster_name"
        )
        if info is not None and info.config.metadata.get(EPOCH) != epoch:
            raise other
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
                if not await self._make_stream(epoch):
                    raise other
            return Key(*found)
        if info is not None and info.state.last_seq:
            raise ClusterError(
                f"the folder {store.path.parent} left the cluster {name}, which goes on without it; to join"
                " it again, start with an empty folder"
            )
        key = Key.new()
        if info is None and not await self._make_stream(epoch):
            raise other
        try:
            await store.log.submit([Append(writes=(PutClusterKey(key.number, key.secret),))]).wait()
        except StoreUnavailable as error:
            raise ClusterError(str(error)) from error
        log.info("cluster_founded", cluster=name)
        return key

    async def _info(self) -> StreamInfo | None:
        for _ in range(TRIES):
            try:
                return await self._jetstream.agreed_info(self._stream)
            except ApiError as error:
                if error.code == NO_STREAM:
                    return None
                problem = str(error)
            except NatsError as error:
                problem = str(error) or type(error).__name__
            await trio.sleep(EVERY)
        raise ClusterError(f"JetStream does not answer: {problem}; is it enabled, and are enough servers up?")

    async def _make_stream(self, epoch: str) -> bool:
        """False: somebody else has made another one. Raises ClusterError."""
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
                if isinstance(error, ApiError) and error.code == NAME_IN_USE:
                    return False
                problem = str(error)
                await trio.sleep(EVERY)
            else:
                return True
        raise ClusterError(f"the cluster's stream cannot be made: {problem}")


def _move(made: Path, folder: Path) -> None:
    """The database last: where it is, all of it is."""
    for file in sorted(made.glob(f"{DATABASE}*"), reverse=True):
        os.rename(file, folder / file.name)
