"""The write-ahead log has room at its end, so that commits write over something and make no file longer."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
from store_facts import Pen

from chatd.store.database import Store, open_store
from chatd.store.log import preallocation
from chatd.store.log.preallocation import LEAST, MOST
from chatd.store.ops.data_folder import DATABASE


@pytest.fixture
async def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    monkeypatch.setattr(preallocation, "FREE", 0)
    async with open_store(tmp_path / "data") as store:
        yield store


async def post(store: Store, pen: Pen, count: int = 1, text: str = "x") -> list[int]:
    """Bytes of the write-ahead log after each of so many commits and what follows it."""
    sizes = []
    for _ in range(count):
        await store.log.submit([pen.post("hall", text)]).wait()
        await store.log.answered()
        sizes.append(store.sizes().wal)
    return sizes


async def test_commits_leave_the_file_as_long_as_it_is(store: Store, pen: Pen) -> None:
    sizes = await post(store, pen, 20)
    assert LEAST < sizes[-1] < 2 * LEAST
    assert sizes[2:] == sizes[-1:] * 18


async def test_what_is_used_up_is_added_again_and_at_most_so_much(store: Store, pen: Pen) -> None:
    sizes = await post(store, pen, 60, "x" * 200_000)
    grown = [after - before for before, after in pairwise(sizes) if after != before]
    assert sizes[-1] > 60 * 200_000
    assert 2 < len(grown) < 20  # the commit that finds no room any more, and what follows
    assert max(grown) < MOST + 2**20


async def test_an_erasure_empties_it_and_what_comes_later_has_room_again(store: Store, pen: Pen) -> None:
    await post(store, pen, 3)
    await store.log.submit([pen.delete("hall", 1)]).wait()
    await store.log.erased()
    assert store.sizes().wal == 0
    sizes = await post(store, pen, 3)
    assert sizes[-1] > LEAST


async def test_what_was_committed_is_read_back_from_before_the_room(
    store: Store, pen: Pen, tmp_path: Path
) -> None:
    """As after a kill: the files as they are, without the memory that the open ones share."""
    await post(store, pen, 9)
    left = tmp_path / "left"
    left.mkdir()
    for name in (DATABASE, f"{DATABASE}-wal"):
        shutil.copy(tmp_path / "data" / name, left)
    async with open_store(left) as again:
        assert (await again.reader.load("room/hall")).head == 9
        assert (await again.verify()).findings == ()
        await post(again, pen)


async def test_nothing_is_taken_from_a_disk_that_is_nearly_full(
    store: Store, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preallocation, "FREE", 2**60)
    sizes = await post(store, pen, 5)
    assert sizes[-1] < LEAST
    monkeypatch.setattr(preallocation, "FREE", 0)
    assert (await post(store, pen, 5))[-1] < LEAST  # it is looked at again after a while
