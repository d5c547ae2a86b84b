"""What nodes share beside the log: commands for each other's streams, signals, presence, sessions that end,
secrets that are good once. What others do shows here, and what is done here shows there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol

import msgspec
import trio

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.directory import Directory
from chatd.actors.runtime.envelope import Envelope
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.actors.workers.deletions import Deletions
from chatd.actors.workers.due_timer import DueTimer
from chatd.actors.workers.mention_names import MentionNames
from chatd.actors.workers.presence import Presence
from chatd.auth.login_throttle import LoginThrottle
from chatd.cluster.blobs import BlobsOfNodes
from chatd.cluster.devices import DevicesOfNodes
from chatd.cluster.heartbeats import Heartbeats
from chatd.cluster.inboxes import Inboxes
from chatd.cluster.lines import Lines
from chatd.cluster.log import ClusterLog
from chatd.cluster.net import Net
from chatd.cluster.one_time import OneTimeOfNodes
from chatd.cluster.owners import Owners
from chatd.cluster.presence import PresenceOfNodes
from chatd.cluster.revoking import Revoking
from chatd.cluster.shared_throttle import SharedThrottle
from chatd.cluster.signals import Signals
from chatd.contract.errors import Refusal
from chatd.domain.event import Event
from chatd.ports import Append, FinishErasures, PutPush, PutScheduled, Reader


class LocalServices(Protocol):
    """The services of this server that others' doings reach."""

    directory: Directory
    bus: Bus
    presence: Presence
    live: LiveSessions
    due_timer: DueTimer
    erasure_timer: DueTimer
    deletions: Deletions
    any_push: trio.Event
    names: MentionNames
    throttle: LoginThrottle

    @property
    def reader(self) -> Reader: ...


class Sharing:
    """`life`: of this node. `catch_up` returns when it has applied what was acknowledged anywhere. `members`
    gives the other nodes that belong to the cluster. `run` it; `open` it once this node knows what the others
    know."""

    def __init__(
        self,
        life: str,
        nursery: trio.Nursery,
        net: Net,
        log: ClusterLog,
        heartbeats: Heartbeats,
        owners: Owners,
        catch_up: Callable[[], Awaitable[None]],
        members: Callable[[], Awaitable[Sequence[str]]],
        local: LocalServices,
    ) -> None:
        self._local = local
        self._owners = owners
        self._revoking = revoking = Revoking(local.live, local.reader, nursery)
        tell = partial(_tell_for_another, local.directory, revoking)
        at_work = nursery, tell, log.wait_for, lambda: log.sequence
        self.lines = Lines(net, owners, *at_work, local.directory.busy)
        self.inboxes = Inboxes(net, life, *at_work, lambda: heartbeats.missed)
        local.directory.elsewhere = self.lines
        self._signals = Signals(net, local.bus)
        self._presence = PresenceOfNodes(net, heartbeats, life, local.presence, local.bus, local.reader)
        self.one_time = OneTimeOfNodes(net, heartbeats)
        known = log.wait_for, lambda: log.sequence, catch_up, members
        self.blobs = BlobsOfNodes(net, heartbeats, nursery, *known)
        DevicesOfNodes(net, heartbeats, local.live)
        SharedThrottle(net, owners, local.throttle)
        log.follow_others(self._others_wrote, local.directory.give_way)
        local.bus.watch(revoking.published)
        local.bus.watch(self._shown)
        heartbeats.watch(self._nodes_changed)

    def open(self) -> None:
        """Hears the others from now on."""
        self.lines.open()
        self.inboxes.open()
        self._signals.open()

    async def run(self) -> None:
        """For ever."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.inboxes.run)
            nursery.start_soon(self._presence.run)

    def _others_wrote(self, appends: Sequence[Append], events: Sequence[Event]) -> None:
        local = self._local
        local.directory.absorb(events)
        for append in appends:
            self._revoking.written(append.writes)
            for write in append.writes:
                match write:
                    case PutScheduled(post_at=at):
                        local.due_timer.earlier(at)
                    case PutPush():
                        local.any_push.set()
                    case FinishErasures(accounts):
                        local.deletions.finished(accounts)
                        for account in accounts:
                            local.names.forget(account)

    def _shown(self, events: Sequence[Event]) -> None:
        """Of this node too: it may have decided what another one was asked."""
        for event in events:
            if event.type == "member.erasure_ordered":
                self._local.erasure_timer.earlier(event.data["due_at"])

    def _nodes_changed(self) -> None:
        self._local.directory.forget(self._owners.changed())
        self.lines.owners_changed()
        if self._owners.leads():  # another node may have died in the middle of some
            self._local.deletions.look_again()


async def _tell_for_another(
    directory: Directory, revoking: Revoking, stream: str, envelope: Envelope
) -> None:
    """What is decided here for another node may end sessions here; that node ends its own."""

    def reply(answer: object) -> None:
        if not isinstance(answer, Refusal):
            revoking.written(envelope.writes)
        envelope.reply(answer)

    await directory.tell_here(stream, msgspec.structs.replace(envelope, reply=reply))
