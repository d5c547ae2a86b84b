"""A database of an older version, with something in it, brought to the present one.

There is no older version yet. The one here is made up: the present model without the table `mentions`. The
step to the present one makes the table and its triggers, and fills it with what the log holds already.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

from store_facts import Pen

from chatd.ports import Append, Appended
from chatd.store.connection import open_writer
from chatd.store.database import open_store
from chatd.store.ops import migrate
from chatd.store.ops.data_folder import DATABASE


def shape(connection: sqlite3.Connection) -> dict[str, str]:
    """What stands in the schema, without comments and line breaks."""
    found = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {f"{type} {name}": " ".join(re.sub(r"--.*", "", sql).split()) for type, name, sql in found}


def test_the_step_leads_to_what_schema_sql_says(old_village: Path) -> None:
    migrate.prepare(old_village / DATABASE)
    migrate.prepare(old_village / "fresh.db")
    migrated, fresh = open_writer(old_village / DATABASE), open_writer(old_village / "fresh.db")
    assert shape(migrated) == shape(fresh)
    assert migrated.execute("PRAGMA user_version").fetchone() == (2,)
    migrated.close()
    fresh.close()


async def test_version_1_keeps_its_messages_and_gets_rows_for_what_was_logged(
    tmp_path: Path, pen: Pen, written_by_version_1: Callable[[list[Append]], None]
) -> None:
    village = [
        *pen.village(),
        pen.account("cat"),
        pen.join("room/hall", "cat"),
        pen.post("hall", "fine, @bob", by="cat", reply_to=6, mentions=["bob", "here"]),
        pen.room("attic"),
        pen.post("attic", "first here", nonce="n1", mentions=["room"]),
    ]
    written_by_version_1(village)
    async with open_store(tmp_path) as store:
        assert store.epoch == "then"
        rows = await store.reader.ask(
            lambda file: file.execute("SELECT account, room, seq FROM mentions ORDER BY 1").fetchall()
        )
        assert rows == [("bob", "hall", 8), ("room", "attic", 2)]
        page = await store.reader.history("hall", before=None, after=None, around=None, limit=9)
        texts = ["hello", "hello yourself", "how are you?", "fine, @bob"]
        assert [row["text"] for row in page.rows] == texts
        assert (await store.verify()).findings == ()
        assert await store.check() == ()


async def test_version_1_goes_on_as_if_it_had_always_been_the_present_one(
    old_village: Path, pen: Pen
) -> None:
    later = [
        pen.post("hall", "@bob", mentions=["bob"], reply_to=4, thread=4),
        pen.edit("hall", 5, "edited", by="bob"),
        pen.react("hall", 6, "👍"),
        pen.delete("hall", 4),
        pen.post("hall", "last", nonce="n2"),
    ]
    async with open_store(old_village) as store:
        outcomes = await store.log.submit([*later, pen.post("hall", "taken", nonce="n2")]).wait()
        assert [isinstance(done, Appended) for done in outcomes] == [True] * 5 + [False]
        assert (await store.verify()).findings == ()
        [unread] = await store.reader.unread("bob")
        assert (unread["unread"], unread["mentions"], unread["first_unread"]) == (3, 1, 6)
        [root] = await store.reader.messages("hall", [4])
        assert (root["deleted"], root["replies"]) == (True, 1)


async def test_the_copy_of_an_older_version_can_be_opened_again(old_village: Path) -> None:
    migrate.prepare(old_village / DATABASE)
    (old_village / f"{DATABASE}.version-1").rename(old_village / DATABASE)
    async with open_store(old_village) as store:
        assert (await store.verify()).findings == ()
