"""How far a log had gone at a moment, as far as the times of its events tell.

They grow, except where somebody set the clock. A time that is earlier than some before it says either that
those are of a clock that was ahead, or that it is of one that is behind. The clock was ahead when those times
are further from it than they are apart: it was so for less time than by how much. Else it is behind
until it has caught up; if it never does, the others were ahead, since somebody sees the newest clock. What a
wrong clock dated tells of no moment, however much it was.
"""

# ruff: noqa: S608 - statements are put together from conditions of the schema only; values are bound

from __future__ import annotations

import sqlite3
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

from chatd.ports import StoreError
from chatd.store.ops.data_folder import ANOTHER, why_not
from chatd.store.queries.log import DATED, HEAD

CROSSING: Final = 60_000  # milliseconds by which times go back though nobody set the clock
TIMES: Final = f"SELECT position, at FROM events WHERE {DATED} ORDER BY position"
NEXT: Final = f"""
    SELECT coalesce(min(position) - 1, ({HEAD})) FROM events WHERE at > ? AND position > ? AND {DATED}
"""


def position_at(file: Path, at: int) -> int:
    """How far the log of the database `file` had gone at `at`, Unix milliseconds. Raises StoreError."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            last = _last_until(connection.execute(TIMES), at)
            return int(connection.execute(NEXT, (at, last)).fetchone()[0])
    except sqlite3.Error as error:
        raise StoreError(f"{file} cannot be read: {why_not(error, ANOTHER)}") from error


def _last_until(events: Iterable[tuple[int, int]], at: int) -> int:
    """The position of the last event that a right clock dated until `at`; 0 if there is none."""
    positions, times = array("q"), array("q")  # of right clocks; times only grow
    late = array("q"), array("q")  # of a clock that is behind, as far as is known yet
    before, behind = 0, False
    for position, time in events:
        newest = times[-1] if times else time
        if time >= newest - CROSSING:
            behind = False
        elif time < before - CROSSING:  # the clock was set
            first = bisect_right(times, time)
            behind = first == 0 or times[first] - time <= newest - times[first]
            if behind:
                late = array("q"), array("q")
            else:
                del positions[first:], times[first:]
        of = late if behind else (positions, times)
        of[0].append(position)
        of[1].append(max(time, of[1][-1]) if of[1] else time)
        before = time
    if behind:
        first = bisect_right(times, late[1][0])
        positions, times = positions[:first] + late[0], times[:first] + late[1]
    until = bisect_right(times, at)
    return positions[until - 1] if until else 0
