"""A lane of an import: what fails on it ends the move of the room, in whichever order its tasks are run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import trio

from chatctl.failure import Failed
from chatctl.imports import lane
from chatctl.imports.lane import CHUNK, Lane
from chatctl.imports.moved import Moved
from chatctl.imports.records import File, Message, Room
from chatd.contract.import_ import AddImportMessages, FoundMessages, ImportedMessages

ORDERS = 40  # runs: trio takes tasks that are ready together in any order
NOTES = File("F1", "notes.txt", path="notes.txt")
DONE = ImportedMessages(
    added=0, edited=0, deleted=0, unchanged=0, reactions=0, dropped=0, missing_roots=0, future=0
)


class Anybody:
    """In place of the server, of the export, of its people and files; `fails` is where it breaks."""

    account = None

    def __init__(self, fails: str) -> None:
        self.fails = fails
        self.batches = 0

    def _may(self, what: str) -> None:
        if what == self.fails:
            raise Failed(f"{what} broke")

    async def ask(self, request: object, _: type[Any]) -> Any:
        if isinstance(request, AddImportMessages):
            self.batches += 1
            self._may("first batch")
            if self.batches == 3:
                self._may("third batch")
            return DONE
        self._may("finding")
        return FoundMessages(keys=[], bare=[])

    def messages(self, _: str) -> Iterator[Message]:
        for n in range(5 * CHUNK):
            if n == 2 * CHUNK:
                self._may("reading")
            yield Message(str(n), "U1", n, "text", files=(NOTES,) if n in (0, 3 * CHUNK) else ())

    async def add_those_in(self, _: Sequence[Message]) -> None:
        self._may("people")

    @property
    def ids(self) -> dict[str, str]:
        return {"U1": "0" * 26}

    def named(self, text: str) -> str:
        return text

    def can(self, _: File) -> bool:
        return True

    async def upload(self, *_: Any) -> str:
        self._may("upload")
        return "1" * 26


@pytest.mark.parametrize(
    "fails", ["reading", "people", "finding", "upload", "first batch", "third batch", "nothing"]
)
def test_what_fails_ends_the_move_of_a_room(fails: str) -> None:
    async def main() -> int:
        all_ = Anybody(fails)
        moved = Moved("1")
        on: Any = all_
        one = Lane(on, on, "1", on, on, moved, trio.CapacityLimiter(1), lambda *_: None)
        with trio.fail_after(60):
            await one.move(Room("C1", "lounge", "public"), "room")
        return all_.batches

    for _ in range(ORDERS):
        if fails == "nothing":
            assert trio.run(main) == 5
        else:
            with pytest.raises(Failed, match=f"{fails} broke"):
                trio.run(main)
    assert lane.AHEAD == 1, "so that somebody waits for somebody when it breaks"
