"""A transaction made ready: what to run, and what is true once it has run.

Here facts get their places: position, salted body, and the hash that binds them to the event before.
"""

# ruff: noqa: S608 - statements are put together from fixed text only; values are bound

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from typing import Final

import msgspec

from chatd.ports import Append, Appended, Made, Taken, Write
from chatd.store.log import hash_chain
from chatd.store.log.writes import Statement, statements

Outcome = Appended | Taken

FACTS_PER_STATEMENT = 256
COLUMNS = 11  # of the view `facts`
_json: Final = msgspec.json.Encoder().encode


def make(appends: Sequence[Append]) -> list[Made]:
    """Decides what the appends are stored as. The random bytes of all are had at once, because a call to the
    system lets go of the interpreter lock, which the database's thread then takes."""
    counts = [sum(fact.text is not None for fact in append.facts) for append in appends]
    salts, made, start = os.urandom(hash_chain.SALT_BYTES * sum(counts)), list[Made](), 0
    for append, count in zip(appends, counts, strict=True):
        end = start + hash_chain.SALT_BYTES * count
        data = tuple([_json(fact.data).decode() for fact in append.facts])
        made.append(Made(data, salts[start:end]))
        start = end
    return made


class Plan:
    """Begins at the log's present `position` and `hash`, and has room for so many facts.

    `take` gives the statements for what was placed since it was called last.
    """

    def __init__(self, position: int, hash: bytes, room: int) -> None:
        self.position = position
        self.hash = hash
        self.heads: dict[str, int] = {}
        self.outcomes: list[Outcome] = []
        self.facts = 0
        self.taken = 0  # statements
        self._salts = os.urandom(hash_chain.SALT_BYTES * room)
        self._cells: list[object] = []
        self._writes: list[Write] = []
        self.segments: list[tuple[list[object], list[Write]]] = []  # that were taken

    def place(self, append: Append, made: Made | None = None) -> Appended:
        """Gives the append's facts their places at the end of the plan, and keeps its writes."""
        events = []
        position, previous = self.position, self.hash
        texts, salts, start = None, self._salts, self.facts * hash_chain.SALT_BYTES
        if made is not None:
            texts, salts, start = iter(made.data), made.salts, 0
        for fact in append.facts:
            position += 1
            data = _json(fact.data).decode() if texts is None else next(texts)
            salt = body = None
            if fact.text is not None:
                salt = salts[start : start + hash_chain.SALT_BYTES]
                start += hash_chain.SALT_BYTES
                body = hash_chain.body_digest(salt, fact.text)
            place = (position, fact.stream, fact.seq, fact.type, fact.at, fact.by, data)
            previous = hash_chain.link(previous, body, *place)
            self._cells += (*place, body, previous, salt, fact.text)
            self.facts += 1
            events.append(fact.at_position(position, hash_chain.shown(previous)))
        self.position, self.hash = position, previous
        self._writes += append.writes
        return Appended(tuple(events))

    def take(self) -> list[Statement]:
        found = self._fact_statements() + statements(self._writes)
        if found:
            self.segments.append((self._cells, self._writes))
        self._cells, self._writes = [], []
        self.taken += len(found)
        return found

    def _fact_statements(self) -> list[Statement]:
        """As few statements as can be, each of a size that is a power of two, the last one padded."""
        found: list[Statement] = []
        step = FACTS_PER_STATEMENT * COLUMNS
        for start in range(0, len(self._cells), step):
            chunk = self._cells[start : start + step]
            count = len(chunk) // COLUMNS
            size = 1 << (count - 1).bit_length()
            found.append((_insert(size), chunk + [None] * ((size - count) * COLUMNS)))
        return found


@cache
def _insert(size: int) -> str:
    row = f"({', '.join('?' * COLUMNS)})"
    return f"INSERT INTO facts VALUES {', '.join([row] * size)}"
