"""How far an import is, in a line."""

from __future__ import annotations

from chatctl.imports.moved import Moved
from chatctl.imports.progress import Progress, moving


class Shown(Progress):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def show(self, line: str) -> None:
        self.lines.append(line)


def test_progress_names_the_room_or_says_what_has_no_name() -> None:
    shown = Shown()
    told = moving(shown)
    told(Moved("i", rooms=2, read=1000), "lounge")
    told(Moved("i", rooms=2, read=2000), "")
    first, second = shown.lines
    assert (first.startswith("room 0 of 2: 1,000 messages, "), first.endswith(" (lounge)")) == (True, True)
    assert second.endswith(" (a direct room)")
