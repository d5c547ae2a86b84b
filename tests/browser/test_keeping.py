"""For how long messages are kept is said in the browser, and what goes is told before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .driving import Town, assert_calm, drive, serving


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An admin of the server, who is one of the space too, sets rules and a legal hold."""
    folder: Path = tmp_path_factory.mktemp("chatd")
    with serving(folder) as server:
        town = Town(server)
        room = town.room("Log book")
        ann = town.moderator(room, role="admin")
        town.operator.ask("account.set_admin", account=ann.id, admin=True)
        saw = drive("keeping", server, folder, ann=ann, space=town.space, room_name="Log book")
        now = town.operator.ask("room.get", room=room)["room"]
        of_space = town.operator.ask("space.get", space=town.space)["space"]
        events = town.operator.ask("audit.list", space=town.space)["entries"]
        town.close()
    return {**saw, "now": (of_space["keep_days"], now["keep_days"], now["hold"]), "audited": events}


def test_it_is_calm_and_accessible(seen: Any) -> None:
    assert_calm(seen)
    assert seen["found"] == []


def test_a_stricter_rule_says_how_many_messages_go(seen: Any) -> None:
    assert "older than 90 days are erased" in seen["of_space"]
    assert seen["of_space"].endswith("Now that is 0 messages.")


def test_a_room_that_does_as_its_space_says_again_says_so_too(seen: Any) -> None:
    assert seen["options"] == ["as the space says", "for ever", "for a number of days"]
    assert seen["of_room"] == seen["of_space"]


def test_a_legal_hold_says_what_it_keeps_and_what_its_end_erases(seen: Any) -> None:
    assert seen["begun"].startswith("Nothing is erased while it stands.")
    assert seen["ended"].startswith("0 messages that were deleted under the hold are erased")
    assert "older than 90 days" in seen["ended"]


def test_the_server_heard_all_of_it(seen: Any) -> None:
    assert seen["now"] == (90, None, False)
    reasons = [entry["data"].get("reason") for entry in seen["audited"] if "retention" in entry["type"]]
    assert reasons[-1] == "less is more"
    assert [entry["data"]["hold"] for entry in seen["audited"] if "hold" in entry["type"]] == [False, True]
