"""The switch: with CHATD_TEST_CLUSTER=1 every server of the tests is one of three nodes, and connections go
to them in turns. Servers with arguments or a program of their own go on alone, and so do those of `ALONE`."""

from __future__ import annotations

import itertools
import json
import os
import queue
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Final

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, unix_connect
from websockets.typing import Subprotocol

from bench.nats_servers import NatsServers, nats_servers

ON: Final = os.environ.get("CHATD_TEST_CLUSTER") == "1"
SLOWER: Final = 4  # times that tests may take as long
START_SECONDS: Final = 60.0
LEVEL_SECONDS: Final = 20.0
LINK: Final = "make the first account"
JSON: Final = Subprotocol("chatd.v1.json")
ASK: Final = json.dumps({"id": 1, "query": "cluster.status", "data": {}})
SERVE: Final = (sys.executable, "-m", "chatd.cli", "serve")

# What these files are about is one process: its address, limits and delays, clock, files, life.
ALONE: Final = frozenset(
    {
        *("account_deletion", "at_once", "erasure", "receipts", "second_factor", "secrets", "three_clients"),
        *(
            "backup_repositories",
            "backup_trouble",
            "database_gone",
            "every_way",
            "first_start",
            "histories",
            "http_edge",
        ),
        *("lifetimes", "limits", "metrics", "passkeys", "passkeys_attacked", "push", "quotas", "restore_at"),
        *("server_loads", "service_manager", "single_sign_on", "traces", "trouble", "what_goes_out"),
    }
)
where = ""  # the file whose tests run

_numbers = itertools.count(1)


_running = ExitStack()


@cache
def _servers() -> NatsServers:
    """Of this process, until `end`."""
    return _running.enter_context(nats_servers(3))


def end() -> None:
    """Ends what was started for the switch."""
    _running.close()


def wanted() -> bool:
    return ON and where not in ALONE


class Companions:
    """The other two nodes of a server.

    A node may not have applied yet what another one has answered a moment before. Tests that ask one client
    after another mean what was answered to be known: `level` waits for it.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._looking = threading.Lock()
        self._operators: dict[int, ClientConnection] = {}
        self._answered = Counter[int]()  # commands, by the node that answered them
        self._levelled: dict[int, Counter[int]] = {}  # node -> those that it is known to have applied
        self._name = f"t{os.getpid()}-{next(_numbers)}"
        self._processes: list[subprocess.Popen[bytes]] = []
        self.ports: list[int] = []

    def settings(self, node: int = 0) -> dict[str, str]:
        """What makes a server the node of that number."""
        servers = _servers()
        return {
            "CHATD_CLUSTER_SERVERS": ",".join(servers.urls),
            "CHATD_CLUSTER_MONITORS": ",".join(servers.monitors),
            "CHATD_CLUSTER_NAME": self._name,
            "CHATD_CLUSTER_NODE": f"n{node}",
            "CHATD_FILES_SHARED": "true",
        }

    def start(
        self, arguments: Sequence[str], settings: Mapping[str, str], printed: queue.SimpleQueue[str]
    ) -> None:
        """`printed`: what the first node said. In the link to the first account the code becomes that of the
        last one to start, which replaces the others."""
        (self._data / "files").mkdir(mode=0o700, exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CHATD_")}
        for node in (1, 2):
            data = self.folder(node)
            data.mkdir(mode=0o700, exist_ok=True)
            if not (data / "files").exists():
                (data / "files").symlink_to(self._data / "files")
            command = [
                sys.executable,
                "-m",
                "chatd.cli",
                "serve",
                "--data",
                str(data),
                "--port",
                "0",
                *arguments,
            ]
            with data.with_name(f"{data.name}.log").open("ab") as log:
                process = subprocess.Popen(
                    command,
                    env=environment | dict(settings) | self.settings(node),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=log,
                )
            self._processes.append(process)
            link = _take_link(printed) if node == 2 else ""
            self.ports.append(_port(process, printed, link))

    def folder(self, node: int) -> Path:
        return self._data.with_name(f"{self._data.name}-n{node}") if node else self._data

    def answered(self, node: int) -> None:
        """It has answered a command."""
        self._answered[node] += 1

    def level(self, node: int) -> None:
        """Waits until the node has applied what others have answered."""
        with self._looking:
            answered, known = Counter(self._answered), self._levelled.get(node, Counter[int]())
            before = [one for one in answered if one != node and answered[one] > known[one]]
            furthest = max((self._sequence(one) or 0 for one in before), default=0)
            deadline = time.monotonic() + LEVEL_SECONDS
            while furthest and (at := self._sequence(node)) is not None and at < furthest:
                assert time.monotonic() < deadline, f"node {node} does not come up to {furthest}"
            self._levelled[node] = answered

    def _sequence(self, node: int) -> int | None:
        """Up to where the node has applied the stream; None if it is not there."""
        try:
            if node not in self._operators:
                path = str(self.folder(node) / "admin.sock")
                dialled = unix_connect(path, "ws://localhost/ws", subprotocols=[JSON])
                self._operators[node] = dialled.__enter__()
            self._operators[node].send(ASK)
            status = json.loads(self._operators[node].recv(LEVEL_SECONDS))["result"]
        except (OSError, ConnectionClosed, InvalidHandshake, KeyError):
            self._forget(node)
            return None
        return int(next(one["sequence"] for one in status["nodes"] if one["name"] == status["node"]))

    def _forget(self, node: int) -> None:
        if (operator := self._operators.pop(node, None)) is not None:
            operator.close_socket()

    def end(self, kill: bool) -> None:
        with self._looking:
            for node in range(3):
                self._forget(node)
        for process in self._processes:
            if kill:
                process.kill()
            else:
                process.terminate()
        for process in self._processes:
            process.wait()
        self._processes, self.ports = [], []


def _take_link(printed: queue.SimpleQueue[str]) -> str:
    lines = [printed.get() for _ in range(printed.qsize())]
    for line in lines:
        if not line.startswith(LINK):
            printed.put(line)
    return next((line for line in lines if line.startswith(LINK)), "")


def _port(process: subprocess.Popen[bytes], printed: queue.SimpleQueue[str], link: str) -> int:
    found: queue.SimpleQueue[int] = queue.SimpleQueue()

    def listen() -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                if line.startswith(b"listening on http://"):
                    found.put(int(line.rsplit(b":", 1)[1]))
                elif link and line.startswith(LINK.encode()):
                    code = line.decode().rstrip("\n").partition("?code=")[2]
                    printed.put(re.sub("(?<=code=).*", code, link))

    threading.Thread(target=listen, daemon=True).start()
    return found.get(timeout=START_SECONDS)
