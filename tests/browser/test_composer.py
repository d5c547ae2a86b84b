"""Writing in a real browser: once over a killed server, files over a cut line, drafts, commands, times."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest
from e2e.serving import Server

from .driving import Town, assert_calm, drive, serving


def _kill_when_told(server: Server, kill: Path, back: Path) -> None:
    """Waits for a word in the one pipe, and says in the other when the server listens again."""
    if not kill.read_text():
        return  # the scenario ended without it
    server.kill()
    server.start()
    back.write_text("back")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("chatd")
    kill, back = folder / "kill", folder / "back"
    for pipe in (kill, back):
        os.mkfifo(pipe)
    with serving(folder) as server:
        town = Town(server)
        room = town.room("Harbour")
        ann, bob = town.member(room, name="ann"), town.member(room, name="bob")
        town.close()
        killer = threading.Thread(target=_kill_when_told, args=(server, kill, back), daemon=True)
        killer.start()
        try:
            saw = drive(
                "composer", server, folder, ann=ann, bob=bob, room=room, kill=str(kill), back=str(back)
            )
        finally:
            os.close(os.open(kill, os.O_RDWR | os.O_NONBLOCK))  # nobody is left waiting for a word
            killer.join(timeout=30)
    return saw


def test_it_runs_under_its_policy_and_asks_no_other_host(seen: Any) -> None:
    assert_calm(seen)


def test_each_message_is_there_once_when_the_server_is_killed_while_two_people_write(seen: Any) -> None:
    assert set(seen["each_once"]["ann"]) == {1}
    assert set(seen["each_once"]["bob"]) == {1}


def test_no_message_stands_there_twice_or_not_at_all_for_a_single_frame(seen: Any) -> None:
    assert seen["wrong"] == []


def test_each_persons_messages_keep_their_order(seen: Any) -> None:
    assert seen["orders"] == seen["orders_wanted"]


def test_names_are_suggested_as_the_field_says_to_screen_readers(seen: Any) -> None:
    assert seen["active"]
    assert seen["mention"]


def test_what_the_page_types_is_undone_like_what_a_person_types(seen: Any) -> None:
    """Undoing did nothing after a suggestion, and doing it again put old words into the new ones."""
    assert seen["undone"] == ["@bo", "@bo", "**@bo**", "@bo", "**@bo**"]


def test_whoever_sends_by_the_button_goes_on_writing(seen: Any) -> None:
    """The button had the focus then, and on a phone the keyboard went with each message."""
    assert seen["goes_on"]


def test_no_key_of_an_input_method_that_composes_does_anything_else(seen: Any) -> None:
    assert seen["composed"] == {name: [] for name in ("message", "switcher", "emoji", "search")}


def test_what_is_typed_while_a_dialog_is_loaded_does_not_go_into_the_field_behind_it(seen: Any) -> None:
    assert seen["typed_behind"] == ""


def test_a_draft_is_to_expire_and_answers_the_same_after_a_reload_and_through_a_command(seen: Any) -> None:
    """What was begun as passing was sent for good, and an answer as no answer."""
    assert (seen["expiring"], seen["answering"]) == (1, 1)


def test_all_of_the_emoji_are_in_sight_in_a_low_window(seen: Any) -> None:
    assert seen["emoji_top"] >= 0


def test_an_upload_survives_a_cut_line_and_a_reload_and_is_sent_once(seen: Any) -> None:
    assert (seen["film"], seen["song"]) == ([1], [1])


def test_a_tab_goes_on_with_what_another_one_had_under_way_when_it_was_closed(seen: Any) -> None:
    assert seen["opera"] == [1]


def test_an_upload_that_is_taken_out_is_taken_back_from_the_server(seen: Any) -> None:
    assert (seen["taken_back"], seen["thrown_away"]) == (204, 204)


def test_what_was_written_without_a_connection_outlives_a_reload(seen: Any) -> None:
    assert seen["kept"] == [1]


def test_a_file_that_is_dropped_can_be_taken_out_again(seen: Any) -> None:
    assert seen["left"] == 0


def test_axe_finds_nothing(seen: Any) -> None:
    assert seen["axe"] == []
    assert seen["axe_later"] == []
