from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from store_facts import Pen, Sheet

from chatd.store.database import Store, open_store


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """In memory where the system has a place for that: a hundred stores wait for no disk."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture
def pen() -> Pen:
    return Pen()


@pytest.fixture
def sheet() -> Iterator[Sheet]:
    with Sheet() as sheet:
        yield sheet


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path / "data") as store:
        yield store
