"""This server as one node of a cluster: how it comes in, what it does as long as it is in, why it stops."""

from __future__ import annotations

import platform
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import trio

from chatd import __version__
from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.directory import Directory
from chatd.actors.runtime.envelope import Envelope
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.actors.runtime.supervisor import Actor
from chatd.actors.workers.deletions import Deletions
from chatd.actors.workers.due_timer import DueTimer
from chatd.actors.workers.presence import Presence
from chatd.clock import new_id
from chatd.cluster.beats import Beat, Beats, SameName
from chatd.cluster.copying import Copies, fetch
from chatd.cluster.doubt import Doubt, Doubts
from chatd.cluster.jetstream import NatsNet, StreamSequencer
from chatd.cluster.leading import LED, Led
from chatd.cluster.lines import Lines
from chatd.cluster.log import ClusterLog
from chatd.cluster.membership import Membership
from chatd.cluster.monitors import refuse_unsynced
from chatd.cluster.net import Net, Unreachable
from chatd.cluster.one_time import OneTimeOfNodes
from chatd.cluster.owners import owner_of
from chatd.cluster.presence import PresenceOfNodes
from chatd.cluster.proposal import NotReadable
from chatd.cluster.revoking import Revoking
from chatd.cluster.sealed_net import SealedNet
from chatd.cluster.sealing import Key
from chatd.cluster.sequencer import Trimmed
from chatd.cluster.signals import Signals
from chatd.cluster.statuses import cluster_status
from chatd.cluster.walker import Broken, Walker
from chatd.contract.cluster import ClusterStatus
from chatd.contract.errors import Refusal
from chatd.domain.event import Event
from chatd.log import log
from chatd.nats.client import CannotConnect, Client, NatsError
from chatd.nats.credentials import CredentialsError, read_file
from chatd.nats.jetstream import NO_STREAM, ApiError, JetStream, StreamConfig, StreamInfo
from chatd.ports import (
    Append,
    ClusterCounts,
    PutClusterKey,
    PutScheduled,
    Reader,
    StoreError,
    StoreUnavailable,
)
from chatd.settings import Settings
from chatd.store.database import Store
from chatd.store.ops.data_dir import DATABASE

LEVEL: Final = 1  # of what a node can read; see docs/adr/0032-one-log-for-several-nodes.md
SILENT: Final = 5.0  # seconds without a sign of the stream, after which the node counts as cut off
LOOK: Final = 0.5
LOOK_AT_NETWORK: Final = "look at the network and at the NATS servers; it goes on by itself"
DURABLE_EVERY: Final = 30.0
RATCHET_EVERY: Final = 3600.0
LEAST_PAYLOAD: Final = 4 * 2**20  # bytes that a message of the NATS servers must be allowed to have
OWNERS: Final = 100_000  # that are remembered
LEADS: Final = "cluster/leader"  # what the node that leads owns
EPOCH: Final = "chatd.epoch"  # of the stream's metadata


class ClusterError(StoreError):
    """Why this server cannot be, or stay, a node of the cluster; the text says what to do."""


