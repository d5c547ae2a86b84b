"""The file collector: what it takes away, what it leaves, and that it tries again what failed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
import trio
from trio.testing import MockClock

from chatd.actors.runtime.envelope import STALE
from chatd.actors.workers.file_collection import FileCollector
from chatd.contract.spec import DONE
from chatd.domain.event import Event
from chatd.ports import BlobsUnavailable, DropBlobs, FileUnheld, UnheldFiles

DELETED = Event(9, "room/r", 1, "message.deleted", 1, "ann", {"seq": 1})
DAY = 86_400


class Twin:
    """Reader, commands and store of blobs in one: what the collector sees."""

    def __init__(self) -> None:
        self.dropped: list[str] = []
        self.named: set[str] = set()  # by files
        self.blobs: set[str] = set()
        self.stored: set[str] = set()  # just now, by somebody
        self.unheld: dict[str, str] = {}
        self.attached: set[str] = set()  # in the moment in which they are to be ended
        self.ended: list[tuple[str, int]] = []
        self.failing = 0
        self.looked: list[int] = []
        self.tried = 0

    # --- the reader

    async def dropped_blobs(self, limit: int) -> list[str]:
        return self.dropped[:limit]

    async def named_blobs(self, hashes: list[str]) -> set[str]:
        return self.named & set(hashes)

    async def unheld_files(self, after: str, before: int, limit: int) -> UnheldFiles:
        self.looked.append(before)
        return UnheldFiles(None, list(self.unheld.items()))

    # --- commands

    async def write(self, write: DropBlobs) -> bool:
        self.dropped = [hash_ for hash_ in self.dropped if hash_ not in write.hashes]
        return True

    async def ask(self, stream: str, command: Any, context: Any, result: Any, conditions: Any) -> object:
        assert conditions == (FileUnheld(command.file),)
        if command.file in self.attached:
            return STALE
        self.ended.append((stream, context.at))
        self.unheld.pop(command.file)
        return DONE

    # --- blobs

    async def list(self) -> list[str]:
        return sorted(self.blobs)

    async def delete(self, hash_: str, unless: Callable[[], Awaitable[bool]]) -> bool:
        self.tried += 1
        if self.failing:
            self.failing -= 1
            raise BlobsUnavailable("the disk is away")
        if hash_ in self.stored or await unless():
            return False
        self.blobs.discard(hash_)
        return True


@pytest.fixture
def twin() -> Twin:
    return Twin()


@pytest.fixture
def collector(twin: Twin) -> FileCollector:
    whole = cast("Any", twin)
    return FileCollector(whole, whole, whole, DAY, lambda: 100 * DAY * 1000)


async def test_bytes_go_unless_a_file_has_them_or_somebody_stores_them(
    twin: Twin, collector: FileCollector
) -> None:
    twin.blobs = {"gone", "twice", "coming"}
    twin.dropped, twin.named, twin.stored = ["gone", "twice", "coming"], {"twice"}, {"coming"}
    await collector.take_dropped()
    assert (twin.blobs, twin.dropped) == ({"twice", "coming"}, ["coming"])
    twin.stored, twin.named = set(), {"twice", "coming"}  # its row was written
    await collector.take_dropped()
    assert (twin.blobs, twin.dropped) == ({"twice", "coming"}, [])


async def test_an_orphan_goes_when_it_is_found_twice(twin: Twin, collector: FileCollector) -> None:
    twin.blobs, twin.named = {"named", "orphan", "late"}, {"named"}
    await collector.take_orphans()
    assert twin.blobs == {"named", "orphan", "late"}
    twin.named.add("late")  # an upload whose row came after its bytes
    await collector.take_orphans()
    assert twin.blobs == {"named", "late"}


async def test_nothing_is_taken_while_it_is_copied(twin: Twin, collector: FileCollector) -> None:
    twin.blobs, twin.dropped = {"gone"}, ["gone"]
    with collector.pausing():
        await collector.take_dropped()
        await collector.take_orphans()
        await collector.take_orphans()
        assert (twin.blobs, twin.dropped) == ({"gone"}, ["gone"])
    await collector.take_dropped()
    assert (twin.blobs, twin.dropped) == (set(), [])


async def test_what_somebody_attaches_in_that_moment_stays(twin: Twin, collector: FileCollector) -> None:
    twin.unheld, twin.attached = {"f1": "ann", "f2": "bob"}, {"f2"}
    await collector.end_unheld()
    assert [stream for stream, _ in twin.ended] == ["account/ann"]
    assert twin.looked == [99 * DAY * 1000]


async def test_what_cannot_be_taken_for_long_is_tried_less_and_less_often_and_what_comes_at_once(
    autojump_clock: MockClock, twin: Twin, collector: FileCollector, nursery: trio.Nursery
) -> None:
    """As while another node is away, which may store it."""
    twin.blobs, twin.dropped, twin.stored = {"coming"}, ["coming"], {"coming"}
    nursery.start_soon(collector.run)
    await trio.sleep(1800)
    assert 30 < twin.tried < 60
    twin.blobs.add("gone")
    twin.dropped.append("gone")
    collector.follow([DELETED])
    await trio.sleep(0.5)
    assert twin.blobs == {"coming"}
    twin.stored = set()
    await trio.sleep(61)
    assert twin.blobs == set()


async def test_the_collector_wakes_when_something_may_have_ended_and_tries_again_what_failed(
    autojump_clock: MockClock, twin: Twin, collector: FileCollector, nursery: trio.Nursery
) -> None:
    nursery.start_soon(collector.run)
    await trio.sleep(1)
    twin.blobs, twin.dropped, twin.failing = {"gone"}, ["gone"], 2
    collector.follow([DELETED])
    await trio.sleep(0.5)
    assert twin.blobs == {"gone"}
    await trio.sleep(5)
    assert (twin.blobs, twin.dropped) == (set(), [])
    looks = len(twin.looked)
    await trio.sleep(3601)
    assert len(twin.looked) == looks + 1
