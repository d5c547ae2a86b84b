"""This server as one node of a cluster: how it comes in, what it does as long as it is in, why it stops."""

from __future__ import annotations

from functools import partial
from typing import Final

import trio

from chatd import __version__
from chatd.actors.runtime.supervisor import Actor
from chatd.clock import new_id
from chatd.cluster.broker import Broker
from chatd.cluster.clocks import earliest
from chatd.cluster.contact import CUT_OFF, Contact
from chatd.cluster.copying import Copies
from chatd.cluster.divergence import DivergenceCheck
from chatd.cluster.ending import ending
from chatd.cluster.errors import ClusterError, stream_gone
from chatd.cluster.founding import Founding
from chatd.cluster.heartbeats import Heartbeat, Heartbeats
from chatd.cluster.leading import LED_WORKERS, LedWorker
from chatd.cluster.log import ClusterLog
from chatd.cluster.membership import Membership
from chatd.cluster.monitors import Monitors
from chatd.cluster.net import Net
from chatd.cluster.owners import Owners
from chatd.cluster.ratcheting import ratchet
from chatd.cluster.scrubber import Scrubber
from chatd.cluster.sealed_net import SealedNet
from chatd.cluster.sharing import LocalServices, Sharing
from chatd.cluster.statuses import cluster_status
from chatd.contract.cluster import ClusterStatus
from chatd.log import log
from chatd.nats.client import NatsError
from chatd.nats.jetstream import NO_STREAM, ApiError
from chatd.ports import ClusterCounts, StoreUnavailable
from chatd.settings import Settings
from chatd.store.database import Store

# Of what this chatd can read. A new kind of fact, or of write, raises it by one, and is written only where
# `all_read` says so; see docs/adr/0032-one-log-for-several-nodes.md.
LEVEL: Final = 1
SOON: Final = 5.0  # seconds in which a node that was away shortly is as far as the others
AWAY: Final = 1.0  # seconds in which a connection that broke just now may be there again
LOOK_AT_IT: Final = "look at its disk and at its log; it tries again by itself"
LIMITS: Final = "look at its limits, at those of its NATS account, and at the disks of the NATS servers"
DURABLE_EVERY: Final = 30.0


