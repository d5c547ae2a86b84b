"""What SQLite writes by the way: not to files that erasing does not reach, nor without bound to memory."""

from __future__ import annotations

import os
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store_facts import Pen

from chatd.store.connection import open_writer
from chatd.store.database import open_store
from chatd.store.ops import data_model, migrate
from chatd.store.ops.data_folder import DATABASE

MIB = 2**20
BULK = 64 * MIB
ALLOWED = 48 * MIB  # with threads' stacks and two caches, and far from what the file has
TEXT = 20_000


@contextmanager
def little_memory() -> Iterator[None]:
    """Who takes more than what is allowed gets none."""
    status = Path("/proc/self/status").read_text()
    [now] = [int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData:")]
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (now + ALLOWED, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def temporary_files() -> list[str]:
    """Those that SQLite has open: it takes away their names at once."""
    found = []
    for file in Path("/proc/self/fd").iterdir():
        try:
            found.append(os.readlink(file))
        except FileNotFoundError:  # that of the listing
            continue
    return [name for name in found if "etilqs" in name]


def many_texts(connection: sqlite3.Connection, rows: int) -> None:
    connection.executescript(
        """
        CREATE TABLE said (id INTEGER PRIMARY KEY, text TEXT NOT NULL CHECK (text <> ''));
        CREATE TABLE changed (id INTEGER PRIMARY KEY);
        CREATE TRIGGER said_changed AFTER UPDATE ON said BEGIN INSERT INTO changed VALUES (new.id); END;
        """
    )
    step = 500
    for start in range(0, rows, step):
        connection.execute(
            "WITH RECURSIVE n(id) AS (SELECT ?1 UNION ALL SELECT id + 1 FROM n WHERE id < ?2)"
            f" INSERT INTO said SELECT id, hex(randomblob({TEXT // 2})) FROM n",
            (start + 1, min(start + step, rows)),
        )


def test_the_writer_keeps_what_it_notes_by_the_way_in_memory(tmp_path: Path) -> None:
    connection = open_writer(tmp_path / DATABASE)
    try:
        assert connection.execute("PRAGMA temp_store").fetchone() == (2,)
        many_texts(connection, 50)
        connection.execute("BEGIN")
        connection.execute("UPDATE said SET text = 'gone'")  # a statement that notes the pages of before
        assert temporary_files() == []
        connection.execute("COMMIT")
    finally:
        connection.close()


def test_an_upgrade_of_a_large_file_takes_little_memory(disk: Path) -> None:
    path = disk / DATABASE
    model = data_model.Model(data_model.present().schema)
    migrate.prepare(path, model)
    connection = open_writer(path)
    many_texts(connection, BULK // TEXT)
    connection.close()
    steps = ("CREATE INDEX said_by_text ON said (text); UPDATE said SET text = text || '.'",)
    with little_memory():
        migrate.prepare(path, data_model.Model(model.schema, steps))
    assert path.stat().st_size > 2 * BULK


async def test_compacting_a_large_file_takes_little_memory(disk: Path, pen: Pen) -> None:
    async with open_store(disk / "data") as store:
        await store.log.submit(pen.village()).wait()
        posts = [pen.post("hall", "x" * TEXT) for _ in range(BULK // TEXT)]
        for start in range(0, len(posts), 500):
            await store.log.submit(posts[start : start + 500]).wait()
        gone = [pen.delete("hall", post.facts[0].seq) for post in posts[::2]]
        with little_memory():
            for start in range(0, len(gone), 500):
                await store.log.submit(gone[start : start + 500]).wait()  # in one statement
            await store.log.checkpoint()
            done = await store.compact()
        assert done.after < done.before * 0.6
        assert done.before > BULK
