"""Reading in a real browser: a room of a hundred thousand messages scrolls both ways without a jump."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .driving import Town, assert_calm, drive, serving
from .long_room import fill
from .uploaded_picture import uploaded_picture

MESSAGES = 100_000
SHAPES = ((800, 600), (300, 900), (1600, 400))
STILL = 1.5  # pixels: a box scrolls by whole ones, and a reader who is half of one off is left there


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Ann opens the room where she stopped reading, and goes through it in every way there is."""
    folder: Path = tmp_path_factory.mktemp("chatd")
    with serving(folder) as server:
        town = Town(server)
        room, other = town.room("Harbour", topic="Tides, and who has the keys"), town.room("Board games")
        ann, bob, eve = (town.member(room, other, name=name) for name in ("ann", "bob", "eve"))
        pictures = [uploaded_picture(server, ann.token, *shape) for shape in SHAPES]
        heads = [town.operator.ask("room.get", room=one)["room"]["head"] for one in (room, other)]
        town.close()
        assert server.stop() == 0, server.output()
        people = [ann.id, bob.id, eve.id]
        times = fill(server.data, room, heads[0], people, MESSAGES, pictures)
        fill(server.data, other, heads[1], people, 500)
        server.start()
        asked = {"first": heads[0] + 1, "middle": times[MESSAGES // 2]}
        saw = drive("reading", server, folder, ann=ann, room=room, other=other, **asked)
        town = Town(server)
        quay, lighthouse = town.room("Quay"), town.room("Lighthouse")
        cleo, dan = (town.member(quay, lighthouse, name=name) for name in ("cleo", "dan"))
        town.close()
        caught_up = drive("catching_up", server, folder, ann=cleo, bob=dan, room=quay, other=lighthouse)
    return saw | asked | {"caught_up": caught_up}


def test_the_page_breaks_no_policy_and_says_no_error(seen: Any) -> None:
    assert_calm(seen)
    assert seen["violations"] == []


def test_a_room_opens_at_the_first_unread_message_under_a_line(seen: Any) -> None:
    assert seen["opened"] == {"inSight": True, "next": seen["first"] + MESSAGES - 1000}


@pytest.mark.parametrize("way", ["up", "down", "toTheFirst"])
def test_pages_come_and_go_while_what_is_read_stays_where_it_is(seen: Any, way: str) -> None:
    assert seen[way]["changes"] >= 1
    assert seen[way]["worst"] <= STILL
    assert seen[way]["most"] <= 300


def test_the_wheel_moves_nothing_backwards(seen: Any) -> None:
    assert seen["wheeled"]["messages"] > 50
    assert seen["wheeled"]["worst"] <= STILL


def test_what_comes_into_sight_has_its_height_already(seen: Any) -> None:
    assert seen["guessed"] == 0


def test_one_jumps_to_the_newest_to_a_day_and_to_the_beginning(seen: Any) -> None:
    assert seen["newest"] == seen["first"] + MESSAGES - 1
    assert seen["dated"]["inSight"]
    assert seen["beginning"]


def test_no_task_is_long_while_three_thousand_messages_go_by(seen: Any) -> None:
    assert seen["scrolled"] >= 3_000
    # Milliseconds: fifty are due, which a machine of half the speed doubles; a busy one may stretch two of
    # thousands further.
    assert seen["long"][2] < 100


def test_a_room_that_was_seen_before_is_there_at_once(seen: Any) -> None:
    assert min(seen["switches"]) < 100  # milliseconds; other programs may hold up any one of them


def test_who_comes_back_to_a_room_reads_on_where_they_were(seen: Any) -> None:
    assert seen["cameBack"]


def test_a_move_that_comes_with_another_height_of_the_box_is_not_the_readers(seen: Any) -> None:
    """WebKit opened one room in two some lines above its newest message."""
    below = seen["belowTheEnd"]
    assert below["smaller"] > 10
    assert (below["was"], below["is"]) == (0, 0)


@pytest.mark.parametrize("how", ["back", "loadedAnew"])
def test_what_came_and_was_not_in_sight_stays_unread(seen: Any, how: str) -> None:
    """The client has the newest of it, and shows that while the first is on its way."""
    assert seen["caught_up"][how]["unread"] > seen["caught_up"][how]["came"] / 2
