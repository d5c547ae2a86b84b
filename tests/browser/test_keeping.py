"""For how long messages are kept is said in the browser, and what goes is told before."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from .driving import Town, assert_calm, drive, serving

TWO_LINES: Final = "All that floats.\nAnd what does not."
OLD: Final = 1_600_000_000_000  # Unix milliseconds: in 2020


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


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A member has a room open, with messages that were imported long ago and one of today, while the rule of
    the space, that of the room and a legal hold come and go; a rule is carried out at once here."""
    folder: Path = tmp_path_factory.mktemp("chatd")
    with serving(folder, retention_delay=0.3) as server:
        town = Town(server)
        town.operator.ask("space.update", space=town.space, description=TWO_LINES)
        room = town.room("Log book")
        bob = town.member(room, name="bob")
        begun = {
            "import": town.operator.ask("import.begin", space=town.space, format="irc", source="s")["import"]
        }
        here = {"key": "C1", "name": "x", "kind": "public", "room": room}
        town.operator.ask("import.add_rooms", **begun, rooms=[here])
        old = [{"key": f"{n}", "by": bob.id, "at": OLD + n, "text": f"old words {n}"} for n in range(3)]
        town.operator.ask("import.add_messages", **begun, room=room, messages=old)
        with closing(town.open(town.owner)) as owner:
            owner.ask("message.post", room=room, text="words of today")
        ann = town.moderator(room, role="admin")
        town.operator.ask("account.set_admin", account=ann.id, admin=True)
        saw = drive(
            "keeping_watched", server, folder, ann=ann, bob=bob, space=town.space, room=room, owner=town.owner
        )
        left = [one["text"] for one in town.operator.ask("room.history", room=room)["messages"]]
        town.close()
    return {**saw, "left": left}


def test_a_member_sees_what_goes_and_for_how_long_the_rest_is_kept(watched: Any) -> None:
    assert_calm(watched)
    assert watched["found"] == []
    assert watched["asked_under_hold"].endswith("A legal hold stands: it keeps them until it ends.")
    assert "Now that is 3 messages." in watched["ended"]
    assert "2020" in watched["ended"], "how old the oldest is"
    assert watched["before"] == []
    assert watched["field"] < 60, "the line takes its own place in the panel, and stretches no field"
    [held] = watched["held"]
    assert held.startswith("A legal hold stands on this room: nothing is erased,")
    assert watched["during_hold"] == 3, "the hold keeps them"
    assert watched["of_space"] == ["Messages in this room are erased after 90 days."]
    assert watched["of_room"] == ["Messages in this room are erased after 30 days."]
    assert watched["left"] == [None, None, None, "words of today"]


def test_lines_of_a_description_are_not_run_together(watched: Any) -> None:
    assert watched["description"] == TWO_LINES


def test_who_moderates_follows_what_others_do_and_reads_why_it_was_refused(watched: Any) -> None:
    """The dialog that asks takes the place of the other, which told of the refusal where nobody saw it."""
    assert watched["refused"].endswith("the same or a higher role")


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
