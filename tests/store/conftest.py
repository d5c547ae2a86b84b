from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from store_facts import Pen, Sheet, SingleThreaded

from chatd.ports import Append, Appended
from chatd.store.connection import open_writer
from chatd.store.database import Store, open_store
from chatd.store.log.journal import Journal
from chatd.store.ops import data_model
from chatd.store.ops.data_folder import DATABASE
from chatd.store.ops.place import Place

LACKING = ("mentions", "message_mentions", "mentions_changed")
FILL = """
    INSERT INTO mentions (account, room, seq)
    SELECT value, room, seq FROM messages CROSS JOIN json_each(mentions) WHERE value <> 'here'
"""


@pytest.fixture
def pen() -> Pen:
    return Pen()


@pytest.fixture
def sheet() -> Iterator[Sheet]:
    with Sheet() as sheet:
        yield sheet


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path / "data") as store:
        yield store


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> str:
    """Leads to what is version 2 here."""
    schema = data_model.present().schema
    connection = sqlite3.connect(":memory:", isolation_level=None)
    data_model.build(connection)
    rows = connection.execute("SELECT name, sql FROM sqlite_master")
    missing = {name: sql for name, sql in rows if name in LACKING}
    connection.close()
    sql = "; ".join([*(missing[name] for name in LACKING), FILL])
    monkeypatch.setattr(data_model, "present", lambda: data_model.Model(schema, (sql,)))
    return sql


@pytest.fixture
def written_by_version_1(tmp_path: Path, step: str) -> Callable[[list[Append]], None]:
    """Writes a database as the chatd of then would have."""

    def write(appends: list[Append]) -> None:
        connection = open_writer(tmp_path / DATABASE)
        drops = "DROP TRIGGER mentions_changed; DROP TRIGGER message_mentions; DROP TABLE mentions"
        data_model.build(connection, data_model.Model(f"{data_model.present().schema}; {drops}"))
        journal = Journal(SingleThreaded(connection), Place(tmp_path / DATABASE))  # type: ignore[arg-type]
        journal.open(connection)
        assert all(isinstance(done, Appended) for done in journal.commit(appends))
        connection.execute("INSERT INTO meta VALUES ('epoch', 'then')")
        connection.close()

    return write


@pytest.fixture
def old_village(tmp_path: Path, pen: Pen, written_by_version_1: Callable[[list[Append]], None]) -> Path:
    """The data folder of a village, as the chatd of then wrote it."""
    written_by_version_1(pen.village())
    return tmp_path
