"""The browser client in a real browser: two people talk, under the policy, and nothing else is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .driving import Town, assert_calm, drive, serving


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two people, one at a desk and one on a phone, write to each other; then the line of one is cut."""
    folder: Path = tmp_path_factory.mktemp("chatd")
    with serving(folder) as server:
        town = Town(server)
        room = town.room("Harbour")
        ann, bob = town.member(room, name="ann"), town.member(room, name="bob")
        saw = drive("client", server, folder, ann=ann, bob=bob, room=room)
        town.close()
    return saw


def test_it_runs_under_its_policy_and_asks_no_other_host(seen: Any) -> None:
    assert_calm(seen)


def test_what_one_writes_the_other_reads(seen: Any) -> None:
    assert seen["read"] == ["high water at seven", "and the wind?"]


def test_a_connection_that_was_cut_comes_back_by_itself(seen: Any) -> None:
    assert seen["after_the_cut"] == ["written while the line was down"]


def test_files_of_the_build_are_not_asked_for_again(seen: Any) -> None:
    assert seen["asked_again"] == []


def test_its_first_load_is_compressed_and_all_of_it_is_used(seen: Any) -> None:
    assert seen["codings"]
    assert set(seen["codings"]) == {"br"}
