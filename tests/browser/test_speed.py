"""How fast the client is on a machine like this, and that it keeps nothing of what has gone by."""

from __future__ import annotations

from typing import Any

import pytest

from .driving import drive, serving
from .village import Village


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("chatd")
    with serving(folder) as server:
        village = Village(server)
        saw = drive(
            "speed",
            server,
            folder,
            ada=village.accounts["ada"],
            grace=village.accounts["grace"],
            rooms=village.rooms,
        )
        village.close()
    return saw


def test_a_room_is_there_within_a_second(seen: Any) -> None:
    assert min(seen["loads"]) <= 1000


def test_what_one_writes_stands_there_at_once(seen: Any) -> None:
    """From the key to one's own message, ten times of ten, unless the machine is busy."""
    assert min(seen["echoes"]) <= 50


def test_an_hour_of_talk_leaves_no_more_behind_than_a_minute(seen: Any) -> None:
    after_a_minute, after_an_hour = seen["heap"]
    assert after_an_hour <= 1.2 * after_a_minute
    after_a_minute, after_an_hour = seen["nodes"]  # of documents, those that stand in none included
    assert after_an_hour <= 1.1 * after_a_minute
    assert seen["rows"] <= 300


def test_an_event_that_was_read_is_let_go(seen: Any) -> None:
    """Whoever keeps all of them grows by little in an hour, and by much in a month."""
    assert seen["held"] <= 100
