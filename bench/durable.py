"""Small rooms in which everybody talks: acknowledged posts, each durable before its acknowledgement."""

from __future__ import annotations

from collections.abc import Callable

from bench.figure import Figure, at_least, at_most
from bench.load import Reading, bursts, one_each
from bench.rounds import Measure, Rounds, each_in_turns, in_turns
from bench.setting import SETTLED, Setting, Side, both_sides
from bench.speech import Texts, plain
from bench.talk import talk_of

PER_ROOM = 4
IN_FLIGHT = {1: 1.2, 8: 2.0}  # posts of each member, and how many times socket.io's rate is due
BURST, BURSTS = 10, 5  # posts of each member at once, and how often

Wording = Callable[[Side], Texts]

WORDINGS: dict[str, Wording] = {
    "plain texts": lambda _: plain,
    "texts as people write": lambda side: talk_of(side.rooms),
}


def acknowledged_posts(setting: Setting) -> list[Figure]:
    """One post and eight of each member in flight, plain texts and those of people, beside socket.io."""
    rooms = setting.plan.rooms
    figures = []
    with both_sides(setting, rooms * PER_ROOM, rooms) as sides:
        for side in sides:
            side.crowd.speech.together = 1  # eight posts are eight WebSocket messages, to both servers
        for in_flight, times in IN_FLIGHT.items():
            title = f"{rooms} rooms of {PER_ROOM}, {in_flight} of each in flight (socket.io stores nothing)"
            setting.say(title)
            measures = {name: posting(setting, words, in_flight) for name, words in WORDINGS.items()}
            for name, taken in each_in_turns(setting, sides, measures).items():
                figures += _figures(f"{title}, {name}", taken, times)
    return figures


def burst(setting: Setting) -> list[Figure]:
    """All are silent, and then everybody says many things at the same moment."""
    rooms = setting.plan.rooms
    members = rooms * PER_ROOM
    title = f"{members} members in rooms of {PER_ROOM} post {BURST} texts of people each, at one moment"
    setting.say(title)
    receiver = setting.receiver

    def measure(side: Side) -> Reading:
        return bursts(receiver, side.crowd, side.pid, side.rooms, BURST, BURSTS, SETTLED)

    with both_sides(setting, members, rooms) as sides:
        for side in sides:
            side.crowd.speech.together = 1
            side.crowd.speech.texts = talk_of(side.rooms)
        taken = in_turns(setting, sides, measure)
    return [
        taken.figure(
            title, "until all are acknowledged", "ms", lambda reading: reading.seconds / BURSTS * 1e3
        ),
        taken.figure(title, "p50 until acknowledged", "ms", lambda reading: reading.p50),
        taken.figure(title, "p99 until acknowledged", "ms", lambda reading: reading.p99),
        taken.figure(title, "server CPU per post", "us", lambda reading: reading.cpu_per_post),
    ]


def posting(setting: Setting, words: Wording, in_flight: int) -> Measure:
    """Everybody posts texts worded so, with as many posts in flight."""
    texts: dict[str, Texts] = {}

    def measure(side: Side) -> Reading:
        if side.name not in texts:
            texts[side.name] = words(side)
        side.crowd.speech.texts = texts[side.name]
        return one_each(
            setting.receiver, side.crowd, side.pid, side.rooms, setting.plan.steady, in_flight=in_flight
        )

    return measure


def _figures(title: str, taken: Rounds, times: float) -> list[Figure]:
    return [
        taken.figure(title, "acknowledged", "1/s", lambda reading: reading.answers_per_second),
        *taken.times(title, "times socket.io", lambda reading: reading.answers_per_second, at_least(times)),
        taken.figure(title, "p50 until acknowledged", "ms", lambda reading: reading.p50),
        taken.figure(title, "p99 until acknowledged", "ms", lambda reading: reading.p99),
        taken.figure(title, "server CPU per post", "us", lambda reading: reading.cpu_per_post, at_most(120)),
        taken.figure(title, "the load's own core busy", "%", lambda reading: reading.busy * 100),
    ]
