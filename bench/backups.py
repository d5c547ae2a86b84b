"""A backup of a large database while many post: how long posts wait, and how fast it is without them.

Beside it stands what the disk alone does: a plain writer of SQLite, with rows at the same rate in another file,
alone and while `sqlite3 .backup` copies the same database.
"""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs

from bench.behind import until_followed
from bench.community import Operator
from bench.durable import PER_ROOM
from bench.figure import Figure, at_least, at_most
from bench.load import Posts, percentile
from bench.rounds import spread
from bench.setting import OURS, SETTLED, Setting, Side, our_side

RATE = 2_000  # posts a second
LONGEST_BACKUP = 900.0
MEBIBYTE = 2**20


@attrs.define
class Waits:
    """Milliseconds: the 99th percentile and the longest, of each round."""

    p99: list[float] = attrs.Factory(list)
    longest: list[float] = attrs.Factory(list)

    def add(self, nanoseconds: Sequence[int]) -> None:
        self.p99.append(percentile(nanoseconds, 99) / 1e6)
        self.longest.append(max(nanoseconds) / 1e6)


def backups(setting: Setting) -> list[Figure]:
    folder, _ = setting.archived_folder()
    rooms = setting.plan.rooms
    title = f"backup while {RATE:,} posts/s flow"
    setting.say(title)
    alone, meanwhile = Waits(), Waits()
    plain_alone, plain_meanwhile = Waits(), Waits()
    ours, theirs = [], []
    with our_side(setting, OURS, folder, rooms * PER_ROOM, rooms) as side, ThreadPoolExecutor(1) as threads:
        operator = Operator(folder, LONGEST_BACKUP)
        until_followed(operator)
        for _ in range(setting.plan.rounds):
            end = time.perf_counter() + setting.plan.steady
            alone.add(_posted(setting, side, lambda end=end: time.perf_counter() >= end))
            place = setting.fresh_folder()
            made = threads.submit(operator.ask, "command", "backup.create", {"path": f"{place}/"})
            meanwhile.add(_posted(setting, side, made.done))
            made.result()
            shutil.rmtree(place)
            plain_alone.add(_written(setting, None))
            copying = _copying(folder, place.with_suffix(".copy"))
            plain_meanwhile.add(_written(setting, copying))
            place.with_suffix(".copy").unlink()
            started = time.perf_counter()
            assert _copying(folder, place.with_suffix(".copy")).wait() == 0
            theirs.append(time.perf_counter() - started)
            place.with_suffix(".copy").unlink()
            started = time.perf_counter()
            operator.ask("command", "backup.create", {"path": f"{place}/"})
            ours.append(time.perf_counter() - started)
            shutil.rmtree(place)
        operator.close()
    print(alone, meanwhile, plain_alone, plain_meanwhile, ours, theirs, sep="\n")
    return []


def _posted(setting: Setting, side: Side, done: Callable[[], bool]) -> list[int]:
    """Nanoseconds until each post was acknowledged; they are posted by the clock until `done`."""
    receiver, crowd = setting.receiver, side.crowd
    posts = Posts(receiver, crowd, side.rooms, again=False)
    crowd.ages = []
    number, start = 0, time.perf_counter()
    while not done():
        while (left := start + number / RATE - time.perf_counter()) > 0:
            receiver.turn(left)
        posts.post(crowd.taps[number % len(crowd.taps)], 1)
        number += 1
    receiver.until(lambda: posts.outstanding == 0)
    posts.end()
    receiver.until_quiet(SETTLED)
    return crowd.ages


def _copying(folder: Path, target: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sqlite3", str(folder / "chatd.db"), f".backup {target}"])


def _written(setting: Setting, process: subprocess.Popen[bytes] | None) -> list[int]:
    """The same of rows that a plain writer commits, all that are due at once, until `process` ends."""
    path = setting.fresh_folder()
    end = time.perf_counter() + setting.plan.steady
    waits: list[int] = []
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE messages (text TEXT)")
        start = time.perf_counter()
        while (process.poll() is None) if process else (time.perf_counter() < end):
            due = int((time.perf_counter() - start) * RATE)
            if due <= len(waits):
                time.sleep(1 / RATE)
                continue
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO messages VALUES (?)", [("x" * 400,)] * (due - len(waits)))
            connection.execute("COMMIT")
            now = time.perf_counter()
            waits += [int((now - start - number / RATE) * 1e9) for number in range(len(waits), due)]
    connection.close()
    path.unlink()
    return waits
