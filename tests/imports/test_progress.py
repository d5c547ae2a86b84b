"""How far an import is, in a line."""

from __future__ import annotations

import pytest

from chatctl.imports.moved import Moved
from chatctl.imports.progress import Progress, moving
from chatd.client import Refused


class Shown(Progress):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def show(self, line: str) -> None:
        self.lines.append(line)


def test_progress_names_the_room_or_says_what_has_no_name() -> None:
    shown = Shown()
    told = moving(shown)
    told(Moved("i", people=1), "")
    told(Moved("i", rooms=2, read=1000), "lounge")
    told(Moved("i", rooms=2, read=2000), "")
    people, first, second = shown.lines
    assert people == "people: 1 new placeholder"
    assert (first.startswith("room 0 of 2: 1,000 messages, "), first.endswith(" (lounge)")) == (True, True)
    assert second.endswith(" (a direct room)")


def test_what_several_clients_wait_for_is_said_once_until_something_came_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = Progress()
    for _ in range(2):
        for _ in range(3):
            progress.lost(Refused("unavailable", "no disk left"))
        progress.show("a message came in")
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(";")[0] for line in lines] == ["the server cannot go on (no disk left)"] * 2
