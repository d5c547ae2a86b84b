"""The composition root: the one file that knows every package, and the order in which a server lives.

`serve` walks in through nested scopes (store, log writer, actors, gateway) and walks out the other
way: it stops accepting, lets clients go, lets actors answer what they took, flushes, closes the store.
"""

from __future__ import annotations

import faulthandler
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Final

import msgspec
import trio

from chatd.actors.runtime.bus import Bus, bus_at_head
from chatd.actors.runtime.log_writer import LogWriter
from chatd.actors.runtime.recall import recall
from chatd.actors.runtime.supervisor import GaveUp, supervise
from chatd.actors.sessions.session import SessionActor
from chatd.actors.workers.health import Health
from chatd.actors.workers.settled_clock import SettledClock
from chatd.clock import now
from chatd.concurrency.first_error import first_error
from chatd.gateway.gateway import Gateway
from chatd.gateway.net.listener import CannotListen, Listener, admin_socket, listen
from chatd.gateway.net.live_connection import LiveConnection
from chatd.gateway.net.open_files import OpenFiles
from chatd.log import log
from chatd.output import STDERR
from chatd.ports import Log, StoreError
from chatd.process import service_manager
from chatd.process.addresses import Address, bound
from chatd.process.reload import Load, follow_hangups, outlive_signals
from chatd.process.resources import calm_collector, raise_file_limit, shape_heaps
from chatd.process.stopping import Stop, stop_asked
from chatd.settings import Settings
from chatd.shortage import shortage
from chatd.store.database import Store, open_store
from chatd.tracing import tracing
from chatd.wiring import Base, Services, wire

if TYPE_CHECKING:
    from chatd.cluster.node import Node
    from chatd.gateway.http.app import Http

ADMIN_SOCKET: Final = "admin.sock"


def run(settings: Settings, announce: Callable[[str], None], load: Load) -> BaseException | None:
    """Runs `serve`. Returns why the server could not start or go on, None when it was told to stop."""
    problem: BaseException | None = None
    try:
        trio.run(serve, settings, announce, load)
    except* (StoreError, CannotListen, OSError, GaveUp) as errors:
        problem = first_error(errors)
    except* (MemoryError, RuntimeError) as errors:
        if shortage(errors) is None:
            raise
        problem = first_error(errors)
    return problem


class _Start(msgspec.Struct, frozen=True, eq=False):
    """What a start has before it makes any service. `node`: which the server is in a cluster."""

    settings: Settings
    announce: Callable[[str], None]
    addresses: Sequence[Address]
    stop: Stop
    node: Node | None


async def serve(settings: Settings, announce: Callable[[str], None], load: Load) -> None:
    """Runs a server until SIGTERM or SIGINT. `announce` gets each line that a person should see, `load` reads
    the settings again after SIGHUP.

    Raises StoreError, CannotListen and OSError when it cannot start, supervisor.GaveUp when it cannot go on.
    """
    faulthandler.enable(STDERR.fd)  # whoever aborts it, as a watchdog does, is shown where each thread was
    faulthandler.register(signal.SIGALRM, STDERR.fd, chain=True)  # as is who ends it where its loop broke
    raise_file_limit()
    shape_heaps()
    outlive_signals()
    with (
        trio.open_signal_receiver(signal.SIGHUP) as hangups,
        _traced(settings),
        bound(settings) as addresses,  # before all else: who cannot have the port leaves nothing behind
    ):
        async with (
            stop_asked() as stop,
            _clustered(settings) as node,
            open_store(settings.data, shared=node is not None) as store,
            trio.open_nursery() as clustering,
        ):
            start = _Start(settings, announce, addresses, stop, node)
            bus = await bus_at_head(store.reader)
            log_ = await (_alone(store) if node is None else node.open_log(store))
            log_.follow(bus.publish)
            async with _writing(log_) as writer, trio.open_nursery() as acting:
                services = await _services(settings, store, bus, writer, acting, node)
                if node is not None:
                    clustering.start_soon(node.run)
                    await node.come_in()
                gateway = _gateway(settings, services)
                async with _working(start, services, store, gateway) as working:
                    working.start_soon(follow_hangups, hangups, settings, load, gateway)
                    await _serve_connections(start, services, gateway)
                await _drain(start, services)
                acting.cancel_scope.cancel()
            clustering.cancel_scope.cancel()
    log.info("stopped")


async def _services(
    settings: Settings, store: Store, bus: Bus, writer: LogWriter, acting: trio.Nursery, node: Node | None
) -> Services:
    key = await store.reader.signing_key()
    wall = now if node is None else node.earliest_clock
    settled = SettledClock(await store.reader.newest_at(), wall)
    return wire(Base(settings, store, bus, writer, acting, key, settled, node), node)


