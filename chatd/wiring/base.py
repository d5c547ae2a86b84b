"""What all other services stand on: the log, the actors of streams, who is here, limits, rights."""

from __future__ import annotations

import trio

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.directory import Directory
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.actors.runtime.log_writer import LogWriter
from chatd.actors.runtime.open_sessions import OpenSessions
from chatd.actors.runtime.shared_spaces import SharedSpaces
from chatd.actors.workers.deletions import Deletions
from chatd.actors.workers.disabled_members import DisabledMembers
from chatd.actors.workers.due_timer import DueTimer
from chatd.actors.workers.health import Health
from chatd.actors.workers.mention_names import MentionNames
from chatd.actors.workers.presence import Presence
from chatd.actors.workers.receipts import Receipts
from chatd.actors.workers.settled_clock import SettledClock
from chatd.actors.workers.typing import Typing
from chatd.actors.workers.view_updater import Views, ViewUpdater
from chatd.auth.login_throttle import LoginThrottle
from chatd.auth.quotas import DailyUsage, quotas_of
from chatd.auth.rate_limits import RateLimits
from chatd.clock import now
from chatd.handlers.histories import Histories
from chatd.handlers.membership import Membership
from chatd.handlers.server_address import ServerAddress
from chatd.handlers.server_log import ServerLog
from chatd.handlers.visibility import Visibility
from chatd.ports import Freshness, View
from chatd.settings import Settings
from chatd.store.database import Store
from chatd.views.notifications import NotificationsView
from chatd.views.search import SearchView


class Base:
    """One for the server. The actors of streams run in `nursery`. `fresh`: the node that it is of a
    cluster."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        bus: Bus,
        writer: LogWriter,
        nursery: trio.Nursery,
        signing_key: bytes,
        settled: SettledClock,
        fresh: Freshness | None,
    ) -> None:
        self.settings = settings
        self.store = store
        self.bus = bus
        self.writer = writer
        self.signing_key = signing_key
        self.settled = settled
        self.fresh = fresh
        self.reader = reader = store.reader
        self.epoch = store.epoch

        self.address = ServerAddress(settings.public_url)
        self.health = Health(writer=writer)
        self.live = LiveSessions()
        self.throttle, self.rate_limits = LoginThrottle(settings), RateLimits(settings)
        self.quotas = quotas = quotas_of(settings)
        self.usage = DailyUsage(quotas)
        self.open_sessions = OpenSessions(quotas.sessions if quotas else None)

        self.presence = Presence(reader, writer, now)
        self.receipts = Receipts(bus, writer, self.presence.hides)
        self.shared_spaces = SharedSpaces(reader, settings.guest_direct_rooms)
        bus.watch(self.shared_spaces.follow)
        self.directory = Directory(
            nursery,
            reader,
            writer,
            self.receipts.read_marked,
            Typing(bus, self.presence).signal,
            settings.idle_actor,
            self.shared_spaces.learn,
        )
        self.receipts.state_of = self.directory.state_of
        self.commands = CommandBus(self.directory, writer)
        self.names = MentionNames(reader, self.presence)
        bus.watch(self.names.follow)
        self.disabled = DisabledMembers(reader, self.commands)
        bus.watch(self.disabled.follow)

        self.due_timer, self.erasure_timer = DueTimer(), DueTimer()
        self.any_push = trio.Event()
        self.deletions = Deletions(self.commands, self.live)
        self.server_log = ServerLog(reader, self.commands)
        self.histories = Histories(reader, bus)
        self.visibility = Visibility(self.directory)
        self.membership = Membership(self.visibility)
        self.views = _views(store, bus)


def _views(store: Store, bus: Bus) -> Views:
    notifications, search = NotificationsView(), SearchView()
    views: tuple[View, ...] = (notifications, search)
    updaters = {view.name: ViewUpdater(view, store.views, bus) for view in views}
    return Views(store.views, updaters, notifications, search)
