"""NATS servers are asked whether they sync before they acknowledge; one that does not answer is told of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import trio
from loopback import Answering, Loopback
from trio.testing import MockClock

from chatd.cluster.monitors import AGAIN, EVERY, Monitors, Unsynced, problems, refuse_unsynced
from chatd.ports import StoreError

GOOD: Any = {"jetstream": {"config": {"sync_always": True}}}
LAZY: Any = {"jetstream": {"config": {"sync_interval": 120}}}


@contextmanager
def monitor(said: bytes) -> Iterator[str]:
    class Handler(Answering):
        def do_GET(self) -> None:
            self.answer(200, said)

    with Loopback(Handler) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def ports() -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        found = {
            name: stack.enter_context(monitor(json.dumps(said).encode()))
            for name, said in {"good": GOOD, "lazy": LAZY, "bare": {"jetstream": {}}}.items()
        }
        found["garbled"] = stack.enter_context(monitor(b"\xff"))
        with monitor(b"") as closed:
            found["closed"] = closed
        yield found


def test_one_server_that_answers_is_enough_to_start_and_the_silent_one_is_told_of(
    ports: dict[str, str],
) -> None:
    both = [ports["closed"], ports["good"], ports["garbled"]]
    refuse_unsynced(both)
    closed, garbled = problems(both)
    assert f"the monitoring port {ports['closed']} does not answer: Connection refused;" in closed
    assert ports["garbled"] in garbled


@pytest.mark.parametrize("wrong", ["lazy", "bare"])
def test_a_server_that_is_set_wrong_is_refused_and_told_of(ports: dict[str, str], wrong: str) -> None:
    both = [ports["good"], ports[wrong]]
    [problem] = problems(both)
    assert ports[wrong] in problem
    with pytest.raises(Unsynced) as refused:
        refuse_unsynced(both)
    assert str(refused.value) == problem


def test_without_any_answer_nobody_starts(ports: dict[str, str]) -> None:
    with pytest.raises(StoreError, match="no monitoring port of the NATS servers answers"):
        refuse_unsynced([ports["closed"], ports["garbled"]])


def test_servers_that_are_well_are_no_problem(ports: dict[str, str]) -> None:
    assert problems([ports["good"]]) == []


async def test_what_was_mended_is_no_problem_a_moment_later(
    autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    refusing: list[str] = []
    looked: list[float] = []

    def look(monitors: object) -> list[str]:
        looked.append(trio.current_time())
        return list(said)

    async def unusable() -> list[str]:
        return refusing

    async def here(function: Any, **_: object) -> Any:
        return function()

    monkeypatch.setattr("chatd.cluster.monitors.problems", look)
    monkeypatch.setattr(trio.to_thread, "run_sync", here)
    monitors = Monitors(["http://127.0.0.1:8222"], unusable)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(monitors.run)
        await trio.sleep(1)
        said.append("it does not sync")
        await trio.sleep(EVERY)
        assert monitors.problems == ["it does not sync"]
        said.clear()
        await trio.sleep(AGAIN[0])
        assert monitors.problems == []
        await trio.sleep(EVERY - 1 - AGAIN[0])
        assert looked == [0, EVERY, EVERY + AGAIN[0]]
        refusing.append("n2.internal:4222: it refuses: Authorization Violation")
        await trio.sleep(2 + AGAIN[0])
        [problem] = monitors.problems
        assert refusing[0] in problem
        before = len(looked)
        await trio.sleep(60 * AGAIN[1])
        assert len(looked) - before < 70  # it is in the log of who refuses, each time
        nursery.cancel_scope.cancel()
