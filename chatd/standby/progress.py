"""How far a standby has come, and how far that is behind the server it follows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import msgspec

STATES: Final = ("copying", "following", "disconnected")
FAMILIES: Final = (
    ("chatd_standby_position", "Position of the newest event that the standby has."),
    ("chatd_standby_source_position", "Position of the newest event that the server was known to have."),
    ("chatd_standby_lag_events", "Events that the standby lacks, as far as it knows."),
    ("chatd_standby_lag_seconds", "Time since the standby last had everything that the server had."),
    ("chatd_standby_files_missing", "Blobs of files that the standby has still to fetch."),
    ("chatd_standby_connected", "Whether the server answers: 1, or 0."),
    ("chatd_standby_complete", "Whether the standby can be promoted: 1, or 0."),
)


class Progress(msgspec.Struct, eq=False):
    """`since`: when it last had the whole log, by the clock that only goes on; `waiting_since`: since when a
    file has been missing that the server has."""

    url: str
    position: int = 0
    source_position: int = 0
    files_missing: int = 0
    waiting_since: float | None = None
    connected: bool = False
    complete: bool = False
    error: str | None = None
    clock: Callable[[], float] = time.monotonic
    since: float = msgspec.field(default_factory=time.monotonic)

    def heard(self, source_position: int) -> None:
        """The server has answered."""
        self.connected, self.error = True, None
        self.source_position = max(source_position, self.position)
        if self.source_position == self.position and self.complete:
            self.since = self.clock()

    def lost(self, why: str) -> None:
        self.connected, self.error = False, why

    @property
    def lag_events(self) -> int:
        return max(0, self.source_position - self.position)

    @property
    def lag_seconds(self) -> float:
        since = self.since if self.waiting_since is None else min(self.since, self.waiting_since)
        return round(max(0.0, self.clock() - since), 3)

    @property
    def state(self) -> str:
        if not self.connected:
            return STATES[2]
        return STATES[1] if self.complete else STATES[0]

    def asking(self, name: str) -> dict[str, str | int]:
        """What the server is told of this standby."""
        return {
            "name": name,
            "position": self.position,
            "lag_seconds": int(self.lag_seconds),
            "files_missing": self.files_missing,
        }

    def told(self) -> dict[str, object]:
        return {
            "following": self.url,
            "state": self.state,
            "position": self.position,
            "source_position": self.source_position,
            "lag_events": self.lag_events,
            "lag_seconds": self.lag_seconds,
            "files_missing": self.files_missing,
            "complete": self.complete,
            "error": self.error,
        }

    def metrics(self) -> str:
        """In the text format of Prometheus."""
        values = (
            *(self.position, self.source_position, self.lag_events, self.lag_seconds, self.files_missing),
            *(int(self.connected), int(self.complete)),
        )
        lines = []
        for (name, help_), value in zip(FAMILIES, values, strict=True):
            lines += [f"# HELP {name} {help_}", f"# TYPE {name} gauge", f"{name} {value}"]
        return "\n".join([*lines, ""])