class Node:
    """`cut_off`: why clients must be served elsewhere; None: all is well."""

    def __init__(self, settings: Settings, client: Client, nursery: trio.Nursery) -> None:
        self.name = settings.cluster_node or _word(platform.node())
        self.life = new_id()
        self.cut_off: str | None = None
        self.log: ClusterLog
        self.beats: Beats
        self._settings = settings
        self._nursery = nursery
        self._jetstream = JetStream(client)
        self._stream = f"chatd_{settings.cluster_name}"
        self._prefix = f"chatd.{settings.cluster_name}"
        self._sequencer = StreamSequencer(self._jetstream, self._stream, f"{self._prefix}.log")
        self.client = client
        self._open_net = NatsNet(client, self._prefix, self.name, nursery)
        self.net: Net
        self._watchers: list[Callable[[], None]] = []
        self._owners: dict[str, str] = {}
        self._most = 1  # nodes that were seen at once
        self._level_at = trio.current_time()  # when it was known last to lack nothing

    # --- coming in

    async def bring_database(self, folder: Path) -> None:
        """An empty folder gets a copy of another node's database, if the cluster exists. Raises
        StoreError."""
        path = folder / DATABASE
        if path.exists() or await self._info() is None:
            return
        await trio.Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            node = await fetch(self._open_net, path)
        except Unreachable as error:
            raise ClusterError(
                f"the cluster {self._settings.cluster_name} exists, and none of its nodes answers to give"
                " this one a copy; start one that has the cluster's data first"
            ) from error
        log.info("database_copied", node=node, bytes=path.stat().st_size)

    async def open_log(self, store: Store) -> ClusterLog:
        """Raises StoreError."""
        key = await self._key(store)
        head = await store.reader.head()
        hash_ = await store.reader.hash_at(head)
        assert hash_ is not None
        proposed = await store.reader.proposed()
        self._durable, self._store = proposed.sequence, store
        self.log = ClusterLog(store.log, store.reader, self._sequencer, key, proposed, head, hash_)
        self.net = SealedNet(self._open_net, await store.reader.signing_key())
        self.beats = Beats(self.net, self._beat)
        self._copies = Copies(self._open_net, store.path.parent, store.copy)
        self._walker = Walker(store.reader.ask)
        self._doubts = Doubts(self.log, self.beats)
        self._membership = Membership(
            self.name, LEVEL, self.log, self.beats, store.reader, self._jetstream, self._stream
        )
        return self.log

    async def _key(self, store: Store) -> Key:
        """The key in the database; of the first node: a new one, and a new stream."""
        info, found = await self._info(), await store.reader.cluster_key()
        name, epoch = self._settings.cluster_name, store.epochs.database
        if info is not None and info.config.metadata.get(EPOCH) != epoch:
            raise ClusterError(
                f"the folder {store.path.parent} does not belong to the cluster {name}, which exists already;"
                " to join it, start with an empty folder"
            )
        if found is not None:
            if info is None:
                if (await store.reader.proposed()).sequence:
                    raise ClusterError(
                        f"the stream of the cluster {name} is gone from the NATS servers; all nodes still"
                        " have everything: see docs/several-nodes.md, When the stream is lost"
                    )
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
        for _ in range(120):
            try:
                return await self._jetstream.stream_info(self._stream)
            except ApiError as error:
                if error.code == NO_STREAM:
                    return None
                problem = str(error)
            except NatsError as error:
                problem = str(error) or type(error).__name__
            await trio.sleep(0.5)
        raise ClusterError(f"JetStream does not answer: {problem}; is it enabled, and are enough servers up?")

    async def _make_stream(self, epoch: str) -> None:
        config = StreamConfig(
            self._stream,
            [f"{self._prefix}.log"],
            num_replicas=self._settings.cluster_replicas,
            metadata={EPOCH: epoch},
        )
        for _ in range(120):
            try:
                await self._jetstream.create_stream(config)
            except NatsError as error:
                problem = str(error)
                await trio.sleep(0.5)
            else:
                return
        raise ClusterError(f"the cluster's stream cannot be made: {problem}")

    def attach(
        self,
        directory: Directory,
        bus: Bus,
        presence: Presence,
        live: LiveSessions,
        reader: Reader,
        due_timer: DueTimer,
        erasure_timer: DueTimer,
        deletions: Deletions,
    ) -> None:
        """What others do shows here, and what is done here shows there."""
        revoking = Revoking(live, reader, self._nursery)
        bus.watch(revoking.published)
        self._lines = Lines(
            self.net,
            self.life,
            self,
            self._nursery,
            partial(_tell_for_another, directory, revoking),
            self.log.wait_for,
            lambda: self.log.sequence,
        )
        directory.elsewhere = self._lines
        self._signals = Signals(self.net, bus)
        self._presence = PresenceOfNodes(self.net, self.beats, self.life, presence, bus, reader)
        self.one_time = OneTimeOfNodes(self.net, self.beats)

        def others(appends: Sequence[Append], events: Sequence[Event]) -> None:
            directory.absorb(events)
            for append in appends:
                revoking.written(append.writes)
                for write in append.writes:
                    if isinstance(write, PutScheduled):
                        due_timer.earlier(write.post_at)
            for event in events:
                if event.type == "member.erasure_ordered":
                    erasure_timer.earlier(event.data["due_at"])

        def changed() -> None:
            before, self._owners = self._owners, {}
            directory.forget(
                lambda stream: (
                    before.get(stream) not in (None, self.name) and self._owner(stream) == self.name
                )
            )
            self._lines.owners_changed()
            if self.leads():  # another node may have died in the middle of some
                deletions.look_again()

        self.log.follow_others(others)
        self.beats.watch(changed)

    def led(self, worker: Actor) -> Actor:
        """The worker as it runs in a cluster."""
        return Led(worker, self.leads, self.beats) if worker.name in LED else worker

    def leads(self) -> bool:
        """Whether it is this node that does what one does for all."""
        return owner_of(LEADS, self.beats.nodes) == self.name

    def owner(self, stream: str) -> tuple[str, str] | None:
        """Node and life of the stream's owner; None: it is this node, or nobody else is there."""
        node = self._owner(stream)
        if node is None or node == self.name:
            return None
        life = self.beats.life(node)
        return None if life is None else (node, life)

    def _owner(self, stream: str) -> str | None:
        node = self._owners.get(stream)
        if node is None:
            if len(self._owners) >= OWNERS:
                self._owners.clear()
            node = owner_of(stream, self.beats.nodes)
            if node is not None:
                self._owners[stream] = node
        return node

    # --- being in

    async def run(self) -> None:
        """For ever. Raises ClusterError."""
        try:
            async with trio.open_nursery() as nursery:
                for task in (
                    self.log.run,
                    self.beats.run,
                    self._walker.run,
                    self._doubts.run,
                    self._copies.tidy,
                    self._lines.tidy,
                    self._presence.run,
                    self._watch_stream,
                    self._ratchet,
                    partial(self._make_durable, self._store),
                    partial(self._membership.run, self.leads),
                ):
                    nursery.start_soon(task)
        except* Trimmed as errors:
            self.leave()
            raise ClusterError(
                f"this node is behind what the stream still holds: {_first(errors)}; move its folder away,"
                " and start it with an empty one"
            ) from None
        except* NotReadable as errors:
            self.leave()
            raise ClusterError(f"this chatd is older than what others write: {_first(errors)}") from None
        except* (Doubt, Broken) as errors:
            self.leave()
            raise ClusterError(
                f"this node's log is not that of the others: {_first(errors)}; keep its folder for a look,"
                " and start it with an empty one"
            ) from None
        except* SameName as errors:
            raise ClusterError(str(_first(errors))) from None

    async def status(self) -> ClusterStatus:
        """Raises StoreUnavailable."""
        try:
            info = await self._jetstream.stream_info(self._stream)
        except NatsError as error:
            raise StoreUnavailable(f"the cluster's stream does not answer: {error}") from error
        return cluster_status(
            self._settings.cluster_name,
            self._beat(),
            self.beats,
            await self._membership.nodes(),
            info,
            owner_of(LEADS, self.beats.nodes) or "",
            self._membership.agreed,
            self.log.key.number,
            self.cut_off,
        )

    def counts(self) -> ClusterCounts:
        furthest = max((heard.beat.sequence for heard in self.beats.others()), default=0)
        lag = max(0, furthest - self.log.sequence)
        if not lag:
            self._level_at = trio.current_time()
        return ClusterCounts(
            len(self.beats.nodes),
            lag,
            trio.current_time() - self._level_at,
            self.log.proposals,
            self.log.resent,
            self._lines.sent,
            self.beats.changes,
            self.cut_off is not None,
        )

    async def forget(self, node: str) -> bool | None:
        """True: it is forgotten; False: there is no such node; None: it is there. Raises StoreUnavailable."""
        if self.beats.life(node) is not None:
            return None
        if node not in await self._membership.nodes():
            return False
        await self._membership.drop(node)
        return True

    @property
    def sequence(self) -> int:
        """Up to where the stream has been applied."""
        return self.log.sequence

    async def catch_up(self) -> None:
        """Returns when this node has applied all that was acknowledged anywhere before the call. Raises
        StoreUnavailable."""
        try:
            last = await self._sequencer.last()
        except NatsError as error:
            raise StoreUnavailable(f"the cluster's stream does not answer: {error}") from error
        await self.log.wait_for(last)

    async def come_in(self) -> None:
        """Returns when this node knows what the others know, and says that it is there."""
        with trio.move_on_after(SILENT) as waiting:
            await self.catch_up()
        if waiting.cancelled_caught:
            log.info("catching_up", sequence=self.log.sequence)
            await self.catch_up()
        await self._membership.enter()
        self._copies.offer()
        self._lines.open()
        self._signals.open()

    def leave(self) -> None:
        self.beats.leave()

    def _beat(self) -> Beat:
        sequence = self.log.sequence
        return Beat(
            self.name,
            self.life,
            LEVEL,
            sequence,
            self.log.hash,
            self._durable,
            serving=self.cut_off is None,
            url=self._settings.public_url,
            version=__version__,
        )

    def watch(self, changed: Callable[[], None]) -> None:
        """`changed` is called when `cut_off` changes."""
        self._watchers.append(changed)

    async def _watch_stream(self) -> None:
        """Whoever hears neither the stream nor enough other nodes may not know who was banned meanwhile."""
        while True:
            await trio.sleep(LOOK)
            problem = None
            if self._sequencer.silence > SILENT and not self._with_others():
                problem = f"nothing was heard of the cluster for {SILENT:g} s; {LOOK_AT_NETWORK}"
            if problem != self.cut_off:
                if problem is None:
                    with trio.move_on_after(SILENT), suppress(StoreUnavailable):
                        await self.catch_up()
                log.warning("cluster_cut_off" if problem else "cluster_heard_again")
                self.cut_off = problem
                for changed in self._watchers:
                    changed()

    def _with_others(self) -> bool:
        """Whether most nodes that there were are heard, and none of them has applied more: while the stream
        elects a leader nobody writes."""
        others = list(self.beats.others())
        self._most = max(self._most, len(self.beats.nodes))
        return len(others) * 2 >= self._most and all(
            heard.beat.sequence <= self.log.sequence for heard in others
        )

    async def _make_durable(self, store: Store) -> None:
        """Brings to this node's disk what the stream's servers have on theirs: these may drop it then."""
        while True:
            await trio.sleep(DURABLE_EVERY)
            sequence = self.log.sequence
            with suppress(StoreUnavailable):
                await store.log.checkpoint()
                self._durable = sequence

    async def _ratchet(self) -> None:
        while True:
            await trio.sleep(RATCHET_EVERY)
            if self.leads():
                with suppress(StoreUnavailable):
                    await self.log.ratchet()


