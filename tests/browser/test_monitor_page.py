"""The monitor in a real browser: an operator sees what happens, live, and no texts; others see nothing."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import npm
import pytest
from e2e.raw import fetched
from e2e.serving import Server
from e2e.town import Town

from .driving import needs_chromium

NODE = Path(__file__).parent / "node"
BROWSER_SECONDS = 240
PICTURES = os.environ.get("CHATD_TEST_PICTURES")  # a folder in which pictures of the page are kept


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {
        "server_name": "Hopper",
        "drain_deadline": 0.5,
    }  # a page that waits for events is not waited for
    server = Server(tmp_path_factory.mktemp("chatd") / "data", **settings).start()
    yield server
    assert server.stop() == 0, server.output()


@pytest.fixture(scope="module")
def seen(server: Server) -> Any:
    """What an operator sees who signs in, looks at every tab, filters, pauses and signs out."""
    needs_chromium()
    town = Town(server)
    admin, room = town.account("admin", admin=True), town.room("Square")
    talking = town.open(town.owner)
    asked = {
        "origin": f"http://127.0.0.1:{server.port}",
        "admin": admin.token,
        "member": town.owner.token,
        "wrong": town.owner.token[:-8] + "AAAAAAAA",
        "room": room,
        "folder": PICTURES,
    }
    done = subprocess.run(
        ["node", str(NODE / "monitor_page.cjs"), json.dumps(asked)],
        env=npm.environment(NODE),
        capture_output=True,
        text=True,
        timeout=BROWSER_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    talking.close()
    town.close()
    return {**json.loads(done.stdout), **asked}


def test_it_runs_under_its_policy_and_asks_no_other_host(seen: Any) -> None:
    assert (seen["reports"], seen["errors"]) == ([], [])
    assert {urlsplit(url).netloc for url in seen["asked"] if not url.startswith("data:")} == {
        urlsplit(seen["origin"]).netloc
    }


def test_only_an_admin_gets_in_and_others_are_told_why(seen: Any) -> None:
    assert "operators" in seen["refused"]["member"]
    assert seen["refused"]["wrong"]
    assert seen["state"] == "ready"


def test_the_token_is_kept_only_if_one_wants_that_and_until_one_signs_out(seen: Any) -> None:
    assert seen["admin"] not in seen["stored"]
    assert seen["admin"] in seen["kept"]
    assert seen["admin"] not in seen["left"]
    assert not any(seen["admin"] in url for url in seen["asked"])


def test_events_come_live_without_what_the_admin_may_not_read(seen: Any) -> None:
    assert "message.posted" in seen["text"]
    assert "secret" not in seen["text"]


def test_events_are_filtered_paused_and_followed_for_one_stream(seen: Any) -> None:
    assert set(seen["filtered"]) == {"room.created"}
    assert seen["paused"] == 0
    assert set(seen["streams"]) == {f"room/{seen['room']}"}


def test_every_tab_shows_what_there_is(seen: Any) -> None:
    tabs = seen["tabs"]
    assert [row.split("–")[0] for row in tabs["followers"]][-1].startswith("scheduler")
    assert len(tabs["followers"]) == 5
    assert any("log writer" in row for row in tabs["actors"])
    assert any("chatd.v1.json" in row and "live" in row for row in tabs["sessions"])
    assert any(row.startswith("commits since the start") for row in tabs["commits"])


@pytest.mark.parametrize("path", ["/monitor/x/main.js", "/monitor/x/..%2Fmain.js", "/monitor/none"])
def test_only_files_of_the_page_are_served(server: Server, path: str) -> None:
    assert fetched(server, path)[0] in (400, 404)
