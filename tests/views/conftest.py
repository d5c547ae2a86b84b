from __future__ import annotations

from collections.abc import Iterator

import pytest
from views_village import Village, new_village


@pytest.fixture
def village() -> Iterator[Village]:
    yield from new_village()
