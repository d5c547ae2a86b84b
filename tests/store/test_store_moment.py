"""How far the log had gone at a time, when the clock had been wrong for a while."""

from __future__ import annotations

import sqlite3
from itertools import chain
from pathlib import Path

import pytest

from chatd.store.ops.moment import position_at

MINUTE = 60_000
HOUR = 60 * MINUTE
YEAR = 365 * 24 * HOUR
NINE = 1_800_000_000_000
MORNING = range(NINE, NINE + HOUR, MINUTE)  # an event a minute: positions 1 to 60
WRONG = range(NINE + HOUR, NINE + 2 * HOUR, 10_000)  # six a minute: positions 61 to 420
NOON = range(NINE + 2 * HOUR, NINE + 3 * HOUR, MINUTE)


@pytest.mark.parametrize("offset", [YEAR, 90 * MINUTE, -3 * HOUR, -HOUR, -20 * YEAR])
@pytest.mark.parametrize(
    ("moment", "position"),
    [
        (NINE + 1, 1),
        (NINE + 50 * MINUTE + 1, 51),
        (NINE + 2 * HOUR + 1, 421),
        (NINE + 2 * HOUR + 10 * MINUTE + 1, 431),
        (NINE + 4 * HOUR, 480),
    ],
)
def test_a_busy_hour_with_a_wrong_clock_moves_no_other_moment(
    tmp_path: Path, offset: int, moment: int, position: int
) -> None:
    wrong = [at + offset for at in WRONG]
    assert position_at(_log(tmp_path, [*MORNING, *wrong, *NOON]), moment) == position


def test_times_that_cross_by_moments_are_no_clock_that_was_set(tmp_path: Path) -> None:
    crossed = list(chain.from_iterable((at + 50, at) for at in MORNING))
    assert position_at(_log(tmp_path, crossed), NINE + 30 * MINUTE - 1) == 60


def test_what_an_import_brings_says_nothing_of_the_clock(tmp_path: Path) -> None:
    path = _log(tmp_path, MORNING)
    with sqlite3.connect(path) as connection:
        insert = "INSERT INTO events (type, at, data) VALUES ('message.posted', ?, ?)"
        connection.execute(insert, (NINE - YEAR, '{"imported": 1}'))
        connection.execute(insert, (NINE + HOUR, "{}"))
    connection.close()
    assert position_at(path, NINE + 30 * MINUTE) == 31
    assert position_at(path, NINE + HOUR - 1) == 61
    assert position_at(path, NINE + HOUR) == 62
    assert position_at(path, NINE - 1) == 0


def _log(folder: Path, times: range | list[int]) -> Path:
    path = folder / "chatd.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE events (position INTEGER PRIMARY KEY, type, at, data)")
        insert = "INSERT INTO events (type, at, data) VALUES ('message.posted', ?, '{}')"
        connection.executemany(insert, [(at,) for at in times])
    connection.close()
    return path
