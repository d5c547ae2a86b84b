"""What a standby takes, and what it does not: events follow from each other, all or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import msgspec
import pytest

from chatd.domain.event import Fact, encode_personal
from chatd.domain.names.folded import of_account
from chatd.ports import Append, PutClusterKey, PutDraft, StoreError
from chatd.standby.applying import Applying, Diverged
from chatd.standby.progress import Progress
from chatd.store.connection import open_writer
from chatd.store.database import Store, open_store
from chatd.store.ops import migrate, standby
from chatd.store.ops.cut import REPLAYED
from chatd.store.ops.replication import GENESIS
from chatd.store.ops.standby import StandbyState

ROOM, ANN = "01JZZZZZZZ0000000000000001", "01JZZZZZZZ0000000000000002"
COMPARED = (*REPLAYED, "events", "body_rows", "drafts", "keys")


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "standby.db"
    migrate.prepare(path)
    with closing(open_writer(path, create=False)) as connection:
        yield connection


def applying(copy: sqlite3.Connection) -> Applying:
    made = Applying(StandbyState("http://server"))
    made.open(copy)
    return made


def message(seq: int, text: str = "hello") -> Fact:
    return Fact(f"room/{ROOM}", seq, "message.posted", 1000 + seq, ANN, {"nonce": str(seq)}, text)


async def write(store: Store, *facts: Fact, writes: tuple[Any, ...] = ()) -> None:
    [outcome] = await store.log.submit([Append(facts, writes)]).wait()
    assert not hasattr(outcome, "what"), outcome


async def talk(store: Store, first: int, count: int) -> None:
    for seq in range(first, first + count):
        await write(store, message(seq, f"number {seq}"))


async def begin(store: Store) -> None:
    said = encode_personal(**of_account({"name": "ann"}))
    await write(
        store,
        Fact(f"account/{ANN}", 1, "account.created", 1, "system", {"account": ANN}, said),
        Fact(f"room/{ROOM}", 1, "room.created", 1, ANN, {"account": ANN, "name": "Room", "kind": "text"}),
    )


def rows(path: Path | sqlite3.Connection) -> dict[str, list[Any]]:
    connection = path if isinstance(path, sqlite3.Connection) else sqlite3.connect(path)
    return {name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))) for name in COMPARED}


async def look(store: Store, one: Applying, copy: sqlite3.Connection) -> None:
    with TemporaryFile() as file:
        assert await store.replication.look(one.position, one.hash, file)
        one.look(copy, file)


async def test_a_long_log_comes_in_parts_and_then_the_tables(
    tmp_path: Path, copy: sqlite3.Connection
) -> None:
    async with open_store(tmp_path / "data") as store:
        await begin(store)
        await talk(store, 2, 30)
        gone = Fact(f"room/{ROOM}", 32, "message.deleted", 2000, ANN, {"seq": 5})
        await write(store, gone, writes=(PutDraft(ANN, ROOM, 0, "a draft", 1),))
        one, parts = applying(copy), 0
        while found := await store.replication.events(one.position, one.hash, 7):
            one.events(copy, found)
            parts += 1
            assert not one.state.complete
            if parts == 3:
                one = applying(copy)  # as after a kill
        assert parts == 5
        await talk(store, 33, 3)
        await look(store, one, copy)
        assert one.state.complete
        assert rows(copy) == rows(store.path)
        run, number = one.state.run, one.state.number
        assert run is not None
        await talk(store, 36, 2)
        await write(store, writes=(PutDraft(ANN, ROOM, 0, "another", 2),))
        those = await store.replication.transactions(run, number, 0)
        assert those is not None
        one.transactions(copy, [msgspec.msgpack.decode(those[0])])
        one = applying(copy)
        one.transactions(copy, [msgspec.msgpack.decode(data) for data in those[1:]])
        assert rows(copy) == rows(store.path)
        assert one.state.number == number + 3
        assert await store.replication.transactions(run, one.state.number, 0) == []
        assert await store.replication.transactions("another run", number, 0) is None
        assert await store.replication.events(one.position, GENESIS, 5) is None


async def test_the_key_of_a_clusters_stream_stays_with_its_nodes(
    tmp_path: Path, copy: sqlite3.Connection
) -> None:
    """Who has an old one, and what NATS servers' disks still hold, can read what was erased since."""
    async with open_store(tmp_path / "data", shared=True) as store:
        await begin(store)
        await write(store, writes=(PutClusterKey(1, bytes(32)),))
        one = applying(copy)
        await look(store, one, copy)
        await write(store, writes=(PutClusterKey(2, bytes(32)), PutDraft(ANN, ROOM, 0, "a draft", 1)))
        those = await store.replication.transactions(one.state.run or "", one.state.number, 0)
        assert those is not None
        one.transactions(copy, [msgspec.msgpack.decode(data) for data in those])
        assert rows(copy) == rows(store.path)
    assert copy.execute("SELECT * FROM cluster_key").fetchall() == []


