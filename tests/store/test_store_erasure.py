"""What was deleted is nowhere: not in the file, not in its write-ahead log, not in a copy made afterwards."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import attrs
import pytest
from store_facts import Pen, SingleThreaded

from chatd.ports import Append, Appended, DropBlobs
from chatd.store.connection import BUSY_SECONDS, open_reader, open_writer
from chatd.store.database import Store, open_store
from chatd.store.log import erasure
from chatd.store.log.journal import Journal
from chatd.store.ops import migrate
from chatd.store.ops.data_folder import DATABASE
from chatd.store.ops.place import Place

SENTINELS = ("a-word-that-nobody-else-says", "the-same-put-in-other-words", "L" * 9_000)


def texts_in(folder: Path) -> set[str]:
    """Which sentinels stand in some file of the folder, in full or as the beginning of a long one."""
    files = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    return {text for text in SENTINELS if any(text[:40].encode() in file for file in files)}


def _found(words: Sequence[str], folder: Path) -> list[str]:
    """Which of them stand in some file of the folder."""
    raw = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return [word for word in words if word.encode() in raw]


def talk(pen: Pen) -> list[Append]:
    """A message that was edited twice, among others that stay."""
    first, second, third = SENTINELS
    around = [pen.post("hall", f"other {n}") for n in range(50)]
    post = pen.post("hall", first, nonce="n")
    seq = post.facts[0].seq
    return [
        *around,
        post,
        *[pen.post("hall", f"more {n}") for n in range(50)],
        pen.edit("hall", seq, second),
        pen.edit("hall", seq, third),
    ]


async def test_a_deleted_text_is_in_no_file_and_in_no_later_backup(
    store: Store, pen: Pen, tmp_path: Path
) -> None:
    await store.log.submit(talk(pen)).wait()
    await store.log.checkpoint()  # into the file itself
    assert texts_in(tmp_path) == set(SENTINELS)
    await store.log.submit([pen.delete("hall", 51)]).wait()
    await store.log.erased()
    assert texts_in(tmp_path) == set()
    await store.backup(tmp_path / "copy.db")
    assert texts_in(tmp_path) == set()
    [taken] = await store.log.submit([pen.post("hall", "again", nonce="n")]).wait()
    assert not isinstance(taken, Appended)  # the stub stays
    assert (await store.verify()).findings == ()


async def test_a_text_that_never_left_the_write_ahead_log_is_erased_too(
    store: Store, pen: Pen, tmp_path: Path
) -> None:
    await store.log.submit([*talk(pen), pen.delete("hall", 51)]).wait()
    await store.log.erased()
    assert texts_in(tmp_path) == set()
    assert store.sizes().wal == 0


async def test_deletes_that_follow_one_another_are_all_erased(
    store: Store, pen: Pen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "EVERY", 0.02)
    for n in range(5):
        post = pen.post("hall", SENTINELS[n % 2])
        await store.log.submit([post]).wait()
        await store.log.submit([pen.delete("hall", post.facts[0].seq)]).wait()
    await store.log.erased()
    assert texts_in(tmp_path) == set()
    assert store.sizes().wal == 0


async def test_closing_erases_what_was_not_erased_yet(
    tmp_path: Path, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "EVERY", 3_600.0)
    async with open_store(tmp_path) as store:
        await store.log.submit([pen.post("hall", "x"), pen.delete("hall", 1)]).wait()
        await store.log.erased()  # now it has an hour
        await store.log.submit(talk(pen)).wait()
        await store.log.submit([pen.delete("hall", 53)]).wait()
        assert texts_in(tmp_path) != set()
    assert texts_in(tmp_path) == set()


async def test_a_commit_that_erases_nothing_leaves_the_write_ahead_log_alone(store: Store, pen: Pen) -> None:
    await store.log.submit([pen.post("hall", "x")]).wait()
    await store.log.erased()
    assert store.sizes().wal > 0


async def test_the_hash_of_an_erased_file_goes_when_its_bytes_are_gone(
    store: Store, pen: Pen, tmp_path: Path
) -> None:
    await store.log.submit([*pen.village(), pen.upload("ann", "f1", "a.png")]).wait()
    await store.log.submit([pen.append("account/ann", "file.deleted", {"file": "f1"})]).wait()
    await store.log.erased()
    hashes = await store.reader.dropped_blobs(9)
    assert hashes
    await store.log.submit([Append(writes=(DropBlobs(tuple(hashes)),))]).wait()
    await store.log.erased()
    assert _found(hashes, tmp_path) == []
    assert store.sizes().wal == 0


# --- when, by a clock that is told the time ------------------------------------------------------------


@attrs.define
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@attrs.define
class Desk:
    """A journal over a file, without a thread."""

    path: Path
    clock: Clock
    journal: Journal
    pen: Pen
    connection: sqlite3.Connection
    broken: bool = False

    def delete_one(self, **more: object) -> None:
        post = self.pen.post("hall", SENTINELS[0])
        gone = {"seq": post.facts[0].seq, "author": "ann", **more}
        delete = self.pen.append("room/hall", "message.deleted", gone)
        assert all(isinstance(done, Appended) for done in self.journal.commit([post, delete]))

    @property
    def wal(self) -> int:
        return self.path.with_name(DATABASE + "-wal").stat().st_size


class Reopening(SingleThreaded):
    def __init__(self, path: Path) -> None:
        super().__init__(open_writer(path))
        self._path = path

    def reopen(self) -> sqlite3.Connection:
        self._connection.close()
        self._connection = open_writer(self._path)
        return self._connection


@pytest.fixture
def desk(tmp_path: Path, pen: Pen) -> Iterator[Desk]:
    path = tmp_path / DATABASE
    migrate.prepare(path)
    connection, clock = Reopening(path), Clock()

    def fault(stage: str, _: sqlite3.Connection | None) -> None:
        if stage == "checkpoint" and desk.broken:
            raise sqlite3.OperationalError("disk I/O error")

    journal = Journal(connection, Place(path), fault, clock)  # type: ignore[arg-type]
    journal.open(connection.current())
    desk = Desk(path, clock, journal, pen, connection.current())
    yield desk
    connection.current().close()


def test_nothing_is_due_until_something_was_erased(desk: Desk) -> None:
    assert desk.journal.erase() is None
    desk.journal.commit([desk.pen.post("hall", "x")])
    assert desk.journal.erase() is None
    assert desk.wal > 0


def test_the_first_erasing_is_done_at_once_and_the_next_one_a_second_later(desk: Desk) -> None:
    desk.delete_one()
    assert desk.journal.erase() is None
    assert desk.wal == 0
    desk.clock.now = 0.3
    desk.delete_one()
    assert desk.journal.erase() == pytest.approx(0.7)
    assert desk.wal > 0
    desk.clock.now = 1.0
    assert desk.journal.erase() is None
    assert desk.wal == 0
    desk.clock.now = 9.0
    desk.delete_one()
    assert desk.journal.erase() is None
    assert desk.wal == 0


def test_what_retention_erases_is_patient_until_somebody_deletes_something(desk: Desk) -> None:
    desk.delete_one(retention=True)
    assert desk.journal.erase() == pytest.approx(erasure.PATIENCE)
    desk.clock.now = 7.0
    desk.delete_one(retention=True)
    assert desk.journal.erase() == pytest.approx(erasure.PATIENCE - 7)
    desk.clock.now = erasure.PATIENCE
    assert desk.journal.erase() is None
    assert desk.wal == 0
    desk.delete_one(retention=True)
    desk.clock.now += erasure.EVERY
    desk.delete_one()
    assert desk.journal.erase() is None
    assert desk.wal == 0


async def test_a_deletion_need_not_wait_for_the_patience_of_retention(
    store: Store, pen: Pen, tmp_path: Path
) -> None:
    first, second, _ = SENTINELS
    await store.log.submit([pen.post("hall", first), pen.post("hall", second)]).wait()
    old = {"seq": 1, "author": "ann", "retention": True}
    await store.log.submit([pen.append("room/hall", "message.deleted", old, "system")]).wait()
    began = time.monotonic()
    await store.log.submit([pen.delete("hall", 2)]).wait()
    await store.log.erased()
    assert time.monotonic() - began < erasure.PATIENCE / 2
    assert texts_in(tmp_path) == set()


def test_an_erasing_that_fails_at_its_very_end_is_tried_again(desk: Desk) -> None:
    """It works for nobody who could be told: what it raised would end the server."""
    desk.delete_one()
    deny = {"page_count": sqlite3.SQLITE_DENY}
    desk.connection.set_authorizer(lambda _, name, *more: deny.get(name, sqlite3.SQLITE_OK))
    assert desk.journal.erase() == pytest.approx(erasure.EVERY)
    desk.clock.now += erasure.EVERY
    assert desk.journal.erase() is None  # on a connection of its own
    assert desk.wal == 0


def test_an_erasing_waits_for_no_reader_and_is_tried_again_soon(desk: Desk) -> None:
    desk.delete_one()
    reader = open_reader(desk.path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM events").fetchone()
    started = time.monotonic()
    assert desk.journal.erase() == pytest.approx(erasure.AGAIN)
    assert time.monotonic() - started < BUSY_SECONDS / 2
    assert desk.wal > 0
    reader.execute("ROLLBACK")
    assert desk.journal.erase() == pytest.approx(erasure.AGAIN)  # not before its time
    desk.clock.now += erasure.AGAIN
    assert desk.journal.erase() is None
    assert desk.wal == 0
    reader.close()
    connection = desk.journal._connection.current()
    assert connection is not None
    assert connection.execute("PRAGMA busy_timeout").fetchone() == (int(BUSY_SECONDS * 1000),)


def test_a_checkpoint_says_whether_somebody_reads_what_was_there_before(desk: Desk) -> None:
    """What was committed since is synced by none."""
    reader = open_reader(desk.path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM events").fetchone()
    assert desk.journal.empty(patience=0)
    assert desk.wal > 0
    desk.delete_one()
    assert not desk.journal.empty(patience=0)
    reader.close()
    assert desk.journal.empty(patience=0)


def test_an_erasing_that_fails_stays_due_and_no_commit_feels_it(desk: Desk) -> None:
    desk.broken = True
    desk.delete_one()
    assert desk.journal.erase() == pytest.approx(1.0)
    desk.delete_one()
    desk.broken = False
    desk.clock.now = 1.0
    assert desk.journal.erase() is None
    assert desk.wal == 0
    assert SENTINELS[0].encode() not in desk.path.read_bytes()


def test_the_writer_overwrites_what_it_deletes(desk: Desk) -> None:
    connection = desk.journal._connection.current()
    assert connection is not None
    assert connection.execute("PRAGMA secure_delete").fetchone() == (1,)


def test_an_ordinary_emptying_serves_as_well(desk: Desk) -> None:
    desk.delete_one()
    desk.journal.empty()
    assert desk.journal.erase() is None


# --- no copy is left behind by the moves of a page's other rows ---------------------------------------------


def test_no_text_of_many_stays_when_they_go_one_after_another(desk: Desk) -> None:
    """Rows that are deleted make SQLite move others, whose old places `secure_delete` does not know."""
    dice = Random(1)
    sizes = [int(dice.paretovariate(1.1) * 20 % 9000) for _ in range(1_500)]
    posts = [desk.pen.post("hall", f"<{n:06}>{'x' * size}<{n:06}>") for n, size in enumerate(sizes)]
    desk.journal.commit(posts)
    doomed = [n for n in range(len(sizes)) if n // 50 % 3 == 0]
    dice.shuffle(doomed)
    for start in range(0, len(doomed), 50):
        desk.journal.commit([desk.pen.delete("hall", n + 1) for n in doomed[start : start + 200]])
    desk.journal.empty()
    file = desk.path.read_bytes()
    assert [n for n in doomed if b"<%06d>" % n in file] == []
    kept = set(range(len(sizes))) - set(doomed)
    assert [n for n in kept if b"<%06d>" % n not in file] == []


def test_what_was_erased_keeps_its_place_and_says_nothing(desk: Desk) -> None:
    desk.journal.commit([desk.pen.post("hall", SENTINELS[0]), desk.pen.post("hall", "kept")])
    desk.journal.commit([desk.pen.delete("hall", 1)])
    connection = desk.journal._connection.current()
    assert connection is not None
    assert connection.execute("SELECT position, text FROM bodies").fetchall() == [(2, "kept")]
    row = connection.execute(
        "SELECT position, salt, CAST(text AS BLOB), erased FROM body_rows WHERE erased"
    ).fetchone()
    assert row == (1, bytes(16), bytes(len(SENTINELS[0])), 1)
