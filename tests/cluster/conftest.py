"""What the tests of nodes share: a town on the nodes of a module, and wires between nodes in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import pytest
import trio
from e2e.town import Town
from memory_net import MemoryWires
from three_nodes import ThreeNodes


@pytest.fixture
def town(cluster: ThreeNodes) -> Iterator[Town]:
    with closing(Town(cluster.nodes[0].server)) as town:
        yield town


@pytest.fixture
async def wires() -> AsyncIterator[MemoryWires]:
    async with trio.open_nursery() as nursery:
        yield MemoryWires(nursery)
        nursery.cancel_scope.cancel()
