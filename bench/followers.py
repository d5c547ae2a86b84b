"""What the views cost the write path, and whether they keep up with it.

Two servers, one of which follows its log with views. They are measured in turns of a few seconds, in the
order with, without, without, with, so that a drift of the machine weighs on both alike; and no turn begins
before the views have followed everything, so that none pays for the one before.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack

import attrs

from bench.behind import Watch, standing, until_followed
from bench.community import Operator
from bench.durable import PER_ROOM
from bench.figure import Figure, at_least
from bench.load import Reading, Throttle, one_each, paced_rooms
from bench.prose import Prose
from bench.setting import SETTLED, Setting, Side, our_side
from bench.speech import ChatdSpeech

PACE = Throttle(rate=5000, together=16)
SHORTER = 4  # turns are short and many: the machine's speed changes from second to second
TEXTS = 5000
SEED = 4


class TalkSpeech(ChatdSpeech):
    """Posts texts of many words: one text over and over would make an index's work too easy."""

    def __init__(self) -> None:
        super().__init__()
        prose = Prose(SEED)
        self._texts = itertools.cycle([prose.text() for _ in range(TEXTS)])

    def post(self, room: str, number: int) -> bytes:
        return (
            f'{{"id":{number},"command":"message.post","data":'
            f'{{"room":"{room}","text":"{next(self._texts)}","nonce":"{number}"}}}}'
        ).encode()


@attrs.define
class Turns:
    """One server, and what was read of it: `behind` are events, `catching_up` seconds after a turn's end."""

    side: Side
    views: bool
    operator: Operator
    watch: Watch
    readings: list[Reading] = attrs.Factory(list)
    behind: list[int] = attrs.Factory(list)
    catching_up: list[float] = attrs.Factory(list)

    def measure(self, setting: Setting, load: Callable[[Side, Watch], Reading]) -> None:
        reading = load(self.side, self.watch)
        ended = time.perf_counter()
        if self.views:
            self.catching_up.append(max(until_followed(self.operator).values()) - ended)
        elif not standing(self.operator).events:
            raise AssertionError("views follow the log where they should not")
        self.readings.append(reading)
        self.behind.append(self.watch.most_events())
        setting.receiver.until_quiet(SETTLED)

    def sum_of(self, of: Callable[[Reading], float]) -> float:
        return sum(of(reading) for reading in self.readings)

    @property
    def per_second(self) -> float:
        return self.sum_of(lambda reading: reading.answers) / self.sum_of(lambda reading: reading.seconds)

    @property
    def cpu_per_post(self) -> float:
        """Microseconds."""
        answers = self.sum_of(lambda reading: reading.answers)
        return self.sum_of(lambda reading: reading.server_cpu) / answers * 1e6

    def middle(self, of: Callable[[Reading], float]) -> float:
        return statistics.median(of(reading) for reading in self.readings)


def with_and_without(setting: Setting) -> list[Figure]:
    rooms = setting.plan.rooms
    with ExitStack() as stack:
        followed, bare = (
            _turns(setting, stack, name, rooms, views) for name, views in (("with", True), ("without", False))
        )
        return [
            *_cost(
                setting, followed, bare, f"{rooms} rooms of {PER_ROOM}, with views of the log and without"
            ),
            *_pace(setting, followed, f"{PACE.rate:,} messages/s into {rooms} rooms of {PER_ROOM}"),
        ]


def _turns(setting: Setting, stack: ExitStack, name: str, rooms: int, views: bool) -> Turns:
    folder = setting.fresh_folder()
    side = stack.enter_context(our_side(setting, name, folder, rooms * PER_ROOM, rooms, views))
    side.crowd.speech = TalkSpeech()
    operator, watch = Operator(folder), Watch(folder)
    stack.callback(operator.close)
    stack.callback(watch.close)
    setting.receiver.until_quiet(SETTLED)
    return Turns(side, views, operator, watch)


def _cost(setting: Setting, followed: Turns, bare: Turns, title: str) -> list[Figure]:
    setting.say(title)

    def load(side: Side, watch: Watch) -> Reading:
        seconds = setting.plan.steady / SHORTER
        return one_each(setting.receiver, side.crowd, side.pid, side.rooms, seconds, watch.look)

    for _ in range(setting.plan.rounds * 2):
        for turns in (followed, bare, bare, followed):
            turns.measure(setting, load)
    pairs = zip(followed.readings, bare.readings, strict=True)  # each pair was measured back to back
    ratio = statistics.median(one.answers_per_second / other.answers_per_second for one, other in pairs)
    return [
        Figure(title, "acknowledged, with", "1/s", followed.per_second),
        Figure(title, "acknowledged, without", "1/s", bare.per_second),
        Figure(title, "with / without", "x", ratio, target=at_least(0.9)),
        Figure(title, "p99 until acknowledged, with", "ms", followed.middle(lambda reading: reading.p99)),
        Figure(title, "p99 until acknowledged, without", "ms", bare.middle(lambda reading: reading.p99)),
        Figure(title, "server CPU per post, with", "us", followed.cpu_per_post),
        Figure(title, "server CPU per post, without", "us", bare.cpu_per_post),
        *_behind(followed, title),
    ]


def _pace(setting: Setting, followed: Turns, title: str) -> list[Figure]:
    """The rate that views have to keep up with, by the clock, also where single posts do not get there."""
    setting.say(title)
    paced = Turns(followed.side, True, followed.operator, followed.watch)

    def load(side: Side, watch: Watch) -> Reading:
        seconds = setting.plan.steady
        return paced_rooms(setting.receiver, side.crowd, side.pid, side.rooms, PACE, seconds, watch.look)

    for _ in range(setting.plan.rounds):
        paced.measure(setting, load)
    return [
        Figure(title, "acknowledged", "1/s", paced.per_second, target=at_least(PACE.rate * 0.99)),
        Figure(title, "server CPU per post", "us", paced.cpu_per_post),
        *_behind(paced, title),
    ]


def _behind(turns: Turns, title: str) -> list[Figure]:
    most = max(turns.behind)
    return [
        Figure(title, "views behind, at most", "events", most),
        Figure(title, "views behind, at most", "s", most / turns.per_second),
        Figure(title, "until they had caught up, at most", "s", max(turns.catching_up)),
    ]
