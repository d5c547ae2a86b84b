from __future__ import annotations

import pytest
import strict
from fake_server import FakeServer


@pytest.fixture
async def server(nursery):
    """A server over memory streams, so that a test may let time jump."""
    return FakeServer(nursery)


@pytest.fixture
def another_version(monkeypatch):
    """The server of this test is of another version: what it sends is not what our contract declares."""
    monkeypatch.setattr(strict.Conversation, "received", lambda conversation, frames: None)
