"""Rescued copies: what a server that lost its database's file leaves behind, and what the next start does.

A copy lies beside the path. Whatever stands at the path at the next start must not win over it without a
word: nothing, or an older file that somebody put there.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Final

from chatd.path_kind import is_there
from chatd.ports import StoreError
from chatd.store import json_rows
from chatd.store.connection import open_reader
from chatd.store.queries.log import HEAD

MARK: Final = ".rescued-"  # and the time, in the name of a copy


def name(path: Path) -> Path:
    """What a copy of the database at `path` that is made now is called."""
    return path.with_name(f"{path.name}{MARK}{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")


def refuse_to_forget(path: Path) -> None:
    """Raises StoreError when a copy beside `path` holds more than what stands there."""
    copies = sorted(path.parent.glob(f"{path.name}{MARK}*"))
    if not copies:
        return
    if not is_there(path):
        raise StoreError(
            f"{path} is missing, but {copies[-1]} was saved when it was lost;"
            f" rename that to {path.name}, or move it away to start from nothing"
        )
    here = _position(path)
    copy, there = max(((copy, _position(copy)) for copy in copies), key=lambda found: found[1])
    if there > here:
        raise StoreError(
            f"{path} ends at position {here}, but {copy}, saved when it was lost, at {there}; to"
            f" go on with the copy, move {path.name}, {path.name}-wal and {path.name}-shm away and rename the"
            f" copy to {path.name}; to go on without it, move the copy away"
        )


def _position(file: Path) -> int:
    """The position of its last event; 0 also when it cannot be read."""
    try:
        connection = open_reader(file)
        try:
            return int(json_rows.cell(connection, HEAD))
        finally:
            connection.close()
    except sqlite3.Error:
        return 0
