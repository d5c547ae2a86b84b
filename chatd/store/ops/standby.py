"""What a standby's database says of itself: whom it follows, and how far it has come. No server starts on
it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

import msgspec

from chatd.ports import StoreError

KEY: Final = "standby"  # in `meta`


class StandbyState(msgspec.Struct, frozen=True):
    """`run` and `number` of the newest transaction that it has; no run while it catches up with the log.
    `complete`: it has had the tables beside the log, so it can be promoted. `files`: the server has its files
    in a folder, and so has the standby."""

    url: str
    run: str | None = None
    number: int = 0
    complete: bool = False
    files: bool = True


def read(connection: sqlite3.Connection) -> StandbyState | None:
    found = connection.execute("SELECT value FROM meta WHERE key = ?", (KEY,)).fetchone()
    return None if found is None else msgspec.json.decode(found[0], type=StandbyState)


def write(connection: sqlite3.Connection, state: StandbyState) -> None:
    value = msgspec.json.encode(state).decode()
    connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (KEY, value))


def refuse(connection: sqlite3.Connection, path: Path) -> None:
    """Raises StoreError if it is a standby's."""
    if (state := read(connection)) is None:
        return
    if not state.complete:
        raise StoreError(
            f"{path.parent} is a standby of {state.url} and has not had everything yet; go on with"
            " `chatd follow`, or begin in an empty folder"
        )
    raise StoreError(
        f"{path.parent} is a standby of {state.url}; make a server of it with"
        f" `chatd promote --data {path.parent}`"
    )
