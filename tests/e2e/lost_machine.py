"""Run in a network of its own: a reader of events vanishes with its machine, and no packet says so."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from e2e.serving import Server
from e2e.streaming import Streamed
from e2e.town import Town

SECONDS = 60


def main(folder: Path) -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    server = Server(folder, ping_interval=0.5, write_deadline=1).start()
    try:
        town = Town(server)
        with Streamed(server, town.account().token) as stream:
            assert stream.opened
            assert town.operator.ask("server.status")["sessions"] == 1
            subprocess.run(["ip", "link", "set", "lo", "down"], check=True)  # the admin socket is no network
            deadline = time.monotonic() + SECONDS
            while town.operator.ask("server.status")["sessions"]:
                assert time.monotonic() < deadline, "the reader is still there"
        town.close()
    finally:
        server.kill()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
