"""Three chatd processes that share one log through three NATS servers, and connections that can be cut."""

from __future__ import annotations

import resource
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import attrs
from e2e.serving import Server

from bench.nats_servers import NatsServers, nats_servers

# What each node has for itself: snapshots, what files were opened as, and how the tables lie in the file.
OWN = frozenset({"snapshots", "meta", "sqlite_stat1", "sqlite_sequence"})


class Wire:
    """A way from a node to a NATS server, that can be cut and mended. `late`: seconds by which the node hears
    of everything later."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._whole = True
        self.late = 0.0
        self._pairs: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def cut(self) -> None:
        self._whole = False
        for one in tuple(self._pairs):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._whole = True

    def close(self) -> None:
        self.cut()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(60)

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:
                return
            if not self._whole:
                here.close()
                continue
            try:
                there = socket.create_connection(("127.0.0.1", self._to), 5)
            except OSError:
                here.close()
                continue
            there.settimeout(None)
            self._pairs |= {here, there}
            self._start(self._carry, here, there)

    def _carry(self, here: socket.socket, there: socket.socket) -> None:
        with here, there:
            back = threading.Thread(target=_pump, args=(there, here, lambda: self.late), daemon=True)
            back.start()
            _pump(here, there, lambda: 0.0)
            back.join()
        self._pairs -= {here, there}


def _pump(one: socket.socket, other: socket.socket, late: Callable[[], float]) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            time.sleep(late())
            other.sendall(data)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@attrs.define(eq=False)
class ClusterNode:
    name: str
    server: Server
    wires: list[Wire]

    def cut(self) -> None:
        for wire in self.wires:
            wire.cut()

    def mend(self) -> None:
        for wire in self.wires:
            wire.mend()

    @contextmanager
    def behind(self, seconds: float) -> Iterator[None]:
        """It hears by so much later of all that is acknowledged elsewhere."""
        for wire in self.wires:
            wire.late = seconds
        try:
            yield
        finally:
            for wire in self.wires:
                wire.late = 0.0

    def fill_disk(self) -> None:
        """From now on nothing that it writes to a file fits there."""
        resource.prlimit(self.server.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def free_disk(self) -> None:
        resource.prlimit(self.server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)

    def freeze(self) -> None:
        assert self.server.process is not None
        self.server.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.server.process is not None
        self.server.process.send_signal(signal.SIGCONT)

    def sequence(self) -> int:
        """Up to where it has applied the stream."""
        [newest] = self.ask("SELECT max(sequence) FROM proposers")
        return int(newest[0])

    def ask(self, sql: str, *parameters: Any) -> list[Any]:
        connection = sqlite3.connect(f"{(self.server.data / 'chatd.db').as_uri()}?mode=ro", uri=True)
        try:
            return connection.execute(sql, parameters).fetchall()
        finally:
            connection.close()

    def change(self, sql: str) -> None:
        """As somebody with an editor would; of a node that has stopped."""
        connection = sqlite3.connect(self.server.data / "chatd.db")
        with connection:
            connection.execute(sql)
        connection.close()

    def tables(self) -> dict[str, list[Any]]:
        """All rows that nodes share."""
        names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        return {
            name: sorted(self.ask(f"SELECT * FROM {name}"), key=repr)
            for (name,) in self.ask(names)
            if name not in OWN
        }


@attrs.define(eq=False)
class ThreeNodes:
    nats: NatsServers
    nodes: list[ClusterNode]

    def start(self, *nodes: ClusterNode) -> None:
        for node in nodes or self.nodes:
            node.server.start()

    def kill(self) -> None:
        """All at once, so that none says good-bye to the others."""
        for node in self.nodes:
            node.freeze()
        for node in self.nodes:
            node.server.kill()

    def stop(self) -> None:
        for node in self.nodes:
            if node.server.process is not None:
                status = node.server.stop()
                assert status == 0, node.server.output()


@contextmanager
def three_nodes(folder: Path, *, count: int = 3, **settings: object) -> Iterator[ThreeNodes]:
    """Not started yet: the first start founds the cluster, the others join it."""
    with ExitStack() as stack:
        nats = stack.enter_context(nats_servers(3, more=NO_ADVERTISEMENT))
        nodes = []
        for number in range(count):
            wires = [Wire(server.port) for server in nats.servers]
            for wire in wires:
                stack.callback(wire.close)
            name = f"n{number}"
            server = Server(
                folder / name,
                cluster_servers=",".join(f"nats://127.0.0.1:{wire.port}" for wire in wires),
                cluster_monitors=",".join(nats.monitors),
                cluster_node=name,
                files_shared="true",
                **settings,
            )
            stack.callback(server.kill)
            nodes.append(ClusterNode(name, server, wires))
        yield ThreeNodes(nats, nodes)


NO_ADVERTISEMENT: Sequence[str] = ("client_advertise: 127.0.0.1:1",)
