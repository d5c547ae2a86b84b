"""Real NATS servers: one, or three that form a cluster, on free ports."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

import attrs

BINARY = Path(sys.executable).with_name("nats-server")
START_SECONDS = 60.0


def free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()


@attrs.define
class NatsServer:
    name: str
    port: int
    monitor: int
    config: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    @property
    def monitor_url(self) -> str:
        return f"http://127.0.0.1:{self.monitor}"

    def start(self) -> None:
        log = self.config.with_suffix(".log")
        self.process = subprocess.Popen(
            [str(BINARY), "-c", str(self.config), "-l", str(log)],
            process_group=0,  # Ctrl-C is for whoever started them, and has others to end before
        )

    def look(self, path: str) -> Any:
        with urlopen(f"{self.monitor_url}{path}", timeout=2) as answer:
            return json.load(answer)

    def healthy(self) -> bool:
        try:
            return bool(self.look("/healthz").get("status") == "ok")
        except OSError:
            return False

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@attrs.define
class NatsServers:
    servers: list[NatsServer]

    @property
    def urls(self) -> list[str]:
        return [server.url for server in self.servers]

    @property
    def monitors(self) -> list[str]:
        return [server.monitor_url for server in self.servers]

    def wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not (all(server.healthy() for server in self.servers) and self._has_leader()):
            if time.monotonic() > deadline:
                raise TimeoutError("the NATS servers do not start")
            time.sleep(0.05)

    def _has_leader(self) -> bool:
        if len(self.servers) == 1:
            return True
        return all(server.look("/jsz").get("meta_cluster", {}).get("leader") for server in self.servers)


@contextmanager
def nats_servers(
    count: int = 1, *, sync: bool = True, more: Sequence[str] = (), folder: Path | None = None
) -> Iterator[NatsServers]:
    """Running servers; `more` are lines of their configuration. `folder`: where their data stays; without it
    the data ends with them."""
    with nullcontext(folder) if folder is not None else _temporary() as place:
        made = NatsServers(list(_made(place, count, sync, more)))
        for server in made.servers:
            server.start()
        try:
            made.wait()
            yield made
        finally:
            for server in made.servers:
                server.stop()


@contextmanager
def _temporary() -> Iterator[Path]:
    with TemporaryDirectory(prefix="nats") as folder:
        yield Path(folder)


def _made(folder: Path, count: int, sync: bool, more: Sequence[str]) -> Iterator[NatsServer]:
    ports = free_ports(3 * count)
    routes = [f"nats://127.0.0.1:{port}" for port in ports[2 * count :]]
    for number in range(count):
        name = f"s{number}"
        lines = [
            f"server_name: {name}",
            f"listen: 127.0.0.1:{ports[number]}",
            f"http: 127.0.0.1:{ports[count + number]}",
            f'jetstream {{ store_dir: "{folder / name}"{", sync_interval: always" if sync else ""} }}',
            "max_payload: 8MB",
            *more,
        ]
        if count > 1:
            here = f"listen: 127.0.0.1:{ports[2 * count + number]}"
            lines.append(f"cluster {{ name: c, {here}, routes: [{', '.join(routes)}] }}")
        config = folder / f"{name}.conf"
        config.write_text("\n".join(lines))
        yield NatsServer(name, ports[number], ports[count + number], config)
