"""What keeps the server from its work, or is otherwise not as it should be, in sentences for its admin.

Workers that watch set it; `server.status`, `server.check` and `/readyz` read it.
"""

from __future__ import annotations

import msgspec


class Health(msgspec.Struct, eq=False):
    """`database`: why nothing can be stored. `database_file`: why the file may not be whole. `clock`: why
    times are not to be trusted. None: all is well.

    `clock_steps`: how often the clock was set since the start, the last time by `last_clock_step` seconds;
    negative: back.
    """

    database: str | None = None
    database_file: str | None = None
    clock: str | None = None
    clock_steps: int = 0
    last_clock_step: int | None = None

    @property
    def ready(self) -> bool:
        """Whether commands can be carried out."""
        return self.database is None

    @property
    def problems(self) -> list[str]:
        found = (self.database, self.database_file, self.clock)
        return [problem for problem in found if problem is not None]
