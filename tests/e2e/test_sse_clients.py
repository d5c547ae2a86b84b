"""Programs that others made read the events: npm's `eventsource`, and curl."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import npm
import pytest

from .conftest import Serve
from .serving import Server
from .streaming import PATH
from .talking import DEADLINE
from .town import Town

NODE = Path(__file__).parent / "node"


class Reading:
    """A program and the lines that it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def line(self) -> str | None:
        """The next one; None at the end."""
        return self._lines.get(timeout=DEADLINE)

    def until(self, kind: str) -> list[Any]:
        """What the program of Node says, up to the first of this kind."""
        said: list[Any] = []
        while not said or said[-1]["kind"] != kind:
            line = self.line()
            assert line is not None, f"it ended without {kind}: {said[-1:]}"
            said.append(json.loads(line))
        return said


@contextmanager
def running(*command: str, **environment: str) -> Iterator[Reading]:
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    reading = Reading(process)
    try:
        yield reading
    finally:
        process.kill()
        process.wait()
        reading._reader.join(DEADLINE)
        assert process.stdout is not None
        process.stdout.close()


def test_eventsource_of_npm_follows_over_a_kill_without_gap_or_repeat(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    account, author = town.member(room), town.member(room)
    node = npm.environment(NODE)
    origin = f"http://127.0.0.1:{server.port}"
    with running("node", str(NODE / "listener.mjs"), origin, account.token, **node) as reading:
        first = reading.until("opened")[-1]["data"]
        assert (first["resumed"], first["account"]["id"]) == (False, account.id)
        poster = town.open(author)
        for n in range(20):
            poster.post(room, f"before {n}")
        server.kill()
        town.close()
        server.start()
        town.reconnect()
        said = reading.until("opened")
        assert said[-1]["data"]["resumed"] is True
        town.open(author).post(room, "after")
        while said[-1]["data"].get("data", {}).get("text") != "after":
            said += reading.until("event")
        town.operator.ask("account.sign_out", account=account.id)
        closed, refused = reading.until("closed")[-1], reading.until("refused")[-1]
    assert (closed["data"]["code"], closed["data"]["reconnect"]) == (4002, False)
    assert refused["data"]["status"] == 401
    events = [one["data"] for one in said if one["kind"] == "event"]
    texts = [event["data"]["text"] for event in events if event["event"] == "message.posted"]
    assert texts == [*(f"before {n}" for n in range(20)), "after"]
    town.close()


def test_curl_shows_events_as_they_come(server: Server, town: Town) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is missing")
    room = town.room()
    account, poster = town.member(room), town.open(town.member(room))
    url = f"http://127.0.0.1:{server.port}{PATH}"
    with running("curl", "-sN", "-H", f"Authorization: Bearer {account.token}", url) as reading:
        while reading.line() != "event: opened":
            pass
        poster.post(room, "for curl")
        while (line := reading.line()) is not None and '"for curl"' not in line:
            pass
        assert line is not None
        assert line.startswith('data: {"event":"message.posted"')
        town.operator.ask("account.sign_out", account=account.id)
        while reading.line() is not None:
            pass
        assert reading.process.wait(DEADLINE) == 0
