from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from store_facts import Pen, Sheet, SingleThreaded, answer

from chatd.contract.events import MEMBERSHIP
from chatd.ports import Append, Appended, StoreError
from chatd.store.connection import open_writer
from chatd.store.database import open_store
from chatd.store.log import unique_claims as claims
from chatd.store.log.journal import Journal
from chatd.store.ops import backup, data_model, migrate, rehearsal, restore, upgrade
from chatd.store.ops.data_folder import DATABASE
from chatd.store.ops.place import Place
from chatd.store.ops.verify import verify_file
from chatd.store.queries import (
    account,
    audit,
    bookmark,
    device,
    draft,
    identity,
    log,
    member,
    message,
    notification,
    place_export,
    presence,
    push,
    report,
    room,
    scheduled,
    settings,
    space,
    unread,
)

OLD = "CREATE TABLE old (x TEXT)"
STEPS = (
    "CREATE TABLE newer (x TEXT); INSERT INTO newer SELECT x FROM old",
    "ALTER TABLE newer ADD COLUMN y; DROP TABLE old",
)
SECOND = data_model.Model(f"{OLD}; CREATE TABLE newer (x TEXT)", STEPS[:1])
THIRD = data_model.Model("CREATE TABLE newer (x TEXT, y)", STEPS)


def database(path: Path, sql: str, version: int) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(
        f"PRAGMA application_id = {data_model.APPLICATION_ID}; PRAGMA user_version = {version}; {sql}"
    )
    connection.close()


def value(path: Path, sql: str) -> object:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchone()[0]
    finally:
        connection.close()


@pytest.mark.parametrize(("model", "table"), [(SECOND, "newer"), (THIRD, "newer"), (THIRD, "old")])
def test_the_steps_lead_to_what_the_schema_says(tmp_path: Path, model: data_model.Model, table: str) -> None:
    database(tmp_path / "migrated", OLD, 1)
    migrate.prepare(tmp_path / "migrated", model)
    migrate.prepare(tmp_path / "fresh", model)
    for sql in (f"SELECT group_concat(name) FROM pragma_table_info('{table}')", "PRAGMA user_version"):
        assert value(tmp_path / "migrated", sql) == value(tmp_path / "fresh", sql)


