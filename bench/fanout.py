"""Everybody in one room: how soon, how many and at what cost each message reaches all."""

from __future__ import annotations

from collections.abc import Iterable

from bench.figure import Figure, at_least, at_most
from bench.load import Reading, Window, paced, windowed
from bench.machine import commit_cost
from bench.setting import Best, Setting, Side, both_sides, in_turns

RATE = 20
LOW = Window(outstanding=4, senders=4, together=1, time_one_in=16)
FLOOD = Window(outstanding=256, senders=8, together=16, time_one_in=16)

SMALL = ("latency", "low", "flood")


def small_room(setting: Setting, only: Iterable[str]) -> list[Figure]:
    """The measurements in a room of 200, on one set of connections."""
    measures = {"latency": latency, "low": low_load, "flood": flood}
    with both_sides(setting, setting.plan.small_crowd) as sides:
        return [figure for name in only for figure in measures[name](setting, sides)]


def large_room(setting: Setting) -> list[Figure]:
    with both_sides(setting, setting.plan.large_crowd) as sides:
        return flood(setting, sides)


def latency(setting: Setting, sides: list[Side]) -> list[Figure]:
    title = f"{len(sides[0].crowd.taps)} members, {RATE} messages/s"
    setting.say(title)

    def measure(side: Side) -> Reading:
        return paced(setting.receiver, side.crowd, side.pid, RATE, setting.plan.paced)

    best = in_turns(setting, sides, measure, lambda reading: -reading.p99)
    figures = [
        best.figure(title, "p50 end to end", "ms", lambda reading: reading.p50, at_most(5)),
        best.figure(title, "p99 end to end", "ms", lambda reading: reading.p99, at_most(25)),
        best.figure(title, "server CPU per delivery", "us", lambda reading: reading.cpu_per_delivery),
    ]
    if best.rival:
        # Not above socket.io's by more than a commit, and what a commit costs is measured on the same disk.
        commit = commit_cost(setting.folder)
        p50, p99 = best.ours.p50 - best.rival.p50, best.ours.p99 - best.rival.p99
        figures += [
            Figure(title, "p50 above socket.io's, a commit at most", "ms", p50, target=at_most(commit.p50)),
            Figure(
                title, "p99 above socket.io's, a slow commit at most", "ms", p99, target=at_most(commit.p99)
            ),
        ]
    return figures


def low_load(setting: Setting, sides: list[Side]) -> list[Figure]:
    title = f"{len(sides[0].crowd.taps)} members, at most {LOW.outstanding} messages outstanding"
    best = throughput(setting, sides, title, LOW)
    return [
        *deliveries(title, best, at_least_per_second=60_000, at_least_times=1.5),
        best.figure(
            title, "server CPU per delivery", "us", lambda reading: reading.cpu_per_delivery, at_most(45)
        ),
        best.figure(title, "p99 end to end", "ms", lambda reading: reading.p99),
        best.figure(title, "the load's own core busy", "%", lambda reading: reading.busy * 100),
    ]


def flood(setting: Setting, sides: list[Side]) -> list[Figure]:
    title = f"{len(sides[0].crowd.taps)} members, flooded ({FLOOD.outstanding} messages outstanding)"
    best = throughput(setting, sides, title, FLOOD)
    return [
        *deliveries(title, best, at_least_per_second=400_000, at_least_times=5),
        best.figure(title, "p99 end to end", "ms", lambda reading: reading.p99, at_most(250)),
        best.figure(title, "server CPU per delivery", "us", lambda reading: reading.cpu_per_delivery),
        best.figure(title, "the load's own core busy", "%", lambda reading: reading.busy * 100),
    ]


def throughput(setting: Setting, sides: list[Side], title: str, window: Window) -> Best:
    setting.say(title)

    def measure(side: Side) -> Reading:
        return windowed(setting.receiver, side.crowd, side.pid, window, setting.plan.steady)

    return in_turns(setting, sides, measure, lambda reading: reading.deliveries_per_second)


def deliveries(title: str, best: Best, at_least_per_second: float, at_least_times: float) -> list[Figure]:
    figures = [
        best.figure(
            title,
            "deliveries",
            "1/s",
            lambda reading: reading.deliveries_per_second,
            at_least(at_least_per_second),
        )
    ]
    if best.rival:
        times = best.ours.deliveries_per_second / best.rival.deliveries_per_second
        figures.append(Figure(title, "times socket.io", "x", times, target=at_least(at_least_times)))
    return figures
