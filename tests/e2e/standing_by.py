"""A `chatd follow` process of a test's own."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from . import loaded
from .serving import START_DEADLINE, STOP_DEADLINE, Server, own_process


class Standby:
    """One folder, and the process that follows `server` into it."""

    def __init__(self, server: Server, token: str, data: Path, port: int = 0) -> None:
        """`port`: where it finds the server, if that is not the server's own."""
        self.data = data
        self.url = f"http://127.0.0.1:{port or server.port}"
        self.page = ""
        self.log = data.parent / f"{data.name}.log"
        self.printed: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.process: subprocess.Popen[bytes] | loaded.Process | None = None
        self._token = token

    def start(self) -> Standby:
        """Starts it and waits until it shows itself."""
        words = ["-m", "chatd.cli", "follow", self.url, "--data", str(self.data), "--port", "0"]
        settings = {"CHATD_TOKEN": self._token}
        with self.log.open("ab") as log:
            if loaded.fits(loaded.CHATD):
                self.process = loaded.loaded().start(words, settings, log)
            else:
                self.process = own_process([sys.executable, *words], settings, log, ())
        self.printed = queue.SimpleQueue()
        threading.Thread(target=self._listen, args=(self.process, self.printed), daemon=True).start()
        try:
            line = self.printed.get(timeout=START_DEADLINE)
        except queue.Empty:
            raise AssertionError(f"it said nothing: {self.output()}") from None
        self.page = line.rpartition(" on ")[2].removesuffix("/status")
        return self

    def _listen(
        self, process: subprocess.Popen[bytes] | loaded.Process, printed: queue.SimpleQueue[str]
    ) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                printed.put(line.decode().rstrip("\n"))

    def read(self, path: str) -> str:
        with urlopen(f"{self.page}{path}", timeout=60) as answer:
            return str(answer.read().decode())

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.read("/status"))
        return found

    def has(self, position: int) -> bool:
        status = self.status()
        return bool(status["complete"] and status["position"] >= position and not status["files_missing"])

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.ended()

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        assert self.process is not None
        status = self.process.wait(STOP_DEADLINE)
        self.process = None
        return status

    def output(self) -> str:
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""


def promote(data: Path, status: int = 0) -> str:
    """What `chatd promote` says."""
    done = subprocess.run(
        [sys.executable, "-m", "chatd.cli", "promote", "--data", str(data)],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr
