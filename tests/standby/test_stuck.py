"""A standby waits for room on a disk that is full, and for a server that greets and gives nothing."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
from pathlib import Path
from typing import IO, Any, cast

import pytest
import trio
import trio.testing

from chatd.ports import StoreError
from chatd.standby import follower
from chatd.standby.applying import Applied, Applying
from chatd.standby.follower import Following
from chatd.standby.progress import Progress
from chatd.standby.source import Hello, NoSource, Source
from chatd.store.connection import TrioConnection
from chatd.store.ops import data_model, migrate
from chatd.store.ops.standby import StandbyState


class FakeSource:
    """Has a server's answers, and no news."""

    url = "http://server"

    async def hello(self) -> Hello:
        schema = data_model.present().version
        return Hello(format=1, chatd="0.1.0", schema=schema, database="x", files="s3", position=1)

    async def transactions(self, run: str, after: int) -> tuple[int, list[Any]]:
        await trio.sleep(1)
        return 1, []


class FullDatabase:
    """Cannot be written until there is room."""

    full = True

    async def run(self, work: Any) -> Any:
        if work.__name__ == "_name":
            return None
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")


class GreetingSource(FakeSource):
    """Says where it stands, and no more, as a node of a cluster that is cut off."""

    greeted = 0

    async def hello(self) -> Hello:
        self.greeted += 1
        return await super().hello()

    async def transactions(self, run: str, after: int) -> tuple[int, list[Any]]:
        raise NoSource("it is cut off")


async def test_who_greets_and_gives_nothing_is_asked_ever_less_often(
    autojump_clock: trio.testing.MockClock, tmp_path: Path
) -> None:
    database, source = FullDatabase(), GreetingSource()
    applying = Applying(StandbyState("http://server", "run", 0, complete=True, files=False))
    following = Following(
        cast(Source, source), cast(TrioConnection, database), applying, tmp_path, Progress("http://server")
    )
    with trio.move_on_after(60):
        await following.run(lambda _: None)
    assert 20 <= source.greeted <= 30


async def test_a_standby_goes_on_when_there_is_room(
    autojump_clock: trio.testing.MockClock, tmp_path: Path, capsys: Any
) -> None:
    database, progress = FullDatabase(), Progress("http://server")
    applying = Applying(StandbyState("http://server", "run", 0, complete=True, files=False))
    following = Following(
        cast(Source, FakeSource()), cast(TrioConnection, database), applying, tmp_path, progress
    )
    async with trio.open_nursery() as nursery:
        nursery.start_soon(following.run, lambda _: None)
        await trio.sleep(20)
        assert not progress.connected
        assert progress.error == f"{tmp_path / 'chatd.db'} cannot be written: database or disk is full"
        database.full = False
        await trio.sleep(20)
        assert progress.connected
        assert progress.error is None
        nursery.cancel_scope.cancel()
    assert capsys.readouterr().err.count("standby_stuck") <= 1


class LookSource(FakeSource):
    """Gives all that it has as a file."""

    async def look(self, after: int, hash_: str, file: IO[bytes]) -> None:
        file.write(b"a look")


class RoomyDatabase(FullDatabase):
    """Takes whatever is given."""

    async def run(self, work: Any) -> Any:
        return None if work.__name__ == "_name" else Applied(1)


async def test_a_disk_that_is_full_before_all_has_arrived_is_waited_for_too(
    autojump_clock: trio.testing.MockClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What comes lies in a file first, whose end the system may refuse only when it is read or closed."""
    progress, temporary = Progress("http://server"), follower.TemporaryFile

    def full(dir: Path) -> IO[bytes]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(follower, "TemporaryFile", full)
    applying = Applying(StandbyState("http://server"))
    following = Following(
        cast(Source, LookSource()), cast(TrioConnection, RoomyDatabase()), applying, tmp_path, progress
    )
    async with trio.open_nursery() as nursery:
        nursery.start_soon(following.run, lambda _: None)
        await trio.sleep(20)
        assert progress.error == f"{tmp_path} cannot be written: No space left on device"
        monkeypatch.setattr(follower, "TemporaryFile", temporary)
        await trio.sleep(20)
        assert progress.connected
        assert progress.complete
        nursery.cancel_scope.cancel()
    assert capsys.readouterr().err.count("standby_stuck") <= 1


def _refusing(cause: Exception) -> StoreError:
    error = StoreError("chatd.db cannot be opened: see why")
    error.__cause__ = cause
    return error


def _sqlite(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    "cause", [_sqlite(sqlite3.SQLITE_FULL), _sqlite(sqlite3.SQLITE_IOERR), OSError(errno.ENOSPC, "no space")]
)
async def test_a_disk_that_is_full_at_the_start_is_waited_for_and_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], cause: Exception
) -> None:
    tried, prepare, said = 0, migrate.prepare, trio.Event()

    def full_at_first(*arguments: Any, **named: Any) -> None:
        nonlocal tried
        tried += 1
        if tried < 3:
            raise _refusing(cause)
        prepare(*arguments, **named)

    shown: list[str | None] = []

    class Watched(Progress):
        def lost(self, why: str) -> None:
            super().lost(why)
            shown.append(why)
            if "cannot be opened" not in why:
                said.set()

    monkeypatch.setattr(migrate, "prepare", full_at_first)
    monkeypatch.setattr(follower, "Progress", Watched)
    monkeypatch.setattr(follower, "LONGEST_RETRY", 0.01)
    announced: list[str] = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(
            follower.follow, "http://127.0.0.1:9", "token", tmp_path, "127.0.0.1", 0, announced.append
        )
        with trio.fail_after(10):
            await said.wait()  # it asks the server, which is not there
        os.kill(os.getpid(), signal.SIGTERM)
    assert (tried, shown[:2]) == (3, ["chatd.db cannot be opened: see why"] * 2)
    assert announced[0].startswith("standby of http://127.0.0.1:9; shows itself")
    assert (tmp_path / "chatd.db").stat().st_size
    assert capsys.readouterr().err.count("standby_stuck") <= 1


async def test_what_room_does_not_mend_ends_a_standby_at_its_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: Any, **__: Any) -> None:
        raise _refusing(sqlite3.DatabaseError("file is not a database"))

    monkeypatch.setattr(migrate, "prepare", damaged)
    announced: list[str] = []
    with pytest.raises(StoreError):
        await follower.follow("http://127.0.0.1:9", "token", tmp_path, "127.0.0.1", 0, announced.append)
    assert not announced
