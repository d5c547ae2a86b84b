"""Searching in a village: what is said there, and what somebody finds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from views_village import Village

from chatd.contract.errors import Refusal
from chatd.contract.message import SearchMessages
from chatd.ports import SearchPage
from chatd.views.search import SearchView
from chatd.views.search_tables import PART_BITS, words_table

PART = 1 << PART_BITS


class Seeker:
    """Writes messages, lets the view follow them, and searches. `seconds` is what its clock shows."""

    def __init__(self, village: Village) -> None:
        self.village = village
        self.seconds = 0.0
        self.view = SearchView(lambda: self.seconds)

    def post(self, text: str, room: str = "hall", by: str = "ann") -> int:
        """The new message's seq."""
        append = self.village.pen.post(room, text, by)
        self.village.write(append)
        return append.facts[0].seq

    def edit(self, seq: int, text: str, room: str = "hall") -> None:
        self.village.write(self.village.pen.edit(room, seq, text))

    def delete(self, *seqs: int, room: str = "hall") -> None:
        for seq in seqs:
            self.village.write(self.village.pen.delete(room, seq))

    def skip_to(self, position: int) -> None:
        """As if much had happened since: the next event stands after this position."""
        self.village._journal._position = position

    def page(
        self, text: str | None = None, account: str = "ann", operator: bool = False, **fields: Any
    ) -> SearchPage:
        self.village.catch_up(self.view, PART)
        question = self.view.find(account, operator, SearchMessages(text, **fields))
        assert not isinstance(question, Refusal), question
        return question(self.village.reader)

    def refused(self, text: str | None = None, **fields: Any) -> Refusal:
        answer = self.view.find("ann", False, SearchMessages(text, **fields))
        assert isinstance(answer, Refusal)
        return answer

    def found(self, text: str | None = None, account: str = "ann", **fields: Any) -> list[str]:
        """The messages, by their snippets, newest first."""
        return [hit["snippet"] for hit in self.page(text, account, **fields).hits]

    def state(self) -> tuple[Any, ...]:
        """All that the view knows."""
        reader = self.village.reader
        terms: list[tuple[Any, ...]] = []
        for part, *_ in self.village.rows("search_parts"):
            table = words_table(int(str(part)))
            reader.execute(f"CREATE VIRTUAL TABLE temp.seen USING fts5vocab(main, {table}, instance)")
            terms += reader.execute('SELECT term, doc, "offset" FROM seen')
            reader.execute("DROP TABLE temp.seen")
        return (*(self.village.rows(table) for table in self.view.tables), sorted(terms))

    def bytes(self) -> bytes:
        """All that is in the view's files."""
        path = self.village._positions.path
        return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def newest(texts: Sequence[str]) -> list[str]:
    return list(reversed(texts))
