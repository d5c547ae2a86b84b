"""Promotes a standby: its folder becomes that of a server.

Nothing is copied and nothing is computed. What the database says of a cluster, whose standby it was, goes. It
still says at which lock file the followed server was started; the next start finds another one, as in any
copy of a folder, and begins an epoch of its own. Cursors of the former epoch stay good up to the place where
the standby stood (`chatd.store.ops.epochs`).
"""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct

from chatd.ports import StoreError
from chatd.store import json_rows
from chatd.store.connection import open_writer
from chatd.store.ops import standby
from chatd.store.ops.backup import NAMED_BLOBS
from chatd.store.ops.data_folder import LOCK, database_in, hold, refuse_if_held, why_not
from chatd.store.ops.epochs import forget_cluster
from chatd.store.queries.log import HEAD

SECONDS: Final = 15.0  # for a standby that runs to end
PAUSE: Final = 0.05


class Promoted(Struct, frozen=True):
    """Whom it followed, and up to which position. `missing`: how many files had not come yet."""

    url: str
    position: int
    missing: int = 0


def promote(folder: Path) -> Promoted:
    """Ends the standby that runs on the folder, if one does. Raises StoreError."""
    path = database_in(folder)
    _look_at(path)
    _end(folder)
    with hold(folder):
        try:
            connection = open_writer(path, create=False)
            try:
                state = _state(connection, folder)
                [position] = connection.execute(HEAD).fetchone()
                named = json_rows.strings(connection, NAMED_BLOBS) if state.files else []
                connection.execute("BEGIN IMMEDIATE")
                forget_cluster(connection)
                connection.execute("DELETE FROM meta WHERE key = ?", (standby.KEY,))
                connection.execute("COMMIT")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise StoreError(f"{path} cannot be opened: {why_not(error)}") from error
    missing = sum(not (folder / "files" / hash_[:2] / hash_[2:]).is_file() for hash_ in named)
    return Promoted(state.url, position, missing)


def _look_at(path: Path) -> None:
    """Before anything is ended. Raises StoreError."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            _state(connection, path.parent)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be opened: {why_not(error)}") from error


def _state(connection: sqlite3.Connection, folder: Path) -> standby.StandbyState:
    """Raises StoreError: it is no standby, or not one that can be promoted."""
    state = standby.read(connection)
    if state is None:
        raise StoreError(f"{folder} is no standby; start it with `chatd serve --data {folder}`")
    if not state.complete:
        raise StoreError(f"{folder} has not had everything of {state.url} yet; it cannot be promoted")
    return state


def _end(folder: Path) -> None:
    """Only a standby holds the folder of one: no server starts on it."""
    until = time.monotonic() + SECONDS
    told = False
    while True:
        try:
            refuse_if_held(folder)
        except StoreError:
            if time.monotonic() > until:
                raise
        else:
            return
        if not told:
            with suppress(OSError, ValueError):
                os.kill(int((folder / LOCK).read_text().split("\n", 1)[0]), signal.SIGTERM)
                told = True
        time.sleep(PAUSE)
