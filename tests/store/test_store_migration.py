"""A database of an older version, with something in it, brought to the present one.

There is no older version yet. The one here is made up: the present model without the table `mentions`. The
step to the present one makes the table and its triggers, and fills it with what the log holds already.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from store_facts import Pen, SingleThreaded

from chatd.ports import Append, Appended, StoreError
from chatd.store.connection import open_writer
from chatd.store.database import open_store
from chatd.store.log.journal import Journal
from chatd.store.ops import migrate, upgrade
from chatd.store.ops.data_dir import DATABASE
from chatd.store.ops.place import Place
from chatd.store.ops.upgrade import UpgradeError
from chatd.upgrading import carry_out

LACKING = ("mentions", "message_mentions", "mentions_changed")
FILL = """
    INSERT INTO mentions (account, room, seq)
    SELECT value, room, seq FROM messages CROSS JOIN json_each(mentions) WHERE value <> 'here'
"""


def shape(connection: sqlite3.Connection) -> dict[str, str]:
    """What stands in the schema, without comments and line breaks."""
    found = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {f"{type} {name}": " ".join(re.sub(r"--.*", "", sql).split()) for type, name, sql in found}


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> str:
    """Leads to what is version 2 here."""
    schema = migrate.present().schema
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate.build(connection)
    rows = connection.execute("SELECT name, sql FROM sqlite_master")
    missing = {name: sql for name, sql in rows if name in LACKING}
    connection.close()
    sql = "; ".join([*(missing[name] for name in LACKING), FILL])
    monkeypatch.setattr(migrate, "present", lambda: migrate.Model(schema, (sql,)))
    return sql


@pytest.fixture
def written_by_version_1(tmp_path: Path, step: str) -> Callable[[list[Append]], None]:
    """Writes a database as the chatd of then would have."""

    def write(appends: list[Append]) -> None:
        connection = open_writer(tmp_path / DATABASE)
        drops = "DROP TRIGGER mentions_changed; DROP TRIGGER message_mentions; DROP TABLE mentions"
        migrate.build(connection, migrate.Model(f"{migrate.present().schema}; {drops}"))
        journal = Journal(SingleThreaded(connection), Place(tmp_path / DATABASE))  # type: ignore[arg-type]
        journal.open(connection)
        assert all(isinstance(done, Appended) for done in journal.commit(appends))
        connection.execute("INSERT INTO meta VALUES ('epoch', 'then')")
        connection.close()

    return write


def test_the_step_leads_to_what_schema_sql_says(
    tmp_path: Path, pen: Pen, written_by_version_1: Callable[[list[Append]], None]
) -> None:
    written_by_version_1(pen.village())
    migrate.prepare(tmp_path / DATABASE)
    migrate.prepare(tmp_path / "fresh.db")
    migrated, fresh = open_writer(tmp_path / DATABASE), open_writer(tmp_path / "fresh.db")
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
    tmp_path: Path, pen: Pen, written_by_version_1: Callable[[list[Append]], None]
) -> None:
    written_by_version_1(pen.village())
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
    tmp_path: Path, pen: Pen, written_by_version_1: Callable[[list[Append]], None]
) -> None:
    written_by_version_1(pen.village())
    migrate.prepare(tmp_path / DATABASE)
    (tmp_path / f"{DATABASE}.version-1").rename(tmp_path / DATABASE)
    async with open_store(tmp_path) as store:
        assert (await store.verify()).findings == ()


# --- by hand: tried, carried out, taken back ----------------------------------------------------------------


def version_of(path: Path) -> int:
    connection = open_writer(path, create=False)
    [version] = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return int(version)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_rehearsal_says_what_it_does_and_changes_nothing(
    tmp_path: Path, pen: Pen, written_by_version_1: Callable[[list[Append]], None]
) -> None:
    written_by_version_1([*pen.village(), pen.post("hall", "@bob", mentions=["bob"])])
    before = (tmp_path / DATABASE).read_bytes()
    tried = upgrade.rehearse(tmp_path)
    assert (tried.before, tried.after, tried.events, tried.findings) == (1, 2, 12, ())
    assert tried.changes == (
        "makes the table mentions, which has 1 rows then",
        "makes the trigger mentions_changed",
        "makes the trigger message_mentions",
    )
    assert (tmp_path / DATABASE).read_bytes() == before
    assert not [name for name in names(tmp_path) if "rehearsal" in name]


def test_a_step_that_fails_in_the_middle_changes_nothing(
    tmp_path: Path,
    pen: Pen,
    step: str,
    written_by_version_1: Callable[[list[Append]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written_by_version_1(pen.village())
    schema = migrate.present().schema
    broken = migrate.Model(schema, (step, "CREATE TABLE half (made INTEGER); INSERT INTO nowhere VALUES (1)"))
    monkeypatch.setattr(migrate, "present", lambda: broken)
    for attempt in (upgrade.rehearse, upgrade.upgrade):
        with pytest.raises(StoreError, match=r"from version 1 to 3: no such table: .*nowhere; nothing"):
            attempt(tmp_path)
    connection = open_writer(tmp_path / DATABASE, create=False)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    connection.close()
    assert not tables & {"mentions", "half"}
    assert version_of(tmp_path / DATABASE) == 1


async def test_an_upgrade_is_taken_back(
    tmp_path: Path, pen: Pen, written_by_version_1: Callable[[list[Append]], None]
) -> None:
    written_by_version_1(pen.village())
    done = upgrade.upgrade(tmp_path)
    assert (done.before, done.after, done.copy) == (1, 2, tmp_path / f"{DATABASE}.version-1")
    assert upgrade.upgrade(tmp_path) == upgrade.Upgraded(2, 2)
    async with open_store(tmp_path):
        pass
    undone = upgrade.undo(tmp_path, force=False)
    assert (undone.version, undone.lost, version_of(tmp_path / DATABASE)) == (1, 0, 1)
    assert version_of(undone.kept) == 2
    async with open_store(tmp_path) as store:  # up again
        assert store.epoch == "then" or store.epochs.former["then"]
        assert (await store.verify()).findings == ()
    (tmp_path / f"{DATABASE}.version-1").unlink()
    with pytest.raises(UpgradeError, match="no copy of an older version"):
        upgrade.undo(tmp_path, force=False)


async def test_what_was_written_since_is_lost_by_force_alone_and_no_client_resumes_into_it(
    tmp_path: Path, pen: Pen, written_by_version_1: Callable[[list[Append]], None]
) -> None:
    written_by_version_1(pen.village())
    async with open_store(tmp_path) as store:
        await store.log.submit([pen.post("hall", "written by version 2")]).wait()
    with pytest.raises(UpgradeError, match=r"1 events were written since .* at .*--force"):
        upgrade.undo(tmp_path, force=False)
    assert version_of(tmp_path / DATABASE) == 2
    undone = upgrade.undo(tmp_path, force=True)
    assert (undone.version, undone.lost) == (1, 1)
    connection = open_writer(tmp_path / DATABASE, create=False)
    assert connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone() != ("then",)
    connection.close()


async def test_a_copy_of_another_database_is_not_put_in_its_place(
    tmp_path: Path, pen: Pen, written_by_version_1: Callable[[list[Append]], None]
) -> None:
    written_by_version_1([*pen.village(), pen.post("hall", "one")])
    upgrade.upgrade(tmp_path)
    copy = tmp_path / f"{DATABASE}.version-1"
    connection = sqlite3.connect(copy)
    connection.execute(
        "UPDATE events SET hash = zeroblob(32) WHERE position = (SELECT max(position) FROM events)"
    )
    connection.commit()
    connection.close()
    with pytest.raises(UpgradeError, match="another history"):
        upgrade.undo(tmp_path, force=True)
    copy.write_bytes(copy.read_bytes()[:9000])
    with pytest.raises(UpgradeError):
        upgrade.undo(tmp_path, force=True)
    assert version_of(tmp_path / DATABASE) == 2


def test_an_upgrade_needs_room_for_its_copy(
    tmp_path: Path,
    pen: Pen,
    written_by_version_1: Callable[[list[Append]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written_by_version_1(pen.village())
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=2**20))
    for attempt in (upgrade.rehearse, upgrade.upgrade):
        with pytest.raises(
            StoreError, match="copies it first, which needs 64 MiB, and 1 are free; make room"
        ):
            attempt(tmp_path)
    assert version_of(tmp_path / DATABASE) == 1


def test_the_command_says_what_it_did(
    tmp_path: Path,
    pen: Pen,
    written_by_version_1: Callable[[list[Append]], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    written_by_version_1(pen.village())
    assert carry_out(tmp_path, "rehearse", False) == 0
    said = capsys.readouterr().out
    assert "from version 1 to 2" in said
    assert "makes the table mentions" in said
    assert "the real one takes about" in said
    assert carry_out(tmp_path, None, False) == 0
    assert "`chatd upgrade --undo` takes it back" in capsys.readouterr().out
    assert carry_out(tmp_path, None, False) == carry_out(tmp_path, "rehearse", False) == 0
    assert capsys.readouterr().out.count("nothing to do: the database is of version 2") == 2
    assert carry_out(tmp_path, "undo", False) == 0
    assert "is of version 1 again" in capsys.readouterr().out
    assert carry_out(tmp_path / "nowhere", None, False) == 1
    assert "there is no database" in capsys.readouterr().err
