"""Three nodes and three NATS servers on this machine, to look at and to break: `make cluster`."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.nats_servers import BINARY, NatsServer, NatsServers, nats_servers

FOLDER = Path("cluster-data")
NODES = 3
START_SECONDS = 60.0
REPLACED = "make the first account"
CHATD, CHATCTL = (os.path.relpath(Path(sys.executable).with_name(name)) for name in ("chatd", "chatctl"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="make cluster")
    parser.add_argument(
        "--port",
        type=int,
        default=8400,
        help="of the first node; the others have the next ones (0: free ones)",
    )
    port = parser.parse_args().port
    with ExitStack() as running:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sys.exit(0))
        for folder in ("files", "nats"):
            (FOLDER / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        running.enter_context(alone())
        servers = running.enter_context(nats_servers(3, folder=FOLDER.absolute() / "nats"))
        ending = threading.Event()
        for server in servers.servers:
            threading.Thread(target=_watch, args=(server, ending), daemon=True).start()
        try:
            for number in range(NODES):
                running.enter_context(node(number, port and port + number, servers, ending))
            print(
                f"see them with: {CHATCTL} cluster status --data {FOLDER}/n0\n"
                f"Ctrl-C ends all of them; what was said is in ./{FOLDER} and is there again next time",
                flush=True,
            )
            signal.pause()
        finally:
            ending.set()


@contextmanager
def alone() -> Iterator[None]:
    """Two sets of NATS servers on the same files would destroy the stream."""
    with (FOLDER / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"another `make cluster` runs on ./{FOLDER}; end that one first")
        yield


@contextmanager
def node(number: int, port: int, servers: NatsServers, ending: threading.Event) -> Iterator[None]:
    """A node that runs; it prints its own link."""
    name = f"n{number}"
    data = FOLDER / name
    data.mkdir(mode=0o700, exist_ok=True)
    if not (data / "files").exists():
        (data / "files").symlink_to(FOLDER.absolute() / "files")
    settings = {
        "data": str(data),
        "port": port,
        "cluster_servers": servers.urls,
        "cluster_monitors": servers.monitors,
        "cluster_node": name,
        "files_shared": True,
    }
    config = FOLDER / f"{name}.toml"
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    config.write_text("\n".join(["[chatd]", *lines, ""]))
    with (data / "log").open("ab") as log:
        begun = log.tell()
        process = subprocess.Popen(
            [sys.executable, "-m", "chatd.cli", "serve", "--config", str(config)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            process_group=0,  # Ctrl-C reaches this process alone, which ends nodes before their servers
        )
    listening = threading.Event()
    speaking = threading.Thread(target=_show, args=(process, number, listening, ending), daemon=True)
    speaking.start()
    try:
        if not listening.wait(START_SECONDS) or process.poll() is not None:
            said = (data / "log").read_bytes()[begun:].decode(errors="replace").splitlines()
            sys.exit(f"the node {name} did not start: {said[-1] if said else 'it said nothing'}")
        yield
    finally:
        process.terminate()
        process.wait()
        speaking.join()


def _show(
    process: subprocess.Popen[str], number: int, listening: threading.Event, ending: threading.Event
) -> None:
    """What the node says, but for the link to the first account that the next node's replaces."""
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            if number == NODES - 1 or not line.startswith(REPLACED):
                print(f"n{number}: {line.rstrip()}", flush=True)
            if line.startswith("listening on"):
                listening.set()
    status = process.wait()
    if listening.is_set():
        again = [CHATD, "serve", "--config", f"{FOLDER}/n{number}.toml"]
        _say_end(f"n{number}", status, again, ending)
    listening.set()  # it ended: whoever waits need not wait longer


def _watch(server: NatsServer, ending: threading.Event) -> None:
    assert server.process is not None
    config = os.path.relpath(server.config)
    again = [os.path.relpath(BINARY), "-c", config, "-l", f"{config.removesuffix('.conf')}.log"]
    _say_end(f"the NATS server {server.name}", server.process.wait(), again, ending)


def _say_end(who: str, status: int, again: Sequence[str], ending: threading.Event) -> None:
    """Unless all are meant to end."""
    if not ending.is_set():
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        print(f"{who} {how}; to start it again: {shlex.join(again)}", flush=True)


if __name__ == "__main__":
    main()
