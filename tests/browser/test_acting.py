"""Two people in two browsers do to each other's messages what can be done with them, mostly by keys."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from PIL import Image

from .driving import Server, Town, assert_calm, drive, serving


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A moderator and a member react, answer, edit, pin, keep, find, report, delete and block."""
    folder: Path = tmp_path_factory.mktemp("chatd")
    with serving(folder) as server:
        town = Town(server)
        room = town.room("Slip way")
        ann, bob = town.moderator(room), town.member(room, name="bob")
        visit = town.open(ann)
        picture = _picture(server, ann.token)
        visit.ask("emoji.add", space=town.space, name="anchor_up", image=picture)
        visit.ask("message.post", room=room, text="the chart", attachments=[picture])
        visit.close()
        saw = drive(
            "acting", server, folder, ann=ann, bob=bob, room=room, room_name="Slip way", space=town.space
        )
        invites = town.operator.ask("invite.list", space=town.space)["invites"]
        town.close()
    return {**saw, "ann": ann, "bob": bob, "invites": invites}


def _picture(server: Server, token: str) -> str:
    drawn = io.BytesIO()
    Image.linear_gradient("L").resize((64, 64)).convert("RGB").save(drawn, "PNG")
    answer = httpx.post(
        f"http://127.0.0.1:{server.port}/files",
        headers={"Authorization": f"Bearer {token}"},
        files={"file": ("chart.png", drawn.getvalue())},
        timeout=60,
    )
    file: str = answer.json()["file"]["id"]
    return file


def test_it_runs_under_its_policy_and_is_accessible(seen: Any) -> None:
    assert_calm(seen)
    assert seen["axe"] == []


def test_reactions_count_at_once_and_name_who_gave_them(seen: Any) -> None:
    assert seen["named"] == seen["bob"].name
    assert "2" in seen["at_once"]


def test_emoji_of_the_space_are_pictures_in_the_picker_and_on_messages(seen: Any) -> None:
    assert seen["own_emoji"] == {"width": 64, "name": ":anchor_up:"}


def test_the_focus_goes_back_to_the_message_after_the_picker(seen: Any) -> None:
    assert seen["focus_after_picker"]


def test_a_reply_shows_what_it_answers_as_it_reads_now(seen: Any) -> None:
    assert seen["quote"] == f"{seen['ann'].name} high water at seven"
    assert seen["quote_after_edit"]


def test_a_thread_is_counted_and_followed_by_who_wrote_in_it(seen: Any) -> None:
    assert seen["summary"].startswith("3 replies")
    assert seen["quote_in_thread"] == 1  # it answers a reply, not the root
    assert seen["follows"] == "Unfollow"


def test_versions_show_what_changed(seen: Any) -> None:
    assert seen["versions"] == {"removed": ["seven"], "added": ["eight"]}


def test_only_what_one_may_do_is_offered(seen: Any) -> None:
    moderator, member = set(seen["offered"]["moderator"]), set(seen["offered"]["member"])
    assert "Delete" in moderator
    assert "Edit" not in moderator
    assert not {"Delete", "Edit", "Versions", "Who has read it"} & member
    assert {"Reply", "Report", "Pin", "Bookmark", "Block the author"} <= member


def test_letters_act_on_a_message_that_keys_led_to_and_on_none_that_was_clicked(seen: Any) -> None:
    """Who clicked into the conversation and typed on pinned, or answered, with the letters of a word."""
    assert seen["typed_after_a_click"] == 0


def test_search_marks_what_it_found_and_says_whom_it_does_not_know(seen: Any) -> None:
    assert seen["found"] == ["tide"]
    assert "has:file" in seen["chip"]
    assert "nobodyofthisname" in seen["nobody"]


def test_what_the_blocked_wrote_and_gave_is_hidden(seen: Any) -> None:
    assert seen["hidden"] == f"Hidden: you blocked {seen['ann'].name}."
    assert seen["reactions_of_the_blocked"] == 0


def test_the_help_lists_the_keys_of_messages(seen: Any) -> None:
    assert seen["help"] == "t"


def test_a_thread_fits_a_phone(seen: Any) -> None:
    assert not seen["too_wide"]
    assert seen["send_in_sight"]


def test_a_form_that_is_on_its_way_is_not_sent_again(seen: Any) -> None:
    assert [invite["by"] for invite in seen["invites"] if invite["by"] == seen["ann"].id] == [seen["ann"].id]
