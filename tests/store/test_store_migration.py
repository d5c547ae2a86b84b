"""Databases of older versions, with something in them, brought to the present one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from store_facts import Pen, SingleThreaded

from chatd.ports import Append, Appended
from chatd.store.connection import open_writer
from chatd.store.database import open_store
from chatd.store.log.journal import Journal
from chatd.store.ops import migrate
from chatd.store.ops.data_dir import DATABASE


@pytest.fixture
def written_by(tmp_path: Path) -> Callable[[int, list[Append]], None]:
    """Writes a database of an older version, as the chatd of then would have."""

    def write(version: int, appends: list[Append]) -> None:
        connection = open_writer(tmp_path / DATABASE)
        migrate.migrate(connection, migrate.steps()[:version], 0)
        journal = Journal(SingleThreaded(connection))  # type: ignore[arg-type]
        journal.open(connection)
        assert all(isinstance(done, Appended) for done in journal.commit(appends))
        connection.execute("INSERT INTO meta VALUES ('epoch', 'then')")
        connection.close()

    return write


async def test_version_1_keeps_its_messages_and_counts_them(
    tmp_path: Path, pen: Pen, written_by: Callable[[int, list[Append]], None]
) -> None:
    village = [
        *pen.village(),
        pen.account("cat"),
        pen.join("room/hall", "cat"),
        pen.post("hall", "fine", by="bob", reply_to=6),
        pen.room("attic"),
        pen.post("attic", "first here", nonce="n1"),
    ]
    written_by(1, village)
    columns = "room, seq, position, nonce, reply_to, thread, nth, mentions, body, edited_at, deleted"
    async with open_store(tmp_path) as store:
        assert store.epoch == "then"
        rows = await store.reader.ask(
            lambda file: file.execute(f"SELECT {columns} FROM messages ORDER BY room, seq").fetchall()
        )
        assert rows == [
            ("attic", 2, 16, "n1", None, None, 1, None, 16, None, 0),
            ("hall", 4, 9, "n1", None, None, 1, None, 9, None, 0),
            ("hall", 5, 10, "n1", 4, None, 2, None, 10, None, 0),
            ("hall", 6, 11, None, None, None, 3, None, 11, None, 0),
            ("hall", 8, 14, None, 6, None, 4, None, 14, None, 0),
        ]
        page = await store.reader.history("hall", before=None, after=None, around=None, limit=9)
        assert [row["text"] for row in page.rows] == ["hello", "hello yourself", "how are you?", "fine"]
        assert (await store.verify()).findings == ()
        assert await store.check() == ()


async def test_version_1_goes_on_as_if_it_had_always_been_the_present_one(
    tmp_path: Path, pen: Pen, written_by: Callable[[int, list[Append]], None]
) -> None:
    written_by(1, pen.village())
    later = [
        pen.post("hall", "@bob", mentions=["bob"], reply_to=4, thread=4),
        pen.edit("hall", 5, "edited", by="bob"),
        pen.react("hall", 6, "👍"),
        pen.delete("hall", 4),
        pen.post("hall", "last", nonce="n2"),
    ]
    async with open_store(tmp_path) as store:
        outcomes = await store.log.submit([*later, pen.post("hall", "taken", nonce="n2")]).wait()
        assert [isinstance(done, Appended) for done in outcomes] == [True] * 5 + [False]
        assert (await store.verify()).findings == ()
        [unread] = await store.reader.unread("bob")
        assert (unread["unread"], unread["mentions"], unread["first_unread"]) == (3, 1, 6)
        [root] = await store.reader.messages("hall", [4])
        assert (root["deleted"], root["replies"]) == (True, 1)


async def test_the_copy_of_an_older_version_can_be_opened_again(
    tmp_path: Path, pen: Pen, written_by: Callable[[int, list[Append]], None]
) -> None:
    written_by(1, pen.village())
    migrate.prepare(tmp_path / DATABASE)
    (tmp_path / f"{DATABASE}.version-1").rename(tmp_path / DATABASE)
    async with open_store(tmp_path) as store:
        assert (await store.verify()).findings == ()
