"""What happens when the disk does not do what it is told."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import trio
from store_facts import Pen, tamper

from chatd.ports import Append, Appended, MarkRead, StoreUnavailable, Taken
from chatd.store.database import open_store


class Disk:
    """A fault that is switched on for some stages of a commit."""

    def __init__(self) -> None:
        self.broken: set[str] = set()
        self.full = False
        self.reopened = 0
        self.checkpoints = 0

    def __call__(self, stage: str, connection: sqlite3.Connection | None) -> None:
        self.reopened += stage == "reopen"
        self.checkpoints += stage == "checkpoint"
        if stage in self.broken:
            raise sqlite3.OperationalError("disk I/O error")
        if stage == "write" and self.full and connection is not None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")


def everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


@pytest.mark.parametrize("stage", ["write", "commit"])
async def test_a_failed_commit_writes_nothing_and_the_next_one_works(
    tmp_path: Path, pen: Pen, stage: str
) -> None:
    disk = Disk()
    async with open_store(tmp_path, fault=disk) as store:
        await store.log.submit([pen.post("hall", "before")]).wait()
        disk.broken = {stage}
        marked = Append(pen.post("hall", "lost", nonce="n").facts, (MarkRead("ann", "hall", 2),))
        with pytest.raises(StoreUnavailable):
            await store.log.submit([marked]).wait()
        disk.broken = set()
        pen.rewind("room/hall", 1)
        [done] = await store.log.submit([pen.post("hall", "after", nonce="n")]).wait()
        assert isinstance(done, Appended)
        assert disk.reopened == 1
        assert [event.text for event in await store.reader.events(0, 9)] == ["before", "after"]
        assert await store.reader.markers("hall", ["ann"]) == {}
        assert (await store.verify()).findings == ()


async def test_an_error_without_words_has_its_name(tmp_path: Path, pen: Pen) -> None:
    def fail(stage: str, connection: sqlite3.Connection | None) -> None:
        if stage == "write":
            raise MemoryError

    async with open_store(tmp_path, fault=fail) as store:
        with pytest.raises(StoreUnavailable, match=r": MemoryError$"):
            await store.log.submit([pen.post("hall", "lost")]).wait()


async def test_what_was_submitted_behind_a_failed_commit_leaves_no_gap(tmp_path: Path, pen: Pen) -> None:
    disk = Disk()
    async with open_store(tmp_path, fault=disk) as store:
        disk.broken = {"commit"}
        first, second = (store.log.submit([pen.post("hall", text)]) for text in "ab")
        with pytest.raises(StoreUnavailable):
            await first.wait()
        assert await second.wait() == [Taken("seq")]
        assert await store.reader.head() == 0


async def test_while_the_file_cannot_be_opened_again_every_commit_is_unavailable(
    tmp_path: Path, pen: Pen
) -> None:
    disk = Disk()
    async with open_store(tmp_path, fault=disk) as store:
        disk.broken = {"commit", "reopen"}
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                await store.log.submit([pen.post("hall", "lost")]).wait()
            pen.rewind("room/hall", 0)
        disk.broken = set()
        [done] = await store.log.submit([pen.post("hall", "kept")]).wait()
        assert isinstance(done, Appended)


async def test_a_full_disk_loses_nothing_and_heals_when_there_is_space(tmp_path: Path, pen: Pen) -> None:
    disk = Disk()
    async with open_store(tmp_path, fault=disk) as store:
        await store.log.submit([pen.post("hall", "before")]).wait()
        disk.full = True
        with pytest.raises(StoreUnavailable, match="full"):
            await store.log.submit([pen.post("hall", "x" * 50_000), pen.post("hall", "y" * 50_000)]).wait()
        assert [event.text for event in await store.reader.events(0, 9)] == ["before"]
        disk.full = False
        pen.rewind("room/hall", 1)
        [done] = await store.log.submit([pen.post("hall", "z" * 50_000)]).wait()
        assert isinstance(done, Appended)
        assert (await store.verify()).findings == ()


async def test_a_file_that_lost_what_was_acknowledged_is_not_written_to_again(
    tmp_path: Path, pen: Pen
) -> None:
    disk = Disk()
    async with open_store(tmp_path, fault=disk) as store:
        await store.log.submit([pen.post("hall", "acknowledged")]).wait()
        disk.broken = {"commit"}
        with pytest.raises(StoreUnavailable):
            await store.log.submit([pen.post("hall", "lost")]).wait()
        disk.broken = set()
        tamper(tmp_path, "UPDATE events SET hash = zeroblob(32)")
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="acknowledged"):
                await store.log.submit([pen.post("attic", "no")]).wait()


async def test_a_failed_checkpoint_is_felt_by_no_commit(
    tmp_path: Path, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatd.store.log.journal.PAGES_BEFORE_CHECKPOINT", 1)
    disk = Disk()
    disk.broken = {"checkpoint"}
    async with open_store(tmp_path, fault=disk) as store:
        for n in range(5):
            [done] = await store.log.submit([pen.post("hall", str(n))]).wait()
            assert isinstance(done, Appended)
        disk.broken = set()
        assert disk.checkpoints > 1
        assert (await store.verify()).findings == ()


async def test_an_erasing_that_fails_is_felt_by_no_commit_and_done_at_the_end(
    tmp_path: Path, pen: Pen
) -> None:
    disk = Disk()
    disk.broken = {"checkpoint"}
    async with open_store(tmp_path, fault=disk) as store:
        for n in (1, 3, 5):
            outcomes = await store.log.submit([pen.post("hall", "sentinel"), pen.delete("hall", n)]).wait()
            assert all(isinstance(done, Appended) for done in outcomes)
        assert disk.checkpoints > 0
        assert (await store.verify()).findings == ()
    assert b"sentinel" not in everything(tmp_path)


async def test_the_write_ahead_log_is_moved_into_the_file_now_and_then(
    tmp_path: Path, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatd.store.log.journal.PAGES_BEFORE_CHECKPOINT", 50)
    disk = Disk()
    async with open_store(tmp_path, fault=disk) as store:
        for n in range(30):
            await store.log.submit([pen.post("hall", str(n))]).wait()
        assert disk.checkpoints >= 3
        await store.log.checkpoint()
        assert store.sizes().wal == 0


async def test_giving_up_the_wait_does_not_take_a_commit_back(tmp_path: Path, pen: Pen) -> None:
    async with open_store(tmp_path) as store:
        with trio.CancelScope() as scope:
            commit = store.log.submit([pen.post("hall", "hi")])
            scope.cancel()
            await commit.wait()
        assert scope.cancelled_caught
        [done] = await commit.wait()
        assert isinstance(done, Appended)


WRITER = """
import sys
from pathlib import Path
import trio
from store_facts import Pen
from chatd.store.database import open_store

