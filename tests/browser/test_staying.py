"""The browser client over a day: tabs that go, a line that breaks, a server that is killed, a new build."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from e2e.serving import Server

from chatd.gateway.http import web_client

from .driving import Town, assert_calm, drive, needs_browser

PASSWORD = "a right horse with a battery"
PROGRAM = (str(Path(sys.modules["e2e"].__path__[0]) / "served_from.py"),)


@contextmanager
def raised(server: Server) -> Iterator[None]:
    """Starts the server again when somebody kills it."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            if server.process is not None and server.process.poll() is not None:
                server.kill()
                server.start()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    needs_browser()
    folder: Path = tmp_path_factory.mktemp("chatd")
    build = folder / "web"
    shutil.copytree(web_client.FOLDER, build)
    server = Server(folder / "data", program=(*PROGRAM, str(build)), drain_deadline=0.5).start()
    try:
        town = Town(server)
        room, other = town.room("Harbour"), town.room("Lighthouse")
        ann, bob = (town.member(room, other, name=name) for name in ("ann", "bob"))
        cleo = town.member(room, name="cleo")
        town.operator.ask("account.set_password", account=cleo.id, password=PASSWORD)
        town.close()
        denied = drive("storage", server, folder, ann=cleo, password=PASSWORD, room=room)
        more = {"room": room, "other": other, "build": str(build), "pid": server.pid}
        with raised(server):
            saw = drive("staying", server, folder, ann=ann, bob=bob, **more)
    finally:
        server.kill()
    return {**saw, "denied": denied}


def test_it_runs_under_its_policy_and_asks_no_other_host(seen: Any) -> None:
    assert_calm(seen)


def test_a_browser_that_keeps_nothing_says_so_once_and_works(seen: Any) -> None:
    assert_calm(seen["denied"])
    assert (seen["denied"]["denied"], seen["denied"]["full"]) == (1, 1)


def test_three_tabs_share_one_connection(seen: Any) -> None:
    assert seen["sockets_of_three_tabs"] == 1


def test_another_tab_takes_over_within_a_second_or_two(seen: Any) -> None:
    # milliseconds; a busy machine makes both longer
    assert seen["took_over_in"] < max(2_000, seen["woke_without_it_in"])


def test_a_leader_that_is_frozen_loses_the_lead(seen: Any) -> None:
    assert 1_000 < seen["woke_without_it_in"] < 20_000


def test_a_banner_says_that_there_is_no_connection_and_when_the_next_try_comes(seen: Any) -> None:
    assert "No connection" in seen["banner"]
    assert "Trying again in" in seen["banner"]
    assert seen["axe"] == []


def test_the_banner_stays_while_a_try_is_made(seen: Any) -> None:
    assert seen["banners"] == 1


def test_what_is_written_without_a_connection_is_posted_once(seen: Any) -> None:
    assert seen["from_a_dead_tab"] == 1
    assert (seen["from_the_tunnel"], seen["while_it_was_down"], seen["welcome_back"]) == (1, 1, 1)


def test_what_was_known_is_kept_for_a_start_without_a_network(seen: Any) -> None:
    assert len(seen["kept"]) == 1


def test_what_was_opened_without_a_connection_is_there_with_the_next_one(seen: Any) -> None:
    assert seen["told_offline"] == 0, "the banner says enough"


def test_nobody_is_said_to_be_in_no_space_before_it_is_known(seen: Any) -> None:
    assert seen["said_to_be_in_no_space"] is False


def test_a_mention_is_told_once_outside_the_page(seen: Any) -> None:
    (shown,) = seen["notified"]
    assert "Harbour" in shown["title"]
    assert "are you there" in shown["body"]
    assert seen["title"].startswith("(1)")
    assert seen["icon"] == "/icons/favicon-call.svg"


def test_what_is_pushed_is_shown(seen: Any) -> None:
    assert [(one["title"], one["body"]) for one in seen["pushed"]] == [("Ann · Lighthouse", "high water")]


def test_what_was_written_for_a_room_that_is_gone_is_shown_to_its_writer(seen: Any) -> None:
    assert seen["stranded"] == []


def test_a_new_build_is_offered_and_taken_and_the_old_one_runs_on_until_then(seen: Any) -> None:
    assert seen["still_runs"]
    assert (seen["runs"], seen["runs_offline"]) == (seen["next"], seen["next"])


def test_a_device_that_is_ended_is_signed_out_in_all_tabs_and_leaves_nothing(seen: Any) -> None:
    assert "signed out" in seen["told"]
    assert seen["left"] == []


def test_whoever_signs_in_again_in_another_tab_is_signed_out_in_none(seen: Any) -> None:
    assert seen["told_later"] == 0