@asynccontextmanager
async def _writing(log_: Log) -> AsyncIterator[LogWriter]:
    """The writer of the log. What it was given is written before the block is left."""
    writer = LogWriter(log_)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(partial(supervise, writer, vital=True), name=writer.name)
        yield writer
        writer.mailbox.close()
        await writer.gone.wait()


@asynccontextmanager
async def _working(
    start: _Start, services: Services, store: Store, gateway: Gateway
) -> AsyncIterator[trio.Nursery]:
    """The workers, and all else that goes on by itself until the block is left."""
    bus, node = services.bus, start.node
    async with trio.open_nursery() as nursery:
        nursery.start_soon(services.directory.put_idle_to_sleep)
        nursery.start_soon(recall, bus, store.reader)
        bus.watch(services.due_timer.announced)
        bus.watch(services.usage.published)  # other nodes go on while it loads
        await services.usage.load(store.reader, bus.head)
        for worker in services.workers:
            actor = worker if node is None else node.led(worker)
            nursery.start_soon(supervise, actor, name=worker.name)
        await services.server_log.record_restore()
        nursery.start_soon(service_manager.feed_watchdog, store.log.answered)
        if node is not None:
            node.contact.watch(partial(_look_around, node, gateway, services.health))
        yield nursery
        nursery.cancel_scope.cancel()


async def _drain(start: _Start, services: Services) -> None:
    """Lets the actors answer what they took, and saves what is kept in memory, within the deadline."""
    deadline = start.settings.drain_deadline
    with trio.move_on_after(deadline):
        await services.presence.close()
        await services.receipts.save()
        if start.node is not None:
            with trio.move_on_after(deadline / 2):
                await start.node.finish()
        await services.directory.close()


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


def _gateway(settings: Settings, services: Services) -> Gateway:
    def open_session(connection: LiveConnection) -> SessionActor:
        return SessionActor(services.sessions, connection, connection.caller, connection.bearer)

    async def load_http() -> Http:
        return await trio.to_thread.run_sync(make_http)

    def make_http() -> Http:
        """Takes a tenth of a second, in which others are served."""
        http: Http = import_module("chatd.wiring.http").http(settings, services, gateway, open_session)
        return http

    gateway = Gateway(settings, open_session, load_http, OpenFiles(services.health.files_are_short))
    return gateway


async def _serve_connections(start: _Start, services: Services, gateway: Gateway) -> None:
    """Opens the addresses, serves who comes until the server is told to stop, and sees them out."""
    address = services.address
    address.url = start.addresses[0].url
    with _listeners(start, services, gateway) as listeners:
        async with trio.open_nursery() as background, trio.open_nursery() as handlers:
            for goes_on in (gateway.flusher, gateway.poller, gateway.turns):
                background.start_soon(goes_on.run)
            background.start_soon(gateway.keep_alive)
            async with trio.open_nursery() as accepting:
                start.stop.serve()
                for listener in listeners:
                    accepting.start_soon(gateway.serve, listener, handlers)
                calm_collector()
                gateway.ready = True
                start.announce(f"listening on {address.url}")
                for further in start.addresses[1:]:
                    start.announce(f"and on {further.url}")
                if (code := await services.setup.new_code()) is not None:
                    start.announce(f"make the first account at {address.link('/setup', code)}")
                service_manager.tell("READY=1")
                await start.stop.asked()
                log.info("stopping")
                service_manager.tell("STOPPING=1")
                gateway.ready = False
                if start.node is not None:
                    start.node.retire(start.settings.drain_deadline)
                accepting.cancel_scope.cancel()
            for listener in listeners:
                await listener.aclose()
            await _let_go(gateway, services.bus, start.settings)
            handlers.cancel_scope.cancel()
            background.cancel_scope.cancel()


@contextmanager
def _listeners(start: _Start, services: Services, gateway: Gateway) -> Iterator[list[Listener]]:
    """One for each address, and that of operators."""
    sockets = [address.socket for address in start.addresses]
    listen(sockets)
    make = partial(Listener, flusher=gateway.flusher, open_files=gateway.open_files, settings=start.settings)
    with admin_socket(start.settings.data / ADMIN_SOCKET) as operators:
        tcp = [make(sock, admin=False, door=services.door.wait) for sock in sockets]
        yield [*tcp, make(operators, admin=True)]


async def _let_go(gateway: Gateway, bus: Bus, settings: Settings) -> None:
    """Tells every client to reconnect elsewhere or later, and waits until they have gone."""
    gateway.close(1001, "the server is going away; reconnect")
    bus.stop_waiting()
    with trio.move_on_after(settings.drain_deadline):
        await gateway.wait_gone()
