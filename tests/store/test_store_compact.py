"""Disk is given back while the store works, and nothing that was erased comes along."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from store_facts import Pen

from chatd.ports import Appended, CompactError, StoreUnavailable
from chatd.store.database import Store, open_store
from chatd.store.ops import compact

ERASED = "a-word-that-was-taken-back "
KEPT = "a-word-that-stays "


def said(folder: Path, word: str) -> bool:
    return any(word.encode() in file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def talk(store: Store, pen: Pen, erased: int = 600, kept: int = 30) -> None:
    """A room in which most of what was said is erased."""
    await store.log.submit(pen.village()).wait()
    posts = [pen.post("hall", ERASED * 40) for _ in range(erased)]
    posts += [pen.post("hall", KEPT + str(number)) for number in range(kept)]
    for start in range(0, len(posts), 100):
        await store.log.submit(posts[start : start + 100]).wait()
    gone = [pen.delete("hall", post.facts[0].seq) for post in posts[:erased]]
    for start in range(0, len(gone), 100):
        await store.log.submit(gone[start : start + 100]).wait()
    await store.log.erased()
    await store.log.checkpoint()


async def texts(store: Store) -> list[str]:
    page = await store.reader.history("hall", before=None, after=None, around=None, limit=500)
    return [row["text"] for row in page.rows if row["text"] is not None]


async def test_what_was_erased_gives_its_place_back(store: Store, pen: Pen, tmp_path: Path) -> None:
    await talk(store, pen)
    before = await texts(store)
    done = await store.compact()
    assert done.after < done.before / 2
    assert store.sizes().database < done.before / 2
    assert await texts(store) == before
    assert (await store.verify()).findings == ()
    assert await store.check() == ()
    [later] = await store.log.submit([pen.post("hall", "and on")]).wait()
    assert isinstance(later, Appended)
    assert store.misplaced() is None
    assert store.touched() is None
    assert not said(tmp_path, ERASED)
    again = await store.compact()
    assert again.after <= done.after + 16_384


async def test_a_compaction_tells_how_far_it_is(store: Store, pen: Pen) -> None:
    await talk(store, pen, erased=900)
    heard: list[tuple[str, int]] = []
    await store.compact(lambda step, percent: heard.append((step, percent)))
    assert list(dict.fromkeys(step for step, _ in heard)) == ["reading", "copying", "clearing", "shrinking"]
    for step in ("copying", "clearing", "shrinking"):
        percents = [percent for at, percent in heard if at == step]
        assert percents == sorted(percents)
        assert 0 <= percents[0] <= percents[-1] < 100
    assert max(percent for _, percent in heard) > 50


async def test_what_is_erased_meanwhile_is_erased_everywhere(store: Store, pen: Pen, tmp_path: Path) -> None:
    await talk(store, pen, erased=3)
    held = await store.log.begin_shrinking()
    await store.log.step(compact.begin, held)
    assert await store.log.step(partial(compact.copy, after=0, recent=0), held) is None
    assert len([text for text in await texts(store) if text.startswith(KEPT)]) == 30
    seqs = [
        row["seq"]
        for row in (await store.reader.history("hall", before=None, after=None, around=None, limit=500)).rows
        if (row["text"] or "").startswith(KEPT)
    ]
    await store.log.submit([pen.delete("hall", seq) for seq in seqs]).wait()
    await store.log.erased()
    assert not said(tmp_path, KEPT)  # also not in the table that it was copied from
    while await store.log.step(partial(compact.clear, table=compact.OLD), held):
        pass
    assert (await store.verify()).findings == ()


async def test_a_compaction_that_was_given_up_leaves_nothing_to_the_next_start(
    pen: Pen, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    async with open_store(folder) as store:
        await talk(store, pen)
        held = await store.log.begin_shrinking()
        await store.log.step(compact.begin, held)
        await store.log.step(partial(compact.copy, after=0, recent=0), held)
        before = await texts(store)
    async with open_store(folder) as store:
        assert await texts(store) == before
        tables = await store.reader.ask(
            lambda file: file.execute(compact.LEFT_BEHIND, (compact.NEXT, compact.OLD)).fetchall()
        )
        assert tables == []
        await store.compact()
        assert await texts(store) == before
        assert (await store.verify()).findings == ()


async def test_a_compaction_that_was_given_up_is_begun_again(store: Store, pen: Pen) -> None:
    await talk(store, pen)
    before = await texts(store)
    held = await store.log.begin_shrinking()
    await store.log.step(compact.begin, held)
    await store.log.step(partial(compact.copy, after=0, recent=0), held)
    done = await store.compact()
    assert done.after < done.before / 2
    assert await texts(store) == before
    assert (await store.verify()).findings == ()


async def test_a_compaction_does_not_begin_without_space(
    store: Store, pen: Pen, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk(store, pen)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=9 * 2**20))
    with pytest.raises(CompactError, match=r"needs 128 MiB free on the disk of .*, and there are 9"):
        await store.compact()


async def test_a_file_that_was_opened_anew_is_not_gone_on_with(store: Store, pen: Pen) -> None:
    await talk(store, pen, erased=3)
    held = await store.log.begin_shrinking()
    store.log._journal.distrust()
    with pytest.raises(StoreUnavailable, match="begin again"):
        await store.log.step(compact.begin, held)
    assert isinstance((await store.log.submit([pen.post("hall", "on")]).wait())[0], Appended)


async def test_erased_texts_of_today_still_count_for_quotas(store: Store, pen: Pen) -> None:
    await talk(store, pen, erased=3)
    found = await store.reader.ask(lambda file: compact.texts(file, now=0))
    assert found.kept == found.all
    assert not found.worth
    later = await store.reader.ask(lambda file: compact.texts(file, now=2**45))
    assert later.kept < later.all
