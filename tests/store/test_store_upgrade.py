"""Upgrades by hand: tried, carried out, taken back; by root, by whoever may not, and killed in the middle."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest
from click.testing import CliRunner
from store_facts import Pen

from chatd.cli import main
from chatd.command_line.upgrade import carry_out
from chatd.ports import Append, StoreError
from chatd.standby import start
from chatd.standby.promotion import promote
from chatd.store.connection import open_reader, open_writer
from chatd.store.database import open_store
from chatd.store.ops import data_model, migrate, rehearsal, standby, upgrade
from chatd.store.ops.data_folder import DATABASE
from chatd.store.ops.leaving import leave
from chatd.store.ops.restore import restore
from chatd.store.ops.scratch_folder import REHEARSING, RESTORING
from chatd.store.ops.standby import StandbyState
from chatd.store.ops.upgrade import UpgradeError


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
    tried = rehearsal.rehearse(tmp_path)
    assert (tried.before, tried.after, tried.events, tried.findings) == (1, 2, 12, ())
    assert tried.changes == (
        "makes the table mentions, which has 1 rows then",
        "makes the trigger mentions_changed",
        "makes the trigger message_mentions",
    )
    assert (tmp_path / DATABASE).read_bytes() == before
    assert not [name for name in names(tmp_path) if "rehearsal" in name]


def test_a_step_that_fails_in_the_middle_changes_nothing(
    old_village: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema = data_model.present().schema
    half = "CREATE TABLE half (made INTEGER); INSERT INTO nowhere VALUES (1)"
    broken = data_model.Model(schema, (step, half))
    monkeypatch.setattr(data_model, "present", lambda: broken)
    for attempt in (rehearsal.rehearse, upgrade.upgrade):
        with pytest.raises(StoreError, match=r"from version 1 to 3: no such table: .*nowhere; nothing"):
            attempt(old_village)
    connection = open_writer(old_village / DATABASE, create=False)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    connection.close()
    assert not tables & {"mentions", "half"}
    assert version_of(old_village / DATABASE) == 1


def test_a_disk_that_is_full_in_the_middle_is_said_as_such_and_no_copy_stays(
    old_village: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy would take the room that the next attempt needs."""
    schema = data_model.present().schema
    full = "PRAGMA max_page_count = 1; CREATE TABLE more AS SELECT zeroblob(1000000)"
    monkeypatch.setattr(data_model, "present", lambda: data_model.Model(schema, (full,)))
    for attempt in (rehearsal.rehearse, upgrade.upgrade):
        with pytest.raises(StoreError, match=f"{DATABASE} cannot be written: .* full; make room on the disk"):
            attempt(old_village)
    assert names(old_village) == {DATABASE, "lock"}
    assert version_of(old_village / DATABASE) == 1


def test_what_no_command_could_read_says_what_to_do(
    old_village: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade.upgrade(old_village)

    def fails(path: Path) -> NoReturn:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
        raise error

    for module in (rehearsal, migrate, upgrade):
        monkeypatch.setattr(module, "open_reader", fails)
    attempts = (rehearsal.rehearse, upgrade.upgrade, lambda folder: upgrade.undo(folder, force=False))
    for attempt in attempts:
        with pytest.raises(StoreError, match=f"{DATABASE} cannot be read: .*; see whether the disk is full"):
            attempt(old_village)


async def test_an_upgrade_is_taken_back(old_village: Path) -> None:
    done = upgrade.upgrade(old_village)
    assert (done.before, done.after, done.copy) == (1, 2, old_village / f"{DATABASE}.version-1")
    assert upgrade.upgrade(old_village) == upgrade.Upgraded(2, 2)
    async with open_store(old_village):
        pass
    undone = upgrade.undo(old_village, force=False)
    assert (undone.version, undone.lost, version_of(old_village / DATABASE)) == (1, 0, 1)
    assert version_of(undone.kept) == 2
    async with open_store(old_village) as store:  # up again
        assert store.epoch == "then" or store.epochs.former["then"]
        assert (await store.verify()).findings == ()
    (old_village / f"{DATABASE}.version-1").unlink()
    with pytest.raises(UpgradeError, match="no copy of an older version"):
        upgrade.undo(old_village, force=False)


async def test_what_was_written_since_is_lost_by_force_alone_and_no_client_resumes_into_it(
    old_village: Path, pen: Pen
) -> None:
    async with open_store(old_village) as store:
        await store.log.submit([pen.post("hall", "written by version 2")]).wait()
    with pytest.raises(UpgradeError, match=r"1 events were written since .* at .*--force"):
        upgrade.undo(old_village, force=False)
    assert version_of(old_village / DATABASE) == 2
    undone = upgrade.undo(old_village, force=True)
    assert (undone.version, undone.lost) == (1, 1)
    connection = open_writer(old_village / DATABASE, create=False)
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


def test_an_upgrade_needs_room_for_its_copy(old_village: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=2**20))
    for attempt in (rehearsal.rehearse, upgrade.upgrade):
        with pytest.raises(
            StoreError, match="copies it first, which needs 64 MiB, and 1 are free; make room"
        ):
            attempt(old_village)
    assert version_of(old_village / DATABASE) == 1


