"""The composition root: the one file that knows every wing, and the order in which a server lives.

`serve` walks in through nested scopes (store, log writer, actors, gateway) and walks out the other
way: it stops accepting, lets clients go, lets actors answer what they took, flushes, closes the store.
"""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import resource
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Final

import trio

from chatd.actors.runtime.bus import Bus, bus_at_head
from chatd.actors.runtime.log_writer import LogWriter
from chatd.actors.runtime.recall import recall
from chatd.actors.runtime.supervisor import GaveUp, supervise
from chatd.actors.sessions.session import SessionActor
from chatd.actors.workers.health import Health
from chatd.actors.workers.settled_clock import SettledClock
from chatd.gateway.gateway import Gateway
from chatd.gateway.net.inherited import inherited_sockets
from chatd.gateway.net.listener import CannotListen, Listener, admin_socket, listen, tcp_sockets
from chatd.gateway.net.live_connection import LiveConnection
from chatd.gateway.net.open_files import OpenFiles
from chatd.log import log
from chatd.log.output import STDERR
from chatd.ports import Log, StoreError
from chatd.process import service_manager
from chatd.process.reload import Load, follow_hangups, outlive_signals
from chatd.process.stopping import Stop, stop_asked
from chatd.settings import Settings
from chatd.store.database import Store, open_store
from chatd.store.ops.data_dir import refuse_if_held
from chatd.tracing import tracing
from chatd.wiring import Services, wire

if TYPE_CHECKING:
    from chatd.cluster.node import Node
    from chatd.gateway.http.app import Http

_M_ARENA_MAX: Final = -8
ADMIN_SOCKET: Final = "admin.sock"
Bound = tuple[str, socket.socket]  # what the address is called, and its socket


def run(settings: Settings, announce: Callable[[str], None], load: Load) -> BaseException | None:
    """Runs `serve`. Returns why the server could not start or go on, None when it was told to stop."""
    problem: BaseException | None = None
    try:
        trio.run(serve, settings, announce, load)
    except* (StoreError, CannotListen, OSError, GaveUp) as errors:
        problem = _first(errors)
    return problem


async def serve(settings: Settings, announce: Callable[[str], None], load: Load) -> None:
    """Runs a server until SIGTERM or SIGINT. `announce` gets each line that a person should see, `load` reads
    the settings again after SIGHUP.

    Raises StoreError, CannotListen and OSError when it cannot start, supervisor.GaveUp when it cannot go on.
    """
    faulthandler.enable(STDERR.fd)  # whoever aborts it, as a watchdog does, is shown where each thread was
    _raise_file_limit()
    _few_arenas()
    outlive_signals()
    with (
        trio.open_signal_receiver(signal.SIGHUP) as hangups,
        _traced(settings),
        _bound(settings) as tcp,  # before anything is made: who cannot have the port leaves nothing behind
    ):
        async with (
            stop_asked() as stop,
            _clustered(settings) as node,
            open_store(settings.data, shared=node is not None) as store,
            trio.open_nursery() as clustering,
            trio.open_nursery() as writing,
        ):
            bus = await bus_at_head(store.reader)
            log_ = await (_alone(store) if node is None else node.open_log(store))
            log_.follow(bus.publish)
            writer = LogWriter(log_)
            writing.start_soon(partial(supervise, writer, vital=True), name=writer.name)
            async with trio.open_nursery() as acting:
                key = await store.reader.signing_key()
                settled = SettledClock(await store.reader.newest_at())
                services = wire(settings, store, key, settled, bus, writer, acting, node)
                if node is not None:
                    clustering.start_soon(node.run)
                    await node.come_in()
                async with trio.open_nursery() as working:
                    working.start_soon(services.directory.put_idle_to_sleep)
                    working.start_soon(recall, bus, store.reader)
                    bus.watch(services.due_timer.announced)
                    await services.usage.load(store.reader, bus.head)
                    bus.watch(services.usage.published)
                    for worker in services.workers:
                        actor = worker if node is None else node.led(worker)
                        working.start_soon(supervise, actor, name=worker.name)
                    await services.server_log.record_restore()
                    gateway = _gateway(settings, services)
                    working.start_soon(service_manager.feed_watchdog, store.log.answered)
                    working.start_soon(follow_hangups, hangups, settings, load, gateway)
                    if node is not None:
                        node.contact.watch(partial(_look_around, node, gateway, services.health))
                    await _serve_connections(settings, services, gateway, tcp, announce, stop, node)
                    working.cancel_scope.cancel()
                with trio.move_on_after(settings.drain_deadline):
                    await services.presence.close()
                    await services.receipts.save()
                    if services.pusher is not None:
                        await services.pusher.save()
                    if node is not None:
                        with trio.move_on_after(settings.drain_deadline / 2):
                            await node.finish()
                    await services.directory.close()
                acting.cancel_scope.cancel()
            writer.mailbox.close()
            await writer.gone.wait()
            clustering.cancel_scope.cancel()
    log.info("stopped")


async def _alone(store: Store) -> Log:
    """The log of a server that is no node of a cluster. Raises StoreError."""
    if await store.reader.cluster_key() is not None:
        raise StoreError(
            f"the folder {store.path.parent} belongs to a cluster; set cluster_servers, or make it a server"
            f" of its own with `chatd leave --data {store.path.parent}`"
        )
    return store.log