def test_an_older_database_is_copied_and_then_migrated(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    database(path, f"{OLD}; INSERT INTO old VALUES ('kept')", 1)
    migrate.prepare(path, SECOND)
    copy = tmp_path / f"{DATABASE}.version-1"
    assert value(path, "SELECT x FROM newer") == "kept"
    assert value(path, "PRAGMA user_version") == 2
    assert value(copy, "PRAGMA user_version") == 1
    assert value(copy, "SELECT x FROM old") == "kept"
    assert copy.stat().st_mode & 0o777 == 0o600


def test_only_the_missing_steps_are_run(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    database(path, f"{OLD}; CREATE TABLE newer (x TEXT); INSERT INTO newer VALUES ('kept')", 2)
    migrate.prepare(path, THIRD)
    assert value(path, "SELECT x FROM newer") == "kept"
    assert value(path, "PRAGMA user_version") == 3
    assert value(tmp_path / f"{DATABASE}.version-2", "PRAGMA user_version") == 2


def test_a_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    database(path, OLD, 1)
    with pytest.raises(StoreError):
        migrate.prepare(path, data_model.Model(OLD, ("CREATE TABLE half (x); CREATE TABLE old (x)",)))
    assert value(path, "PRAGMA user_version") == 1
    assert value(path, "SELECT count(*) FROM sqlite_master WHERE name = 'half'") == 0


def test_a_step_that_fails_takes_those_before_it_back(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    database(path, f"{OLD}; INSERT INTO old VALUES ('kept')", 1)
    broken = data_model.Model(THIRD.schema, (STEPS[0], f"{STEPS[1]}; SELECT * FROM nowhere"))
    with pytest.raises(StoreError):
        migrate.prepare(path, broken)
    assert value(path, "PRAGMA user_version") == 1
    assert value(path, "SELECT x FROM old") == "kept"
    migrate.prepare(path, THIRD)
    assert value(path, "PRAGMA user_version") == 3
    assert value(path, "SELECT x FROM newer") == "kept"


async def test_a_database_from_a_newer_chatd_is_refused(tmp_path: Path) -> None:
    database(tmp_path / DATABASE, OLD, data_model.present().version + 1)
    with pytest.raises(StoreError, match=r"newer chatd.*upgrade"):
        async with open_store(tmp_path):
            pass


async def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / DATABASE)
    connection.execute(OLD)
    connection.close()
    with pytest.raises(StoreError, match="not a chatd database"):
        async with open_store(tmp_path):
            pass


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"this is not a database, it only has the name of one" * 100)
    with pytest.raises(StoreError, match="cannot be opened"):
        async with open_store(tmp_path):
            pass


@pytest.mark.parametrize("type", [type for type, enters in MEMBERSHIP.items() if enters])
def test_every_event_that_lets_in_makes_a_member(type: str, sheet: Sheet, pen: Pen) -> None:
    fact = pen.fact("account/ann", type, {"account": "ann", "name": "ann", "display_name": "Ann"})
    sheet.write(Append((fact,)))
    rows, _ = answer(sheet.reader.memberships("ann"))
    assert [row["stream"] for row in rows] == ["account/ann"]


@pytest.mark.parametrize("type", [type for type, enters in MEMBERSHIP.items() if not enters])
def test_every_event_that_lets_out_ends_a_membership(type: str, sheet: Sheet, pen: Pen) -> None:
    sheet.write(pen.join("room/hall", "ann"), pen.leave("room/hall", "ann", type))
    assert answer(sheet.reader.memberships("ann")) == ([], 2)


HOT = {
    "stream": log.STREAM_AFTER,
    "log": log.LOG_AFTER,
    "visible": log.VISIBLE,
    "shown": log.SHOWN_AFTER,
    "shown of a stream": log.SHOWN_STREAM_AFTER,
    "recent": message.RECENT_POSTS,
    "load": log.LOAD,
    "memberships": member.MEMBERSHIPS,
    "members": member.MEMBERS,
    "account": account.ACCOUNT_OF,
    "name": account.ACCOUNT_BY_NAME,
    "spaces": space.SPACES_BY_ID,
    "rooms": room.ROOMS_BY_ID,
    "rooms of a space": room.ROOMS_BY_SPACE,
    "device": device.DEVICE_BY_ID,
    "refresh": device.BY_REFRESH_HASH,
    "identity": identity.IDENTITY_BY_SUBJECT,
    "identities": identity.IDENTITIES_BY_ACCOUNT,
    "nonces": claims.NONCES_TAKEN,
    "history": message.AROUND,
    "thread": message.THREAD_AROUND,
    "messages": message.NAMED,
    "message states": message.STATES,
    "edits": message.EDITS,
    "reactors": message.REACTORS_OF,
    "pins": message.PINS,
    "emoji": space.EMOJI,
    "markers": unread.MARKERS,
    "unread": unread.UNREAD,
    "receipts": unread.RECEIPTS,
    "recipients": notification.RECIPIENTS,
    "within": notification.WITHIN,
    "pushes": push.PUSHES,
    "notified": push.NOTIFIED,
    "preferences": settings.PREFERENCES,
    "subscriptions": settings.SUBSCRIPTIONS,
    "bookmarks": bookmark.BOOKMARKS,
    "drafts": draft.DRAFTS,
    "presences": presence.PRESENCES,
    "acquainted": member.ACQUAINTED,
    "scheduled": scheduled.SCHEDULED,
    "due": scheduled.DUE,
    "expired": scheduled.EXPIRED,
    "next due": scheduled.NEXT_DUE,
    "reported": report.HAS_REPORTED,
    "let in": audit.LET_IN,
    "bans": audit.BANS,
    "audit": audit.AUDIT,
    **{f"export: {of} {kind}": place_export.statement(of, kind) for of, kind in place_export.SECTIONS},
}
# what a plan may go through from end to end: parameters, and rows that it has found itself
FOUND = "span|places?|present|message|posted|concerned|heard|version|replay|writing|author"
MADE = re.compile(rf"SCAN (CONSTANT ROW|\(subquery|\w+ VIRTUAL TABLE|({FOUND})$)")


@pytest.mark.parametrize("name", HOT)
def test_no_hot_question_reads_a_whole_table(name: str, sheet: Sheet) -> None:
    sql = HOT[name]
    wanted = max((int(n) for n in re.findall(r"\?(\d)", sql)), default=sql.count("?"))
    plan = sheet.connection.execute(f"EXPLAIN QUERY PLAN {sql}", (1,) * wanted).fetchall()
    scanned = [line for *_, line in plan if line.startswith("SCAN") and not MADE.match(line)]
    assert scanned == []


# --- what follows from the tables


def changed(path: Path, sql: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(sql)
    connection.close()


STATISTICS = "SELECT json_group_array(json_array(tbl, idx, stat)) FROM sqlite_stat1"


def derived(path: Path) -> set[tuple[str, ...]]:
    return {row for row in shape(path) if row[0] != "table"}


def written(path: Path, appends: list[Append]) -> None:
    migrate.prepare(path)
    connection = open_writer(path)
    journal = Journal(SingleThreaded(connection), Place(path))  # type: ignore[arg-type]
    journal.open(connection)
    assert all(isinstance(done, Appended) for done in journal.commit(appends))
    connection.close()


def shape(path: Path) -> set[tuple[str, ...]]:
    connection = sqlite3.connect(path)
    found = set(connection.execute("SELECT type, name, sql FROM sqlite_master"))
    connection.close()
    return found


def test_a_file_with_other_triggers_indexes_and_views_gets_those_of_the_schema(tmp_path: Path) -> None:
    """As they stood before the first release: a trigger called a function that no chatd has any more."""
    path = tmp_path / DATABASE
    migrate.prepare(path)
    fresh, statistics = shape(path), value(path, "SELECT count(*) FROM sqlite_stat1")
    changed(
        path,
        "CREATE TRIGGER folds AFTER INSERT ON events BEGIN SELECT no_function(new.by); END;"
        " DROP INDEX events_taken_off; DROP INDEX events_audited; CREATE INDEX events_audited ON events (by);"
        " DROP VIEW shut_out; CREATE VIEW shut_out AS SELECT 1",
    )
    migrate.prepare(path)
    assert shape(path) == fresh
    assert value(path, "SELECT count(*) FROM sqlite_stat1") == statistics


def test_a_file_with_other_tables_is_left_as_it_is_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    migrate.prepare(path)
    changed(
        path,
        "ALTER TABLE messages RENAME COLUMN edited_at TO changed_at;"
        " CREATE TRIGGER old AFTER INSERT ON events BEGIN SELECT 1; END",
    )
    before = shape(path)
    with pytest.raises(StoreError, match=r"before the first release.*\(messages\)"):
        migrate.prepare(path)
    assert shape(path) == before


@pytest.mark.parametrize(
    "other",
    [
        # what SQLite keeps of it is the beginning of what stands in schema.sql
        "DROP INDEX accounts_by_avatar; CREATE INDEX accounts_by_avatar ON accounts (avatar)",
        "DROP VIEW rooms_on_hold; CREATE VIEW rooms_on_hold AS\nSELECT rooms.id AS room FROM rooms",
        'CREATE INDEX "an administrator\'s ""own""" ON events (at)',
        "DROP TABLE sqlite_stat1; DROP INDEX events_taken_off",
        "DROP TABLE sqlite_stat1; DROP TRIGGER message_edited",
        "CREATE TABLE own (x); CREATE VIEW of_own AS SELECT x FROM own; CREATE INDEX by_own ON own (x);"
        " CREATE TRIGGER from_own AFTER INSERT ON own BEGIN SELECT 1; END; DROP TABLE own",
    ],
)
def test_whatever_follows_from_tables_and_is_another_is_made_anew(tmp_path: Path, other: str) -> None:
    path = tmp_path / DATABASE
    migrate.prepare(path)
    fresh, statistics = derived(path), value(path, STATISTICS)
    changed(path, other)
    migrate.prepare(path)
    assert derived(path) == fresh
    assert value(path, STATISTICS) == statistics


def test_a_file_whose_log_makes_other_tables_now_is_left_as_it_is(tmp_path: Path, pen: Pen) -> None:
    """As before the first release: facts lacked what the triggers of today take from them. With new triggers
    and old rows the log would not say any more what the tables say, so nobody could verify, follow, or go
    back to an earlier time."""
    path = tmp_path / DATABASE
    written(path, pen.village())
    changed(
        path,
        "DROP TRIGGER account_created; CREATE TRIGGER account_created AFTER INSERT ON events BEGIN"
        " SELECT 1; END; UPDATE rooms SET topic = 'made by an earlier trigger'",
    )
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"another chatd.*rooms hall: differs from the log\)"):
        migrate.prepare(path)
    assert path.read_bytes() == before


def test_a_file_whose_log_makes_the_same_tables_goes_on_with_the_triggers_of_today(
    tmp_path: Path, pen: Pen
) -> None:
    path = tmp_path / DATABASE
    written(path, pen.village())
    fresh = shape(path)
    changed(
        path,
        "DROP TRIGGER account_created; CREATE TRIGGER account_created AFTER INSERT ON events BEGIN"
        " SELECT 1; END",
    )
    migrate.prepare(path)
    assert shape(path) == fresh
    assert verify_file(path).findings == ()


@pytest.mark.parametrize("what", ["other tables", "a newer version", "another program"])
def test_a_file_that_is_refused_keeps_each_byte(tmp_path: Path, what: str) -> None:
    """Also what a killed program has left in the write-ahead log stays there: whoever can use it finds it."""
    folder = tmp_path / "data"
    folder.mkdir()
    path = folder / DATABASE
    migrate.prepare(path)
    sql = {
        "other tables": "ALTER TABLE messages RENAME COLUMN edited_at TO changed_at",
        "a newer version": f"PRAGMA user_version = {data_model.present().version + 1}",
        "another program": "PRAGMA application_id = 7",
    }[what]
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(sql)
    shutil.copytree(folder, tmp_path / "killed")
    connection.close()
    left = [tmp_path / "killed" / f"{DATABASE}{side}" for side in ("", "-wal")]
    before = [file.read_bytes() for file in left]
    assert before[1]
    with pytest.raises(StoreError):
        migrate.prepare(left[0])
    assert [file.read_bytes() for file in left] == before


def test_a_file_of_another_program_is_not_even_opened_for_writing(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    changed(path, OLD)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not a chatd database"):
        migrate.prepare(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE messages RENAME COLUMN edited_at TO changed_at",
        "DROP TRIGGER account_created; UPDATE rooms SET topic = 'made by an earlier trigger'",
    ],
)
def test_whoever_takes_up_a_file_says_the_same_of_one_that_no_server_goes_on_with(
    tmp_path: Path, pen: Pen, sql: str
) -> None:
    """A rehearsal above all: it had nothing to do, and then no server started."""
    folder = tmp_path / "data"
    folder.mkdir()
    written(folder / DATABASE, pen.village())
    changed(folder / DATABASE, sql)
    ways: dict[str, Callable[[], object]] = {
        "start": lambda: migrate.prepare(folder / DATABASE),
        "upgrade": lambda: upgrade.upgrade(folder),
        "rehearsal": lambda: rehearsal.rehearse(folder),
        "look at a backup": lambda: backup.examine(folder / DATABASE),
        "restore": lambda: restore.restore(folder / DATABASE, tmp_path / "new"),
    }
    said = set()
    for way in ways.values():
        with pytest.raises(StoreError) as refused:
            way()
        said.add(str(refused.value))
    assert len(said) == 1
    assert "begin with a new folder" in said.pop()
    assert not (tmp_path / "new").exists()
