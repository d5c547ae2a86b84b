"""A new node gets its copy though others get one at the same time."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trio
from trio.testing import MockClock

from chatd.cluster import copying
from chatd.cluster.copying import FREE_FIRST, KEPT_SECONDS, PIECE_SECONDS, Copies, Offer, Wanted, fetch
from chatd.cluster.net import Unreachable
from chatd.ports import StoreError, StoreUnavailable

Asked = Callable[[bytes], Awaitable[bytes]]
DATABASE = bytes(range(256)) * 40


class Wires:
    """Whoever asks gets the first answer. `late`: seconds until a question arrives, by subject; `lost`: how
    many do not."""

    def __init__(self) -> None:
        self.answerers: dict[str, list[Asked]] = {}
        self.late: dict[str, float] = {}
        self.lost: Counter[str] = Counter()


class Net:
    def __init__(self, node: str, wires: Wires) -> None:
        self.node = node
        self._wires = wires

    def publish(self, subject: str, data: bytes) -> None: ...
    def listen(self, subject: str, heard: Callable[[bytes], None]) -> None: ...

    def answer(self, subject: str, asked: Asked) -> None:
        self._wires.answerers.setdefault(subject, []).append(asked)

    async def ask(self, subject: str, data: bytes, deadline: float) -> bytes:
        first: list[bytes] = []
        if self._wires.lost[subject] > 0:
            self._wires.lost[subject] -= 1
            await trio.sleep(deadline)
            raise Unreachable(subject)

        async def answered(asked: Asked) -> None:
            first.append(await asked(data))
            nursery.cancel_scope.cancel()

        with trio.move_on_after(deadline):
            await trio.sleep(self._wires.late.get(subject, 0.0))
            async with trio.open_nursery() as nursery:
                for asked in self._wires.answerers.get(subject, ()):
                    nursery.start_soon(answered, asked)
        if not first:
            raise Unreachable(subject)
        return first[0]


def giver(node: str, wires: Wires, folder: Path, seconds: float = 0.5) -> Copies:
    async def copy(path: Path) -> None:
        _write(path)  # the file is there before all of it is
        await trio.sleep(seconds)
        _write(path)

    (folder / node).mkdir()
    copies = Copies(Net(node, wires), folder / node, copy)
    copies.offer()
    return copies


# Not `trio.Path`: its threads are real ones, and virtual time runs on without them.
def _write(path: Path) -> None:
    path.write_bytes(DATABASE)


def _read(path: Path) -> bytes:
    return path.read_bytes()


async def fetched(wires: Wires, path: Path, found: dict[str, str]) -> None:
    found[path.name] = await fetch(Net(path.name, wires), path)
    assert _read(path) == DATABASE


@pytest.fixture(autouse=True)
def many_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    async def here(function: Callable[..., Any], *args: Any, **_: object) -> Any:
        await trio.lowlevel.checkpoint()
        return function(*args)

    monkeypatch.setattr(copying, "PIECE", 100)
    monkeypatch.setattr(trio.to_thread, "run_sync", here)  # virtual time does not wait for threads


async def test_who_asks_while_another_one_gets_a_copy_waits_until_that_has_it(
    autojump_clock: MockClock, tmp_path: Path
) -> None:
    """Which takes as long as a large database does."""
    wires = Wires()
    giver("a", wires, tmp_path)
    wires.late["copy.a"] = 2.0
    found: dict[str, str] = {}
    async with trio.open_nursery() as nursery:
        nursery.start_soon(fetched, wires, tmp_path / "first", found)
        await trio.sleep(1)
        nursery.start_soon(fetched, wires, tmp_path / "second", found)
    assert found == {"first": "a", "second": "a"}


async def test_who_is_free_answers_before_those_that_are_busy(
    autojump_clock: MockClock, tmp_path: Path
) -> None:
    wires = Wires()
    giver("a", wires, tmp_path)
    wires.late["copy.a"] = 2.0
    found: dict[str, str] = {}
    async with trio.open_nursery() as nursery:
        nursery.start_soon(fetched, wires, tmp_path / "first", found)
        await trio.sleep(1)
        giver("b", wires, tmp_path)
        await fetched(wires, tmp_path / "second", found)
        assert found == {"second": "b"}


async def test_who_has_all_of_a_copy_keeps_nobody_waiting(autojump_clock: MockClock, tmp_path: Path) -> None:
    wires = Wires()
    giver("a", wires, tmp_path)
    for name in ("first", "second"):
        with trio.fail_after(FREE_FIRST):
            await fetched(wires, tmp_path / name, {})


async def test_a_piece_that_is_lost_is_asked_for_again(autojump_clock: MockClock, tmp_path: Path) -> None:
    wires = Wires()
    giver("a", wires, tmp_path)
    wires.lost["copy.a"] = 3
    await fetched(wires, tmp_path / "first", {})


async def test_a_copy_that_nobody_reads_takes_no_room(
    nursery: trio.Nursery, autojump_clock: MockClock, tmp_path: Path
) -> None:
    wires = Wires()
    nursery.start_soon(giver("a", wires, tmp_path).run)
    await Net("first", wires).ask("copy", b"", 60)
    assert list((tmp_path / "a").iterdir())
    await trio.sleep(2 * KEPT_SECONDS)
    assert not list((tmp_path / "a").iterdir())


async def test_nobody_gets_pieces_of_two_copies(
    nursery: trio.Nursery, autojump_clock: MockClock, tmp_path: Path
) -> None:
    """Whoever was slower than one that is waited for begins anew."""
    wires = Wires()
    giver("a", wires, tmp_path)
    slow = Net("slow", wires)
    offer = msgspec.msgpack.decode(await slow.ask("copy", b"", 60), type=Offer)
    wanted = msgspec.msgpack.encode(Wanted(offer.id, 0))
    assert await slow.ask("copy.a", wanted, 60)
    await trio.sleep(PIECE_SECONDS)
    nursery.start_soon(fetched, wires, tmp_path / "second", {})
    for _ in range(10):
        await trio.sleep(0.1)
        assert not await slow.ask("copy.a", wanted, 60)


@pytest.mark.parametrize(
    ("id_", "at"), [("", 0), ("another", 0), ("\u00e9", 0), (None, len(DATABASE)), (None, 2**63)]
)
async def test_who_asks_for_what_no_copy_has_gets_nothing(
    autojump_clock: MockClock, tmp_path: Path, id_: str | None, at: int
) -> None:
    """Whether there is a copy, or one is being made."""
    wires, seconds = Wires(), 10.0
    giver("a", wires, tmp_path, seconds)
    asker = Net("asker", wires)
    offer = msgspec.msgpack.decode(await asker.ask("copy", b"", 60), type=Offer)
    wanted = msgspec.msgpack.encode(Wanted(offer.id if id_ is None else id_, at))
    assert not await asker.ask("copy.a", wanted, 60)
    await trio.sleep(PIECE_SECONDS)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(asker.ask, "copy", b"", 60)
        await trio.sleep(seconds / 2)
        _write(tmp_path / "a" / "copy-for-a-node.db")
        assert not await asker.ask("copy.a", wanted, 60)


async def test_who_reads_a_copy_that_somebody_has_removed_is_told_to_start_again(
    autojump_clock: MockClock, tmp_path: Path
) -> None:
    wires = Wires()
    giver("a", wires, tmp_path)
    asker = Net("asker", wires)
    offer = msgspec.msgpack.decode(await asker.ask("copy", b"", 60), type=Offer)
    (tmp_path / "a" / "copy-for-a-node.db").unlink()
    with pytest.raises(StoreError, match="ended after 0 of 10240 bytes; start again"):
        await copying._ask_piece(asker, offer, 0)


async def test_a_giver_that_was_killed_while_it_made_a_copy_makes_another(
    autojump_clock: MockClock, tmp_path: Path
) -> None:
    """What is left refused all later ones, and stayed: everything that the server has."""
    (tmp_path / "a").mkdir()
    left = [tmp_path / "a" / f"copy-for-a-node.db{side}" for side in ("", ".part", ".part-journal")]
    for file in left:
        _write(file)
    Copies(Net("a", Wires()), tmp_path / "a", _no_copy(StoreError("no"))).offer()
    assert not any(file.exists() for file in left)


@pytest.mark.parametrize(
    "why", [StoreError("a reason"), StoreUnavailable("a reason"), OSError(28, "a reason")]
)
async def test_a_giver_that_can_make_no_copy_says_why_goes_on_and_keeps_nothing_of_it(
    autojump_clock: MockClock, tmp_path: Path, why: Exception
) -> None:
    """Its disk may be full of it."""
    wires = Wires()
    (tmp_path / "a").mkdir()
    Copies(Net("a", wires), tmp_path / "a", _no_copy(why)).offer()
    with pytest.raises(StoreError, match=r"the node a gives no copy of its database: .*a reason"):
        await fetch(Net("asker", wires), tmp_path / "chatd.db")
    assert os.listdir(tmp_path / "a") == []


async def test_who_has_no_room_for_a_copy_says_so_and_keeps_nothing_of_it(
    autojump_clock: MockClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wires = Wires()
    giver("a", wires, tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copying.os, "fsync", full)
    with pytest.raises(StoreError, match=r"chatd\.db cannot be written: No space left on device"):
        await fetch(Net("asker", wires), tmp_path / "chatd.db")
    assert os.listdir(tmp_path) == ["a"]


def _no_copy(why: Exception) -> Callable[[Path], Awaitable[None]]:
    async def copy(path: Path) -> None:
        _write(path)
        raise why

    return copy
