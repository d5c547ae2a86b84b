"""The page of /api/docs in a real browser: it shows the API, tries calls, and asks nobody else."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import npm
import pytest
from e2e.serving import Server
from e2e.town import Town

from chatd.contract.requests import REQUESTS

from .driving import needs_chromium

NODE = Path(__file__).parent / "node"
BROWSER_SECONDS = 240
PATH = "/spaces"  # of the operation that is tried


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("chatd") / "data").start()
    yield server
    assert server.stop() == 0, server.output()


@pytest.fixture(scope="module")
def seen(server: Server) -> Any:
    """What a person sees who opens the page, gives a token and tries a call."""
    needs_chromium()
    town = Town(server)
    origin, token = f"http://127.0.0.1:{server.port}", town.owner.token
    town.close()
    done = subprocess.run(
        ["node", str(NODE / "docs_page.cjs"), origin, token, PATH],
        env=npm.environment(NODE),
        capture_output=True,
        text=True,
        timeout=BROWSER_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return {**json.loads(done.stdout), "token": token, "origin": origin}


def test_it_shows_every_operation(seen: Any) -> None:
    assert seen["shown"] == seen["expected"] == len(REQUESTS)


def test_it_finds_nothing_amiss_in_the_description(seen: Any) -> None:
    assert seen["warnings"] == []


def test_it_runs_under_its_policy_without_a_complaint(seen: Any) -> None:
    assert seen["reports"] == []
    assert seen["errors"] == []


def test_it_asks_no_other_host(seen: Any) -> None:
    hosts = {urlsplit(url).netloc for url in seen["asked"] if not url.startswith("data:")}
    assert hosts == {urlsplit(seen["origin"]).netloc}


def test_a_call_is_tried_with_ones_own_token_which_is_not_kept(seen: Any) -> None:
    assert (seen["status"], seen["sent"]) == (200, f"Bearer {seen['token']}")
    assert seen["token"] not in seen["stored"]
    assert not any("W/" in value for value in seen["prefilled"])  # no example is sent that nobody meant
