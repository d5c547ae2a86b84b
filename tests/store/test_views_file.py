"""The views' file: positions agree with rows, whatever ends in between; nothing is left of erased texts."""

from __future__ import annotations

import os
import resource
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import attrs
import pytest
import trio
from store_facts import Pen, tamper

from chatd.ports import Append, Lag, StoreUnavailable
from chatd.store.database import Store, open_store
from chatd.store.views.file import VIEWS, open_views
from chatd.store.views.positions import ViewPositions


def nothing(_: sqlite3.Connection) -> None:
    pass


@attrs.define
class Texts:
    """A view that copies every text, and forgets those of deleted messages."""

    name: str = "texts"
    version: int = 1
    tables: Sequence[str] = ("texts",)
    then: Callable[[sqlite3.Connection], None] = nothing  # at the end of each batch, inside its transaction
    unfinished: bool = False
    batches: list[tuple[int, int]] = attrs.Factory(list)

    @property
    def schema(self) -> str:
        return "".join(
            f"CREATE TABLE {table} (position INTEGER PRIMARY KEY, text TEXT);" for table in self.tables
        )

    def follow(self, connection: sqlite3.Connection, after: int, upto: int) -> bool:
        self.batches.append((after, upto))
        connection.execute(
            f"INSERT INTO {self.tables[0]} SELECT position, text FROM log.bodies"
            " WHERE position > ? AND position <= ?",
            (after, upto),
        )
        erased = connection.execute(
            f"DELETE FROM {self.tables[0]} WHERE position IN (SELECT message.position"
            " FROM log.events AS event JOIN log.messages AS message ON message.room = substr(event.stream, 6)"
            " AND message.seq = event.data ->> 'seq'"
            " WHERE event.position > ? AND event.position <= ? AND event.type = 'message.deleted')",
            (after, upto),
        ).rowcount
        self.then(connection)
        return erased > 0


def texts_in(table: str = "texts") -> Callable[[sqlite3.Connection], list[str]]:
    return lambda connection: [row[0] for row in connection.execute(f"SELECT text FROM {table} ORDER BY 1")]


async def post(store: Store, pen: Pen, *texts: str) -> None:
    await store.log.submit([pen.post("hall", text) for text in texts]).wait()


async def erase(store: Store, pen: Pen, seq: int) -> None:
    fact = pen.fact("room/hall", "message.deleted", {"seq": seq, "author": "ann"})
    await store.log.submit([Append((fact,))]).wait()


def damage(path: Path) -> None:
    """All pages but the first few, which lead to the tables, say something else."""
    with path.open("r+b") as file:
        file.seek(4 * 4096)
        file.write(b"\xa5" * (path.stat().st_size - 4 * 4096))


async def test_a_view_follows_in_batches_to_the_head_and_no_further(store: Store, pen: Pen) -> None:
    view = Texts()
    await post(store, pen, "a", "b", "c")
    assert await store.views.follow(view, 2) == Lag("texts", 2, 3)
    assert await store.views.lag(view) == Lag("texts", 2, 3)
    assert await store.views.follow(view, 2) == Lag("texts", 3, 3)
    assert await store.views.follow(view, 2) == Lag("texts", 3, 3)
    assert view.batches == [(0, 2), (2, 3)]
    assert await store.views.ask(texts_in()) == ["a", "b", "c"]


async def test_a_view_that_has_put_something_off_is_called_with_nothing_new(store: Store, pen: Pen) -> None:
    view = Texts(unfinished=True)
    await post(store, pen, "a")
    for _ in range(2):
        assert await store.views.follow(view, 9) == Lag("texts", 1, 1)
    assert view.batches == [(0, 1), (1, 1)]