@asynccontextmanager
async def _clustered(settings: Settings) -> AsyncIterator[Node | None]:
    """This server as a node, with a database in its folder if others have one; None where it is alone."""
    if not settings.cluster_servers:
        yield None
        return
    module = await trio.to_thread.run_sync(import_module, "chatd.cluster.connecting")
    async with module.connected(settings) as node:
        await node.bring_database(settings.data)
        yield node


def _look_around(node: Node, gateway: Gateway, health: Health) -> None:
    """Who is cut off from the others may not know who was banned meanwhile."""
    health.cluster = node.cut_off
    if node.cut_off is not None:
        gateway.send_away(1013, "this server is cut off from the others; connect to another one")


@contextmanager
def _traced(settings: Settings) -> Iterator[None]:
    """Traces go to the collector, if the settings name one."""
    if not settings.traces:
        yield
        return
    tracer = import_module("chatd.outbound.traces").open_tracer(settings)
    tracing.use(tracer)
    try:
        yield
    finally:
        tracing.use(None)
        tracer.close()


@contextmanager
def _bound(settings: Settings) -> Iterator[list[Bound]]:
    """The server's addresses: those that the service manager keeps, or else its own. Raises CannotListen, or
    StoreError when it is another server of the same folder that has them: that says more."""
    with ExitStack() as opened:
        if kept := [opened.enter_context(sock) for sock in inherited_sockets()]:
            yield [(sock.getsockname()[0], sock) for sock in kept]
            return
        try:
            sockets = opened.enter_context(tcp_sockets(settings.hosts, settings.port))
        except CannotListen:
            refuse_if_held(settings.data)
            raise
        yield list(zip(settings.hosts, sockets, strict=True))


def _gateway(settings: Settings, services: Services) -> Gateway:
    def open_session(connection: LiveConnection) -> SessionActor:
        return SessionActor(services.sessions, connection, connection.caller, connection.bearer)

    async def load_http() -> Http:
        module = await trio.to_thread.run_sync(import_module, "chatd.wiring.http")
        http: Http = module.http(settings, services, gateway, open_session)
        return http

    gateway = Gateway(settings, open_session, load_http, OpenFiles(services.health.files_are_short))
    return gateway


async def _serve_connections(
    settings: Settings,
    services: Services,
    gateway: Gateway,
    bound: Sequence[Bound],
    announce: Callable[[str], None],
    stop: Stop,
    node: Node | None,
) -> None:
    door = services.door
    with ExitStack() as sockets:
        listen([sock for _, sock in bound])
        tcp = [
            Listener(sock, gateway.flusher, gateway.open_files, settings, False, door.wait)
            for _, sock in bound
        ]
        admin = Listener(
            sockets.enter_context(admin_socket(settings.data / ADMIN_SOCKET)),
            gateway.flusher,
            gateway.open_files,
            settings,
            True,
        )
        urls = [_url(host, sock.getsockname()[1]) for host, sock in bound]
        services.address.url = urls[0]
        async with trio.open_nursery() as background, trio.open_nursery() as handlers:
            background.start_soon(gateway.flusher.run)
            background.start_soon(gateway.poller.run)
            background.start_soon(gateway.turns.run)
            background.start_soon(gateway.keep_alive)
            async with trio.open_nursery() as accepting:
                for listener in (*tcp, admin):
                    accepting.start_soon(gateway.serve, listener, handlers)
                _calm_collector()
                gateway.ready = True
                announce(f"listening on {services.address.url}")
                for url in urls[1:]:
                    announce(f"and on {url}")
                if (code := await services.setup.new_code()) is not None:
                    announce(f"make the first account at {services.address.link('/setup', code)}")
                service_manager.tell("READY=1")
                await stop.asked()
                log.info("stopping")
                service_manager.tell("STOPPING=1")
                gateway.ready = False
                if node is not None:
                    node.retire(settings.drain_deadline)
                services.desk.stop()
                accepting.cancel_scope.cancel()
            for listener in (*tcp, admin):
                await listener.aclose()
            await _let_go(gateway, services.bus, settings)
            handlers.cancel_scope.cancel()
            background.cancel_scope.cancel()


async def _let_go(gateway: Gateway, bus: Bus, settings: Settings) -> None:
    """Tells every client to reconnect elsewhere or later, and waits until they have gone."""
    gateway.close(1001, "the server is going away; reconnect")
    bus.stop_waiting()
    with trio.move_on_after(settings.drain_deadline):
        await gateway.wait_gone()


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _calm_collector() -> None:
    """Nearly all that a chat server makes is freed by counting references; looking for cycles every few
    hundred objects, among all that lives, cost a tenth of the time under load."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()  # `chatd.cli` stopped it for the start


def _few_arenas() -> None:
    """glibc gives each thread a heap of its own, a megabyte and more in all. Two do where one thread of
    Python runs at a time (mallopt(3))."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_M_ARENA_MAX, 2)


def _raise_file_limit() -> None:
    """Every connection is an open file, and the usual limit of 1024 is made for other programs."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
