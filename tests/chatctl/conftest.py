"""chatctl run two ways: in this process (quick), and as a real one (pipes, signals, terminals)."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
from click.testing import CliRunner, Result
from e2e.serving import Server

from chatctl.cli import cli

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("CHATD_")}
CLEAN |= {"NO_COLOR": "1", "XDG_CONFIG_HOME": "/dev/null"}
NUMBERS = itertools.count(1)


def run(*words: str, stdin: str | None = None) -> Result:
    """chatctl in this process."""
    return CliRunner(env=dict.fromkeys(("CHATD_DATA", "CHATD_URL", "CHATD_TOKEN"))).invoke(
        cli, list(words), input=stdin
    )


@attrs.frozen
class Chatctl:
    """Speaks to one data folder, or with `as_account` to its server over the network."""

    data: str
    url: str
    token: str | None = None

    def options(self) -> list[str]:
        return ["--url", self.url, "--token", self.token] if self.token else ["--data", self.data]

    def run(self, *words: str, stdin: str | None = None) -> Result:
        return run(*self.options(), *words, stdin=stdin)

    def __call__(self, *words: str, stdin: str | None = None) -> str:
        """What a command that works prints."""
        result = self.run(*words, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *words: str, stdin: str | None = None) -> Any:
        return json.loads(self("--json", *words, stdin=stdin))

    def refused(self, *words: str) -> str:
        """The one line on stderr of a command that fails."""
        result = self.run(*words)
        assert result.exit_code == 1, result.output
        (line,) = result.stderr.splitlines()
        return line

    def start(self, *words: str, **how: Any) -> subprocess.Popen[str]:
        """A process of its own."""
        command = [sys.executable, "-m", "chatctl.cli", *self.options(), *words]
        return subprocess.Popen(command, env=CLEAN, text=True, **how)

    def as_account(self, account: str) -> Chatctl:
        return attrs.evolve(self, token=self("account", "token", account).strip())


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where chatctl keeps what it must remember; nobody is signed in."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path


@contextmanager
def served(data: Path) -> Iterator[Chatctl]:
    """With a server of its own on the folder."""
    server = Server(data).start()
    try:
        yield Chatctl(str(data), f"http://127.0.0.1:{server.port}")
    finally:
        server.stop()


@pytest.fixture(scope="session")
def chatctl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatctl]:
    """With a server of this test run; every test makes its own names in it."""
    with served(tmp_path_factory.mktemp("chatctl") / "data") as chatctl:
        yield chatctl


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chatctl]:
    """With another server, which knows nobody."""
    with served(tmp_path_factory.mktemp("elsewhere") / "data") as chatctl:
        yield chatctl


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Chatctl]:
    """With a server that this test alone uses."""
    with served(tmp_path / "fresh") as chatctl:
        yield chatctl


@pytest.fixture
def town(chatctl: Chatctl) -> SimpleNamespace:
    """A space of its own for the test, with a room and its owner."""
    name = next(NUMBERS)
    account = chatctl.json("account", "create", f"ada-{name}", "--no-password")
    space = chatctl.json("space", "create", f"team-{name}", "--owner", account["id"])
    room = chatctl.json("room", "create", f"general-{name}", "--space", space["id"])
    ada = chatctl.as_account(account["id"])
    ada("room", "join", room["id"])
    return SimpleNamespace(account=account, space=space, room=room, ada=ada)


@pytest.fixture
def nowhere(tmp_path: Path) -> Chatctl:
    return Chatctl(str(tmp_path), "http://127.0.0.1:9")


@pytest.fixture
def invoke() -> Callable[..., Result]:
    """chatctl without options of its own."""
    return run