class Node:
    """`name`: no other node has the same. What is there only when the log is open is set by `open_log`."""

    log: ClusterLog
    heartbeats: Heartbeats
    net: Net
    contact: Contact

    def __init__(self, name: str, settings: Settings, broker: Broker, nursery: trio.Nursery) -> None:
        self.name = name
        self.life = new_id()
        self._settings = settings
        self._nursery = nursery
        self._broker = broker
        self.client = broker.client
        self._sequencer = broker.sequencer
        self._founding = Founding(broker, settings.cluster_name, settings.cluster_replicas)
        self.bring_database = self._founding.bring_database
        self._monitors = Monitors(settings.cluster_monitors, broker.client.unusable)
        self._unsynced: str | None = None  # why what it writes does not reach its disk
        self._level_at = trio.current_time()  # when it was known last to lack nothing
        self._in = False  # it knew what the others knew

    # --- coming in

    async def open_log(self, store: Store) -> ClusterLog:
        """Raises StoreError."""
        key = await self._founding.key(store)
        head = await store.reader.head()
        hash_ = await store.reader.hash_at(head)
        assert hash_ is not None
        proposed = await store.reader.proposed()
        self._durable, self._store = proposed.sequence, store
        self.log = ClusterLog(store.log, store.reader, self._sequencer, self.life, key, proposed, head, hash_)
        self.net = SealedNet(self._broker.net, await store.reader.signing_key())
        self.heartbeats = Heartbeats(self.net, self._heartbeat)
        self.owners = Owners(self.name, self.heartbeats)
        self.leads = self.owners.leads
        self._copies = Copies(self._broker.net, store.path.parent, store.copy)
        self._scrubber = Scrubber(store.reader.ask, store.foreign_writes)
        self._divergence = DivergenceCheck(self.log, self.heartbeats)
        self._membership = Membership(
            self.name,
            LEVEL,
            self._settings.cluster_replicas,
            self.log,
            self.heartbeats,
            store.reader,
            self._broker,
        )
        self.all_read = self._membership.all_read
        self.contact = Contact(
            self._sequencer,
            self.log,
            self.heartbeats,
            self.catch_up,
            self._membership.others,
            self.client.leave,
        )
        self.contact.watch(self._contact_changed)
        return self.log

    def attach(self, local: LocalServices) -> None:
        """What others do shows here, and what is done here shows there."""
        self._sharing = Sharing(
            self.life,
            self._nursery,
            self.net,
            self.log,
            self.heartbeats,
            self.owners,
            self.catch_up,
            self._membership.others,
            local,
        )
        self.one_time, self.blobs = self._sharing.one_time, self._sharing.blobs

    def led(self, worker: Actor) -> Actor:
        """The worker as it runs in a cluster."""
        return LedWorker(worker, self.leads, self.heartbeats) if worker.name in LED_WORKERS else worker

    # --- being in

    async def run(self) -> None:
        """For ever. Raises ClusterError."""
        with ending(self._store.path.parent, self.leave):
            async with trio.open_nursery() as nursery:
                for task in (
                    self.log.run,
                    self._sequencer.run,
                    self.heartbeats.run,
                    self._scrubber.run,
                    self._divergence.run,
                    self._copies.run,
                    self._sharing.run,
                    self.contact.run,
                    self._watch_connections,
                    partial(ratchet, self.log, self.leads),
                    partial(self._make_durable, self._store),
                    partial(self._membership.run, self.leads),
                    self._monitors.run,
                ):
                    nursery.start_soon(task)

    async def status(self) -> ClusterStatus:
        """Raises StoreUnavailable."""
        info = None
        troubles = [] if self.cut_off is None else [f"this node serves nobody: {self.cut_off}"]
        if self.log.stuck is not None:
            troubles.append(f"this node cannot write what the stream holds: {self.log.stuck}; {LOOK_AT_IT}")
        if self._unsynced is not None:
            troubles.append(f"what this node writes does not reach its disk: {self._unsynced}; {LOOK_AT_IT}")
        if self.log.own.refused is not None:
            troubles.append(f"the cluster's stream takes nothing more: {self.log.own.refused}; {LIMITS}")
        try:
            info = await self._broker.jetstream.stream_info(self._broker.stream)
        except NatsError as error:
            if isinstance(error, ApiError) and error.code == NO_STREAM:
                troubles.append(stream_gone(self._settings.cluster_name))
            else:
                silent = f"the cluster's stream does not answer: {error}"
                troubles.append(silent if self.client.connected else self.client.problem)
        return cluster_status(
            self._settings.cluster_name,
            self._settings.cluster_replicas,
            self._heartbeat(),
            self.heartbeats,
            await self._membership.nodes(),
            info,
            self.owners.leader or "",
            self._membership.agreed,
            self.log.key.number,
            [*troubles, *self._monitors.problems],
        )

    def counts(self) -> ClusterCounts:
        furthest = max((heard.heartbeat.sequence for heard in self.heartbeats.others()), default=0)
        lag = max(0, furthest - self.log.sequence)
        if not lag:
            self._level_at = trio.current_time()
        return ClusterCounts(
            len(self.heartbeats.nodes),
            lag,
            trio.current_time() - self._level_at,
            self.log.own.made,
            self.log.own.resent,
            self._sharing.lines.sent,
            self.heartbeats.changes,
            self.cut_off is not None,
        )

    async def forget(self, node: str) -> bool | None:
        """True: it is forgotten; False: there is no such node; None: it is there. Raises StoreUnavailable."""
        if self.heartbeats.there(node):
            return None
        if node not in await self._membership.nodes():
            return False
        await self._membership.drop(node)
        return True

    @property
    def sequence(self) -> int:
        """Up to where the stream has been applied."""
        return self.log.sequence

    @property
    def cut_off(self) -> str | None:
        """Why this node may not know what the others know; None: it does."""
        return self.contact.cut_off

    def earliest_clock(self) -> int:
        """Unix milliseconds, as the clock shows them that is behind those of all other nodes."""
        return earliest(self.heartbeats.others())

    async def catch_up(self) -> None:
        """Returns when this node has applied all that was acknowledged anywhere before the call. Raises
        StoreUnavailable."""
        try:
            last = await self._sequencer.last()
        except NatsError as error:
            raise StoreUnavailable(f"the cluster's stream does not answer: {error}") from error
        await self.log.wait_for(last)

    async def come_in(self) -> None:
        """Returns when this node knows what the others know, and says that it is there. Raises
        ClusterError."""
        try:
            with trio.move_on_after(SOON) as waiting:
                await self.catch_up()
            if waiting.cancelled_caught:
                log.info("catching_up", sequence=self.log.sequence)
                await self.catch_up()
            await self._membership.enter()
            if await self._membership.others():
                await self.contact.looked.wait()  # what it has heard of them
        except StoreUnavailable as error:
            raise ClusterError(f"this node cannot come in: {error}") from error
        self._copies.offer()
        self._sharing.open()
        self._in = True

    def retire(self, seconds: float) -> None:
        """Others own from now on what this node owned. What it proposed, or is yet to, has these seconds to
        come back; fewer, where nothing will."""
        self.heartbeats.retire()
        there = self.client.connected and self.cut_off is None
        self.log.own.stop_within(seconds if there else min(seconds, AWAY))

    async def finish(self) -> None:
        """Answers what others gave to this node before it retired. Then nobody need wait for it."""
        try:
            with trio.CancelScope(deadline=self.log.own.until):  # then nothing can be decided, or be heard
                await self._sharing.inboxes.finish()
        finally:
            self._sharing.inboxes.close()
            self.leave()

    def leave(self) -> None:
        self.heartbeats.leave()

    def _heartbeat(self) -> Heartbeat:
        sequence = self.log.sequence
        return Heartbeat(
            self.name,
            self.life,
            LEVEL,
            sequence,
            self.log.hash,
            self._durable,
            serving=self._in and self.cut_off is None,
            url=self._settings.public_url,
            version=__version__,
        )

    def _contact_changed(self) -> None:
        """One that is only behind, or has another clock, is heard still."""
        self.log.own.cut_off = CUT_OFF if self.cut_off == CUT_OFF else None
        self.heartbeats.say()

    async def _watch_connections(self) -> None:
        """As when the NATS server that it was connected to is stopped."""
        while True:
            await self.client.wait_connected(self.client.connections + 1)
            self._sharing.lines.connected_again()

    async def _make_durable(self, store: Store) -> None:
        """Brings to this node's disk what the stream's servers have on theirs: these may drop it then."""
        while True:
            await trio.sleep(DURABLE_EVERY)
            sequence = self.log.sequence
            try:
                whole = await store.log.checkpoint()
            except StoreUnavailable as error:
                self._unsynced = str(error)
            else:
                self._unsynced = None
                if whole:
                    self._durable = sequence
