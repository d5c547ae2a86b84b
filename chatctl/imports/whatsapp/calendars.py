"""The day that a phone means by a year, a month and a day of its calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

_BUDDHIST: Final = 543  # years that the calendar of Thailand's phones is ahead
_EARLIEST: Final = 2009  # no chat is older than the app
_NEW_YEAR: Final = (1388, date(2009, 3, 21))  # of the calendar of Iran's phones
_PERSIAN: Final = range(_NEW_YEAR[0], 1500)
_CYCLE: Final = 33  # years, after which the long ones are the same (for a year until 1500)
_LONG: Final = frozenset({1, 5, 9, 13, 17, 22, 26, 30})


def day_of(year: int, month: int, day: int) -> date:
    """A year may have two digits; raises `ValueError` or `OverflowError` where there is no such day."""
    if year < 100:
        year += 2000 if year + 2500 < _EARLIEST + _BUDDHIST else 2500
    if year in _PERSIAN:
        return _persian(year, month, day)
    return date(year - _BUDDHIST if year >= _EARLIEST + _BUDDHIST else year, month, day)


def _persian(year: int, month: int, day: int) -> date:
    """Six months have 31 days, five 30, and the last 29, in long years 30."""
    most = 31 if month <= 6 else 30 if month < 12 or year % _CYCLE in _LONG else 29
    if not (1 <= month <= 12 and 1 <= day <= most):
        raise ValueError(f"no day {year}-{month}-{day}")
    first, begins = _NEW_YEAR
    long_ones = sum(one % _CYCLE in _LONG for one in range(first, year))
    before = 31 * min(month - 1, 6) + 30 * max(month - 7, 0)
    return begins + timedelta(365 * (year - first) + long_ones + before + day - 1)