async def _tell_for_another(
    directory: Directory, revoking: Revoking, stream: str, envelope: Envelope
) -> None:
    """What is decided here for another node may end sessions here; that node ends its own."""

    def reply(answer: object) -> None:
        if not isinstance(answer, Refusal):
            revoking.written(envelope.writes)
        envelope.reply(answer)

    await directory.tell_here(stream, msgspec.structs.replace(envelope, reply=reply))


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Node]:
    """A node that speaks with the NATS servers of the settings. Raises StoreError."""
    try:
        credentials = read_file(settings.cluster_credentials) if settings.cluster_credentials else None
        tls = ssl.create_default_context(cafile=settings.cluster_ca) if settings.cluster_ca else None
    except (CredentialsError, OSError) as error:
        raise ClusterError(f"the cluster's servers cannot be spoken to: {error}") from error
    name = f"chatd {settings.cluster_name}/{settings.cluster_node or platform.node()}"
    client = Client(settings.cluster_servers, name=name, credentials=credentials, tls=tls)
    async with trio.open_nursery() as nursery:
        try:
            await nursery.start(client.run)
        except CannotConnect as error:
            raise ClusterError(str(error)) from error
        if client.info.max_payload < LEAST_PAYLOAD:
            raise ClusterError(
                f"the NATS servers take messages of {client.info.max_payload} bytes at most; set"
                " `max_payload: 8MB` there"
            )
        await trio.to_thread.run_sync(partial(refuse_unsynced, settings.cluster_monitors))
        yield Node(settings, client, nursery)
        nursery.cancel_scope.cancel()


def _first(errors: BaseExceptionGroup[Any]) -> BaseException:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _word(text: str) -> str:
    return "".join(character if character.isalnum() or character in "-_" else "-" for character in text)[:32]