def test_the_command_says_what_it_did(old_village: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert carry_out(old_village, "rehearse", False) == 0
    said = capsys.readouterr().out
    assert "from version 1 to 2" in said
    assert "makes the table mentions" in said
    assert "the real one takes about" in said
    assert carry_out(old_village, None, False) == 0
    assert "`chatd upgrade --undo` takes it back" in capsys.readouterr().out
    assert carry_out(old_village, None, False) == carry_out(old_village, "rehearse", False) == 0
    assert capsys.readouterr().out.count("nothing to do: the database is of version 2") == 2
    assert carry_out(old_village, "undo", False) == 0
    assert "is of version 1 again" in capsys.readouterr().out
    assert carry_out(old_village / "nowhere", None, False) == 1
    assert "there is no database" in capsys.readouterr().err


# --- killed in the middle -----------------------------------------------------------------------------------


class KilledError(BaseException):
    """Stands for the end of the process: nothing that follows is carried out, not even clean-up."""


async def test_what_a_killed_rehearsal_left_goes_with_the_next_and_at_the_start(old_village: Path) -> None:

    def leave_behind() -> None:
        for prefix in (REHEARSING, RESTORING):
            (old_village / f"{prefix}killed").mkdir(exist_ok=True)
            (old_village / f"{prefix}killed" / DATABASE).write_bytes(b"texts")
        for side in ("", "-journal"):
            (old_village / f"{DATABASE}.version-1.part{side}").write_bytes(b"texts")

    leave_behind()
    assert rehearsal.rehearse(old_village).findings == ()
    assert not [name for name in names(old_village) if name.startswith(REHEARSING)]
    leave_behind()
    async with open_store(old_village):
        assert not [name for name in names(old_village) if "killed" in name or ".part" in name]


def at_the(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """The process is killed when it comes to this step of an undo."""

    def killed(*_: object, **__: object) -> None:
        raise KilledError

    match step:
        case "checkpoint":
            monkeypatch.setattr(upgrade, "_settle", killed)
        case "link":
            monkeypatch.setattr(os, "link", killed)
        case "rename":
            monkeypatch.setattr(Path, "replace", killed)
        case "sync":
            monkeypatch.setattr(upgrade, "sync", killed)


@pytest.mark.parametrize("step_", ["checkpoint", "link", "rename", "sync"])
async def test_an_undo_that_was_killed_has_happened_or_has_not(
    old_village: Path, pen: Pen, monkeypatch: pytest.MonkeyPatch, step_: str
) -> None:
    async with open_store(old_village) as store:
        await store.log.submit([pen.post("hall", "written by version 2")]).wait()
        told = store.epoch
    with monkeypatch.context() as patch:
        at_the(patch, step_)
        with pytest.raises(KilledError):
            upgrade.undo(old_village, force=True)
    if step_ == "sync":  # it has happened
        assert version_of(old_village / DATABASE) == 1
    else:
        async with open_store(old_village) as store:
            assert (store.epoch, await store.reader.head()) == (told, 12)
            await store.log.submit([pen.post("hall", "and on")]).wait()
        assert os.stat(old_village / DATABASE).st_nlink == 1
        assert upgrade.undo(old_village, force=True).lost == 2
    async with open_store(old_village) as store:  # as the chatd of before would
        assert await store.reader.head() == 11
        assert store.epoch != told
        assert told not in store.epochs.former, "no cursor of that history is good here"
        assert (await store.verify()).findings == ()


def test_a_copy_that_was_being_changed_when_the_power_went_is_rolled_back(old_village: Path) -> None:
    upgrade.upgrade(old_village)
    copy = old_village / f"{DATABASE}.version-1"
    connection = sqlite3.connect(copy, isolation_level=None)
    connection.execute("PRAGMA cache_spill = 1")
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("DELETE FROM events")
    for name in (copy.name, f"{copy.name}-journal"):
        shutil.copyfile(old_village / name, old_village / f"killed-{name}")
    connection.close()
    for name in (copy.name, f"{copy.name}-journal"):
        (old_village / f"killed-{name}").rename(old_village / name)
    assert upgrade.undo(old_village, force=False).version == 1
    reader = open_reader(old_village / DATABASE)
    assert reader.execute("SELECT count(*) FROM events").fetchone() == (11,)
    reader.close()


def test_a_database_that_another_program_reads_is_not_exchanged(old_village: Path) -> None:
    upgrade.upgrade(old_village)
    reader = open_reader(old_village / DATABASE)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM events").fetchone()
    with pytest.raises(UpgradeError, match=r"another program has .* open; end it first"):
        upgrade.undo(old_village, force=False)
    reader.close()
    assert version_of(old_village / DATABASE) == 2


# --- by whom ------------------------------------------------------------------------------------------------

NOBODY = 65534


@pytest.fixture
def of_nobody(
    tmp_path: Path, disk: Path, written_by_version_1: Callable[[list[Append]], None], pen: Pen
) -> Path:
    """A data folder that belongs to another user than root, who runs this."""
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    written_by_version_1(pen.village())
    shutil.copytree(tmp_path, disk, dirs_exist_ok=True)  # where that user may get to it
    disk.chmod(0o700)
    for path in (disk, *disk.iterdir()):
        os.chown(path, NOBODY, NOBODY)
    return disk


def owners(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_uid for path in (folder, *folder.rglob("*"))}


def test_what_root_does_leaves_files_of_the_one_who_runs_the_server(
    of_nobody: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for how in ("rehearse", None, "undo", None):
        assert carry_out(of_nobody, how, False) == 0, capsys.readouterr().err
        assert set(owners(of_nobody).values()) == {NOBODY}, (how, owners(of_nobody))
    assert os.geteuid() == 0


async def test_a_server_that_root_starts_there_says_so_and_leaves_nothing_of_its_own(
    of_nobody: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with open_store(of_nobody):
        (of_nobody / "files" / "ab").mkdir(parents=True)
        (of_nobody / "files" / "ab" / "cd").touch()
    assert set(owners(of_nobody).values()) == {NOBODY}, owners(of_nobody)
    assert "data_folder_of_another" in capfd.readouterr().err


def test_a_restore_by_root_leaves_files_of_the_one_who_runs_the_server(of_nobody: Path) -> None:
    new = of_nobody / "new"
    new.mkdir()
    os.chown(new, NOBODY, NOBODY)
    copy = of_nobody / DATABASE

    def put_files(database: Path) -> None:
        (new / "files" / "ab").mkdir(parents=True)
        (new / "files" / "ab" / "cd").touch()

    restore(copy, new, None, put_files)
    restored = owners(new)
    assert set(restored) == {"new", DATABASE, "lock", "files", "ab", "cd"}
    assert set(restored.values()) == {NOBODY}


def test_a_standby_that_root_runs_there_says_so_and_leaves_nothing_of_its_own(
    of_nobody: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    empty = of_nobody / "empty"
    empty.mkdir()
    os.chown(empty, NOBODY, NOBODY)

    async def follow(url: str, token: str, folder: Path, *_: object) -> None:
        (folder / DATABASE).touch()

    monkeypatch.setenv(start.VARIABLE, "a token")
    monkeypatch.setattr(start, "follow", follow)
    assert start.start("http://127.0.0.1:1", None, empty, "127.0.0.1", 0, False, print) is None
    assert set(owners(empty).values()) == {NOBODY}
    assert "data_folder_of_another" in capfd.readouterr().err


def test_what_root_ran_as_a_standby_root_promotes_for_the_one_who_runs_the_server(of_nobody: Path) -> None:
    connection = open_writer(of_nobody / DATABASE)
    standby.write(connection, StandbyState("http://127.0.0.1:1", complete=True))
    connection.close()
    os.chown(of_nobody / DATABASE, 0, 0)
    ran = CliRunner().invoke(main, ["promote", "--data", str(of_nobody)])
    assert ran.exit_code == 0, ran.output
    assert set(owners(of_nobody).values()) == {NOBODY}


def test_root_follows_no_link_out_of_the_folder(of_nobody: Path, capsys: pytest.CaptureFixture[str]) -> None:
    precious = of_nobody.parent / f"{of_nobody.name}.precious"
    precious.write_text("root's")
    try:
        (of_nobody / "lock").symlink_to(precious)
        assert carry_out(of_nobody, None, False) == 1
        assert "cannot be used" in capsys.readouterr().err
        assert precious.read_text() == "root's"
    finally:
        precious.unlink()


@pytest.fixture
def as_nobody(of_nobody: Path) -> Iterator[Path]:
    """The same, and this process is that user."""
    os.seteuid(NOBODY)
    yield of_nobody
    os.seteuid(0)


@pytest.mark.parametrize("of_root", ["", DATABASE, "lock"])
def test_who_may_not_is_told_who_may(
    as_nobody: Path, of_root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    os.seteuid(0)
    (as_nobody / "lock").touch(mode=0o600)
    os.chown(as_nobody / "lock", NOBODY, NOBODY)
    os.chown(as_nobody / of_root, 0, 0)
    os.seteuid(NOBODY)
    wanted = "belongs to root, and this is nobody: run it as that user"
    if of_root:
        wanted = f"{of_root} belongs to root: as root `chown -R nobody: {as_nobody}`"
    for how in ("undo", None) if of_root == "lock" else ("rehearse", None, "undo"):
        assert carry_out(as_nobody, how, False) == 1
        assert wanted in capsys.readouterr().err.replace("\n", " "), how
    if of_root != "lock":
        for act in (promote, leave):
            with pytest.raises(StoreError, match="belongs to root"):
                act(as_nobody)


@pytest.mark.parametrize("how", [(), ("--rehearse",), ("--undo",)])
def test_what_is_no_data_folder_is_said_and_nothing_is_made(tmp_path: Path, how: tuple[str, ...]) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "odd" / DATABASE).mkdir(parents=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / DATABASE).write_text("no database")
    for folder, why in (
        ("missing", "there is no database"),
        ("empty", "there is no database"),
        ("odd", "is no file"),
        ("other", "file is not a database"),
    ):
        ran = CliRunner().invoke(main, ["upgrade", "--data", str(tmp_path / folder), *how])
        assert (ran.exit_code, ran.output.count("\n")) == (1, 1), ran.output
        assert why in ran.output
    assert not (tmp_path / "missing").exists()
    assert names(tmp_path / "empty") == set()


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_a_database_in_which_nothing_is_yet_is_said_to_be_that(tmp_path: Path, mode: str) -> None:
    """As a start leaves it that was killed at once. Of a standby nobody may think that it can be served."""
    with closing(sqlite3.connect(tmp_path / DATABASE)) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")
    for act in (upgrade.upgrade, promote, leave):
        with pytest.raises(StoreError, match="there is nothing in the database"):
            act(tmp_path)


@pytest.mark.parametrize("complete", [False, True])
async def test_who_would_serve_a_standby_is_told_what_can_be_done_with_it(
    tmp_path: Path, complete: bool
) -> None:
    migrate.prepare(
        tmp_path / DATABASE, first=lambda new: standby.write(new, StandbyState("u", complete=complete))
    )
    with pytest.raises(StoreError, match="`chatd promote" if complete else "`chatd follow"):
        async with open_store(tmp_path):
            raise AssertionError
    if complete:
        promote(tmp_path)
    else:
        with pytest.raises(StoreError, match="cannot be promoted"):
            promote(tmp_path)


def test_flags_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    for flags in (["--rehearse", "--undo"], ["--undo", "--rehearse"]):
        ran = CliRunner().invoke(main, ["upgrade", "--data", str(tmp_path), *flags])
        assert ran.exit_code == 2
        assert f"{flags[0]} and {flags[1]} exclude each other" in ran.output
    ran = CliRunner().invoke(main, ["schema", "--openapi", "--asyncapi"])
    assert ran.exit_code == 2
    ran = CliRunner().invoke(main, ["upgrade", "--force", "--data", str(tmp_path)])
    assert (ran.exit_code, "--force goes with --undo" in ran.output) == (2, True)
