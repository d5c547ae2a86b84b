"""Wiring: makes every service of a server and hands each to those who need it."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import msgspec
import trio

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.directory import Directory
from chatd.actors.runtime.door import Door
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.actors.runtime.log_writer import LogWriter
from chatd.actors.runtime.open_sessions import OpenSessions
from chatd.actors.runtime.shared_spaces import SharedSpaces
from chatd.actors.runtime.supervisor import Actor
from chatd.actors.sessions.answering import Answering
from chatd.actors.sessions.desk import Desk
from chatd.actors.sessions.opening import Opening
from chatd.actors.sessions.request_checks import RequestChecks
from chatd.actors.sessions.services import SessionServices
from chatd.actors.sessions.snapshot import Snapshots
from chatd.actors.workers.account_deletion import AccountDeletionWorker
from chatd.actors.workers.backups import BackupSchedule
from chatd.actors.workers.clock_watch import ClockWatch
from chatd.actors.workers.database_watch import DatabaseWatch
from chatd.actors.workers.deletions import Deletions
from chatd.actors.workers.disabled_members import DisabledMembers
from chatd.actors.workers.due_timer import DueTimer
from chatd.actors.workers.file_collection import FileCollector
from chatd.actors.workers.health import Health
from chatd.actors.workers.mention_names import MentionNames
from chatd.actors.workers.message_erasure import MessageErasureWorker
from chatd.actors.workers.notifier import Notifier
from chatd.actors.workers.openings import Openings
from chatd.actors.workers.presence import Presence
from chatd.actors.workers.pusher import Pusher
from chatd.actors.workers.receipts import Receipts
from chatd.actors.workers.retention import RetentionWorker
from chatd.actors.workers.scheduler import Scheduler
from chatd.actors.workers.standbys import Standbys
from chatd.actors.workers.typing import Typing
from chatd.actors.workers.view_updater import Views, ViewUpdater
from chatd.auth.file_links import FileLinks
from chatd.auth.login_throttle import LoginThrottle
from chatd.auth.passwords import Passwords
from chatd.auth.quotas import DailyUsage, quotas_of
from chatd.auth.rate_limits import RateLimits
from chatd.auth.sso_flow import Away, Returned, SingleSignOn
from chatd.auth.tokens import Tokens
from chatd.clock import now
from chatd.domain.backup_rule import Rule
from chatd.files.services import UploadServices, blobs_of, upload_services
from chatd.files.spooled import SpoolingBlobs
from chatd.handlers import account, message, server
from chatd.handlers import settings as account_settings
from chatd.handlers.access import Access
from chatd.handlers.account_changes import AccountChanges
from chatd.handlers.account_deletion import AccountDeletions
from chatd.handlers.account_export import AccountExports
from chatd.handlers.audit import Audit
from chatd.handlers.backup_archive import BackupArchives
from chatd.handlers.ban import Bans
from chatd.handlers.block import Blocks, RoomInvites
from chatd.handlers.bot import Bots
from chatd.handlers.cluster import ClusterHandlers
from chatd.handlers.credentials import Credentials
from chatd.handlers.device import Devices
from chatd.handlers.device_tokens import DeviceTokens
from chatd.handlers.direct import DirectRooms
from chatd.handlers.doctor import Doctor
from chatd.handlers.emoji import Emoji
from chatd.handlers.figures import Figures
from chatd.handlers.file import FileHandlers
from chatd.handlers.file_allowance import FileAllowance
from chatd.handlers.file_check import FileCheck
from chatd.handlers.first_sign_in import FirstSignIn
from chatd.handlers.gate import Gate
from chatd.handlers.histories import Histories
from chatd.handlers.identity import Identities, SingleSignOns
from chatd.handlers.import_messages import ImportMessages
from chatd.handlers.import_people import ImportPeople
from chatd.handlers.import_rooms import ImportRooms
from chatd.handlers.import_undo import ImportUndo
from chatd.handlers.imports import Imports
from chatd.handlers.invite import Invites
from chatd.handlers.invite_codes import InviteCodes
from chatd.handlers.member import ErasureReading, Members, MessageErasures
from chatd.handlers.membership import Membership
from chatd.handlers.passkey import Ceremony, PasskeyNames, PasskeyProofs, Passkeys, PasskeySignIns
from chatd.handlers.place_export import PlaceExports, RoomExports, SpaceExports
from chatd.handlers.presence import PresenceHandlers, ReceiptHandlers, Unread
from chatd.handlers.profile import Profiles
from chatd.handlers.push import PushSubscriptions
from chatd.handlers.quota import QuotaHandlers
from chatd.handlers.read import ReadMarkers
from chatd.handlers.recovery import RecoveryLinks
from chatd.handlers.registry import registry
from chatd.handlers.report import MessageReports, Reports
from chatd.handlers.reported import ReportedMessages
from chatd.handlers.retention import PreservedMessages
from chatd.handlers.room import Rooms
from chatd.handlers.room_creation import RoomCreation
from chatd.handlers.saved import Bookmarks, Drafts
from chatd.handlers.scheduled import ScheduledMessages
from chatd.handlers.search import Searches
from chatd.handlers.server_about import AboutServer
from chatd.handlers.server_address import ServerAddress
from chatd.handlers.server_loads import ServerLoads
from chatd.handlers.server_log import ServerLog
from chatd.handlers.setup import Setup
from chatd.handlers.sign_in import SignIns, SignUps
from chatd.handlers.space import Spaces
from chatd.handlers.totp import Totp
from chatd.handlers.uploads import Uploads
from chatd.handlers.visibility import Visibility
from chatd.ports import Files, Provider, PushService, Reader, Replication, View
from chatd.repository.making import RepositoryBackups
from chatd.settings import Settings
from chatd.settled_clock import SettledClock
from chatd.store.database import Store
from chatd.views.notifications import NotificationsView
from chatd.views.search import SearchView

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
    server: server.Server
    server_log: ServerLog
    health: Health
    blobs: SpoolingBlobs
    files: Files
    transfers: UploadServices
    figures: Figures
    replication: Replication
    standbys: Standbys
    workers: tuple[Actor, ...]


def wire(
    settings: Settings,
    store: Store,
    signing_key: bytes,
    settled: SettledClock,
    bus: Bus,
    writer: LogWriter,
    nursery: trio.Nursery,
    node: Node | None = None,
) -> Services:
    """All services of a server. The actors of streams run in `nursery`. `node`: which this server is in a
    cluster."""
    reader, epoch, name = store.reader, store.epoch, settings.server_name
    health, histories = Health(writer=writer), Histories(reader, bus)
    address, live, due_timer = ServerAddress(settings.public_url), LiveSessions(), DueTimer()
    erasure_timer = DueTimer()
    throttle, rate_limits = LoginThrottle(settings), RateLimits(settings)
    quotas = quotas_of(settings)
    usage, sessions = DailyUsage(quotas), OpenSessions(quotas.sessions if quotas else None)

    presence = Presence(reader, writer, now)
    receipts = Receipts(bus, writer, presence.hides)
    typing = Typing(bus, presence)
    shared_spaces = SharedSpaces(reader, settings.guest_direct_rooms)
    bus.watch(shared_spaces.follow)
    directory = Directory(
        nursery,
        reader,
        writer,
        receipts.read_marked,
        typing.signal,
        settings.idle_actor,
        shared_spaces.learn,
    )
    receipts.state_of = directory.state_of
    names = MentionNames(reader, presence)
    bus.watch(names.follow)
    commands = CommandBus(directory, writer)
    disabled = DisabledMembers(reader, commands)
    bus.watch(disabled.follow)
    views = _views(store, bus)
    server_log = ServerLog(reader, commands)

    passwords, signer = Passwords(), Tokens(signing_key, store.epochs.database)
    credentials = Credentials(reader, commands, passwords, throttle, name)
    tokens = DeviceTokens(settings, signer, commands, live)
    sso = SingleSignOn(
        settings, partial(trio.to_thread.run_sync, _load_provider, settings), lambda: address.home
    )
    recovery = RecoveryLinks(reader, credentials, tokens, address)
    deletions = Deletions(commands, live)
    if node is not None:
        node.attach(directory, bus, presence, live, reader, due_timer, erasure_timer, deletions, names)

    blobs = blobs_of(settings)
    repositories = RepositoryBackups(store, blobs, settings.data, signing_key, epoch)
    allowance = FileAllowance(reader, usage, quotas, settings.max_file)
    links = FileLinks(signing_key, store.epochs.database)
    files = Uploads(reader, commands, allowance, links, rate_limits, settings.limits)
    transfers = upload_services(settings, blobs, files)
    bus.watch(transfers.expiry.follow)
    collector = FileCollector(reader, commands, blobs, settings.keep_unheld_files, settled)
    bus.watch(collector.follow)

    pusher = None
    if settings.push and settings.views:
        pusher = Pusher(reader, bus, commands, presence.attended, partial(_load_push, reader, settings))
        bus.watch(pusher.follow)

    visibility = Visibility(directory)
    membership = Membership(visibility)
    reading = message.MessageReading(reader, visibility)
    codes = InviteCodes(reader, directory)
    place_exports = PlaceExports(reader, commands, directory)
    accounts = account.Accounts(reader, commands, credentials, tokens, recovery, disabled)
    spaces = Spaces(reader, commands, visibility, quotas)
    schedule = None
    if settings.backup_to:
        schedule = BackupSchedule(
            repositories,
            commands,
            collector.pausing,
            health,
            settings.backup_to,
            settings.backup_every,
            Rule.parse(settings.backup_keep),
            settings.backup_recipients,
        )
    server_handler = server.Server(
        reader,
        bus,
        commands,
        live,
        store,
        views,
        epoch,
        settings.data,
        address,
        health,
        FileCheck(reader, blobs),
        schedule,
        standbys := Standbys(),
        server_log,
    )

    figures = Figures(live, writer, directory, bus, due_timer, [], node)

    loads = ServerLoads(reader, figures, views)
    proofs = PasskeyProofs(reader, PasskeyNames(settings, address))
    if node is not None:
        node.share_brakes(throttle)
        node.one_time.share("sso_tickets", sso.tickets, str)
        node.one_time.share("sso_away", sso.away, Away)
        node.one_time.share("sso_returned", sso.returned, Returned)
        node.one_time.share("passkeys", proofs.ceremonies, Ceremony)
    handlers = registry(
        {
            "account": (
                accounts,
                AccountChanges(reader, commands, live),
                account.OwnAccount(commands, throttle, credentials, tokens),
                SignUps(settings, reader, commands, throttle, credentials, codes, tokens),
                SignIns(settings, reader, commands, throttle, passwords, credentials, tokens, proofs),
                PasskeySignIns(reader, proofs, tokens),
                SingleSignOns(
                    reader,
                    commands,
                    sso,
                    tokens,
                    FirstSignIn(reader, commands, tokens, settings.oidc_sign_up),
                ),
                AccountDeletions(reader, directory, credentials, deletions),
                AccountExports(reader, views, bus, histories, credentials, signing_key),
            ),
            "profile": (Profiles(reader),),
            "identity": (Identities(reader, sso, credentials, settings.oidc_name),),
            "device": (Devices(reader, tokens),),
            "quota": (QuotaHandlers(reader, directory, usage, quotas, sessions.of),),
            "passkey": (Passkeys(reader, commands, credentials, proofs, name),),
            "totp": (Totp(reader, commands, credentials, throttle, name),),
            "bot": (Bots(reader, commands, tokens, deletions),),
            "space": (spaces, SpaceExports(place_exports)),
            "invite": (Invites(reader, commands, visibility, codes, quotas),),
            "import": (
                Imports(reader, commands, visibility),
                ImportPeople(reader, commands),
                ImportRooms(reader, commands, visibility),
                ImportMessages(reader, commands, names),
                ImportUndo(reader, commands, deletions),
            ),
            "emoji": (Emoji(reader, visibility),),
            "member": (
                Members(reader, commands),
                MessageErasures(reader, commands, visibility, erasure_timer, settings.erase_messages_delay),
            ),
            "erasure": (ErasureReading(reader, visibility),),
            "ban": (Bans(reader, visibility),),
            "report": (Reports(reader, commands, visibility, ReportedMessages(reader, directory)),),
            "audit": (Audit(reader, visibility),),
            "access": (Access(reader, directory, visibility),),
            "room": (
                Rooms(reader, visibility),
                RoomCreation(reader, commands, visibility, quotas),
                message.RoomHistories(reader, visibility),
                RoomInvites(reader, commands),
                RoomExports(place_exports),
            ),
            "direct": (
                DirectRooms(
                    reader,
                    commands,
                    visibility,
                    shared_spaces,
                    None if quotas is None else quotas.direct_rooms_per_day,
                ),
            ),
            "block": (Blocks(reader, commands),),
            "message": (
                message.Messages(reader, directory, visibility, reading),
                Searches(reader, views, bus, visibility),
                ScheduledMessages(reader, commands, bus, due_timer, membership),
                MessageReports(reader, commands, visibility),
                PreservedMessages(reader, visibility),
            ),
            "reaction": (message.Reactions(reader, reading),),
            "pin": (message.Pins(reader, visibility),),
            "thread": (
                message.Threads(reader, reading),
                account_settings.ThreadFollowing(reader, commands, membership),
            ),
            "read": (ReadMarkers(reader, commands, visibility),),
            "unread": (Unread(reader),),
            "receipt": (ReceiptHandlers(reader, receipts, visibility),),
            "presence": (PresenceHandlers(presence, receipts),),
            "notification": (account_settings.Notifications(views, bus),),
            "push": (PushSubscriptions(reader, commands, pusher),),
            "subscription": (account_settings.Subscriptions(commands, membership),),
            "preferences": (account_settings.PreferenceReading(reader),),
            "bookmark": (Bookmarks(reader, commands, visibility, membership),),
            "file": (FileHandlers(reader, commands, allowance, links),),
            "draft": (Drafts(reader, commands, bus, membership),),
            "view": (server.ViewHandlers(views, server_log),),
            "event": (server.Events(reader, bus, histories),),
            "server": (
                server_handler,
                AboutServer(settings, reader),
                loads,
                Doctor(settings, health, loads, reader, standbys, _days_left),
            ),
            "cluster": (ClusterHandlers(node),),
            "backup": (server.Backups(BackupArchives(store, blobs), repositories, collector, server_log),),
        }
    )
    door = Door(writer)
    openings = Openings(reader, door)
    opening = Opening(
        settings.limits,
        signer,
        rate_limits,
        Gate(bus, epoch, store.epochs.former, node),
        Snapshots(settings, rate_limits, epoch),
        bus,
        reader,
        presence,
        receipts,
        sessions,
        openings,
        node,
    )
    retention = RetentionWorker(reader, commands, int(1000 * settings.retention_delay), now, settled)
    bus.watch(retention.follow)
    workers: tuple[Actor, ...] = (
        Scheduler(reader, bus, commands, due_timer, names, now, settled),
        AccountDeletionWorker(reader, commands, live, deletions, names),
        disabled,
        MessageErasureWorker(reader, commands, erasure_timer, now, settled),
        presence,
        receipts,
        openings,
        collector,
        transfers.expiry,
        DatabaseWatch(store, health),
        retention,
        ClockWatch(reader, commands.write, health),
    )
    if settings.views:
        workers = (*workers, Notifier(reader, bus, commands), *views.updaters.values())
    if pusher is not None:
        workers = (*workers, pusher)
    if schedule is not None:
        workers = (*workers, schedule)
    figures.workers.extend(workers)
    checks, answering = RequestChecks(rate_limits, usage), Answering(handlers, commands, names, quotas, node)
    session_services = SessionServices(settings, checks, answering, live, opening)
    return Services(
        bus,
        session_services,
        Desk(session_services),
        usage,
        directory,
        presence,
        receipts,
        pusher,
        door,
        due_timer,
        address,
        sso,
        Setup(reader, commands, accounts, spaces),
        recovery,
        server_handler,
        server_log,
        health,
        blobs,
        files,
        transfers,
        figures,
        store.replication,
        standbys,
        workers,
    )


async def _days_left(url: str) -> float:
    """Loaded when the doctor is asked."""
    days: float = await import_module("chatd.outbound.certificate").days_left(url)
    return days


def _load_provider(settings: Settings) -> Provider:
    """What asks others over HTTP is loaded only where single sign-on is used, when it is."""
    provider: Provider = import_module("chatd.outbound.oidc").OpenIdProvider(settings)
    return provider


async def _load_push(reader: Reader, settings: Settings) -> PushService:
    """Loaded when somebody subscribes, or is pushed to."""
    secret = await reader.push_secret()

    def load() -> PushService:
        service: PushService = import_module("chatd.outbound.web_push").WebPush(secret, settings)
        return service

    return await trio.to_thread.run_sync(load)


def _views(store: Store, bus: Bus) -> Views:
    notifications, search = NotificationsView(), SearchView()
    views: tuple[View, ...] = (notifications, search)
    updaters = {view.name: ViewUpdater(view, store.views, bus) for view in views}
    return Views(store.views, updaters, notifications, search)
