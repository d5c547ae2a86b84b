"""A Slack export comes into a server on which somebody writes meanwhile."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.asking import Asker, Waits
from bench.community import Operator, create_community, enter_rooms
from bench.figure import Figure, at_least, at_most
from bench.machine import memory, pin
from bench.process import chatd_running
from bench.prose import Prose
from bench.setting import Setting

CHANNELS = 20
PEOPLE = 200
SEED = 5
SECONDS_APART = 60
ANSWERS, REACTIONS, MENTIONS = 0.2, 0.1, 0.1  # shares of the messages
POST_EVERY = 0.05  # seconds
MEBIBYTE = 2**20


def moving_in(setting: Setting) -> list[Figure]:
    """Server and `chatctl` have all cores, as where they run for good: of the threads that the server has for
    its database and its views, each may have a core while another waits."""
    count = setting.plan.archived
    title = f"import of {count:,} Slack messages"
    setting.say(title)
    export = setting.fresh_folder().with_suffix(".zip")
    write_export(export, count)
    folder = setting.fresh_folder()
    with chatd_running(folder, setting.cores.both) as server:
        operator = Operator(folder)
        community = create_community(server, operator, 2)
        enter_rooms(server, community)
        operator.close()
        with Asker(server, community.members[0].token) as writer:
            alone = _posts(writer, community.rooms[0], 200)
            begun = time.perf_counter()
            process = _importing(setting, folder, export, community.space)
            meanwhile, most, own = Waits(), 0, 0
            while process.poll() is None:
                meanwhile.all.append(writer.post(community.rooms[0]))
                most, own = max(most, memory(server.pid).rss), max(own, _rss(process.pid))
                time.sleep(POST_EVERY)
            seconds = time.perf_counter() - begun
        assert process.returncode == 0, "the import failed"
        again = _again(setting, folder, export, community.space)
    return [
        Figure(title, "rate", "messages/s", count / seconds, target=at_least(20_000)),
        Figure(title, "rate of a second run, which changes nothing", "messages/s", count / again),
        *alone.figures(title, "posts before it"),
        *meanwhile.figures(title, "posts meanwhile", at_most(50)),
        Figure(title, "memory of the server", "MiB", most / MEBIBYTE),
        Figure(title, "memory of chatctl", "MiB", own / MEBIBYTE, target=at_most(300)),
    ]


def _posts(writer: Asker, room: str, count: int) -> Waits:
    waits = Waits()
    for _ in range(count):
        waits.all.append(writer.post(room))
    return waits


def _importing(setting: Setting, folder: Path, export: Path, space: str) -> subprocess.Popen[bytes]:
    words = ["--data", str(folder), "import", "run", str(export), "--space", space]
    return subprocess.Popen(
        [sys.executable, "-m", "chatctl.cli", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: pin(setting.cores.both),
    )


def _again(setting: Setting, folder: Path, export: Path, space: str) -> float:
    """Seconds."""
    begun = time.perf_counter()
    assert _importing(setting, folder, export, space).wait() == 0
    return time.perf_counter() - begun


def _rss(pid: int) -> int:
    try:
        return memory(pid).rss
    except OSError:  # it has just ended
        return 0


def write_export(path: Path, count: int) -> None:
    """The zip of a workspace in which so many messages were written, as Slack exports it today."""
    source, prose = random.Random(SEED), Prose(SEED)
    people = [f"U{number:08}" for number in range(PEOPLE)]
    users = [
        {"id": one, "team_id": "T1", "name": f"person{n}", "profile": {}} for n, one in enumerate(people)
    ]
    channels = [
        {"id": f"C{number:08}", "name": f"channel-{number}", "created": 1_500_000_000, "members": people}
        for number in range(CHANNELS)
    ]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.json", json.dumps(users))
        archive.writestr("channels.json", json.dumps(channels))
        for number in range(CHANNELS):
            share = count // CHANNELS + (number < count % CHANNELS)
            for day, rows in _days(_messages(source, prose, people, share)):
                archive.writestr(f"channel-{number}/{day}.json", json.dumps(rows))


def _messages(source: random.Random, prose: Prose, people: list[str], count: int) -> Iterator[dict[str, Any]]:
    at, root = 1_500_000_000.0, ""
    for _ in range(count):
        at += source.random() * 2 * SECONDS_APART
        ts, user = f"{at:.6f}", source.choice(people)
        row = {"type": "message", "user": user, "text": prose.text(), "ts": ts}
        if source.random() < MENTIONS:
            row["text"] += f" <@{source.choice(people)}>"
        if root and source.random() < ANSWERS:
            row |= {"thread_ts": root, "parent_user_id": people[0]}
        elif source.random() < ANSWERS:
            root = ts
            row["thread_ts"] = ts
        if source.random() < REACTIONS:
            row["reactions"] = [{"name": "+1", "users": [source.choice(people)], "count": 1}]
        yield row


def _days(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    day, found = "", []
    for row in rows:
        its = datetime.fromtimestamp(float(row["ts"]), UTC).strftime("%Y-%m-%d")
        if its != day and found:
            yield day, found
            found = []
        day = its
        found.append(row)
    if found:
        yield day, found
