"""The rows of a long JSON file, one after another: all of a kind, in a list that stands somewhere in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import attrs
import msgspec

from chatctl.imports.archive import Archive
from chatctl.imports.json_decoding import NotJson, decoded
from chatctl.imports.json_text import Opened, Path, elements
from chatctl.imports.problems import Problems, lost_in

T = TypeVar("T")


@attrs.frozen
class Rows:
    """Where they stand: `opened` leads there, their paths end with `at`. `word`: what one is called. `mended`
    gives what the decoder reads of what stands in the file."""

    opened: Opened
    at: Path
    word: str
    mended: Callable[[bytes], bytes] = bytes

    def read(
        self, archive: Archive, name: str, decoder: msgspec.json.Decoder[T], problems: Problems
    ) -> Iterator[tuple[str, T]]:
        """With the place of each. One that cannot be read is a problem."""
        number = 0
        with archive.open(name) as stream:
            for path, raw in elements(stream, name, problems, self.opened):
                if path[-len(self.at) :] != self.at:
                    continue
                number += 1
                place = f"{name} {self.word} {number}"
                try:
                    yield place, decoded(self.mended(raw), decoder, lost_in(problems, place))
                except NotJson:
                    problems.add("unreadable", place)
