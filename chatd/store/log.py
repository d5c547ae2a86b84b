"""The log as the actors know it: appends in, durable events out."""

from __future__ import annotations

from collections.abc import Sequence

from chatd.ports import Append, Appended, Taken
from chatd.store.connection import Reply, TrioConnection
from chatd.store.journal import Journal


class SqliteCommit:
    """A transaction on its way to the disk. To stop waiting does not stop it."""

    def __init__(self, reply: Reply[list[Appended | Taken]]) -> None:
        self._reply = reply

    async def wait(self) -> list[Appended | Taken]:
        """One outcome for each append, in order. Raises StoreUnavailable: then nothing was written."""
        return await self._reply


class SqliteLog:
    """The durable order of everything. Its journal works on the writer's thread."""

    def __init__(self, connection: TrioConnection, journal: Journal) -> None:
        self._connection = connection
        self._journal = journal

    def submit(self, appends: Sequence[Append]) -> SqliteCommit:
        """Starts one transaction for all appends at once, without waiting; they run in this order."""
        reply = self._connection.call(lambda: self._journal.commit(appends))
        if self._journal.checkpoint_due:
            # queued behind the commit, so that its askers are answered before the long write begins
            self._journal.checkpoint_due = False
            self._connection.call(self._journal.checkpoint)
        return SqliteCommit(reply)

    async def checkpoint(self) -> None:
        """Moves what the write-ahead log holds into the database file, and empties it."""
        await self._connection.call(lambda: self._journal.checkpoint("TRUNCATE"))
