"""Small rooms in which everybody talks: acknowledged posts, each durable before its acknowledgement."""

from __future__ import annotations

from bench.figure import Figure, at_least, at_most
from bench.load import Reading, one_each
from bench.setting import Setting, Side, both_sides, in_turns

PER_ROOM = 4


def acknowledged_posts(setting: Setting) -> list[Figure]:
    rooms = setting.plan.rooms
    title = f"{rooms} rooms of {PER_ROOM}, one post in flight each (socket.io stores nothing)"
    setting.say(title)

    def measure(side: Side) -> Reading:
        return one_each(setting.receiver, side.crowd, side.pid, side.rooms, setting.plan.steady)

    with both_sides(setting, rooms * PER_ROOM, rooms) as sides:
        best = in_turns(setting, sides, measure, lambda reading: reading.answers_per_second)
    return [
        best.figure(title, "acknowledged", "1/s", lambda reading: reading.answers_per_second, at_least(5000)),
        best.figure(title, "p50 until acknowledged", "ms", lambda reading: reading.p50),
        best.figure(title, "p99 until acknowledged", "ms", lambda reading: reading.p99, at_most(150)),
        best.figure(
            title, "server CPU per post", "us", lambda reading: reading.server_cpu / reading.answers * 1e6
        ),
        best.figure(title, "the load's own core busy", "%", lambda reading: reading.busy * 100),
    ]
