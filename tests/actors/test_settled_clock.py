"""The wall clock is not believed where nothing can be taken back: a time ahead of what is known must last."""

from __future__ import annotations

import attrs

from chatd.actors.workers.settled_clock import AHEAD, SETTLES, SettledClock

SECOND, DAY = 1_000, 86_400_000
START = 1_800_000_000_000


@attrs.define
class Machine:
    """A machine whose clock can be set."""

    wall: int = START
    steady: int = 5_000

    def pass_(self, milliseconds: int) -> None:
        self.wall += milliseconds
        self.steady += milliseconds

    def settled(self, known: int) -> SettledClock:
        return SettledClock(known, lambda: self.wall, lambda: self.steady)


def test_a_clock_that_goes_on_is_believed() -> None:
    machine = Machine()
    settled = machine.settled(START - 10 * SECOND)
    for _ in range(5):
        assert settled() == machine.wall
        machine.pass_(DAY)


def test_a_server_that_starts_a_day_ahead_believes_it_after_a_minute() -> None:
    machine = Machine(wall=START + DAY)
    settled = machine.settled(START)
    assert settled() == START
    machine.pass_(SETTLES - SECOND)
    assert settled() == START + SETTLES - SECOND
    machine.pass_(SECOND)
    assert settled() == machine.wall


def test_a_clock_that_is_set_right_within_the_minute_was_never_believed() -> None:
    machine = Machine(wall=START + DAY)
    settled = machine.settled(START)
    assert settled() == START
    machine.pass_(3 * SECOND)
    machine.wall -= DAY
    assert settled() == START + 3 * SECOND
    machine.wall += DAY
    machine.pass_(SETTLES)
    assert settled() == START + 3 * SECOND + SETTLES  # a new minute begins


def test_a_step_ahead_while_it_runs_must_last_too_and_one_back_counts_at_once() -> None:
    machine = Machine()
    settled = machine.settled(START)
    machine.pass_(10 * SECOND)
    assert settled() == machine.wall
    machine.wall += AHEAD
    assert settled() == START + 10 * SECOND
    machine.wall -= DAY
    assert settled() == machine.wall


def test_an_empty_log_knows_no_time() -> None:
    assert Machine().settled(0)() == START
