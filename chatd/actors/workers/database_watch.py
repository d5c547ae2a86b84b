"""The database watch: looks a few times a second whether the open database is the one at its path.

The log refuses commits by itself while it is not. This worker tells the admin, once, also when nobody writes.
"""

from __future__ import annotations

from typing import Final

import msgspec
import trio

from chatd.actors.workers.health import Health
from chatd.log import log
from chatd.ports import Maintenance

INTERVAL: Final = 0.25  # seconds; an admin is told within one
ADVICE: Final = (
    "nothing is stored until it is back; `chatctl backup create FILE` saves what is open, a crash loses it"
)
WRITTEN_OVER: Final = (
    "`chatctl server verify` says whether it is whole; if it is not, restore the newest good backup"
)


class DatabaseWatch(msgspec.Struct, eq=False):
    """One for the server."""

    _store: Maintenance
    _health: Health
    name: str = "database watch"
    restarts: int = 0
    healthy: bool = False

    def failed(self, given_up: bool) -> None:
        """Nobody asks it anything."""

    async def run(self) -> None:
        """Runs forever."""
        while True:
            self.look()
            self.healthy = True
            await trio.sleep(INTERVAL)

    def look(self) -> None:
        if self._health.database_file is None and (touched := self._store.touched()) is not None:
            self._health.database_file = f"{touched}; {WRITTEN_OVER}"
            log.error("database_touched", problem=touched, mend=WRITTEN_OVER)
        problem = self._store.misplaced()
        said = None if problem is None else f"{problem}; {ADVICE}"
        if said == self._health.database:
            return
        self._health.database = said
        if problem is not None:
            log.error("database_misplaced", problem=problem, mend=ADVICE)
        else:
            log.warning("database_back", mend="the server stores again")
