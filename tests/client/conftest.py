from __future__ import annotations

import pytest
from fake_server import FakeServer


@pytest.fixture
async def server(nursery):
    """A server over memory streams; time jumps, so that no test waits."""
    return FakeServer(nursery)
