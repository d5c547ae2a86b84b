"""Claims: the nonces and names that an append wants for itself, and who had them before.

The unique indexes of `messages`, `account_names` and `name_skeletons` are what holds; this is only asked
when one of them objected, to tell which append must stay out and what it collided with.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from chatd.domain.event import Event, Fact, payload, split_stream
from chatd.domain.names.keys import name_key, skeleton
from chatd.ports import Append, Row, Taken
from chatd.store import json_rows

Nonce = tuple[str, str, str]  # room, author, nonce
Name = tuple[str, str]  # `name` and its key, or `look` and its skeleton

FOUND = ("by", "nonce", "seq", "position", "at", "text", "reply_to")
NONCES_TAKEN = json_rows.folded(
    """
    SELECT messages.*, text
    FROM json_each(?) AS wanted CROSS JOIN messages
        ON room = wanted.value ->> 0 AND by = wanted.value ->> 1 AND nonce = wanted.value ->> 2
    LEFT JOIN bodies USING (position)
    """,
    ("room", *FOUND),
)
NAMES_TAKEN = """
    SELECT json_group_array(json_array(kind, key, account)) FROM (
        SELECT 'name' AS kind, name_key AS key, account
        FROM json_each(?1) CROSS JOIN account_names ON name_key = value ->> 1 WHERE value ->> 0 = 'name'
        UNION ALL
        SELECT 'look', skeleton, account
        FROM json_each(?1) CROSS JOIN name_skeletons ON skeleton = value ->> 1 WHERE value ->> 0 = 'look'
    )
"""


class Claims:
    """What is taken already, before one transaction and while its appends are let in one by one."""

    def __init__(self, connection: sqlite3.Connection, appends: Sequence[Append]) -> None:
        facts = [fact for append in appends for fact in append.facts]
        wanted = msgspec.json.encode(_nonces(facts)).decode()
        self._nonces: dict[Nonce, Row] = {}
        for row in json_rows.rows(connection, NONCES_TAKEN, (wanted,)):
            self._nonces[row.pop("room"), row["by"], row["nonce"]] = row
        wanted = msgspec.json.encode([name for name, _ in _names(facts)]).decode()
        found = msgspec.json.decode(json_rows.cell(connection, NAMES_TAKEN, (wanted,)))
        self._names: dict[Name, str] = {(kind, key): account for kind, key, account in found}  # whose

    def conflict(self, append: Append) -> Taken | None:
        """Why `append` must stay out, or None."""
        nonces = _nonces(append.facts)
        if found := [self._nonces[nonce] for nonce in nonces if nonce in self._nonces]:
            return Taken("nonce", tuple(found))
        if len(set(nonces)) < len(nonces):
            return Taken("nonce")  # it repeats itself, and there is no earlier message to show
        names: dict[Name, str] = {}
        for name, account in _names(append.facts):
            if self._names.get(name, account) != account or names.setdefault(name, account) != account:
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


def _names(facts: Iterable[Fact | Event]) -> list[tuple[Name, str]]:
    """What is claimed, and for whom."""
    found: list[tuple[Name, str]] = []
    for fact in facts:
        if fact.type in ("account.created", "account.renamed"):
            name, account = _as_extracted(payload(fact)["name"]), split_stream(fact.stream)[1]
            found += [(("name", name_key(name)), account), (("look", skeleton(name)), account)]
    return found


def _as_extracted(text: str) -> str:
    """SQLite ends a string that it takes out of JSON at a NUL, and so must the comparison here."""
    return text.partition("\0")[0]
