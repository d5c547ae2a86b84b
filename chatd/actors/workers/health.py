"""What keeps the server from its work, or is otherwise not as it should be, in sentences for its admin.

Workers that watch set it; `server.status`, `server.check` and `/readyz` read it.
"""

from __future__ import annotations

from typing import Final

import msgspec
import trio

OUT_OF_FILES: Final = (
    "no file is left for new connections, which wait; raise the limit of open files (LimitNOFILE) above"
    " max_connections"
)


class Health(msgspec.Struct, eq=False):
    """`database`: why nothing can be stored. `database_file`: why the file may not be whole. `clock`: why
    times are not to be trusted. None: all is well.

    `clock_steps`: how often the clock was set since the start, the last time by `last_clock_step` seconds;
    negative: back. `files_short_until`: trio's time until which a shortage of open files counts as one.
    """

    database: str | None = None
    database_file: str | None = None
    clock: str | None = None
    clock_steps: int = 0
    last_clock_step: int | None = None
    files_short_until: float | None = None

    @property
    def ready(self) -> bool:
        """Whether commands can be carried out."""
        return self.database is None

    def files_are_short(self, until: float) -> None:
        self.files_short_until = until

    @property
    def out_of_files(self) -> bool:
        """Whether there was no file for a connection just now."""
        return self.files_short_until is not None and trio.current_time() < self.files_short_until

    @property
    def problems(self) -> list[str]:
        found = (self.database, self.database_file, self.clock, OUT_OF_FILES if self.out_of_files else None)
        return [problem for problem in found if problem is not None]
