"""The rows of one room in the order of time, out of the files of its days.

Slack cuts days at midnight in Los Angeles, slackdump by UTC; somebody may have put both into one folder. So
rows are held back until the next file's first is known. A file is decoded whole if it is small, else row by
row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter
from typing import Final

from msgspec import MsgspecError

from chatctl.imports.archive import Archive
from chatctl.imports.export import Unreadable
from chatctl.imports.json_decoding import NotJson, decoded, has_too_many_values
from chatctl.imports.json_text import elements
from chatctl.imports.problems import Problems, lost_in
from chatctl.imports.slack.rows import ROW, ROWS, Row, microseconds

DAY: Final = re.compile(r"\d{4}-\d\d-\d\d\.json")
_WHOLE: Final = 4 * 1024 * 1024  # bytes of a file that is decoded at once
_BATCH: Final = 4_000  # rows of a larger one
_HELD: Final = 8  # files, or parts of one, whose rows are held back

Timed = tuple[int, Row, str]  # microseconds, row, and the name of the file
_TIME: Final = itemgetter(0)


class Days:
    def __init__(self, archive: Archive, problems: Problems) -> None:
        self._archive, self._problems = archive, problems

    def rows(self, folders: list[str]) -> Iterator[Timed]:
        """Each `ts` once. In a folder there may be files that are none of a day: those are not read."""
        held: list[Timed] = []
        batches = 0
        for batch in self._batches(folders):
            ready = [one for one in held if one[0] < batch[0][0]] if held else []
            batches = 1 if len(ready) == len(held) else batches + 1
            if batches > _HELD:  # the days stand in no order at all: that is kept, and memory
                ready, batches = held, 1
            if len(ready) < len(held):
                # Stable: of rows with one time those of the earlier file stand first.
                batch = sorted(held[len(ready) :] + batch, key=_TIME)
            yield from ready
            held = self._once(batch)
        yield from held

    def _once(self, batch: list[Timed]) -> list[Timed]:
        if all(one[0] < other[0] for one, other in zip(batch, islice(batch, 1, None), strict=False)):
            return batch
        kept: list[Timed] = []
        for one in batch:
            if not kept or kept[-1][0] != one[0]:
                kept.append(one)
                continue
            before, now = kept[-1][1], one[1]
            if (before.user, before.text, before.subtype) != (now.user, now.text, now.subtype):
                self._problems.add("same key", f"{one[2]} {now.ts}")
            kept[-1] = one
        return kept

    def _batches(self, folders: list[str]) -> Iterator[list[Timed]]:
        """Rows of one file, or a part of a large one; never none."""
        for name in sorted(self._names(folders), key=lambda name: name.rpartition("/")[2]):
            for rows in self._parts(name):
                batch = self._timed(rows, name)
                if batch:
                    yield batch

    def _parts(self, name: str) -> Iterator[list[Row]]:
        size = self._archive.size(name)
        if size is not None and size <= _WHOLE:
            try:
                raw = self._archive.read(name)
                if not has_too_many_values(raw):
                    yield ROWS.decode(raw)
                    return
            except (Unreadable, MsgspecError, UnicodeDecodeError, RecursionError):
                pass  # row by row it is found out what is wrong
        part: list[Row] = []
        left = _WHOLE
        for row, length in self._one_by_one(name):
            part.append(row)
            left -= length
            if left <= 0 or len(part) >= _BATCH:
                yield part
                part, left = [], _WHOLE
        yield part

    def _names(self, folders: list[str]) -> list[str]:
        found = []
        for folder in folders:
            for name in self._archive.names(folder):
                if DAY.fullmatch(name, len(folder)):
                    found.append(name)
                elif "/" not in name[len(folder) :]:
                    self._problems.add("skipped", name)
        return found

    def _one_by_one(self, name: str) -> Iterator[tuple[Row, int]]:
        """Each with the number of its bytes."""
        try:
            stream = self._archive.open(name)
        except Unreadable as error:
            return self._problems.add("unreadable", str(error))
        with stream:
            for number, (_, raw) in enumerate(elements(stream, name, self._problems), 1):
                place = f"{name} message {number}"
                try:
                    yield decoded(raw, ROW, lost_in(self._problems, place)), len(raw)
                except NotJson:
                    self._problems.add("unreadable", place)

    def _timed(self, rows: list[Row], name: str) -> list[Timed]:
        batch: list[Timed] = []
        for number, row in enumerate(rows, 1):
            if row.type not in ("message", None):
                self._problems.add("unknown kind", f"{name} message {number}: {str(row.type)[:40]}")
                continue
            micro = microseconds(row.ts)
            if micro is None:
                self._problems.add("no time", f"{name} message {number}")
            else:
                batch.append((micro, row, name))
        batch.sort(key=_TIME)
        return batch
