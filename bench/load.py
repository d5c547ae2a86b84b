"""The ways in which a crowd is made to talk, and the reading taken of each.

`paced` posts by the clock, `windowed` keeps a number of messages outstanding, `one_each` keeps one
post or some in flight on every connection, `bursts` lets everybody post at one moment. Server and load
share one clock, so an age is the moment of receiving minus that of sending.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence

import attrs

from bench.machine import cpu_seconds
from bench.receiver import Crowd, Receiver, Tap

WARM_UP = 1.0


@attrs.frozen
class Reading:
    """What one measurement gave: seconds, counts, CPU seconds of the server, percentiles in milliseconds.

    `busy` is the share of the time for which the load itself was computing: near 1, the load was the limit.
    """

    seconds: float
    deliveries: int
    answers: int
    server_cpu: float
    busy: float
    p50: float
    p99: float

    @property
    def deliveries_per_second(self) -> float:
        return self.deliveries / self.seconds

    @property
    def answers_per_second(self) -> float:
        return self.answers / self.seconds

    @property
    def cpu_per_post(self) -> float:
        """Microseconds."""
        return self.server_cpu / self.answers * 1e6

    @property
    def cpu_per_delivery(self) -> float:
        """Microseconds."""
        return self.server_cpu / self.deliveries * 1e6


class Meter:
    """Counts of a crowd and clocks of both sides, from its making to `read`."""

    def __init__(self, crowd: Crowd, pid: int) -> None:
        self._crowd = crowd
        self._pid = pid
        crowd.ages = []
        self._delivered = crowd.delivered
        self._answered = crowd.answered
        self._server_cpu = cpu_seconds(pid)
        self._load_cpu = time.process_time()
        self._started = time.perf_counter()

    def read(self) -> Reading:
        """The counts up to now; `ages` may still grow by what is on its way."""
        seconds = time.perf_counter() - self._started
        return Reading(
            seconds=seconds,
            deliveries=self._crowd.delivered - self._delivered,
            answers=self._crowd.answered - self._answered,
            server_cpu=cpu_seconds(self._pid) - self._server_cpu,
            busy=(time.process_time() - self._load_cpu) / seconds,
            p50=percentile(self._crowd.ages, 50) / 1e6,
            p99=percentile(self._crowd.ages, 99) / 1e6,
        )


def percentile(values: Sequence[int], percent: int) -> float:
    """The nearest-rank percentile; 0 of nothing."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return float(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)])


def paced(receiver: Receiver, crowd: Crowd, pid: int, rate: float, seconds: float) -> Reading:
    """`rate` messages a second, each from another member; every delivery is timed."""
    crowd.time_one_in(1)
    crowd.level()
    crowd.timing = True
    meter = Meter(crowd, pid)
    start = time.perf_counter()
    for number in range(int(rate * seconds)):
        due = start + number / rate
        while (left := due - time.perf_counter()) > 0:
            receiver.turn(left)
        receiver.post(crowd.taps[number % len(crowd.taps)])
    receiver.until(lambda: crowd.complete == int(rate * seconds))
    crowd.timing = False
    return meter.read()


@attrs.frozen
class Throttle:
    """`rate` messages a second, `together` of them from one member into its room at a time."""

    rate: int
    together: int


def paced_rooms(
    receiver: Receiver,
    crowd: Crowd,
    pid: int,
    rooms: Sequence[str],
    pace: Throttle,
    seconds: float,
    between: Callable[[], None] = lambda: None,
) -> Reading:
    """Members post by the clock, one after another, each into its room (`rooms[i]` for the i-th).

    Who is slower than the clock is not waited for, so that its backlog shows in the answers of the reading.
    """
    meter = Meter(crowd, pid)
    answered = crowd.answered
    lots = int(pace.rate * (WARM_UP + seconds) / pace.together)
    start = time.perf_counter()
    for number in range(lots):
        if number == int(pace.rate * WARM_UP / pace.together):
            meter = Meter(crowd, pid)
        due = start + number * pace.together / pace.rate
        while True:
            left = due - time.perf_counter()
            receiver.turn(max(left, 0))
            between()
            if left <= 0:
                break
        at = number % len(crowd.taps)
        receiver.post_to(crowd.taps[at], rooms[at], pace.together)
    reading = meter.read()
    receiver.until(lambda: crowd.answered - answered == lots * pace.together, between)
    return reading


