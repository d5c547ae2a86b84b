"""A backup of a large database while many post: how long posts wait, and how fast it is where nobody posts.

Beside it stands what a copy on this disk does to any writer: plain SQLite, with as many rows a second in a
file of its own, alone and while `sqlite3 .backup` copies the same database.
"""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import attrs

from bench.behind import until_followed
from bench.community import Operator
from bench.durable import PER_ROOM
from bench.figure import Figure, Target, at_least, at_most
from bench.load import Posts, percentile
from bench.rounds import spread
from bench.setting import OURS, SETTLED, Setting, Side, our_side

RATE = 2_000  # posts a second
ROW = "x" * 400  # bytes, as an event with its text
LONGEST_BACKUP = 900.0

Done = Callable[[], bool]
Load = Callable[[Done], list[int]]


@attrs.define
class Waits:
    """Milliseconds that writers waited, in each round: alone, and while a copy was made."""

    alone: list[list[int]] = attrs.Factory(list)
    meanwhile: list[list[int]] = attrs.Factory(list)

    def figures(self, title: str, most: Target | None, times: Target | None) -> list[Figure]:
        ratios = [_p99(one) / _p99(other) for one, other in zip(self.meanwhile, self.alone, strict=True)]
        return [
            _figure(title, "p99, alone", "ms", [_p99(waits) for waits in self.alone]),
            _figure(title, "p99, meanwhile", "ms", [_p99(waits) for waits in self.meanwhile]),
            _figure(title, "p99, times that alone", "x", ratios, times),
            _figure(title, "longest, alone", "ms", [max(waits) / 1e6 for waits in self.alone]),
            _figure(title, "longest, meanwhile", "ms", [max(waits) / 1e6 for waits in self.meanwhile], most),
        ]


def backups(setting: Setting) -> list[Figure]:
    folder, _ = setting.archived_folder(setting.plan.backed_up)
    rooms = setting.plan.rooms
    size = (folder / "chatd.db").stat().st_size / 2**20
    title = f"backup of {size:,.0f} MiB into a new repository"
    setting.say(title)
    posts, rows, ratios = Waits(), Waits(), []
    with our_side(setting, OURS, folder, rooms * PER_ROOM, rooms) as side, ThreadPoolExecutor(1) as threads:
        operator = Operator(folder, LONGEST_BACKUP)
        until_followed(operator)
        for _ in range(setting.plan.rounds):
            ours, theirs = _Ours(operator, setting.fresh_folder()), _Theirs(folder, setting.fresh_folder())
            _measured(setting, threads, posts, lambda done: _posted(setting, side, done), ours)
            _measured(setting, threads, rows, lambda done: _written(setting, done), theirs)
            until_followed(operator)
            ratios.append(_seconds(theirs) / _seconds(ours))
        operator.close()
    shutil.rmtree(folder)
    return [
        *posts.figures(f"{title} while {RATE:,} posts/s flow", at_most(50), at_most(2)),
        *rows.figures(f"`sqlite3 .backup` of it while plain SQLite takes {RATE:,} rows/s", None, None),
        _figure(title, "speed where nobody posts, times `sqlite3 .backup`", "x", ratios, at_least(0.5)),
    ]


@attrs.frozen
class _Ours:
    operator: Operator
    place: Path

    def make(self) -> None:
        self.operator.ask("command", "backup.create", {"path": f"{self.place}/"})

    def clear(self) -> None:
        shutil.rmtree(self.place)


@attrs.frozen
class _Theirs:
    folder: Path
    place: Path

    def make(self) -> None:
        subprocess.run(["sqlite3", str(self.folder / "chatd.db"), f".backup {self.place}"], check=True)

    def clear(self) -> None:
        self.place.unlink()


def _measured(
    setting: Setting, threads: ThreadPoolExecutor, waits: Waits, load: Load, copy: _Ours | _Theirs
) -> None:
    end = time.perf_counter() + setting.plan.steady
    waits.alone.append(load(lambda: time.perf_counter() >= end))
    waits.meanwhile.append(load(threads.submit(copy.make).done))
    copy.clear()


def _seconds(copy: _Ours | _Theirs) -> float:
    started = time.perf_counter()
    copy.make()
    took = time.perf_counter() - started
    copy.clear()
    return took


def _posted(setting: Setting, side: Side, done: Done) -> list[int]:
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


def _written(setting: Setting, done: Done) -> list[int]:
    """The same of rows: all that are due by the clock go into one transaction."""
    path = setting.fresh_folder()
    waits: list[int] = []
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE messages (text TEXT)")
        start = time.perf_counter()
        while not done():
            due = int((time.perf_counter() - start) * RATE) - len(waits)
            if not due:
                time.sleep(1 / RATE)
                continue
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO messages VALUES (?)", [(ROW,)] * due)
            connection.execute("COMMIT")
            passed = time.perf_counter() - start
            waits += [int((passed - (len(waits) + number) / RATE) * 1e9) for number in range(due)]
    connection.close()
    path.unlink()
    return waits


def _p99(nanoseconds: Sequence[int]) -> float:
    return percentile(nanoseconds, 99) / 1e6


def _figure(
    title: str, name: str, unit: str, values: Sequence[float], target: Target | None = None
) -> Figure:
    return Figure(title, name, unit, statistics.median(values), target=target, spread=spread(values))
