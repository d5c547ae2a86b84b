"""The services of a server, put together: who answers for each noun, which workers run, what sessions use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.directory import Directory
from chatd.actors.runtime.door import Door
from chatd.actors.runtime.supervisor import Actor
from chatd.actors.sessions.answering import Answering
from chatd.actors.sessions.desk import Desk
from chatd.actors.sessions.opening import Opening
from chatd.actors.sessions.request_checks import RequestChecks
from chatd.actors.sessions.services import SessionServices
from chatd.actors.sessions.snapshot import Snapshots
from chatd.actors.workers.account_deletion import AccountDeletionWorker
from chatd.actors.workers.clock_watch import ClockWatch
from chatd.actors.workers.database_watch import DatabaseWatch
from chatd.actors.workers.due_timer import DueTimer
from chatd.actors.workers.health import Health
from chatd.actors.workers.message_erasure import MessageErasureWorker
from chatd.actors.workers.notifier import Notifier
from chatd.actors.workers.openings import Openings
from chatd.actors.workers.presence import Presence
from chatd.actors.workers.pusher import Pusher
from chatd.actors.workers.receipts import Receipts
from chatd.actors.workers.retention import RetentionWorker
from chatd.actors.workers.scheduler import Scheduler
from chatd.actors.workers.standbys import Standbys
from chatd.auth.quotas import DailyUsage
from chatd.auth.sso_flow import Away, Returned, SingleSignOn
from chatd.clock import now
from chatd.files.services import UploadServices
from chatd.files.spooling_blobs import SpoolingBlobs
from chatd.handlers.figures import Figures
from chatd.handlers.gate import Gate
from chatd.handlers.passkey_proofs import Ceremony
from chatd.handlers.recovery import RecoveryLinks
from chatd.handlers.registry import registry
from chatd.handlers.server import Server
from chatd.handlers.server_address import ServerAddress
from chatd.handlers.server_log import ServerLog
from chatd.handlers.setup import Setup
from chatd.ports import Files, Freshness, Replication
from chatd.wiring.accounts import AccountServices
from chatd.wiring.base import Base
from chatd.wiring.files import FileServices
from chatd.wiring.messages import MessageServices
from chatd.wiring.operation import OperationServices
from chatd.wiring.spaces import SpaceServices

if TYPE_CHECKING:
    from chatd.cluster.node import Node


class Services(msgspec.Struct, frozen=True, eq=False):
    """What the composition root itself uses of them."""

    bus: Bus
    sessions: SessionServices
    desk: Desk
    usage: DailyUsage
    directory: Directory
    presence: Presence
    receipts: Receipts
    pusher: Pusher | None
    door: Door
    due_timer: DueTimer
    address: ServerAddress
    sso: SingleSignOn
    setup: Setup
    recovery: RecoveryLinks
    server: Server
    server_log: ServerLog
    health: Health
    blobs: SpoolingBlobs
    files: Files
    transfers: UploadServices
    figures: Figures
    replication: Replication
    standbys: Standbys
    fresh: Freshness | None
    workers: tuple[Actor, ...]


def wire(base: Base, node: Node | None) -> Services:
    """All services of a server. `node`: which it is in a cluster."""
    settings, store, bus = base.settings, base.store, base.bus
    accounts, spaces = AccountServices(base), SpaceServices(base)
    if node is not None:
        _share(node, base, accounts)
    files = FileServices(base, None if node is None else node.name)
    messages = MessageServices(base)
    if node is not None:
        node.blobs.share(files.blobs.pins, files.collector)
    operation = OperationServices(base, files, node)
    handlers = registry(
        {
            **accounts.handlers(base, spaces.codes),
            **spaces.handlers(base),
            **messages.handlers(base),
            **files.handlers(base),
            **operation.handlers(base),
        }
    )
    door = Door(base.writer)
    openings = Openings(base.reader, door)
    opening = Opening(
        limited=settings.limits,
        tokens=accounts.signer,
        rate_limits=base.rate_limits,
        gate=Gate(bus, base.epoch, store.epochs.former, node),
        snapshots=Snapshots(settings, base.rate_limits, base.epoch),
        bus=bus,
        reader=base.reader,
        presence=base.presence,
        receipts=base.receipts,
        sessions=base.open_sessions,
        openings=openings,
        fresh=node,
    )
    workers = _workers(base, files, messages, openings)
    operation.figures.workers.extend(workers)
    checks = RequestChecks(base.rate_limits, base.usage)
    answering = Answering(handlers, base.commands, base.names, base.quotas, node)
    sessions = SessionServices(settings, checks, answering, base.live, opening)
    return Services(
        bus=bus,
        sessions=sessions,
        desk=Desk(sessions),
        usage=base.usage,
        directory=base.directory,
        presence=base.presence,
        receipts=base.receipts,
        pusher=messages.pusher,
        door=door,
        due_timer=base.due_timer,
        address=base.address,
        sso=accounts.sso,
        setup=Setup(base.reader, base.commands, accounts.accounts, spaces.spaces, base.fresh),
        recovery=accounts.recovery,
        server=operation.server,
        server_log=base.server_log,
        health=base.health,
        blobs=files.blobs,
        files=files.uploads,
        transfers=files.transfers,
        figures=operation.figures,
        replication=store.replication,
        standbys=operation.standbys,
        fresh=base.fresh,
        workers=workers,
    )


def _share(node: Node, base: Base, accounts: AccountServices) -> None:
    """What the nodes of a cluster tell each other."""
    node.attach(base)
    sso, proofs = accounts.sso, accounts.proofs
    node.one_time.share("sso_tickets", sso.tickets, str)
    node.one_time.share("sso_away", sso.away, Away)
    node.one_time.share("sso_returned", sso.returned, Returned)
    node.one_time.share("passkeys", proofs.ceremonies, Ceremony)


def _workers(
    base: Base, files: FileServices, messages: MessageServices, openings: Openings
) -> tuple[Actor, ...]:
    settings, reader, commands, settled = base.settings, base.reader, base.commands, base.settled
    retention = RetentionWorker(reader, commands, int(1000 * settings.retention_delay), now, settled)
    base.bus.watch(retention.follow)
    workers: list[Actor] = [
        Scheduler(reader, base.bus, commands, base.due_timer, base.names, settled.wall, settled),
        AccountDeletionWorker(reader, commands, base.live, base.deletions, base.names),
        base.disabled,
        MessageErasureWorker(reader, commands, base.erasure_timer, now, settled),
        base.presence,
        base.receipts,
        openings,
        files.collector,
        files.transfers.expiry,
        DatabaseWatch(base.store, base.health),
        retention,
        ClockWatch(reader, commands.write, base.health),
    ]
    if settings.views:
        workers += [Notifier(reader, base.bus, commands), *base.views.updaters.values()]
    workers += [worker for worker in (messages.pusher, files.schedule) if worker is not None]
    return tuple(workers)
