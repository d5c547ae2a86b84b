"""Three nodes and three NATS servers on this machine, to look at and to break: `make cluster`."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.nats_servers import NatsServers, nats_servers

FOLDER = Path("cluster-data")
NODES = 3
START_SECONDS = 60.0
REPLACED = "make the first account"


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
        servers = running.enter_context(nats_servers(3, folder=FOLDER.absolute() / "nats"))
        for number in range(NODES):
            running.enter_context(node(number, port and port + number, servers))
        print(
            "Ctrl-C ends all of them; what was said is in ./cluster-data and is there again next time",
            flush=True,
        )
        signal.pause()


@contextmanager
def node(number: int, port: int, servers: NatsServers) -> Iterator[None]:
    """A node that runs; it prints its own link."""
    name = f"n{number}"
    data = FOLDER / name
    data.mkdir(mode=0o700, exist_ok=True)
    if not (data / "files").exists():
        (data / "files").symlink_to(FOLDER.absolute() / "files")
    settings = {
        "CHATD_CLUSTER_SERVERS": ",".join(servers.urls),
        "CHATD_CLUSTER_MONITORS": ",".join(servers.monitors),
        "CHATD_CLUSTER_NODE": name,
        "CHATD_FILES_SHARED": "true",
    }
    command = [sys.executable, "-m", "chatd.cli", "serve", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen(
        command,
        env=os.environ | settings,
        stdout=subprocess.PIPE,
        stderr=(data / "log").open("ab"),
        text=True,
    )
    listening = threading.Event()
    speaking = threading.Thread(target=_show, args=(process, number, listening), daemon=True)
    speaking.start()
    try:
        if not listening.wait(START_SECONDS) or process.poll() is not None:
            sys.exit(f"the node {name} did not start; {data / 'log'} says why")
        yield
    finally:
        process.terminate()
        process.wait()
        speaking.join()


def _show(process: subprocess.Popen[str], number: int, listening: threading.Event) -> None:
    """What the node says, but for the link to the first account that the next node's replaces."""
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            if number == NODES - 1 or not line.startswith(REPLACED):
                print(f"n{number}: {line.rstrip()}", flush=True)
            if line.startswith("listening on"):
                listening.set()
    listening.set()  # it ended: whoever waits need not wait longer


if __name__ == "__main__":
    main()
