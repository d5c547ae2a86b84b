"""Small requests over HTTP with a token, each a look-up in the database; beside them the same with Starlette
on uvicorn with uvloop, which is what others would write it with.
"""

from __future__ import annotations

import shutil
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.asking import Asker
from bench.community import Operator, create_community, enter_rooms
from bench.figure import Figure, at_least
from bench.load import Reading
from bench.process import Server, chatd_running, running
from bench.requests_kept import CONNECTIONS, closed_loop, get
from bench.rounds import ratio, spread
from bench.setting import Setting
from bench.speech import stamped_text

PEER = Path(__file__).parent / "peer" / "look_up.py"
TARGET = at_least(0.8)
NAMES = ("chatd", "Starlette on uvicorn")


def small_gets(setting: Setting) -> list[Figure]:
    title = f"GET of one message with a token, {CONNECTIONS} connections kept"
    setting.say(title)
    with _both(setting) as (servers, request):
        rounds = [
            [closed_loop(server, request, setting.plan.steady) for server in servers]
            for _ in range(setting.plan.rounds)
        ]
    ours, theirs = ([readings[side] for readings in rounds] for side in (0, 1))
    figures = [
        figure
        for name, readings in zip(NAMES, (ours, theirs), strict=True)
        for figure in (
            _figure(title, f"{name}, answers", "1/s", readings, lambda reading: reading.answers_per_second),
            _figure(
                title, f"{name}, server CPU per answer", "us", readings, lambda reading: reading.cpu_per_post
            ),
            _figure(title, f"{name}, p99", "ms", readings, lambda reading: reading.p99),
            _figure(title, f"{name}, load's core busy", "%", readings, lambda reading: reading.busy * 100),
        )
    ]
    times = ratio(
        title, "times Starlette's", lambda reading: reading.answers_per_second, ours, theirs, TARGET
    )
    return [*figures, times]


def _figure(
    title: str, name: str, unit: str, readings: list[Reading], of: Callable[[Reading], float]
) -> Figure:
    values = [of(reading) for reading in readings]
    return Figure(title, name, unit, statistics.median(values), spread=spread(values))


@contextmanager
def _both(setting: Setting) -> Iterator[tuple[tuple[Server, Server], bytes]]:
    """chatd and its peer on a copy of its database, on one core in turns; and what both are asked."""
    folder, core = setting.fresh_folder(), setting.cores.server
    with chatd_running(folder, core) as ours:
        operator = Operator(folder)
        community = create_community(ours, operator, 2)
        enter_rooms(ours, community)
        operator.close()
        (room,), token = community.rooms, community.members[0].token
        with Asker(ours, token) as asker:
            posted = [
                asker.asked("command", "message.post", room=room, text=stamped_text()) for _ in range(100)
            ]
        seq = posted[-1][0]["seq"]
        copy = folder.with_name(f"{folder.name}-copy")
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.sock"))
        command = [sys.executable, str(PEER), str(copy / "chatd.db"), token]
        with running(command, core, folder.with_suffix(".peer.log")) as theirs:
            yield (ours, theirs), get(f"/api/v1/rooms/{room}/messages/{seq}", token)
