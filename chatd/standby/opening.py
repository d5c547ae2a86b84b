"""Opens the database of a standby. A disk that is full then is as one that fills later: it is waited for."""

from __future__ import annotations

import sqlite3
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import trio

from chatd.ports import StoreError
from chatd.standby.applying import Applying
from chatd.store.connection import TrioConnection, connect, open_writer
from chatd.store.ops import migrate
from chatd.store.ops.data_folder import DATABASE, hold, wants_room
from chatd.store.ops.standby import write


class Opening:
    """Takes the folder and opens its database, as soon as there is room for what that writes. `stack` gives
    both back."""

    def __init__(self, stack: AsyncExitStack, folder: Path, applying: Applying) -> None:
        self.folder = folder
        self.applying = applying
        self.database: TrioConnection | None = None
        self.why = ""  # what the disk says
        self._stack = stack

    async def tried(self) -> TrioConnection | None:
        """None: the disk is full. Raises StoreError and sqlite3.Error: room would not mend it."""
        path = self.folder / DATABASE
        try:
            async with AsyncExitStack() as stack:
                stack.enter_context(hold(self.folder))
                first = partial(write, state=self.applying.state)
                await trio.to_thread.run_sync(partial(migrate.prepare, path, first=first))
                database = await stack.enter_async_context(connect(partial(open_writer, path, create=False)))
                await database.run(self.applying.open)
                await self._stack.enter_async_context(stack.pop_all())
                self.database = database
        except (StoreError, sqlite3.OperationalError) as error:
            if not wants_room(error):
                raise
            own = isinstance(error, StoreError)
            self.why = str(error) if own else f"{path} cannot be written: {error}"
        return self.database
