"""One folder, one server: the lock, the files and their modes, checks, copies and the way back."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from store_facts import Pen, tamper

from chatd.ports import Append, Appended, PutClusterKey, PutCredential, StoreError, StoreUnavailable
from chatd.store.connection import open_writer
from chatd.store.database import Store, open_store
from chatd.store.ops import migrate, scratch_tables, verify
from chatd.store.ops.backup import examine, named_blobs
from chatd.store.ops.data_folder import DATABASE, RESTORE, hold, why_not
from chatd.store.ops.restore import restore
from chatd.store.ops.scratch_tables import open_scratch
from chatd.store.views.file import VIEWS


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


async def test_a_second_server_on_the_same_folder_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match=rf"process {os.getpid()}.*stop it.*--data"):
        async with open_store(store.path.parent):
            pass


async def test_a_folder_is_free_again_when_its_server_is_gone(tmp_path: Path, pen: Pen) -> None:
    async with open_store(tmp_path) as store:
        epoch, key = store.epoch, await store.reader.signing_key()
        await store.log.submit([pen.post("hall", "hi")]).wait()
    async with open_store(tmp_path) as store:
        assert (store.epoch, await store.reader.signing_key()) == (epoch, key)
        assert await store.reader.head() == 1
        [done] = await store.log.submit([pen.post("hall", "again")]).wait()
        assert isinstance(done, Appended)


async def test_only_the_owner_may_look_inside(store: Store, pen: Pen) -> None:
    await store.log.submit([pen.post("hall", "hi")]).wait()
    folder = store.path.parent
    assert folder.stat().st_mode & 0o777 == 0o700
    modes = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
    files = [file + side for file in (DATABASE, VIEWS) for side in ("", "-wal", "-shm")]
    assert modes == dict.fromkeys(["lock", *files], 0o600)


async def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be used"):
        async with open_store(tmp_path / "file" / "data"):
            pass


def test_a_full_disk_is_said_of_the_folder_whose_lock_finds_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", no_room)
    refused = rf"the data folder {tmp_path} cannot be used: No space left on device; make room on the disk$"
    with pytest.raises(StoreError, match=refused), hold(tmp_path):
        pass


def full(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA max_page_count = 1")
        connection.execute("CREATE TABLE more (x)")


def held(path: Path) -> None:
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as holder,
        closing(sqlite3.connect(path, timeout=0)) as connection,
    ):
        holder.execute("BEGIN EXCLUSIVE")
        connection.execute("CREATE TABLE more (x)")


def read_only(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1")
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("CREATE TABLE more (x)")


def absent(path: Path) -> None:
    sqlite3.connect(path / "nowhere" / "at all")


def no_database(path: Path) -> None:
    path.write_bytes(b"no database" * 100)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE more (x)")


@pytest.mark.parametrize(
    ("fails", "mend"),
    [
        (full, "make room on the disk"),
        (held, "end the other program that has it open"),
        (read_only, "look at its mode, and whether the disk is mounted read-only"),
        (
            absent,
            "look at its owner, its mode, its disk (`df -i`), and how many files may be open (`ulimit -n`)",
        ),
        (no_database, RESTORE),
    ],
)
def test_only_who_has_a_damaged_database_is_told_to_restore_one(
    tmp_path: Path, fails: Callable[[Path], None], mend: str
) -> None:
    with pytest.raises(sqlite3.Error) as caught:
        fails(tmp_path / DATABASE)
    assert why_not(caught.value) == f"{caught.value}; {mend}"


async def test_a_start_without_room_asks_for_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def small(path: Path) -> sqlite3.Connection:
        connection = open_writer(path)
        connection.execute("PRAGMA max_page_count = 2")
        return connection

    monkeypatch.setattr(migrate, "open_writer", small)
    with pytest.raises(StoreError, match=rf"{DATABASE} cannot be opened: .*full; make room on the disk$"):
        async with open_store(tmp_path):
            pass


async def test_a_store_that_closes_leaves_its_files_and_no_write_ahead_log(tmp_path: Path, pen: Pen) -> None:
    async with open_store(tmp_path) as store:
        await store.log.submit([pen.post("hall", "hi")]).wait()
        assert store.sizes().wal > 0
        assert store.sizes().database > 0
    assert names(tmp_path) == {DATABASE, VIEWS, "lock"}


async def test_a_store_closes_also_when_its_user_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        async with open_store(tmp_path):
            raise ZeroDivisionError
    async with open_store(tmp_path):
        pass


async def test_a_sound_store_has_no_findings(store: Store, pen: Pen) -> None:
    await store.log.submit(pen.village()).wait()
    assert await store.check() == ()
    assert await store.verify() == verify.Verified(11, ())


async def test_verifying_goes_on_in_chunks(store: Store, pen: Pen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "CHUNK", 4)
    await store.log.submit(pen.village()).wait()
    await store.log.submit([pen.post("hall", str(n)) for n in range(50)]).wait()
    assert await store.verify() == verify.Verified(61, ())


async def test_a_mention_is_heard_or_not_by_what_was_said_long_before(
    store: Store, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "CHUNK", 4)
    monkeypatch.setattr(verify, "CHUNKS", 1)
    wish = {"room": "hall", "level": "none"}
    early = [*pen.village(), pen.post("hall", "@bob\0 \u00fc", mentions=["bob"])]
    [mention] = early[-1].facts
    between = [pen.append("account/bob", "subscription.updated", wish, "bob")]
    await store.log.submit([*early, *between, *(pen.post("hall", str(n)) for n in range(9))]).wait()
    await store.log.submit([pen.edit("hall", mention.seq, "@bob again", mentions=["bob"])]).wait()
    assert (await store.verify()).findings == ()


async def test_a_store_in_which_everything_happened_has_no_findings(store: Store, pen: Pen) -> None:
    appends = pen.busy_village()
    await store.log.submit(appends).wait()
    verified = await store.verify()
    assert verified == verify.Verified(sum(len(append.facts) for append in appends), ())
    filled = await store.reader.ask(
        lambda file: [
            file.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in verify.PROJECTED
        ]
    )
    assert 0 not in filled


TAMPERINGS = {
    "an edited event": ("UPDATE events SET by = 'eve' WHERE position = 9", "event 9 .*hash"),
    "edited data": ('UPDATE events SET data = \'{"account":"eve"}\' WHERE position = 7', "event 7 .*hash"),
    "data that is no JSON": ("UPDATE events SET data = '{' WHERE position = 9", "event 9 cannot be applied"),
    "a deleted event": ("DELETE FROM events WHERE position = 9", "event 10: the positions before it, from 9"),
    "a gap": ("DELETE FROM events WHERE position = 9", "room/hall: its sequence has gaps"),
    "a deleted last event": (
        "DELETE FROM events WHERE position = (SELECT max(position) FROM events)",
        "bookmarks bob hall 5: is not in the log",
    ),
    "a stray text": (
        "INSERT INTO body_rows VALUES (99, x'00', 'x', 0, 0)",
        "body 99: it belongs to no event",
    ),
    "a changed text": ("UPDATE body_rows SET text = 'x' WHERE position = 9", "event 9 .*text"),
    "a text where none was": ("INSERT INTO body_rows VALUES (1, x'00', 'x', 0, 0)", "event 1 .*text"),
    "two events that changed places": (
        "UPDATE events SET seq = 40 WHERE stream = 'room/hall' AND seq = 4;"
        "UPDATE events SET seq = 4 WHERE stream = 'room/hall' AND seq = 5;"
        "UPDATE events SET seq = 5 WHERE stream = 'room/hall' AND seq = 40",
        "room/hall 5: it stands before",
    ),
    "a changed message": ("UPDATE messages SET at = 0 WHERE seq = 5", "messages hall 5: differs"),
    "a lost message": ("DELETE FROM messages WHERE seq = 5", "messages hall 5: .*not in the table"),
    "an invented message": (
        "INSERT INTO messages (room, seq, position, at, by, nth, body)"
        " VALUES ('hall', 99, 9, 1, 'ann', 1, 9)",
        "messages hall 99: is not in the log",
    ),
    "an admin by hand": ("UPDATE accounts SET admin = 1 WHERE id = 'bob'", "accounts bob: differs"),
    "a changed room": ("UPDATE rooms SET private = 1", "rooms hall: differs"),
    "a changed space": ("UPDATE spaces SET owner = 'bob'", "spaces home: differs"),
    "a member by hand": (
        "INSERT INTO members VALUES ('eve', 'room/hall', 1, NULL, NULL, 1)",
        "members eve room/hall 1: is not in the log",
    ),
    "a lost text": ("DELETE FROM bodies WHERE position = 10", "messages hall 5: a text of it is lost"),
    "a lost version": (
        "DELETE FROM bodies WHERE position = (SELECT body FROM messages WHERE seq = 4)",
        "messages hall 4: a text of it is lost",
    ),
    "a lost first version": (
        "DELETE FROM bodies WHERE position = 9",
        "messages hall 4: a text of it is lost",
    ),
    "a text that was put back": (
        "INSERT OR REPLACE INTO body_rows SELECT position, x'00', 'x', 0, 0 FROM messages WHERE deleted",
        "messages hall 14: it was deleted, but its text is still there",
    ),
    "a version that was put back": (
        "INSERT OR REPLACE INTO body_rows SELECT position, x'00', 'x', 0, 0 FROM edits WHERE seq = 14",
        "messages hall 14: it was deleted, but its text is still there",
    ),
    "another version": ("UPDATE messages SET body = position", "messages hall 4: differs"),
    "an uncounted message": ("UPDATE messages SET nth = 9 WHERE seq = 5", "messages hall 5: differs"),
    "a hidden edit": ("DELETE FROM edits WHERE seq = 4", "edits hall 4 .*not in the table"),
    "a mention by hand": (
        "INSERT INTO mentions VALUES ('eve', 'hall', 5)",
        "mentions eve hall 5: is not in the log",
    ),
    "a lost mention": ("DELETE FROM mentions WHERE account = 'room'", "mentions room hall 7: .*not in the"),
    "a reaction by hand": (
        "INSERT INTO reactions VALUES ('hall', 4, 'x', 'ann', 9)",
        "reactions hall 4 x ann: is not in the log",
    ),
    "a moved pin": ("UPDATE pins SET by = 'ann'", "pins hall 4: differs"),
    "a follower by hand": (
        "UPDATE thread_followers SET following = 1",
        "thread_followers hall 4 bob: differs",
    ),
    "a changed emoji": ("UPDATE emoji SET image = 'i2'", "emoji home party: differs"),
    "a changed wish": ("UPDATE subscriptions SET level = 'none'", "subscriptions bob hall: differs"),
    "changed preferences": ("UPDATE preferences SET receipts = 0", "preferences bob: differs"),
    "a report made quiet": ("UPDATE reports SET reason = 'x' WHERE by = 'bob'", "reports r1: differs"),
    "a lost bookmark": ("DELETE FROM bookmarks", "bookmarks bob hall 5: .*not in the table"),
    "a fact that cannot be": (
        "UPDATE events SET data = '{\"seq\":4}' WHERE type = 'reaction.added'",
        "cannot be applied again",
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
async def test_verifying_finds_what_was_tampered_with(tmp_path: Path, pen: Pen, what: str) -> None:
    async with open_store(tmp_path) as store:
        await store.log.submit(pen.busy_village()).wait()
    statements, finding = TAMPERINGS[what]
    tamper(tmp_path, *statements.split(";"))
    async with open_store(tmp_path) as store:
        findings = (await store.verify()).findings
    assert any(re.search(finding, found) for found in findings), findings


async def test_what_keeps_a_verification_from_its_end_is_no_finding(
    store: Store, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk of the tables into which it replays may be full: nothing is wrong with the log."""
    await store.log.submit(pen.village()).wait()

    def on_a_full_disk(path: Path) -> sqlite3.Connection:
        connection = open_scratch(path)
        [pages] = connection.execute("PRAGMA temp.page_count").fetchone()
        connection.execute(f"PRAGMA temp.max_page_count = {pages}")
        return connection

    monkeypatch.setattr(scratch_tables, "open_scratch", on_a_full_disk)
    monkeypatch.setattr(verify, "open_scratch", on_a_full_disk)
    await store.log.submit([pen.post("hall", "x" * 50, nonce=f"{i}" + "n" * 4000) for i in range(40)]).wait()
    with pytest.raises(sqlite3.OperationalError, match="full"):
        verify.verify_file(store.path)
    with pytest.raises(StoreUnavailable, match="full"):
        await store.verify()


