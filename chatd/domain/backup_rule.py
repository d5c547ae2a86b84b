"""Which backups are kept.

A rule is written as `last 3, daily 7, weekly 4, monthly 12, yearly 2`: of so many days (weeks, …) that have
backups the newest one each, and the newest ones as they come. All times are UTC.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

MOST: Final = 100_000
_PERIODS: Final[dict[str, Callable[[datetime], object]]] = {
    "hourly": lambda at: at.strftime("%Y-%m-%d %H"),
    "daily": lambda at: at.strftime("%Y-%m-%d"),
    "weekly": lambda at: at.isocalendar()[:2],
    "monthly": lambda at: (at.year, at.month),
    "yearly": lambda at: at.year,
}
NAMES: Final = ("last", *_PERIODS)


class Rule(Struct, frozen=True):
    """How many of each."""

    counts: dict[str, int]

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Raises ValueError."""
        counts: dict[str, int] = {}
        # An empty rule is one that somebody forgot: it would forget all backups but one.
        for part in [part for part in map(str.strip, text.split(",")) if part] or [""]:
            match = re.fullmatch(r"([a-z]+)[ =](\d{1,6})", part)
            if match is None or match[1] not in NAMES or not 0 < int(match[2]) <= MOST:
                known = ", ".join(f"{name} 3" for name in NAMES)
                raise ValueError(f"must be like `last 3, daily 7`, of {known}; not {part[:40]!r}")
            counts[match[1]] = int(match[2])
        return cls(counts)

    def kept(self, made: Sequence[tuple[str, int]]) -> set[str]:
        """Of these backups (id, and what the clock showed, Unix milliseconds) those to be kept; the newest is
        always one of them. Ids sort as the backups were made, which times do not where the clock was set."""
        newest = sorted(made, reverse=True)
        kept = {id_ for id_, _ in newest[: max(1, self.counts.get("last", 0))]}
        for name, period in _PERIODS.items():
            seen: set[object] = set()
            for id_, at in newest:
                key = period(datetime.fromtimestamp(at / 1000, UTC))
                if len(seen) == self.counts.get(name, 0):
                    break
                if key not in seen:
                    seen.add(key)
                    kept.add(id_)
        return kept
