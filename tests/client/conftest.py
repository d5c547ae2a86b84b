from __future__ import annotations

import signal
from collections.abc import Iterator
from types import FrameType

import pytest
import strict
from fake_server import FakeServer

DEADLINE = 120  # seconds for any test


@pytest.fixture(autouse=True)
def deadline() -> Iterator[None]:
    def too_late(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"the test took more than {DEADLINE} s")

    before = signal.signal(signal.SIGALRM, too_late)
    signal.alarm(DEADLINE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
async def server(nursery):
    """A server over memory streams, so that a test may let time jump."""
    return FakeServer(nursery)


@pytest.fixture
def another_version(monkeypatch):
    """The server of this test is of another version: what it sends is not what our contract declares."""
    monkeypatch.setattr(strict.Conversation, "received", lambda conversation, frames: None)