@attrs.frozen
class Window:
    """How many messages may be outstanding, how many members post them, and how many one posts at a time.

    A message is outstanding until every member of the room has it.
    """

    outstanding: int
    senders: int
    together: int
    time_one_in: int = 1


def windowed(receiver: Receiver, crowd: Crowd, pid: int, window: Window, seconds: float) -> Reading:
    """As much as the window lets through."""
    crowd.time_one_in(window.time_one_in)
    crowd.level()
    senders = crowd.taps[:: max(1, len(crowd.taps) // window.senders)][: window.senders]
    sent = 0
    turn = 0

    def refill() -> None:
        nonlocal sent, turn
        free = window.outstanding - (sent - crowd.complete)
        while free >= window.together:
            receiver.post(senders[turn], window.together)
            turn = (turn + 1) % len(senders)
            sent += window.together
            free -= window.together

    _run_for(receiver, WARM_UP, refill)
    crowd.timing = True
    meter = Meter(crowd, pid)
    _run_for(receiver, seconds, refill)
    reading = meter.read()
    crowd.timing = False
    receiver.until(lambda: crowd.complete == sent)
    return reading


def one_each(
    receiver: Receiver,
    crowd: Crowd,
    pid: int,
    rooms: Sequence[str],
    seconds: float,
    between: Callable[[], None] = lambda: None,
    in_flight: int = 1,
) -> Reading:
    """Every member posts into its room (`rooms[i]` for the i-th), and again once that is acknowledged; it has
    `in_flight` posts on their way, all the time.

    The ages of this reading are those of acknowledgements. `between` is called after each turn.
    """
    posts = Posts(receiver, crowd, rooms, again=True)
    posts.by_everybody(in_flight)
    _run_for(receiver, WARM_UP, between)
    meter = Meter(crowd, pid)
    _run_for(receiver, seconds, between)
    reading = meter.read()
    posts.again = False
    receiver.until(lambda: posts.outstanding == 0)
    posts.end()
    return reading


def bursts(
    receiver: Receiver, crowd: Crowd, pid: int, rooms: Sequence[str], each: int, times: int, rest: float
) -> Reading:
    """Everybody posts `each` messages into its room at one moment, and then nothing until all of them are
    acknowledged and `rest` seconds have passed without a word; `times` times.

    The seconds of this reading are those from a burst to its last acknowledgement, in sum.
    """
    posts = Posts(receiver, crowd, rooms, again=False)
    meter = Meter(crowd, pid)
    seconds = 0.0
    for _ in range(times):
        started = time.perf_counter()
        posts.by_everybody(each)
        receiver.until(lambda: posts.outstanding == 0)
        seconds += time.perf_counter() - started
        receiver.until_quiet(rest)
    posts.end()
    return attrs.evolve(meter.read(), seconds=seconds)


class Posts:
    """Posts on their way to be acknowledged, and when each was sent; `again`: one more for each answer.

    A server answers what came on one connection in the order in which it came.
    """

    def __init__(self, receiver: Receiver, crowd: Crowd, rooms: Sequence[str], again: bool) -> None:
        self._receiver = receiver
        self._crowd = crowd
        self._room_of = dict(zip(crowd.taps, rooms, strict=True))
        self._sent_at: dict[Tap, deque[int]] = {tap: deque() for tap in crowd.taps}
        self.outstanding = 0
        self.again = again
        for tap in crowd.taps:
            tap.on_answer = self._answered

    def by_everybody(self, count: int) -> None:
        for tap in self._crowd.taps:
            self.post(tap, count)

    def end(self) -> None:
        for tap in self._crowd.taps:
            tap.on_answer = None

    def post(self, tap: Tap, count: int) -> None:
        self.outstanding += count
        self._sent_at[tap].extend([time.perf_counter_ns()] * count)
        self._receiver.post_to(tap, self._room_of[tap], count)

    def _answered(self, tap: Tap, count: int) -> None:
        now = time.perf_counter_ns()
        sent_at = self._sent_at[tap]
        self._crowd.ages += [now - sent_at.popleft() for _ in range(count)]
        self.outstanding -= count
        if self.again:
            self.post(tap, count)


def _run_for(receiver: Receiver, seconds: float, between: Callable[[], None] = lambda: None) -> None:
    end = time.perf_counter() + seconds
    between()
    receiver.until(lambda: time.perf_counter() >= end, between)
