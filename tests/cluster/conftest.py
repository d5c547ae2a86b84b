"""A town on the nodes that the tests of a module share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from e2e.town import Town
from three_nodes import ThreeNodes


@pytest.fixture
def town(cluster: ThreeNodes) -> Iterator[Town]:
    with closing(Town(cluster.nodes[0].server)) as town:
        yield town
