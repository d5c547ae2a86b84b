"""Everybody in one room: how soon, how many and at what cost each message reaches all."""

from __future__ import annotations

from collections.abc import Iterable

from bench.figure import Figure, at_least, at_most
from bench.load import Reading, Window, paced, windowed
from bench.machine import commit_cost
from bench.rounds import Rounds, in_turns
from bench.setting import Setting, Side, both_sides

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

    rounds = in_turns(setting, sides, measure)
    commit = commit_cost(
        setting.folder
    )  # for the reader: chatd shows a message after a commit, the rival at once
    return [
        rounds.figure(title, "p50 end to end", "ms", lambda reading: reading.p50),
        *rounds.times(title, "p50, times socket.io", lambda reading: reading.p50, at_most(1.25)),
        rounds.figure(title, "p99 end to end", "ms", lambda reading: reading.p99),
        *rounds.times(title, "p99, times socket.io", lambda reading: reading.p99, at_most(1.25)),
        rounds.figure(title, "server CPU per delivery", "us", lambda reading: reading.cpu_per_delivery),
        Figure(title, "a commit alone, p50", "ms", commit.p50),
        Figure(title, "a commit alone, p99", "ms", commit.p99),
    ]


def low_load(setting: Setting, sides: list[Side]) -> list[Figure]:
    title = f"{len(sides[0].crowd.taps)} members, at most {LOW.outstanding} messages outstanding"
    rounds = throughput(setting, sides, title, LOW)
    return [
        *deliveries(title, rounds, at_least_per_second=60_000, at_least_times=1.5),
        rounds.figure(
            title, "server CPU per delivery", "us", lambda reading: reading.cpu_per_delivery, at_most(45)
        ),
        rounds.figure(title, "p99 end to end", "ms", lambda reading: reading.p99),
        rounds.figure(title, "the load's own core busy", "%", lambda reading: reading.busy * 100),
    ]


def flood(setting: Setting, sides: list[Side]) -> list[Figure]:
    title = f"{len(sides[0].crowd.taps)} members, flooded ({FLOOD.outstanding} messages outstanding)"
    rounds = throughput(setting, sides, title, FLOOD)
    return [
        *deliveries(title, rounds, at_least_per_second=400_000, at_least_times=5),
        rounds.figure(title, "p99 end to end", "ms", lambda reading: reading.p99, at_most(250)),
        rounds.figure(title, "server CPU per delivery", "us", lambda reading: reading.cpu_per_delivery),
        rounds.figure(title, "the load's own core busy", "%", lambda reading: reading.busy * 100),
    ]


def throughput(setting: Setting, sides: list[Side], title: str, window: Window) -> Rounds:
    setting.say(title)

    def measure(side: Side) -> Reading:
        return windowed(setting.receiver, side.crowd, side.pid, window, setting.plan.steady)

    return in_turns(setting, sides, measure)


def deliveries(title: str, rounds: Rounds, at_least_per_second: float, at_least_times: float) -> list[Figure]:
    return [
        rounds.figure(
            title,
            "deliveries",
            "1/s",
            lambda reading: reading.deliveries_per_second,
            at_least(at_least_per_second),
        ),
        *rounds.times(
            title,
            "times socket.io",
            lambda reading: reading.deliveries_per_second,
            at_least(at_least_times),
        ),
    ]
