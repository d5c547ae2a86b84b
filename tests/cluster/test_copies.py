"""A new node gets its copy though others get one at the same time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from chatd.cluster import copying
from chatd.cluster.copying import Copies, fetch
from chatd.cluster.net import Unreachable

Asked = Callable[[bytes], Awaitable[bytes]]
DATABASE = bytes(range(256)) * 40


class Wires:
    """Whoever asks gets the first answer. `late`: seconds until a question arrives, by subject."""

    def __init__(self) -> None:
        self.answerers: dict[str, list[Asked]] = {}
        self.late: dict[str, float] = {}


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


def giver(node: str, wires: Wires, folder: Path, seconds: float = 0.5) -> None:
    async def copy(path: Path) -> None:
        await trio.sleep(seconds)
        _write(path)

    (folder / node).mkdir()
    Copies(Net(node, wires), folder / node, copy).offer()


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