async def test_what_does_not_follow_is_not_taken(tmp_path: Path, copy: sqlite3.Connection) -> None:
    async with open_store(tmp_path / "data") as store:
        await begin(store)
        await talk(store, 2, 3)
        found = await store.replication.events(0, GENESIS, 100)
        assert found is not None
        changed = [list(event) for event in found]
        for row, column, value in (
            (2, 6, '{"nonce": "x"}'),
            (2, 10, "other words"),
            (3, 0, 9),
            (4, 8, bytes(32)),
        ):
            bad = [list(event) for event in changed]
            bad[row][column] = value
            one = applying(copy)
            with pytest.raises(Diverged):
                one.events(copy, bad)
            assert (one.position, rows(copy)["events"]) == (0, [])
        one = applying(copy)
        one.events(copy, changed)
        with pytest.raises(Diverged, match="came after"):
            one.events(copy, changed)
        await look(store, one, copy)
        late = (one.state.number + 2, [])
        with pytest.raises(Diverged, match="came after"):
            one.transactions(copy, [late])
        strange = (one.state.number + 1, [([], [["Path", "x"]])])
        with pytest.raises(Diverged, match="does not know the write"):
            one.transactions(copy, [strange])


async def test_a_look_that_is_cut_off_changes_nothing(tmp_path: Path, copy: sqlite3.Connection) -> None:
    async with open_store(tmp_path / "data") as store:
        await begin(store)
        await talk(store, 2, 3)
        one = applying(copy)
        with TemporaryFile() as file:
            await store.replication.look(0, GENESIS, file)
            size = file.seek(0, 2)
            for end in (size - 1, size - 8, size // 2, 1, 0):
                file.truncate(end)
                with pytest.raises(Diverged):
                    one.look(copy, file)
                assert (one.position, one.state.complete, rows(copy)["events"]) == (0, False, [])
        await look(store, one, copy)
        assert rows(copy) == rows(store.path)


async def test_a_database_of_a_server_is_no_standby(tmp_path: Path, copy: sqlite3.Connection) -> None:
    async with open_store(tmp_path / "data") as store:
        await begin(store)
    theirs = open_writer(tmp_path / "data" / "chatd.db")
    with closing(theirs), pytest.raises(StoreError, match="begins in an empty folder"):
        applying(theirs)
    applying(copy)
    assert standby.read(copy) == StandbyState("http://server")


def test_the_lag_grows_until_everything_is_there() -> None:
    now = [100.0]
    progress = Progress("http://server", clock=lambda: now[0], since=100.0)
    assert progress.state == "disconnected"
    progress.heard(10)
    assert (progress.state, progress.lag_events, progress.lag_seconds) == ("copying", 10, 0.0)
    now[0], progress.position, progress.complete = 105.0, 10, True
    assert progress.lag_seconds == 5.0
    progress.heard(10)
    assert (progress.state, progress.lag_events, progress.lag_seconds) == ("following", 0, 0.0)
    now[0] = 107.0
    progress.lost("no answer")
    assert (progress.state, progress.lag_seconds) == ("disconnected", 2.0)
    assert "chatd_standby_lag_seconds 2.0" in progress.metrics()
    progress.heard(10)
    progress.waiting_since = 101.0
    assert progress.lag_seconds == 6.0, "a file has been missing for so long"


async def test_what_a_full_disk_does_not_take_is_taken_when_there_is_room(
    tmp_path: Path, copy: sqlite3.Connection
) -> None:
    async with open_store(tmp_path / "data") as store:
        await begin(store)
        one = applying(copy)
        await look(store, one, copy)
        run, number = one.state.run, one.state.number
        assert run is not None
        await write(store, *(message(seq, "x" * 20_000) for seq in range(2, 42)))
        those = await store.replication.transactions(run, number, 0)
        assert those is not None
        [pages] = copy.execute("PRAGMA page_count").fetchone()
        copy.execute(f"PRAGMA max_page_count = {pages + 5}")
        with pytest.raises(sqlite3.OperationalError, match="full"):
            one.transactions(copy, [msgspec.msgpack.decode(data) for data in those])
        assert (one.state.number, one.position) == (number, 2)
        copy.execute("PRAGMA max_page_count = 1000000")
        one.transactions(copy, [msgspec.msgpack.decode(data) for data in those])
        assert rows(copy) == rows(store.path)
