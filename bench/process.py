"""A server under test: started on its own core, awaited, measured by its pid and ended by it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs

from bench.machine import CACHE, pin

START_DEADLINE = 120.0
STOP_DEADLINE = 30.0
LOOK_EVERY = 0.002
ANNOUNCED = re.compile(rb"listening on http://[^\s:]+:(\d+)")


class ServerFailed(Exception):
    """A server ended or stayed silent; the message carries the end of what it printed."""


@attrs.frozen
class Server:
    """A running server. `spawned` and `listening` are `time.perf_counter()` seconds."""

    pid: int
    port: int
    spawned: float
    listening: float

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port


@contextmanager
def running(
    command: Sequence[str],
    core: int | tuple[int, ...],
    log: Path,
    env: dict[str, str] | None = None,
    folder: Path | None = None,
) -> Iterator[Server]:
    """Starts `command` in `folder` and on `core`, waits for its `listening on` line, and ends it by its pid.

    What it prints goes to the file `log`: a pipe would have to be emptied while the load is measured.
    """
    with log.open("wb") as output:
        spawned = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            preexec_fn=lambda: pin(core),
        )
    try:
        port = _await_port(process, log, spawned + START_DEADLINE)
        yield Server(process.pid, port, spawned, time.perf_counter())
    finally:
        _end(process)


@contextmanager
def chatd_running(
    data: Path,
    core: int | tuple[int, ...],
    views: bool = True,
    build: Path | None = None,
    settings: dict[str, str] | None = None,
) -> Iterator[Server]:
    """chatd on the data folder `data`, rate limits off, everything else as it comes but for `settings`;
    without `views` nothing follows the log. `build` is a folder with the sources of another chatd to run
    instead."""
    # As after an installation, which compiles: whether Python may write beside the sources is the caller's.
    env = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(CACHE / "bytecode"), **(settings or {})}
    if not views:
        env["CHATD_VIEWS"] = "false"
    command = [sys.executable, "-m", "chatd.cli", "serve", "--data", str(data), "--port", "0", "--no-limits"]
    with running(command, core, data.with_suffix(".log"), env, build) as server:
        yield server


def _await_port(process: subprocess.Popen[bytes], log: Path, deadline: float) -> int:
    while True:
        if found := ANNOUNCED.search(log.read_bytes()):
            return int(found[1])
        if process.poll() is not None or time.perf_counter() > deadline:
            raise ServerFailed(f"{' '.join(process.args)}\n{log.read_text(errors='replace')[-2000:]}")  # type: ignore[arg-type]
        time.sleep(LOOK_EVERY)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_DEADLINE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