async def test_a_batch_that_fails_leaves_neither_rows_nor_a_position(store: Store, pen: Pen) -> None:
    def fail(_: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("no more")

    view = Texts(then=fail)
    await post(store, pen, "a")
    with pytest.raises(StoreUnavailable, match="no more"):
        await store.views.follow(view, 9)
    assert (await store.views.lag(view)).position == 0
    assert await store.views.ask(texts_in()) == []
    view.then = nothing
    await store.views.follow(view, 9)
    assert await store.views.ask(texts_in()) == ["a"]


async def test_a_bug_of_a_view_reaches_its_follower_as_it_is(store: Store, pen: Pen) -> None:
    def stumble(_: sqlite3.Connection) -> None:
        raise KeyError("a bug")

    await post(store, pen, "a")
    with pytest.raises(KeyError):
        await store.views.follow(Texts(then=stumble), 9)
    assert (await store.views.follow(Texts(), 9)).position == 1


async def test_what_was_followed_is_there_after_a_restart(tmp_path: Path, pen: Pen) -> None:
    view = Texts()
    async with open_store(tmp_path) as store:
        await post(store, pen, "a", "b")
        await store.views.follow(view, 1)
    async with open_store(tmp_path) as store:
        assert await store.views.lag(view) == Lag("texts", 1, 2)
        await store.views.follow(view, 9)
        assert await store.views.ask(texts_in()) == ["a", "b"]
    assert view.batches == [(0, 1), (1, 2)]


async def test_a_process_that_dies_between_batches_loses_and_doubles_nothing(
    tmp_path: Path, pen: Pen
) -> None:
    """The files as they are on the disk after some batch, without a goodbye."""
    async with open_store(tmp_path / "first") as store:
        await post(store, pen, *"abcdef")
        view = Texts()
        await store.views.follow(view, 2)
        await store.views.follow(view, 2)
        copy_files(tmp_path / "first", tmp_path / "second")
    async with open_store(tmp_path / "second") as store:
        assert await store.views.lag(view) == Lag("texts", 4, 6)
        await store.views.follow(view, 9)
        assert await store.views.ask(texts_in()) == list("abcdef")


def copy_files(source: Path, target: Path) -> None:
    target.mkdir()
    for file in source.iterdir():
        if file.is_file() and not file.name.endswith("-shm"):
            (target / file.name).write_bytes(file.read_bytes())


async def test_a_view_of_another_version_begins_anew_and_the_old_tables_go(store: Store, pen: Pen) -> None:
    await post(store, pen, "a", "b")
    await store.views.follow(Texts(), 9)
    new = Texts(version=2, tables=("words",))
    assert await store.views.lag(new) == Lag("texts", 0, 2)
    await store.views.follow(new, 9)
    assert await store.views.ask(texts_in("words")) == ["a", "b"]
    with pytest.raises(StoreUnavailable, match="no such table"):
        await store.views.ask(texts_in("texts"))


async def test_a_view_beyond_the_log_begins_anew(tmp_path: Path, pen: Pen) -> None:
    async with open_store(tmp_path) as store:
        await post(store, pen, "a", "b")
        await store.views.follow(Texts(), 9)
    tamper(tmp_path, "DELETE FROM events WHERE position = 2", "DELETE FROM bodies WHERE position = 2")
    async with open_store(tmp_path) as store:
        assert await store.views.follow(Texts(), 9) == Lag("texts", 1, 1)
        assert await store.views.ask(texts_in()) == ["a"]


async def test_a_view_of_another_history_begins_anew_though_the_log_is_as_long(
    tmp_path: Path, pen: Pen
) -> None:
    async with open_store(tmp_path) as store:
        await post(store, pen, "a", "b")
        await store.views.follow(Texts(), 9)
    tamper(
        tmp_path,
        "UPDATE events SET hash = zeroblob(32) WHERE position = 2",
        "UPDATE body_rows SET text = 'other' WHERE position = 2",
    )
    async with open_store(tmp_path) as store:
        assert await store.views.lag(Texts()) == Lag("texts", 0, 2)
        await store.views.follow(Texts(), 9)
        assert await store.views.ask(texts_in()) == ["a", "other"]


async def test_a_file_of_another_epoch_is_made_anew(tmp_path: Path, pen: Pen) -> None:
    async with open_store(tmp_path) as store:
        await post(store, pen, "a")
        await store.views.follow(Texts(), 9)
    tamper(tmp_path, "UPDATE meta SET value = 'another' WHERE key = 'epoch'")
    async with open_store(tmp_path) as store:
        assert await store.views.lag(Texts()) == Lag("texts", 0, 1)


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to look at" * 99, None])
async def test_a_file_that_cannot_be_opened_is_made_anew(
    tmp_path: Path, pen: Pen, content: bytes | None
) -> None:
    """None: a database of somebody else."""
    if content is None:
        with sqlite3.connect(tmp_path / VIEWS) as other:
            other.execute("PRAGMA user_version = 77")
        other.close()
    else:
        (tmp_path / VIEWS).write_bytes(content)
    async with open_store(tmp_path) as store:
        await post(store, pen, "a")
        assert await store.views.follow(Texts(), 9) == Lag("texts", 1, 1)


async def test_a_process_without_free_file_descriptors_does_not_throw_the_file_away(
    tmp_path: Path, pen: Pen
) -> None:
    """It says nothing against the file that SQLite cannot open it then, whichever of its files is the one too
    many: a search index that took hours would be gone."""
    async with open_store(tmp_path) as store:
        await post(store, pen, "a")
        await store.views.follow(Texts(), 9)
        path = store.path
    positions = ViewPositions(path.with_name(VIEWS), path)
    before = path.with_name(VIEWS).stat().st_ino
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    failed = 0
    for free in range(12):
        os.close(lowest := os.dup(0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + free, limits[1]))
        try:
            positions.open_writer().close()
        except (sqlite3.Error, OSError):
            failed += 1
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert path.with_name(VIEWS).stat().st_ino == before, free
    assert 0 < failed < 12


async def test_nobody_else_may_read_the_file(store: Store) -> None:
    for file in store.path.parent.glob(f"{VIEWS}*"):
        assert file.stat().st_mode & 0o077 == 0


async def test_a_file_found_damaged_while_it_is_used_is_made_anew(tmp_path: Path, pen: Pen) -> None:
    async with open_store(tmp_path) as store:
        await post(store, pen, *["long" * 500] * 40)
        await store.views.follow(Texts(), 20)
    damage(tmp_path / VIEWS)
    async with open_store(tmp_path) as store:
        with pytest.raises(StoreUnavailable, match="malformed"):
            await store.views.follow(Texts(), 9)
        with pytest.raises(StoreUnavailable, match="built again"):
            await store.views.ask(texts_in())
        assert await store.views.follow(Texts(), 99) == Lag("texts", 40, 40)
        assert len(await store.views.ask(texts_in())) == 40


async def test_damage_of_the_log_does_not_cost_the_views(tmp_path: Path, pen: Pen) -> None:
    async with open_store(tmp_path) as store:
        await post(store, pen, *["long" * 500] * 40)
        view = Texts()
        await store.views.follow(view, 99)

        def read_the_log(_: sqlite3.Connection) -> None:
            error = sqlite3.DatabaseError("database disk image is malformed")
            error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
            raise error

        with pytest.raises(StoreUnavailable):
            await store.views.ask(read_the_log)
        assert await store.views.follow(view, 99) == Lag("texts", 40, 40)
        assert len(await store.views.ask(texts_in())) == 40
        assert view.batches == [(0, 40)]


async def test_a_dropped_view_begins_at_the_beginning(store: Store, pen: Pen) -> None:
    view = Texts()
    await post(store, pen, "a")
    await store.views.follow(view, 9)
    await store.views.drop(view)
    assert await store.views.ask(texts_in()) == []
    assert await store.views.lag(view) == Lag("texts", 0, 1)
    await store.views.follow(view, 9)
    assert await store.views.ask(texts_in()) == ["a"]


async def test_dropping_one_view_leaves_the_others(store: Store, pen: Pen) -> None:
    other = Texts("words", tables=("words",))
    await post(store, pen, "a")
    for view in (Texts(), other):
        await store.views.follow(view, 9)
    await store.views.drop(Texts())
    assert await store.views.ask(texts_in("words")) == ["a"]
    assert await store.views.lag(other) == Lag("words", 1, 1)


async def test_the_log_cannot_be_written_from_a_view(store: Store, pen: Pen) -> None:
    await post(store, pen, "a")
    view = Texts(then=lambda connection: connection.execute("DELETE FROM log.events") and None)
    with pytest.raises(StoreUnavailable, match="readonly"):
        await store.views.follow(view, 9)
    with pytest.raises(StoreUnavailable, match="readonly"):
        await store.views.ask(lambda connection: connection.execute("DELETE FROM followers"))


# --- erased texts ------------------------------------------------------------------------------------

SENTINEL = "the cat sat on the mat, and it was nobody's business"


def found(folder: Path) -> list[str]:
    """The files of the views in which the sentinel stands."""
    return [file.name for file in sorted(folder.glob(f"{VIEWS}*")) if SENTINEL.encode() in file.read_bytes()]


@pytest.fixture
async def told(tmp_path: Path, pen: Pen) -> AsyncIterator[Store]:
    """A store whose view knows the sentinel, which has just been deleted."""
    async with open_store(tmp_path) as store:
        await post(store, pen, "before", SENTINEL, "after")
        await store.views.follow(Texts(), 9)
        assert found(tmp_path)
        await erase(store, pen, 2)
        yield store


async def test_an_erased_text_is_in_none_of_the_files(told: Store, tmp_path: Path) -> None:
    await told.views.follow(Texts(), 9)
    assert await told.views.ask(texts_in()) == ["after", "before"]
    assert found(tmp_path) == []


async def test_a_dropped_view_leaves_no_text(told: Store, tmp_path: Path) -> None:
    await told.views.drop(Texts())
    assert found(tmp_path) == []


async def test_a_rebuilt_view_never_learns_an_erased_text(told: Store, tmp_path: Path) -> None:
    await told.views.drop(Texts())
    await told.views.follow(Texts(), 2)
    assert found(tmp_path) == []


async def test_an_erased_text_goes_when_the_last_reader_has_looked(told: Store, tmp_path: Path) -> None:
    async with reading(told):
        await told.views.follow(Texts(), 9)  # does not wait for the reader
        assert found(tmp_path) == [f"{VIEWS}-wal"]
    await told.views._writer.run(nothing)  # behind what the reader left to be done
    assert found(tmp_path) == []


async def test_an_erased_text_goes_at_the_next_start_at_the_latest(told: Store, tmp_path: Path) -> None:
    async with reading(told):
        await told.views.follow(Texts(), 9)
        copy_files(tmp_path, tmp_path / "killed")
    assert found(tmp_path / "killed")
    async with open_store(tmp_path / "killed"):
        assert found(tmp_path / "killed") == []


@asynccontextmanager
async def reading(store: Store) -> AsyncIterator[None]:
    """Somebody looks at the view all the while."""
    begun, ended = trio.Event(), Event()
    token = trio.lowlevel.current_trio_token()

    def look(connection: sqlite3.Connection) -> None:
        cursor = connection.execute("SELECT * FROM texts")
        cursor.fetchone()
        token.run_sync_soon(begun.set)
        ended.wait(60)
        cursor.close()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(store.views.ask, look)
        await begun.wait()
        try:
            yield
        finally:
            ended.set()


# --- questions ---------------------------------------------------------------------------------------

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


async def test_a_question_that_takes_too_long_is_interrupted(store: Store) -> None:
    async with open_views(store.path, question_seconds=0.05) as views:
        with pytest.raises(StoreUnavailable, match="no answer"):
            await views.ask(lambda connection: connection.execute(ENDLESS).fetchone())
        assert await views.ask(lambda connection: connection.execute("SELECT 1").fetchone()) == (1,)


async def test_a_question_sees_the_log_beside_the_view(store: Store, pen: Pen) -> None:
    await post(store, pen, "a", "b")
    await store.views.follow(Texts(), 9)
    pair = "SELECT (SELECT count(*) FROM texts), (SELECT count(*) FROM log.messages)"
    assert await store.views.ask(lambda connection: connection.execute(pair).fetchone()) == (2, 2)


async def test_many_views_follow_at_the_same_time(store: Store, pen: Pen) -> None:
    await post(store, pen, *"abcdef")
    views = [Texts(f"texts{number}", tables=(f"texts{number}",)) for number in range(4)]

    async def catch_up(view: Texts) -> None:
        while (await store.views.follow(view, 2)).position < 6:
            pass

    async with trio.open_nursery() as nursery:
        for view in views:
            nursery.start_soon(catch_up, view)
    for view in views:
        assert view.batches == [(0, 2), (2, 4), (4, 6)]
        assert await store.views.ask(texts_in(view.name)) == list("abcdef")
