"""What keeps the server from its work, or is otherwise not as it should be, in sentences for its admin.

Workers that watch set it; `server.status`, `server.check` and `/readyz` read it.
"""

from __future__ import annotations

from typing import Final

import msgspec
import trio

from chatd.actors.runtime.log_writer import LogWriter

OUT_OF_FILES: Final = (
    "no file is left for new connections, which wait; raise the limit of open files (LimitNOFILE) above"
    " max_connections"
)
UNSTORED_SECONDS: Final = 10.0  # for which a commit that failed counts
STORE_AGAIN: Final = "is the disk full, or broken? It goes on by itself when it can store again"


class Health(msgspec.Struct, eq=False):
    """`database`: why nothing can be stored. `database_file`: why the file may not be whole. `clock`: why
    times are not to be trusted. `backup`: why the newest backup is too old. `cluster`: why this node does not
    know what the others know. None: all is well.

    `clock_steps`: how often the clock was set since the start, the last time by `last_clock_step` seconds;
    negative: back. `files_short_until`: trio's time until which a shortage of open files counts as one.
    """

    database: str | None = None
    database_file: str | None = None
    clock: str | None = None
    backup: str | None = None
    cluster: str | None = None
    clock_steps: int = 0
    last_clock_step: int | None = None
    files_short_until: float | None = None
    writer: LogWriter | None = None

    @property
    def ready(self) -> bool:
        """Whether commands can be carried out."""
        return self.database is None and self.commits is None and self.cluster is None

    @property
    def commits(self) -> str | None:
        """Why nothing could be stored just now, if the newest commit failed. After a while without another
        one nobody knows, and commands are welcome to find out."""
        failed = None if self.writer is None else self.writer.failed_commit
        if failed is None or trio.current_time() > failed.at + UNSTORED_SECONDS:
            return None
        return f"the newest commit failed: {failed.why}; {STORE_AGAIN}"

    def files_are_short(self, until: float) -> None:
        self.files_short_until = until

    @property
    def out_of_files(self) -> bool:
        """Whether there was no file for a connection just now."""
        return self.files_short_until is not None and trio.current_time() < self.files_short_until

    @property
    def problems(self) -> list[str]:
        short = OUT_OF_FILES if self.out_of_files else None
        found = (
            self.database or self.commits,
            self.cluster,
            self.database_file,
            self.clock,
            self.backup,
            short,
        )
        return [problem for problem in found if problem is not None]
