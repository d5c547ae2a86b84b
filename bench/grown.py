"""A folder in which much has been said: how soon it is of use, and how long it takes to verify it."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bench.archive import Archive
from bench.asking import Answer, Asker, Waits
from bench.behind import until_followed
from bench.community import Operator
from bench.figure import Figure, at_least, at_most
from bench.machine import cpu_seconds
from bench.process import Server, chatd_running
from bench.rounds import spread
from bench.setting import Setting

LONGEST_VERIFY = 900.0
BETWEEN_POSTS = 0.01


def grown_database(setting: Setting) -> list[Figure]:
    """The folder was filled through the store, and its pages were read by nobody since."""
    folder, archive = setting.archived_folder(setting.plan.archived)
    title = f"start with a database of {archive.events:,} events"
    setting.say(title)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    listening, posted = [], []
    for _ in range(setting.plan.rounds):
        with chatd_running(folder, setting.cores.server) as server, _member(server, folder, archive) as asker:
            asker.post(archive.rooms_of(archive.people[0])[0].id)
            posted.append(time.perf_counter() - server.spawned)
            listening.append(server.listening - server.spawned)
            operator = Operator(folder)
            position = operator.ask("query", "server.status", {})["position"]
            operator.close()
            if position < archive.events:
                raise AssertionError(f"only {position} events are there")
    figures = [
        Figure(title, name, "s", statistics.median(seconds), target=target, spread=spread(seconds))
        for name, seconds, target in (
            ("until it listens", listening, at_most(2)),
            ("until its first post is acknowledged", posted, at_most(3.5)),
        )
    ]
    figures += [
        Figure(title, "size on disk", "MiB", size / 1024 / 1024),
        *_verified(setting, folder, archive),
    ]
    shutil.rmtree(folder)
    return figures


def _verified(setting: Setting, folder: Path, archive: Archive) -> list[Figure]:
    """The log is replayed and compared with all tables while a member posts, one message after another."""
    title = f"`server verify` of {archive.events:,} events"
    setting.say(title)
    waits = Waits()
    room = archive.rooms_of(archive.people[0])[0].id
    with chatd_running(folder, setting.cores.server) as server, _member(server, folder, archive) as asker:
        operator = Operator(folder, LONGEST_VERIFY)
        until_followed(operator)
        with ThreadPoolExecutor(1) as threads:
            started, cpu = time.perf_counter(), cpu_seconds(server.pid)
            verifying = threads.submit(operator.ask, "query", "server.verify", {})
            while not verifying.done():
                waits.all.append(asker.post(room))
                time.sleep(BETWEEN_POSTS)
            seconds, cpu = time.perf_counter() - started, cpu_seconds(server.pid) - cpu
        answer: Answer = verifying.result()
        operator.close()
    if answer["findings"]:
        raise AssertionError(f"verify found: {answer['findings'][:3]}")
    return [
        Figure(title, "events verified", "1/s", answer["events"] / seconds, target=at_least(200_000)),
        Figure(title, "server CPU per event", "us", cpu / answer["events"] * 1e6),
        *waits.figures(title, "post acknowledged meanwhile"),
    ]


@contextmanager
def _member(server: Server, folder: Path, archive: Archive) -> Iterator[Asker]:
    """The first member of the archive, with an open session."""
    operator = Operator(folder)
    token = operator.ask("command", "account.token", {"account": archive.people[0]})["token"]
    operator.close()
    with Asker(server, token) as asker:
        yield asker
