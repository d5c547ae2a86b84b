"""The composition root: the one file that knows every wing, and the order in which a server lives.

`serve` walks in through nested scopes (store, history writer, actors, gateway) and walks out the other
way: it stops accepting, lets clients go, lets actors answer what they took, flushes, closes the store.
"""

from __future__ import annotations

import gc
import resource
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from functools import partial
from importlib import import_module
from typing import Any, Final

import structlog
import trio

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.directory import Directory
from chatd.actors.runtime.log_writer import LogWriter
from chatd.actors.runtime.supervisor import Actor, supervise
from chatd.actors.sessions.session import SessionActor
from chatd.actors.workers.notifier import Notifier
from chatd.actors.workers.presence import Presence
from chatd.actors.workers.receipts import Receipts
from chatd.actors.workers.scheduler import Scheduler
from chatd.actors.workers.view_updater import Views, ViewUpdater
from chatd.auth.passwords import Passwords
from chatd.auth.tokens import Tokens
from chatd.gateway.gateway import Gateway
from chatd.gateway.net.listener import Listener, admin_socket, tcp_socket
from chatd.gateway.websocket.connection import WebSocket
from chatd.handlers import recovery
from chatd.handlers import server as operators
from chatd.handlers import setup as first_start
from chatd.handlers.account_deletion import AccountDeletionWorker
from chatd.handlers.desk import Desk, now
from chatd.ports import Provider, View
from chatd.settings import Settings
from chatd.store.database import Store, open_store
from chatd.views.notifications import NotificationsView
from chatd.views.search import SearchView

ADMIN_SOCKET: Final = "admin.sock"
STOPPING: Final = (signal.SIGTERM, signal.SIGINT)
log = structlog.get_logger("chatd")


async def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Runs a server until SIGTERM or SIGINT. `announce` gets each line that a person should see.

    Raises StoreError, CannotListen and OSError when it cannot start, supervisor.GaveUp when it cannot go on.
    """
    _raise_file_limit()
    _calm_collector()
    with trio.open_signal_receiver(*STOPPING) as signals:
        async with open_store(settings.data) as store, trio.open_nursery() as writing:
            bus = Bus(await store.reader.head())
            writer = LogWriter(store.log, bus.publish)
            writing.start_soon(partial(supervise, writer, vital=True), name=writer.name)
            async with trio.open_nursery() as acting:
                desk = await _open_desk(settings, store, bus, writer, acting)
                async with trio.open_nursery() as minding:
                    minding.start_soon(desk.directory.put_idle_to_sleep)
                    bus.watch(desk.due_timer.announced)
                    for actor in _minders(desk, settings.views):
                        minding.start_soon(supervise, actor, name=actor.name)
                    await _serve_connections(settings, desk, announce, signals)
                    minding.cancel_scope.cancel()
                with trio.move_on_after(settings.drain_deadline):
                    await desk.presence.close()
                    await desk.receipts.save()
                    await desk.directory.close()
                acting.cancel_scope.cancel()
            writer.mailbox.close()
    log.info("stopped")


async def _open_desk(
    settings: Settings, store: Store, bus: Bus, writer: LogWriter, nursery: trio.Nursery
) -> Desk:
    receipts = Receipts(bus, writer)
    directory = Directory(
        nursery, store.reader, writer, receipts.read_marked, bus.signal_stream, settings.idle_actor
    )
    receipts.state_of = directory.state_of
    tokens = Tokens(await store.reader.signing_key(), store.epoch)
    return Desk(
        settings,
        store.epoch,
        bus,
        store.reader,
        writer,
        directory,
        Passwords(),
        tokens,
        maintenance=store,
        presence=Presence(store.reader, writer, now),
        receipts=receipts,
        views=_views(store, bus),
        load_provider=partial(trio.to_thread.run_sync, _load_provider, settings),
    )


def _load_provider(settings: Settings) -> Provider:
    """What speaks HTTP to others is loaded only where single sign-on is used, when it is."""
    provider: Provider = import_module("chatd.outbound.oidc").OpenIdProvider(settings)
    return provider


def _minders(desk: Desk, follow: bool) -> tuple[Actor, ...]:
    """Those who work as long as there are connections; without `follow` nobody follows the log."""
    minders: tuple[Actor, ...] = (Scheduler(desk), AccountDeletionWorker(desk), desk.presence, desk.receipts)
    return (*minders, Notifier(desk), *desk.views.followers.values()) if follow else minders


def _views(store: Store, bus: Bus) -> Views:
    notifications, search = NotificationsView(), SearchView()
    views: tuple[View, ...] = (notifications, search)
    followers = {view.name: ViewUpdater(view, store.views, bus) for view in views}
    return Views(store.views, followers, notifications, search)


async def _serve_connections(
    settings: Settings, desk: Desk, announce: Callable[[str], None], signals: Any
) -> None:
    ready = False

    def open_session(connection: WebSocket) -> SessionActor:
        return SessionActor(desk, connection, connection.caller, connection.bearer)

    async def load_http() -> Any:
        # A third of all that is loaded is for plain HTTP; the first client need not wait for it.
        module = await trio.to_thread.run_sync(import_module, "chatd.gateway.http.app")
        set_up, recover = partial(first_start.set_up, desk), partial(recovery.recover, desk)
        status = partial(operators.measured, desk)
        return module.Http(settings, lambda: ready, set_up, recover, desk.sso, status)

    gateway = Gateway(settings, open_session, load_http)
    async with AsyncExitStack() as sockets:
        tcp = Listener(
            sockets.enter_context(tcp_socket(settings.host, settings.port)), gateway.flusher, settings, False
        )
        admin = Listener(
            sockets.enter_context(admin_socket(settings.data / ADMIN_SOCKET)), gateway.flusher, settings, True
        )
        desk.address = _url(settings.host, tcp.socket.getsockname()[1])
        async with trio.open_nursery() as background, trio.open_nursery() as handlers:
            background.start_soon(gateway.flusher.run)
            background.start_soon(gateway.keep_alive)
            async with trio.open_nursery() as accepting:
                for listener in (tcp, admin):
                    accepting.start_soon(gateway.serve, listener, handlers)
                ready = True
                announce(f"listening on {desk.address}")
                if (code := await first_start.new_code(desk)) is not None:
                    announce(f"make the first account at {desk.address}/setup?code={code}")
                await signals.__anext__()
                for number in STOPPING:
                    signal.signal(number, signal.SIG_IGN)  # once is enough; what follows takes its time
                log.info("stopping")
                ready = False
                accepting.cancel_scope.cancel()
            await tcp.aclose()
            await admin.aclose()
            await _let_go(gateway, settings)
            handlers.cancel_scope.cancel()
            background.cancel_scope.cancel()


async def _let_go(gateway: Gateway, settings: Settings) -> None:
    """Tells every client to reconnect elsewhere or later, and waits until they have gone."""
    gateway.close(1001, "the server is going away; reconnect")
    with trio.move_on_after(settings.drain_deadline):
        await gateway.wait_gone()


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _calm_collector() -> None:
    """Nearly all that a chat server makes is freed by counting references; looking for cycles every few
    hundred objects, among all that lives, cost a tenth of the time under load."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _raise_file_limit() -> None:
    """Every connection is an open file, and the usual limit of 1024 is made for other programs."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
