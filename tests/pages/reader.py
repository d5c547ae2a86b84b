"""A reader of a page: has a checkout, two terminals, and types what the page shows."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import pytest
from click.testing import CliRunner

from chatctl.cli import cli as chatctl

from .blocks import ROOT, Block
from .shell import Shell

DEADLINE: Final = 60.0  # seconds for a server to start, or for a client to connect
CHECKOUT: Final = ("Makefile", "pyproject.toml", "schema.sql", "chatd", "chatctl", "docs", "bench")


class Reader:
    """`port`: where the server listens; in what is typed it stands for the 8400 that the pages name.
    `commands`: the folder of programs that are found before all others.
    """

    def __init__(self, folder: Path, port: int, commands: Path) -> None:
        self.folder = folder
        self._port = str(port)
        self._server: subprocess.Popen[str] | None = None
        _check_out(folder)
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("CHATD_")
        }
        self._environment |= {"HOME": str(folder), "PORT": self._port, "NO_COLOR": "1"}
        self._environment["PATH"] = f"{commands}:{folder}/.venv/bin:{self._environment['PATH']}"
        self._shell = Shell(folder, self._environment)
        self._runners: dict[str, Callable[[Block], str]] = {
            "": lambda block: self.type(block.text),
            "first terminal": self._serve,
            "goes on": self._start,
            "make": self._look_up,
            "bench": self._bench,
            "completion": self._complete,
        }

    def follow(self, block: Block) -> str:
        """Does what the block asks for; gives what was printed."""
        if block.file is not None:
            (self.folder / block.file).write_text(block.text)
            return ""
        return self._runners[block.runner](block) if block.typed else ""

    def type(self, text: str) -> str:
        return self._shell.type(text.replace("8400", self._port))

    def said(self) -> str:
        """All that was printed so far, also by what goes on."""
        return self._shell.said()

    def wait(self, happened: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + DEADLINE
        while not happened():
            assert time.monotonic() < deadline, f"{what} did not come in {DEADLINE:g} s:\n{self.said()}"

    def end(self) -> None:
        try:
            self._shell.end()
        finally:
            if self._server is not None:
                self._stop()

    # --- the runners

    def _serve(self, block: Block) -> str:
        if self._server is not None:
            self._stop()  # what the page has killed is collected
        self._server = subprocess.Popen(
            ["bash", "-c", block.text],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._server.stdout is not None
        printed: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=_read, args=(self._server.stdout, printed), daemon=True).start()
        lines = ""
        while "listening on" not in lines:
            with suppress(queue.Empty):
                lines += printed.get(timeout=DEADLINE) or pytest.fail(f"no server:\n{lines}")
        return lines

    def _stop(self) -> None:
        assert self._server is not None
        with suppress(ProcessLookupError):
            os.killpg(self._server.pid, signal.SIGTERM)
        self._server.wait(DEADLINE)
        if self._server.stdout is not None:
            self._server.stdout.close()
        self._server = None

    def start_server(self) -> None:
        """As the pages do that begin with a server that runs."""
        self._serve(Block(ROOT / "README.md", 0, "sh", "make run", "first terminal"))

    def sessions(self) -> int:
        """How many clients have a session open, as an operator sees it."""
        words = ["--json", "--data", str(self.folder / "chat-data"), "server", "status"]
        asked = CliRunner(env=dict.fromkeys(("CHATD_URL", "CHATD_TOKEN"))).invoke(chatctl, words)
        assert asked.exit_code == 0, asked.output
        return int(json.loads(asked.stdout)["sessions"])

    def _start(self, block: Block) -> str:
        before = self.sessions()
        self.type(block.text.rstrip().removesuffix("&") + "&\n")
        self.wait(lambda: self.sessions() > before, "its session")
        return ""

    def _look_up(self, block: Block) -> str:
        """What make would do; what the targets do is tested by whoever runs them."""
        return "".join(self.type(f"make --dry-run {line.split()[1]}\n") for line in _commands(block))

    def _bench(self, block: Block) -> str:
        from bench.__main__ import main as bench

        (self.folder.parent / "chatd-earlier").mkdir(exist_ok=True)
        here, said = Path.cwd(), ""
        os.chdir(self.folder)
        try:
            for line in _commands(block):
                program, words = line.split("bench", 1)
                if program.startswith("make"):
                    said += self.type("make --dry-run bench\n")
                    continue
                bench.make_context("bench", words.split())
                if "--quick" in words:
                    said += self.type(f"{line} --no-rival --only low\n")
        finally:
            os.chdir(here)
        return said

    def _complete(self, block: Block) -> str:
        if block.language == "bash":
            return self.type(block.text)
        prepared = "autoload -Uz compinit && compinit -u\n" if block.language == "zsh" else ""
        (self.folder / "typed").write_text(prepared + block.text)
        return self.type(f"{block.language} typed\n")


def _read(pipe: IO[str], printed: queue.SimpleQueue[str]) -> None:
    with suppress(ValueError):  # closed while it is read
        for line in pipe:
            printed.put(line)
    printed.put("")


def _commands(block: Block) -> list[str]:
    return [line.partition("#")[0].strip() for line in block.text.splitlines()]


def _check_out(folder: Path) -> None:
    """A checkout in which `make run` has nothing left to install."""
    for name in CHECKOUT:
        (folder / name).symlink_to(ROOT / name)
    environment = folder / ".venv"
    environment.mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (environment / name).symlink_to(Path(sys.prefix) / name)
    for stamp in (".run", ".dev", ".bench"):
        (environment / stamp).touch()
