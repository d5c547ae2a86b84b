"""Every screen, in both themes and on a phone: axe finds nothing, nothing is wider than the window.

`CHATD_TEST_PICTURES=FOLDER` keeps a picture of each.
"""

from __future__ import annotations

from typing import Any

import pytest

from .driving import assert_calm, drive, serving
from .village import Village


@pytest.fixture(scope="module")
def saw(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with serving(tmp_path_factory.mktemp("chatd"), server_name="Engines") as server:
        village = Village(server)
        seen = drive(
            "screens",
            server,
            tmp_path_factory.mktemp("pictures"),
            ada=village.accounts["ada"],
            space=village.space,
            rooms=village.rooms,
            code=village.code,
        )
        village.close()
    return seen


@pytest.fixture(scope="module", params=["light", "dark", "phone"])
def seen(request: pytest.FixtureRequest, saw: Any) -> Any:
    return saw["looks"][request.param]


def test_everybody_can_use_every_screen(seen: Any) -> None:
    assert seen["found"] == {}


def test_no_screen_is_wider_than_its_window(seen: Any) -> None:
    assert seen["wide"] == []


def test_no_part_of_a_screen_scrolls_up_and_down_by_itself(seen: Any) -> None:
    assert seen["within"] == []


def test_colours_of_the_system_leave_what_is_chosen_and_what_floats_in_sight(seen: Any) -> None:
    assert (seen["chosen"], seen["framed"]) == ("solid", "solid")


def test_the_room_that_is_open_is_in_sight_in_the_list_of_rooms(seen: Any) -> None:
    assert seen["in_sight"]


def test_no_screen_breaks_the_policy_or_says_an_error(saw: Any) -> None:
    assert_calm(saw)
