"""Sessions that are opened and closed again, a few handshakes under way at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import attrs

from bench.community import Community, Operator, connected, create_community, enter_rooms
from bench.figure import Figure
from bench.machine import cpu_seconds
from bench.process import Server, chatd_running
from bench.setting import Setting

MEMBERS, ROOMS = 100, 10


@attrs.frozen
class Opens:
    """Sessions opened in so many seconds, and CPU seconds of the server."""

    count: int
    seconds: float
    server_cpu: float


def session_opens(setting: Setting) -> list[Figure]:
    count = setting.plan.opens
    title = f"{count:,} sessions, opened and closed"
    setting.say(title)
    with ExitStack() as stack:
        builds = [None, setting.before] if setting.before else [None]
        sides = [stack.enter_context(_side(setting, build)) for build in builds]
        taken: list[list[Opens]] = [[] for _ in sides]
        for _ in range(setting.plan.rounds):
            for side, found in zip(sides, taken, strict=True):
                found.append(_open(*side, count))
    per_second = [max(one.count / one.seconds for one in found) for found in taken]
    cost = [min(one.server_cpu / one.count * 1e6 for one in found) for found in taken]
    return [
        _figure(title, "session opens", "1/s", per_second),
        _figure(title, "server CPU per open", "us", cost),
    ]


def _figure(title: str, name: str, unit: str, values: list[float]) -> Figure:
    return Figure(title, name, unit, values[0], values[1] if len(values) > 1 else None)


@contextmanager
def _side(setting: Setting, build: Path | None) -> Iterator[tuple[Server, Community]]:
    folder = setting.fresh_folder()
    with chatd_running(folder, setting.cores.server, build=build) as server:
        operator = Operator(folder)
        community = create_community(server, operator, MEMBERS, ROOMS)
        enter_rooms(server, community)
        operator.close()
        yield server, community


def _open(server: Server, community: Community, count: int) -> Opens:
    cpu, started = cpu_seconds(server.pid), time.perf_counter()
    opened = 0
    while opened < count:
        for group in connected(server, community.members):
            opened += len(group)
            for dialogue in group:
                dialogue.close()
    return Opens(opened, time.perf_counter() - started, cpu_seconds(server.pid) - cpu)