async def test_checking_finds_rows_that_refer_to_nothing_and_a_full_disk(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "FREE_BYTES_WANTED", 2**80)
    await store.log.submit([Append(writes=(PutCredential("nobody", "x"),))]).wait()
    rows, disk = await store.check()
    assert rows == "a row of credentials refers to no row of accounts"
    assert "MiB are free" in disk


async def test_a_backup_is_taken_while_the_server_runs_and_put_back_with_a_new_epoch(
    store: Store, pen: Pen, tmp_path: Path
) -> None:
    await store.log.submit(pen.village()).wait()
    copy = tmp_path / "copy.db"
    done = await store.backup(copy)
    await store.log.submit([pen.post("hall", "after the backup")]).wait()
    assert (done.path, done.bytes, done.position) == (copy, copy.stat().st_size, 11)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert names(tmp_path) == {"copy.db", "data"}

    restored = restore(copy, tmp_path / "new")
    assert restored.position == 11
    async with open_store(tmp_path / "new") as other:
        assert other.epoch == restored.epoch != store.epoch
        assert await other.reader.events(0, 99) == (await store.reader.events(0, 99))[:11]
        assert await other.reader.signing_key() == await store.reader.signing_key()
        assert (await other.verify()).findings == ()


async def test_the_key_of_a_clusters_stream_is_in_the_copy_for_a_node_and_in_no_backup(
    store: Store, tmp_path: Path
) -> None:
    """Later keys are made of it, so an old backup would open what the stream held since."""
    secret = b"a secret of thirty-two bytes yes"
    await store.log.submit([Append(writes=(PutClusterKey(7, secret),))]).wait()
    await store.backup(tmp_path / "backup.db")
    await store.copy(tmp_path / "copy.db")
    assert secret not in (tmp_path / "backup.db").read_bytes()
    assert secret in (tmp_path / "copy.db").read_bytes()


