"""`python -m bench.web`: our client and The Lounge in turns, the same loads, ratios of medians."""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from bench.community import Operator
from bench.machine import CACHE
from bench.process import chatd_running
from bench.web.irc import Irc

HERE = Path(__file__).parent
NODE = HERE.parent.parent / "web" / "node.sh"
START_SECONDS = 30
ROWS = {
    "script": ("script of the first load", "kB"),
    "write": ("until one can write", "ms"),
    "echo": ("Enter to one's own message, 95 of 100", "ms"),
    "few": ("memory after 400 messages", "MiB"),
    "many": ("memory after 1,400 messages", "MiB"),
}


@click.command()
@click.option("--rounds", default=3, show_default=True, help="Of each client, in turns.")
def main(rounds: int) -> None:
    """Needs chromium, the built client (`make web`), and Node 22 or later for The Lounge."""
    packages = _installed()
    with (
        tempfile.TemporaryDirectory(prefix="chatd-bench-") as folder,
        _lounge(packages, Path(folder)) as lounge,
    ):
        data, irc = Path(folder) / "data", Irc()
        with chatd_running(data, 0) as server:
            ours = _village(data, server.port)
            theirs = {"origin": f"http://127.0.0.1:{lounge}", "host": "127.0.0.1", "port": irc.port}
            said = _measured(packages, {"ours": ours, "theirs": theirs, "rounds": rounds})
        irc.close()
    click.echo(f"{'':40}{'chatd':>10}{'The Lounge':>12}{'ratio':>8}")
    for row, (name, unit) in ROWS.items():
        one, other = (statistics.median(found[row] for found in said[who]) for who in ("ours", "theirs"))
        click.echo(f"{name + ', ' + unit:40}{one:>10.3g}{other:>12.3g}{one / other:>8.2f}")


def _installed() -> Path:
    folder = CACHE / "web"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "measure.cjs"):
        shutil.copy(HERE / name, folder)
    if not (folder / "node_modules" / ".package-lock.json").exists():
        command = [str(NODE), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=folder, check=True)
    return folder


@contextmanager
def _lounge(packages: Path, folder: Path) -> Iterator[int]:
    """Its port. Anybody may use it, and it asks nobody for news of itself."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    home = folder / "lounge"
    home.mkdir()
    options = {"public": True, "port": port, "host": "127.0.0.1", "checkForUpdates": False, "prefetch": False}
    (home / "config.js").write_text(f"module.exports = {json.dumps(options)}\n")
    command = [str(NODE), "node", "node_modules/thelounge/index.js", "start"]
    log = (folder / "lounge.log").open("wb")
    process = subprocess.Popen(
        command,
        cwd=packages,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={**os.environ, "THELOUNGE_HOME": str(home)},
    )
    try:
        _await(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(START_SECONDS)
        log.close()


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(START_SECONDS * 10):
        if process.poll() is not None:
            sys.exit("The Lounge did not start; it needs Node 22 or later")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit("The Lounge does not listen")


def _village(data: Path, port: int) -> dict[str, Any]:
    """A reader and a speaker in one room."""
    operator = Operator(data)

    def ask(name: str, /, **fields: Any) -> dict[str, Any]:
        return operator.ask("command", name, fields)

    reader, speaker = (ask("account.create", name=name)["account"]["id"] for name in ("reader", "speaker"))
    space = ask("space.create", name="Bench", owner=reader)["space"]["id"]
    code = ask("invite.create", space=space)["invite"]["code"]
    tokens = [ask("account.token", account=account)["token"] for account in (reader, speaker)]
    operator.close()
    origin = f"http://127.0.0.1:{port}"
    room = _rest(origin, tokens[0], f"spaces/{space}/rooms", {"name": "bench"})["room"]["id"]
    _rest(origin, tokens[1], "invites/accept", {"code": code})
    _rest(origin, tokens[1], f"rooms/{room}/join", {})
    return {"origin": origin, "account": reader, "token": tokens[0], "room": room, "speaker": tokens[1]}


def _rest(origin: str, token: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    from urllib.request import Request, urlopen

    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = Request(f"{origin}/api/v1/{path}", json.dumps(body).encode(), headers)
    with urlopen(request) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def _measured(packages: Path, asked: dict[str, Any]) -> dict[str, list[dict[str, float]]]:
    command = [str(NODE), "node", "measure.cjs", json.dumps(asked)]
    done = subprocess.run(command, cwd=packages, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, list[dict[str, float]]] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
