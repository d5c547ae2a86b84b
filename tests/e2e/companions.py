"""The switch: with CHATD_TEST_CLUSTER=1 every server of the tests is one of three nodes, and connections go
to them in turns. Servers with arguments or a program of their own go on alone, and so do those of `ALONE`."""

from __future__ import annotations

import itertools
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Final

from bench.nats_servers import NatsServers, nats_servers

ON: Final = os.environ.get("CHATD_TEST_CLUSTER") == "1"
START_SECONDS: Final = 60.0
LINK: Final = "make the first account"
SERVE: Final = (sys.executable, "-m", "chatd.cli", "serve")

# What these files are about is one process: its address, limits and delays, clock, files, life.
ALONE: Final = frozenset(
    {
        *("account_deletion", "at_once", "erasure", "receipts", "second_factor", "secrets", "three_clients"),
        *("backup_repositories", "database_gone", "every_way", "first_start", "histories", "http_edge"),
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
    """The other two nodes of a server."""

    def __init__(self, data: Path) -> None:
        self._data = data
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
        """`printed`: what the first node said. The link to the first account that it printed is replaced by
        that of the last one to start."""
        (self._data / "files").mkdir(mode=0o700, exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CHATD_")}
        for node in (1, 2):
            data = self._data.with_name(f"{self._data.name}-n{node}")
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
            if node == 2:
                _forget_links(printed)
            self.ports.append(_port(process, printed if node == 2 else queue.SimpleQueue()))

    def end(self, kill: bool) -> None:
        for process in self._processes:
            if kill:
                process.kill()
            else:
                process.terminate()
        for process in self._processes:
            process.wait()
        self._processes, self.ports = [], []


def _forget_links(printed: queue.SimpleQueue[str]) -> None:
    lines = [printed.get() for _ in range(printed.qsize())]
    for line in lines:
        if not line.startswith(LINK):
            printed.put(line)


def _port(process: subprocess.Popen[bytes], links: queue.SimpleQueue[str]) -> int:
    found: queue.SimpleQueue[int] = queue.SimpleQueue()

    def listen() -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                if line.startswith(b"listening on http://"):
                    found.put(int(line.rsplit(b":", 1)[1]))
                elif line.startswith(LINK.encode()):
                    links.put(line.decode().rstrip("\n"))

    threading.Thread(target=listen, daemon=True).start()
    return found.get(timeout=START_SECONDS)