async def test_a_backup_never_overwrites(store: Store, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(StoreError, match="exists already"):
        await store.backup(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"
    with pytest.raises(StoreError, match="cannot be made"):
        await store.backup(tmp_path / "nowhere" / "copy.db")


async def test_a_restore_refuses_a_folder_with_a_database(store: Store, tmp_path: Path) -> None:
    await store.backup(tmp_path / "copy.db")
    with pytest.raises(StoreError, match="another chatd"):
        restore(tmp_path / "copy.db", store.path.parent)
    restore(tmp_path / "copy.db", tmp_path / "new")
    with pytest.raises(StoreError, match="holds a database already"):
        restore(tmp_path / "copy.db", tmp_path / "new")


async def test_what_a_killed_server_has_left_does_not_get_into_what_is_restored(
    store: Store, pen: Pen, tmp_path: Path
) -> None:
    """Its database alone was moved away; SQLite would read its write-ahead log into the next one."""
    await store.log.submit(pen.village()).wait()
    await store.backup(tmp_path / "copy.db")
    left = tmp_path / "new" / f"{DATABASE}-wal"
    left.parent.mkdir(0o700)
    left.write_bytes(store.path.with_name(left.name).read_bytes())
    assert left.stat().st_size
    restored = restore(tmp_path / "copy.db", tmp_path / "new")
    async with open_store(tmp_path / "new") as other:
        assert other.epoch == restored.epoch
        assert (await other.verify()).findings == ()


async def test_a_restore_refuses_a_damaged_or_foreign_file(store: Store, pen: Pen, tmp_path: Path) -> None:
    await store.log.submit(pen.village()).wait()
    await store.backup(tmp_path / "copy.db")
    with pytest.raises(StoreError, match="no backup"):
        restore(tmp_path / "none.db", tmp_path / "new")
    (tmp_path / "text.db").write_text("no database at all" * 100)
    with pytest.raises(StoreError, match="cannot be restored"):
        restore(tmp_path / "text.db", tmp_path / "new")
    connection = sqlite3.connect(tmp_path / "copy.db")
    connection.execute("UPDATE body_rows SET text = 'forged' WHERE position = 9")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="damaged"):
        restore(tmp_path / "copy.db", tmp_path / "new")
    assert not (tmp_path / "new" / DATABASE).exists()


@pytest.mark.parametrize("look", [examine, named_blobs])
async def test_a_servers_own_file_that_cannot_be_read_where_it_is_is_told_from_a_backup(
    tmp_path: Path, look: Callable[[Path], object]
) -> None:
    """On a disk that is mounted read-only, SQLite cannot make the files beside it that it needs."""
    async with open_store(tmp_path) as store:
        (copy := tmp_path / "elsewhere").mkdir()
        shutil.copy(store.path, copy)
    (copy / "chatd.db-wal").mkdir()
    with pytest.raises(StoreError, match="a server's own file: copy it, and its -wal, to where"):
        look(copy / "chatd.db")
    with pytest.raises(StoreError, match=r"cannot be restored: .*; it is a server's own file"):
        restore(copy / "chatd.db", tmp_path / "new")


@pytest.mark.parametrize("look", [examine, named_blobs])
async def test_a_damaged_backup_is_not_mended_by_restoring_one(
    tmp_path: Path, look: Callable[[Path], object]
) -> None:
    (damaged := tmp_path / "copy.db").write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match="cannot be read: file is not a database; take another backup"):
        look(damaged)
