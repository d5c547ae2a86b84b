"""What is acknowledged is in the file at the path; what is open can be saved while it is not."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from store_facts import Pen

from chatd.ports import Appended, StoreError, StoreMisplaced
from chatd.store.database import Store, open_store
from chatd.store.ops.data_folder import DATABASE
from chatd.store.ops.place import COMMITS_CHECKPOINT, narrow

WAL = DATABASE + "-wal"


def delete(folder: Path) -> None:
    (folder / DATABASE).unlink()


def delete_log(folder: Path) -> None:
    (folder / WAL).unlink()


def replace(folder: Path) -> None:
    copy = folder / "copy"
    shutil.copy(folder / DATABASE, copy)
    copy.replace(folder / DATABASE)


def move(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def remove_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def replace_folder(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    shutil.copytree(folder.with_name("elsewhere"), folder)


def folder_becomes_a_file(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.write_text("")


ACCIDENTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "deleted": (delete, "was deleted or moved"),
    "its write-ahead log deleted": (delete_log, "was deleted or moved"),
    "replaced": (replace, "was replaced by another file"),
    "the folder moved": (move, "is gone or was moved"),
    "the folder removed": (remove_folder, "is gone or was moved"),
    "the folder replaced": (replace_folder, "was replaced by another file"),
    "the folder a file": (folder_becomes_a_file, "was deleted or moved"),
}


def ends(accident: str) -> AbstractContextManager[object]:
    """How the store ends after it: of what stands elsewhere now it saves nothing, without a folder."""
    if accident in ("the folder moved", "the folder a file"):
        return pytest.raises(StoreError, match="is lost")
    return nullcontext()


async def texts(store: Store) -> list[str | None]:
    return [event.text for event in await store.reader.events(0, 99)]


@pytest.mark.parametrize("accident", ACCIDENTS)
async def test_nothing_is_acknowledged_into_a_file_that_is_not_at_its_path(
    tmp_path: Path, pen: Pen, accident: str
) -> None:
    happen, said = ACCIDENTS[accident]
    folder = tmp_path / "data"
    with ends(accident):
        async with open_store(folder) as store:
            await store.log.submit([pen.post("hall", "kept")]).wait()
            assert store.misplaced() is None
            happen(folder)
            assert said in (store.misplaced() or "")
            for _ in range(3):
                with pytest.raises(StoreMisplaced):
                    await store.log.submit([pen.post("hall", "lost")]).wait()
                pen.rewind("room/hall", 1)
            assert await texts(store) == ["kept"]
            await store.check()
            copy = await store.backup(tmp_path / "saved.db")
            assert copy.position == 1


@pytest.mark.parametrize("accident", ACCIDENTS)
async def test_what_is_written_while_the_file_goes_is_not_acknowledged(
    tmp_path: Path, pen: Pen, accident: str
) -> None:
    """The commit succeeds as far as SQLite knows."""
    folder, armed = tmp_path / "data", [False]

    def fault(stage: str, _: object) -> None:
        if stage == "commit" and armed[0]:
            ACCIDENTS[accident][0](folder)
            armed[0] = False

    with ends(accident):
        async with open_store(folder, fault=fault) as store:
            await store.log.submit([pen.post("hall", "kept")]).wait()
            armed[0] = True
            with pytest.raises(StoreMisplaced):
                await store.log.submit([pen.post("hall", "unsure")]).wait()
            assert (await store.backup(tmp_path / "saved.db")).position == 2


@pytest.mark.parametrize(
    "accident", ["deleted", "its write-ahead log deleted", "replaced", "the folder removed"]
)
async def test_a_server_that_stops_leaves_a_copy_of_what_has_no_name_any_more(
    tmp_path: Path, pen: Pen, accident: str
) -> None:
    folder = tmp_path / "data"
    async with open_store(folder) as store:
        await store.log.submit([pen.post("hall", "kept")]).wait()
        ACCIDENTS[accident][0](folder)
    [copy] = folder.glob(f"{DATABASE}.rescued-*")
    if not (folder / DATABASE).exists():
        with pytest.raises(
            StoreError, match=copy.name
        ):  # beginning with nothing would look as if all were well
            async with open_store(folder):
                pass
    copy.replace(folder / DATABASE)
    async with open_store(folder) as store:
        assert await texts(store) == ["kept"]


@pytest.mark.parametrize("left", [0, 4096])
async def test_a_file_that_was_written_over_with_an_older_one_is_noticed(
    tmp_path: Path, pen: Pen, left: int
) -> None:
    """It keeps its inode, and what is in the write-ahead log would be lost with it."""
    folder = tmp_path / "data"
    async with open_store(folder):
        pass  # the schema is in the file
    async with open_store(folder) as store:
        await store.log.submit([pen.post("hall", "kept")]).wait()
        assert store.misplaced() is None
        whole = (folder / DATABASE).read_bytes()
        os.truncate(folder / DATABASE, left)
        assert "is smaller than it was" in (store.misplaced() or "")
        with pytest.raises(StoreMisplaced):
            await store.log.submit([pen.post("hall", "lost")]).wait()
        (folder / DATABASE).write_bytes(whole)
        assert store.misplaced() is None


def write_over(file: Path, content: bytes) -> None:
    """In place, at a time that differs from that of the write before."""
    before = file.stat().st_mtime_ns
    ends = time.monotonic() + 5
    while file.stat().st_mtime_ns == before:
        assert time.monotonic() < ends
        file.write_bytes(content)


async def test_a_file_that_was_written_over_with_one_of_the_same_size_is_noticed(
    tmp_path: Path, pen: Pen
) -> None:
    folder = tmp_path / "data"
    async with open_store(folder) as store:
        older = (folder / DATABASE).read_bytes()
        await store.log.submit([pen.post("hall", "kept")]).wait()
        await store.log.checkpoint()
        assert store.touched() is None
        newer = (folder / DATABASE).read_bytes()
        write_over(folder / DATABASE, older + newer[len(older) :])
        assert "another program has written to" in (store.touched() or "")
        write_over(folder / DATABASE, newer)


async def test_what_the_server_does_itself_is_no_false_alarm(tmp_path: Path, pen: Pen) -> None:
    """Not even a commit that checkpoints by itself, because so much was written."""
    folder = tmp_path / "data"
    async with open_store(folder) as store:
        for number in range(40):
            await store.log.submit([pen.post("hall", "x" * 2_000_000)]).wait()
            assert store.touched() is None
            if number == 2:
                await store.log.checkpoint()
                assert store.touched() is None
        assert (folder / WAL).stat().st_size >= COMMITS_CHECKPOINT
        await store.backup(tmp_path / "copy.db")
        await store.check()
        assert store.touched() is None


@pytest.mark.parametrize("older", ["an older database", "an empty file", "another file"])
async def test_an_older_file_does_not_win_over_a_copy_that_was_rescued(
    tmp_path: Path, pen: Pen, older: str
) -> None:
    """Somebody puts a backup at the place of the file that was lost."""
    folder, backup = tmp_path / "data", tmp_path / "backup.db"
    async with open_store(folder) as store:
        await store.log.submit([pen.post("hall", "first")]).wait()
        await store.backup(backup)
        await store.log.submit([pen.post("hall", "second")]).wait()
        delete(folder)
    [copy] = folder.glob(f"{DATABASE}.rescued-*")
    for suffix in ("-wal", "-shm"):
        (folder / f"{DATABASE}{suffix}").unlink(missing_ok=True)
    content = {"an older database": backup.read_bytes(), "an empty file": b"", "another file": b"#" * 5000}
    (folder / DATABASE).write_bytes(content[older])
    for _ in range(2):
        with pytest.raises(StoreError, match=f"{copy.name}.* at 2; to go on with the copy"):
            async with open_store(folder):
                pass
    assert (folder / DATABASE).read_bytes() == content[older]
    copy.replace(folder / DATABASE)
    async with open_store(folder) as store:
        assert await texts(store) == ["first", "second"]


async def test_a_copy_that_holds_no_more_is_no_hindrance(tmp_path: Path, pen: Pen) -> None:
    folder = tmp_path / "data"
    async with open_store(folder) as store:
        await store.log.submit([pen.post("hall", "first")]).wait()
        delete(folder)
    [copy] = folder.glob(f"{DATABASE}.rescued-*")
    for suffix in ("-wal", "-shm"):
        (folder / f"{DATABASE}{suffix}").unlink(missing_ok=True)
    shutil.copy(copy, folder / DATABASE)
    for expected in (["first"], ["first", "second"]):
        async with open_store(folder) as store:
            assert await texts(store) == expected
            await store.log.submit([pen.post("hall", "second" if expected == ["first"] else "third")]).wait()


async def test_the_store_goes_on_when_the_right_file_is_back(tmp_path: Path, pen: Pen) -> None:
    folder, away, armed = tmp_path / "data", tmp_path / "away", [False]

    def fault(stage: str, _: object) -> None:
        if stage == "commit" and armed[0]:
            folder.rename(away)
            armed[0] = False

    async with open_store(folder, fault=fault) as store:
        await store.log.submit([pen.post("hall", "first")]).wait()
        armed[0] = True
        with pytest.raises(StoreMisplaced):
            await store.log.submit([pen.post("hall", "second")]).wait()
        with pytest.raises(StoreMisplaced):
            await store.log.submit([pen.post("hall", "refused")]).wait()
        away.rename(folder)
        assert store.misplaced() is None
        pen.rewind("room/hall", 2)
        [done] = await store.log.submit([pen.post("hall", "third")]).wait()
        assert isinstance(done, Appended)
        assert await texts(store) == ["first", "second", "third"]
        assert (await store.verify()).findings == ()
    async with open_store(folder) as store:
        assert await texts(store) == ["first", "second", "third"]


async def test_a_database_that_took_the_place_keeps_its_write_ahead_log(tmp_path: Path, pen: Pen) -> None:
    """SQLite deletes that file by its name at the end, unless it sees that its database has moved."""
    folder = tmp_path / "data"
    async with open_store(folder) as store:
        await store.log.submit([pen.post("hall", "old")]).wait()
        replace_folder(folder)
        inode = os.stat(folder / WAL).st_ino
        assert os.stat(folder / WAL).st_size > 0
    assert os.stat(folder / WAL).st_ino == inode
    async with open_store(folder) as store:
        assert await texts(store) == ["old"]


async def test_a_disk_that_became_read_only_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_store(tmp_path / "data") as store:
        monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_flag=os.ST_RDONLY))
        assert "is mounted read-only" in (store.misplaced() or "")
        monkeypatch.undo()
        assert store.misplaced() is None


async def test_a_reopened_file_is_known_again(tmp_path: Path, pen: Pen) -> None:
    broken = [False]

    def fault(stage: str, _: object) -> None:
        if stage == "commit" and broken[0]:
            raise OSError("disk I/O error")

    async with open_store(tmp_path / "data", fault=fault) as store:
        await store.log.submit([pen.post("hall", "first")]).wait()
        broken[0] = True
        with pytest.raises(Exception, match="cannot be written"):
            await store.log.submit([pen.post("hall", "failed")]).wait()
        broken[0] = False
        pen.rewind("room/hall", 1)
        await store.log.submit([pen.post("hall", "second")]).wait()
        assert store.misplaced() is None
        delete(tmp_path / "data")
        with pytest.raises(StoreMisplaced):
            await store.log.submit([pen.post("hall", "lost")]).wait()


@pytest.mark.parametrize(("mode", "left"), [(0o777, 0o755), (0o770, 0o750), (0o1777, 0o1755), (0o700, 0o700)])
def test_others_may_not_write_in_the_data_folder(tmp_path: Path, mode: int, left: int) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(mode)
    said = narrow(folder)
    assert folder.stat().st_mode & 0o7777 == left
    assert (said is None) is (mode == left)
    assert said is None or str(folder) in said
