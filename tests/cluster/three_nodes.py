"""Three chatd processes that share one log through three NATS servers, and connections that can be cut."""

from __future__ import annotations

import resource
import signal
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import attrs
from e2e.serving import Server
from wire import Wire

from bench.nats_servers import NatsServers, nats_servers

# What each node has for itself: snapshots, what files were opened as, and how the tables lie in the file.
OWN = frozenset({"snapshots", "meta", "sqlite_stat1", "sqlite_sequence"})


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
