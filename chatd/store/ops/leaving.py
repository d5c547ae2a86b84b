"""A node leaves its cluster: from here on its database is one of its own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from chatd.ports import StoreError
from chatd.store.connection import open_writer
from chatd.store.ops import epochs
from chatd.store.ops.data_folder import database_in, hold, why_not


def leave(folder: Path) -> bool:
    """Whether it belonged to one. It gets an epoch of its own, since it will be another history. Raises
    StoreError."""
    path = database_in(folder)
    with hold(folder):
        try:
            connection = open_writer(path, create=False)
            try:
                [belongs] = connection.execute("SELECT EXISTS (SELECT 1 FROM cluster_key)").fetchone()
                if belongs:
                    epochs.restored(connection)
                return bool(belongs)
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise StoreError(f"{path} cannot be changed: {why_not(error)}") from error
