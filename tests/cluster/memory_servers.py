"""Whole servers as nodes of a cluster, in one process and on virtual time: all that chatd wires, on a
database, a stream and wires in memory. No connections: whoever would have one asks the services."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import trio
from memory_net import MemoryNet, MemoryWires
from memory_nodes import SheetLog
from memory_stream import Link, MemoryStream, Weather
from store_facts import Sheet

from chatd import app
from chatd.actors.runtime.bus import bus_at_head
from chatd.cluster.founding import EPOCH
from chatd.cluster.node import Node
from chatd.cluster.sealing import Key
from chatd.nats.client import NatsError
from chatd.nats.jetstream import StreamConfig, StreamInfo, StreamState
from chatd.ports import Append, PutClusterKey
from chatd.settings import Settings
from chatd.store.ops.epochs import Epochs
from chatd.wiring import Services

DATABASE: Final = "epoch"


class NatsLink(Link):
    """A node's way to NATS servers that have all the stream, as long as it is whole: its connection,
    JetStream, and sequencer in one."""

    def __init__(self, stream: MemoryStream, nursery: trio.Nursery) -> None:
        super().__init__(stream, nursery)
        self.connected, self.connections, self.problem = True, 1, ""
        self.agreed_at = trio.current_time()
        self._config = StreamConfig("chatd_memory", [], metadata={EPOCH: DATABASE})
        self._connected_again = trio.Event()

    # as a connection
    async def wait_connected(self, times: int = 1) -> None:
        while self.connections < times:
            await self._connected_again.wait()

    def connect_again(self) -> None:
        self.connections += 1
        self._connected_again.set()
        self._connected_again = trio.Event()

    def leave(self) -> None: ...

    async def unusable(self) -> list[str]:
        return []

    # as JetStream
    async def agreed_info(self, name: str) -> StreamInfo:
        if not self.whole.is_set():
            raise NatsError("it is cut off")
        last = len(self.stream.messages)
        return StreamInfo(self._config, StreamState(last, 0, 1, last))

    stream_info = agreed_info

    # as a sequencer
    silence = 0.0

    @property
    def apart(self) -> float:
        return trio.current_time() - self.agreed_at

    async def run(self) -> None:
        while True:
            if self.whole.is_set():
                self.agreed_at = trio.current_time()
            await trio.sleep(0.5)

    async def last(self) -> int:
        return (await self.agreed_info("")).state.last_seq


class MemoryLog(SheetLog):
    async def answered(self) -> None: ...
    async def checkpoint(self) -> bool:
        return True


class MemoryStore:
    """What of a `Store` is asked of one that is not on a disk."""

    views = replication = None
    epoch = DATABASE
    epochs = Epochs(DATABASE, DATABASE, {})

    def __init__(self, folder: Path, sheet: Sheet) -> None:
        self.path = folder / "chatd.db"
        self.log = MemoryLog(sheet)
        self.reader = sheet.reader

    def misplaced(self) -> None: ...
    def touched(self) -> None: ...

    async def foreign_writes(self) -> None: ...

    async def copy(self, path: Path) -> None: ...


class MemoryServer:
    """`live` it; what others would give it by connections goes to its `services`."""

    base: Any
    services: Services

    def __init__(self, name: str, link: NatsLink, net: MemoryNet, sheet: Sheet, folder: Path) -> None:
        self.name = name
        self.link = link
        self.broker: Any = SimpleNamespace(
            stream="chatd_memory", subject="log", client=link, jetstream=link, sequencer=link, net=net
        )
        self.sheet = sheet
        self.settings = Settings(data=folder / name, views=False, files_shared=True, sign_up="open")
        self.sent_away: list[int] = []
        self.asked_to_stop, self.gone = trio.Event(), trio.Event()
        self.store: Any = MemoryStore(folder / name, sheet)

    async def live(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """As `chatd.app.serve` does."""
        store, reader = self.store, self.sheet.reader
        async with trio.open_nursery() as nursery:
            node = self.node = Node(self.name, self.settings, self.broker, nursery)
            bus = await bus_at_head(reader)
            log = await node.open_log(store)
            log.follow(bus.publish)
            async with app._writing(log) as writer:
                self.services = await app._services(self.settings, store, bus, writer, nursery, node)
                self.base = node._sharing._local
                nursery.start_soon(node.run)
                await node.come_in()
                start: Any = SimpleNamespace(settings=self.settings, node=node)
                gateway: Any = SimpleNamespace(send_away=lambda code, _: self.sent_away.append(code))
                async with app._working(start, self.services, store, gateway):
                    task_status.started()
                    await self.asked_to_stop.wait()
                    node.retire(1.0)
                await app._drain(start, self.services)
            nursery.cancel_scope.cancel()


class MemoryServers:
    def __init__(self, nursery: trio.Nursery, folder: Path, count: int) -> None:
        self.wires = MemoryWires(nursery)
        self.stream = MemoryStream(0, Weather())
        self._nursery = nursery
        first, key = Sheet(), Key.new()
        first.write(Append(writes=(PutClusterKey(key.number, key.secret),)))
        for name in ("signing", "push"):
            first.connection.execute("INSERT INTO keys (name, secret) VALUES (?, zeroblob(48))", (name,))
        self.all: list[MemoryServer] = []
        for number in range(count):
            sheet = Sheet()
            sheet.connection.deserialize(first.connection.serialize())
            sheet.journal.open(sheet.connection)
            name = f"n{number}"
            link = NatsLink(self.stream, nursery)
            self.all.append(MemoryServer(name, link, self.wires.net(name), sheet, folder))
        self._lives: dict[str, trio.CancelScope] = {}

    async def start(self, server: MemoryServer) -> None:
        if server not in self.all:
            self.all.append(server)
            server.asked_to_stop, server.gone = trio.Event(), trio.Event()
        self._lives[server.name] = trio.CancelScope()
        await self._nursery.start(self._live, server)

    async def _live(self, server: MemoryServer, *, task_status: trio.TaskStatus[None]) -> None:
        with self._lives[server.name]:
            await server.live(task_status=task_status)
        server.gone.set()

    async def stop(self, server: MemoryServer) -> None:
        server.asked_to_stop.set()
        await server.gone.wait()
        self.all.remove(server)

    def cut(self, server: MemoryServer) -> None:
        """Off from the stream and from all others."""
        server.link.cut()
        self.wires.cut = {frozenset((server.name, other.name)) for other in self.all if other != server}

    def kill(self, server: MemoryServer) -> None:
        self._lives[server.name].cancel()
        self.wires.forget(server.name)
        self.all.remove(server)

    @property
    def leader(self) -> MemoryServer:
        return next(server for server in self.all if server.node.leads())

    @property
    def other(self) -> MemoryServer:
        return next(server for server in self.all if not server.node.leads())


@asynccontextmanager
async def memory_servers(folder: Path, count: int = 3) -> AsyncIterator[MemoryServers]:
    async with trio.open_nursery() as nursery:
        made = MemoryServers(nursery, folder, count)
        for server in tuple(made.all):
            await made.start(server)
        yield made
        nursery.cancel_scope.cancel()
