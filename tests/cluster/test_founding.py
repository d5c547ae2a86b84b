"""Which of several nodes that start with empty folders founds the cluster, and what is left of the others."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import trio

from chatd.cluster import founding
from chatd.cluster.errors import ClusterError
from chatd.cluster.founding import EPOCH, FOUNDING, Founding
from chatd.cluster.net import Unreachable
from chatd.nats.jetstream import NAME_IN_USE, NO_STREAM, ApiError, StreamConfig, StreamInfo, StreamState
from chatd.ports import Append, PutClusterKey, PutProposed, StoreError, Write
from chatd.store.database import open_store
from chatd.store.ops.data_folder import DATABASE, RESTORING
from chatd.store.ops.rescued import MARK


class Streams:
    """A JetStream that has one stream, or none. `dies`: when it has made one, its asker does not hear it."""

    def __init__(self) -> None:
        self.info: StreamInfo | None = None
        self.late = False  # whoever looks does not see it yet
        self.dies = False

    async def agreed_info(self, name: str) -> StreamInfo:
        await trio.lowlevel.checkpoint()
        if self.info is None or self.late:
            raise ApiError(NO_STREAM, "stream not found")
        return self.info

    async def create_stream(self, config: StreamConfig) -> StreamInfo:
        await trio.lowlevel.checkpoint()
        if self.info is None:
            self.info = StreamInfo(config, StreamState(messages=0, bytes=0, first_seq=0, last_seq=0))
        if self.info.config != config:
            raise ApiError(NAME_IN_USE, "stream name already in use with a different configuration")
        if self.dies:
            raise KeyboardInterrupt
        return self.info


class Nobody:
    """A net without nodes."""

    node = "n"

    async def ask(self, subject: str, data: bytes, deadline: float) -> bytes:
        raise Unreachable(subject)


def node(streams: Streams) -> Founding:
    broker: Any = SimpleNamespace(
        net=Nobody(), jetstream=streams, stream="chatd_hopper", subject="hopper.log"
    )
    return Founding(broker, "hopper", 3)


async def epoch(folder: Path) -> str:
    async with open_store(folder, shared=True) as store:
        return store.epochs.database


@pytest.mark.parametrize("founds", [False, True])
async def test_what_a_former_database_has_left_beside_itself_does_not_get_into_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, founds: bool
) -> None:
    """A folder may have been emptied of its database alone, after a kill."""
    streams, first, second = Streams(), tmp_path / "first", tmp_path / "second"
    left = second / f"{DATABASE}-wal"
    async with open_store(second):
        frames = left.read_bytes()
    assert frames
    (second / DATABASE).unlink()
    left.write_bytes(frames)

    async def fetch(_: object, path: Path) -> str:
        await trio.Path(path).write_bytes(await trio.Path(first / DATABASE).read_bytes())
        return "first"

    monkeypatch.setattr(founding, "fetch", fetch)
    if not founds:
        await node(streams).bring_database(first)
    await node(streams).bring_database(second)
    assert streams.info is not None
    assert streams.info.config.metadata == {EPOCH: await epoch(second)}


async def test_the_first_of_two_founds_and_the_second_takes_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = Streams()
    first, second = tmp_path / "first", tmp_path / "second"
    await node(streams).bring_database(first)
    assert streams.info is not None
    assert streams.info.config.metadata == {EPOCH: await epoch(first)}
    streams.late = True  # it looked before

    async def fetch(_: object, path: Path) -> str:
        await trio.Path(path).write_bytes(await trio.Path(first / DATABASE).read_bytes())
        return "first"

    monkeypatch.setattr(founding, "fetch", fetch)
    await node(streams).bring_database(second)
    assert await epoch(second) == await epoch(first)
    for folder in (first, second):
        assert not await trio.Path(folder / FOUNDING).exists()


async def test_a_node_that_dies_as_it_founds_the_cluster_founds_it_with_its_next_start(
    tmp_path: Path,
) -> None:
    streams = Streams()
    streams.dies = True
    with pytest.raises(KeyboardInterrupt):
        await node(streams).bring_database(tmp_path)
    assert not await trio.Path(tmp_path / DATABASE).exists()
    streams.dies = False
    await node(streams).bring_database(tmp_path)
    assert streams.info is not None
    assert streams.info.config.metadata == {EPOCH: await epoch(tmp_path)}
    assert not await trio.Path(tmp_path / FOUNDING).exists()


@pytest.mark.parametrize(
    ("left", "why"),
    [
        (RESTORING, "a restore into .* was cut off"),
        (f"{DATABASE}{MARK}20261130T120000Z", "is missing, but .* was saved when it was lost"),
    ],
)
async def test_no_empty_cluster_is_founded_where_a_database_is_yet_to_come(
    tmp_path: Path, left: str, why: str
) -> None:
    """All nodes would begin with nothing, and the stream would be in the way of what is there."""
    streams = Streams()
    (tmp_path / left).write_bytes(b"texts")
    with pytest.raises(StoreError, match=why):
        await node(streams).bring_database(tmp_path)
    assert streams.info is None
    assert [path.name for path in await trio.Path(tmp_path).iterdir()] == [left]


async def test_where_nobody_gives_a_copy_it_is_said_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(founding, "STARTING", 0.0)
    streams = Streams()
    await node(streams).bring_database(tmp_path / "first")
    with pytest.raises(ClusterError, match="none of its nodes answers to give this one a copy"):
        await node(streams).bring_database(tmp_path / "second")


@pytest.mark.parametrize(
    ("applied", "ends_at", "same", "problem"),
    [
        (None, 7, True, "left the cluster hopper, which goes on without it"),  # a copy from before, say
        (None, 0, True, None),
        (9, 7, True, "has lost its end: it ends at 7, and 9 has been applied here"),
        (7, 7, True, None),
        (7, None, True, "the stream of the cluster hopper is gone from the NATS servers"),
        (0, None, True, None),
        (7, 7, False, "does not belong to the cluster hopper, which exists already"),
    ],
)
async def test_a_folder_that_is_not_of_the_stream_is_not_served(
    tmp_path: Path, applied: int | None, ends_at: int | None, same: bool, problem: str | None
) -> None:
    """It would be another log under the same name. `applied`: what the folder has of the stream, if it was a
    node's."""
    streams = Streams()
    async with open_store(tmp_path, shared=True) as store:
        if applied is not None:
            mark: Write = PutProposed("life", 1, applied)
            await store.log.submit(
                [Append(writes=(PutClusterKey(1, bytes(32)), *([mark] if applied else ())))]
            ).wait()
        if ends_at is not None:
            made_by = store.epochs.database if same else "another"
            config = StreamConfig("chatd_hopper", ["hopper.log"], 3, metadata={EPOCH: made_by})
            streams.info = StreamInfo(config, StreamState(messages=0, bytes=0, first_seq=0, last_seq=ends_at))
        if problem is None:
            assert (await node(streams).key(store)).number == 1
            assert streams.info is not None
        else:
            with pytest.raises(ClusterError, match=problem):
                await node(streams).key(store)


def test_the_database_comes_last_to_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is, whoever starts finds all of it there."""
    made, moved = tmp_path / FOUNDING, list[str]()
    made.mkdir()
    for name in (DATABASE, f"{DATABASE}-shm", f"{DATABASE}-wal"):
        (made / name).touch()
    monkeypatch.setattr("os.rename", lambda one, other: moved.append(other.name))
    founding._move(made, tmp_path)
    assert moved[-1] == DATABASE
    assert len(moved) == 3