async def main(folder, round):
    pen, room = Pen(), f"r{round}"
    async with open_store(Path(folder)) as store:
        for n in range(10**6):
            batch = [pen.post(room, f"{n} {k}", nonce=f"{n} {k}") for k in range(7)]
            await store.log.submit(batch).wait()
            print((n + 1) * 7, flush=True)

trio.run(main, sys.argv[1], sys.argv[2])
"""


async def test_a_killed_server_has_lost_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    for round, lines in enumerate((1, 40, 150)):
        acknowledged = await trio.to_thread.run_sync(killed_after, lines, folder, round, environment)
        async with open_store(folder) as store:
            loaded = await store.reader.load(f"room/r{round}")
            assert loaded.head >= acknowledged
            assert loaded.head % 7 == 0
            verified = await store.verify()
            assert verified.findings == ()


def killed_after(lines: int, folder: Path, round: int, environment: dict[str, str]) -> int:
    command = [sys.executable, "-c", WRITER, str(folder), str(round)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline() for _ in range(lines)]
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.readlines()
    return max(int(line) for line in said if line.endswith("\n"))


async def test_a_compaction_that_cannot_begin_is_as_any_write_that_fails(tmp_path: Path, pen: Pen) -> None:
    """And the file is not taken for one that may be smaller."""
    disk = Disk()
    async with open_store(tmp_path, fault=disk) as store:
        await store.log.submit([pen.post("hall", f"post {number}") for number in range(300)]).wait()
        await store.log.checkpoint()
        assert store.misplaced() is None
        disk.broken = {"reopen"}
        store.log._journal.distrust()
        with pytest.raises(StoreUnavailable, match="disk I/O error"):
            await store.compact()
        disk.broken = set()
        await store.log.checkpoint()
        assert store.misplaced() is None
        file = tmp_path / "chatd.db"
        whole = file.read_bytes()
        os.truncate(file, len(whole) // 2)
        assert "smaller than it was" in str(store.misplaced())
        file.write_bytes(whole)
