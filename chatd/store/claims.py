"""Claims: the nonces and names that an append wants for itself, and who had them before.

The unique indexes of `messages` and `accounts` are what holds; this is only asked when one of them
objected, to tell which append must stay out and what it collided with.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from chatd.domain.event import Event, Fact, split_stream
from chatd.domain.names import name_key
from chatd.ports import Append, Row, Taken
from chatd.store import answer

Nonce = tuple[str, str, str]  # room, author, nonce

FOUND = ("by", "nonce", "seq", "position", "at", "text", "reply_to")
NONCES_TAKEN = answer.folded(
    """
    SELECT messages.*, text
    FROM json_each(?) AS wanted CROSS JOIN messages
        ON room = wanted.value ->> 0 AND by = wanted.value ->> 1 AND nonce = wanted.value ->> 2
    LEFT JOIN bodies USING (position)
    """,
    ("room", *FOUND),
)
NAMES_TAKEN = """
    SELECT json_group_array(name_key) FROM accounts WHERE name_key IN (SELECT value FROM json_each(?))
"""


class Claims:
    """What is taken already, before one transaction and while its appends are let in one by one."""

    def __init__(self, connection: sqlite3.Connection, appends: Sequence[Append]) -> None:
        facts = [fact for append in appends for fact in append.facts]
        wanted = msgspec.json.encode(_nonces(facts)).decode()
        self._nonces: dict[Nonce, Row] = {}
        for row in answer.rows(connection, NONCES_TAKEN, (wanted,)):
            self._nonces[row.pop("room"), row["by"], row["nonce"]] = row
        wanted = msgspec.json.encode(_names(facts)).decode()
        self._names: set[str] = set(msgspec.json.decode(answer.cell(connection, NAMES_TAKEN, (wanted,))))

    def conflict(self, append: Append) -> Taken | None:
        """Why `append` must stay out, or None."""
        nonces = _nonces(append.facts)
        if found := [self._nonces[nonce] for nonce in nonces if nonce in self._nonces]:
            return Taken("nonce", tuple(found))
        if len(set(nonces)) < len(nonces):
            return Taken("nonce")  # it repeats itself, and there is no earlier message to show
        names = _names(append.facts)
        if len(set(names)) < len(names) or not self._names.isdisjoint(names):
            return Taken("name")
        return None

    def add(self, events: Iterable[Event]) -> None:
        """These are let in: what they claim is theirs for the rest of the transaction."""
        for event in events:
            for nonce in _nonces([event]):
                row = {"by": event.by, "nonce": nonce[2], "seq": event.seq, "position": event.position}
                row |= {"at": event.at, "text": event.text, "reply_to": event.data.get("reply_to")}
                self._nonces[nonce] = row
            self._names.update(_names([event]))


def _nonces(facts: Iterable[Fact | Event]) -> list[Nonce]:
    return [
        (split_stream(fact.stream)[1], fact.by, _as_extracted(fact.data["nonce"]))
        for fact in facts
        if fact.type == "message.posted" and fact.data.get("nonce") is not None
    ]


def _names(facts: Iterable[Fact | Event]) -> list[str]:
    return [name_key(_as_extracted(fact.data["name"])) for fact in facts if fact.type == "account.created"]


def _as_extracted(text: str) -> str:
    """SQLite ends a string that it takes out of JSON at a NUL, and so must the comparison here."""
    return text.partition("\0")[0]
