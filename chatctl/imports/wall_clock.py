"""Times that an export has without a zone: what a clock on a wall showed, made into Unix milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from attrs import define

from chatctl.imports.export import Options, Unreadable

LATEST: Final = 4_102_444_800_000  # Unix milliseconds: the year 2100; no message is of a later time
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
# A clock that went back by about an hour in the hour that the night has twice was put back by law.
_PUT_BACK: Final = (timedelta(minutes=30), timedelta(minutes=90))


def zone_of(options: Options, source: str) -> ZoneInfo:
    """The zone that the admin named; raises `Unreadable` if there is none, or no such one. `source` is the
    file whose times need it."""
    if options.zone is None:
        raise Unreadable(
            f"{source} has times without a zone. Say where the clock stood that they were read from, for"
            " example --zone Europe/Berlin."
        )
    try:
        return ZoneInfo(options.zone)
    except (KeyError, ValueError, OSError) as error:
        known = "Give a name such as Europe/Berlin, America/New_York or UTC."
        raise Unreadable(f"There is no zone {options.zone!r}. {known}") from error


def milliseconds(at: datetime) -> int | None:
    """Of a time with a zone; None if no message can have it."""
    if not 1969 <= at.year <= 2100:
        return None
    found = (at - _EPOCH) // _MILLISECOND
    return found if 0 <= found < LATEST else None


@define
class WallClock:
    """Reads the times of one file, in the order that they were written in."""

    zone: tzinfo
    _last: datetime | None = None
    _second: bool = False  # it is the second time that the night has this hour

    def read(self, shown: datetime) -> datetime:
        """`shown` has no zone; what is given has."""
        first, second = (shown.replace(tzinfo=self.zone, fold=fold) for fold in (0, 1))
        twice = first.utcoffset() is not None and _offset(first) > _offset(second)
        if not twice:
            self._second = False
        elif self._last is not None and _PUT_BACK[0] <= self._last - shown <= _PUT_BACK[1]:
            self._second = True
        self._last = shown
        return second if self._second else first


def _offset(at: datetime) -> timedelta:
    return at.utcoffset() or timedelta()
