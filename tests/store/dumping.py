"""A database as SQL, and back: how databases of older versions are kept (`tests/store/dumps`)."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path
from typing import Final

from store_facts import Pen, SingleThreaded

from chatd.ports import Appended
from chatd.store.connection import open_writer
from chatd.store.log.journal import Journal
from chatd.store.ops import data_model, migrate
from chatd.store.ops.data_folder import DATABASE
from chatd.store.ops.place import Place

DUMPS: Final = Path(__file__).with_name("dumps")


def dump(connection: sqlite3.Connection) -> str:
    """All of it, with its version."""
    [version] = connection.execute("PRAGMA user_version").fetchone()
    lines = "\n".join(connection.iterdump())
    id_ = data_model.APPLICATION_ID
    return f"{lines}\nPRAGMA application_id = {id_};\nPRAGMA user_version = {version};\n"


def load(path: Path, sql: str) -> None:
    """Makes the database at `path` of it."""
    connection = open_writer(path)
    try:
        connection.executescript(sql)
    finally:
        connection.close()


def present(folder: Path) -> str:
    """A database of the present version in which everything happened."""
    path = folder / DATABASE
    migrate.prepare(path)
    connection = open_writer(path, create=False)
    try:
        journal = Journal(SingleThreaded(connection), Place(path))  # type: ignore[arg-type]
        journal.open(connection)
        assert all(isinstance(done, Appended) for done in journal.commit(Pen().busy_village()))
        connection.execute("INSERT INTO meta VALUES ('epoch', 'then')")
        return dump(connection)
    finally:
        connection.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        file = DUMPS / f"{data_model.present().version}.sql"
        file.write_text(present(Path(folder)))
