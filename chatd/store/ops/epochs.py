"""Epochs: what tells clients one history from another, and those that they were told before.

Whoever puts an older copy of the data folder back, or moves the folder to another machine, makes files that
no server has opened before. That is seen at the lock file: each start leaves the file's inode and time of
change in the database, and no copy of a file has both. A copy gets an epoch of its own. Up to the place where
it was found to be one its history is the old one, so cursors of the former epoch are good up to there, not
beyond.

What brings back inode and time too, as a snapshot of a volume does, is not seen here; only the hash in a
cursor tells then (`chatd.handlers.histories`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import msgspec

from chatd.clock import new_id
from chatd.log import log as server_log
from chatd.store.ops.data_folder import LockFile
from chatd.store.queries.log import EPOCH, HEAD

LOCK = "SELECT value FROM meta WHERE key = 'lock'"
PRESENT = "SELECT epoch FROM epochs WHERE until IS NULL"
CLUSTER = ("proposers", "cluster_key", "nodes")
FORMER = "SELECT epoch, until FROM epochs WHERE until IS NOT NULL"


class Epochs(msgspec.Struct, frozen=True):
    """`database` names the database and its copies; `present` is told to clients; each of the `former` ones
    is good up to a position."""

    database: str
    present: str
    former: Mapping[str, int]


def begin(connection: sqlite3.Connection, lock_file: LockFile) -> Epochs:
    """The epochs of a database that is being opened, in the transaction that is open."""
    [database] = connection.execute(EPOCH).fetchone()
    [present] = connection.execute(PRESENT).fetchone() or (database,)
    known = connection.execute(LOCK).fetchone()
    if known is not None and _is_copy(known[0], lock_file):
        [head] = connection.execute(HEAD).fetchone()
        connection.execute(
            "INSERT INTO epochs (epoch, until) VALUES (?1, ?2) ON CONFLICT (epoch) DO UPDATE SET until = ?2",
            (present, head),
        )
        present = new_id()
        connection.execute("INSERT INTO epochs (epoch, until) VALUES (?, NULL)", (present,))
        server_log.warning("data_folder_copied", position=head, epoch=present)
    connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('lock', ?)", (lock_file.now,))
    return Epochs(database, present, dict(connection.execute(FORMER).fetchall()))


def _is_copy(known: str, lock_file: LockFile) -> bool:
    """Whether the lock file is another one than at the last start that the database knows of.

    A start that was killed before the database knew of it changed the time, and left the former one in there.
    """
    if known == lock_file.before:
        return False
    return known not in lock_file.earlier or known.partition(":")[0] != lock_file.before.partition(":")[0]


def forget_lock(path: Path) -> None:
    """Whoever opens this copy first opens it as the database that it was made of."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("DELETE FROM meta WHERE key = 'lock'")
        connection.commit()
    finally:
        connection.close()


def restored(connection: sqlite3.Connection) -> str:
    """Gives a database that was made of a backup an epoch that no cursor has; no former one is good."""
    epoch = new_id()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("DELETE FROM epochs")
    connection.execute("DELETE FROM meta WHERE key = 'lock'")
    forget_cluster(connection)
    connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('epoch', ?)", (epoch,))
    connection.execute("COMMIT")
    return epoch


def forget_cluster(connection: sqlite3.Connection) -> None:
    """It begins one of its own, or none: what was applied of the stream of another is no place in its own."""
    for table in CLUSTER:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of tables
