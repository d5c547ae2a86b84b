"""A `chatd serve` process of one's own: started, stopped, killed, and started again on the same folder.

Knows nothing of the protocol. Whoever starts a server ends it; nothing here outlives its test.
"""

from __future__ import annotations

import itertools
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from e2e import companions, loaded

START_DEADLINE = 60.0  # seconds; a start takes about one
STOP_DEADLINE = 20.0  # seconds that SIGTERM may take; ten by promise, on a machine that is not busy


class DidNotStart(Exception):
    """The server ended, or said nothing, before it listened. Carries what it said."""


class Server:
    """One data folder and the process that serves it. Keyword arguments become `CHATD_<NAME>` settings.

    Anybody may sign up, unless `sign_up` says otherwise: most tests are about something else.
    """

    def __init__(
        self,
        data: Path,
        *,
        rate_limits: bool = False,
        program: Sequence[str] = ("-m", "chatd.cli"),
        arguments: Sequence[str] = (),
        executable: Path | str = sys.executable,
        costly_passwords: bool = False,
        **settings: object,
    ) -> None:
        """`program`: what Python runs instead of chatd; `arguments` follow those of `chatd serve`;
        `executable` stands in Python's place; `costly_passwords`: to hash one takes as long as it does for an
        admin, also where the server is forked (`loaded`)."""
        self.data = data
        self.executable = str(executable)
        self.program = program
        self.arguments = arguments
        self.handed: tuple[int, ...] = ()  # files that the process is started with, beside the usual ones
        self.log = data.parent / f"{data.name}.log"
        self.rate_limits = rate_limits
        self.costly_passwords = costly_passwords
        given = {"sign_up": "open", **settings}
        self.settings = {f"CHATD_{name.upper()}": str(value) for name, value in given.items()}
        self.port = 0
        self.printed: queue.SimpleQueue[str] = queue.SimpleQueue()  # what it said on its standard output
        self.process: subprocess.Popen[bytes] | loaded.Process | None = None
        plain = program == ("-m", "chatd.cli") and not arguments and executable == sys.executable
        alone = not companions.wanted() or not plain or "cluster_servers" in settings
        self._companions = None if alone else companions.Companions(data)
        self._turn = itertools.count()
        self._listening = threading.Event()
        self._listener: threading.Thread | None = None

    @property
    def admin_socket(self) -> Path:
        return self.data / "admin.sock"

    @property
    def websocket(self) -> str:
        others = [] if self._companions is None else self._companions.ports
        ports = [self.port, *others]
        return f"ws://127.0.0.1:{ports[next(self._turn) % len(ports)]}/ws"

    def levelled(self, port: int) -> None:
        """Called before the node of this port, or of the admin socket (0), is asked."""
        if self._companions is not None:
            self._companions.level(self._node(port))

    def answered(self, port: int) -> None:
        """Called when it has answered a command."""
        if self._companions is not None:
            self._companions.answered(self._node(port))

    def _node(self, port: int) -> int:
        assert self._companions is not None
        return self._companions.ports.index(port) + 1 if port in self._companions.ports else 0

    @property
    def pid(self) -> int:
        assert self.process is not None, "the server does not run"
        return self.process.pid

    def launch(self) -> None:
        """Starts the process without waiting for it."""
        assert self.process is None, "the server runs already"
        words = [*self.program, "serve", "--data", str(self.data), "--port", str(self.port), *self.arguments]
        if not self.rate_limits:
            words.append("--no-limits")
        settings = self.settings | ({} if self._companions is None else self._companions.settings())
        python = self.executable == sys.executable and not self.handed
        with self.log.open("ab") as log:
            if python and loaded.fits(self.program):
                self.process = loaded.loaded().start(words, settings, log, self.costly_passwords)
            else:
                self.process = own_process([self.executable, *words], settings, log, self.handed)
        self._listening.clear()
        self._listener = threading.Thread(target=self._listen, args=(self.process,), daemon=True)
        self._listener.start()

    def _listen(self, process: subprocess.Popen[bytes] | loaded.Process) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.printed.put(line.decode().rstrip("\n"))
            if line.startswith(b"listening on http://"):
                self.port = int(line.rsplit(b":", 1)[1])
                self._listening.set()
        self._listening.set()  # the process closed its output: whoever waits need not wait longer

    def wait_listening(self) -> None:
        ready = self._listening.wait(START_DEADLINE)
        if not ready or self.process is None or not self.port or self.process.poll() is not None:
            self.kill()
            raise DidNotStart(f"no `listening on` line; the server said:\n{self.output()}")

    def start(self) -> Server:
        """Starts and waits until it listens; after the first time on the same port again."""
        self.launch()
        self.wait_listening()
        if self._companions is not None:
            self._companions.start([] if self.rate_limits else ["--no-limits"], self.settings, self.printed)
        return self

    def kill(self) -> None:
        """SIGKILL: what a power cut leaves of a process."""
        if self.process is not None:
            self.process.kill()
            if self._companions is not None:
                self._companions.end(kill=True)
            self._ended()

    def stop(self) -> int:
        """SIGTERM; gives the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        if self._companions is not None:
            self._companions.end(kill=False)
        return self.wait_ended()

    def wait_ended(self) -> int:
        assert self.process is not None
        try:
            self.process.wait(STOP_DEADLINE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not end in {STOP_DEADLINE} s:\n{self.output()}") from None
        return self._ended()

    def _ended(self) -> int:
        assert self.process is not None
        status = self.process.wait(STOP_DEADLINE)
        if self._companions is not None:
            self._companions.end(kill=False)
        if self._listener is not None:
            self._listener.join(STOP_DEADLINE)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return status

    def output(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-6000:] if self.log.exists() else "(nothing)"

    def cpu_seconds(self) -> float:
        """What the process has worked so far, all its threads: unlike the time on the wall, it is its own."""
        clock = (~self.pid << 3) | 2  # the process's CPU clock, clock_getcpuclockid(3)
        return time.clock_gettime(clock)

    def memory(self) -> int:
        """Resident bytes of the process."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS in /proc")


def open_to_others(folder: Path) -> list[Path]:
    """What in a data folder others than its owner might read or change, itself among it."""
    return [path for path in (folder, *folder.rglob("*")) if path.stat().st_mode & 0o077]


def own_process(
    command: Sequence[str], settings: Mapping[str, str], log: IO[bytes], handed: Sequence[int]
) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHATD_")}
    return subprocess.Popen(
        command,
        env={**environment, **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        pass_fds=handed,
    )
