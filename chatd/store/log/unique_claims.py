"""Claims: the nonces and names that an append wants for itself, and who had them before. Names are compared
as the facts have them folded.

The unique indexes of `messages`, `account_names` and `name_skeletons` and the triggers `…_checked` are what
holds; this is only asked when one of them objected, to tell which append must stay out and what it collided
with. Whatever they object to must be found here as well, otherwise the whole transaction fails.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from functools import cache

import msgspec

from chatd.domain.event import Event, Fact, folded_names, split_stream
from chatd.ports import Append, Row, Taken
from chatd.store import json_rows

Nonce = tuple[str, str, str]  # room, author, nonce
Name = tuple[str, str]  # `name` and its key, or `look` and its skeleton
Label = tuple[str, str | None, str, str, str]  # stream, scope if the fact says it, key, skeleton, whose act

FOUND = ("by", "nonce", "seq", "position", "at", "text", "reply_to")
NESTED = ("attachments",)
NONCES_TAKEN = json_rows.folded(
    """
    SELECT messages.*, text
    FROM json_each(?) AS wanted CROSS JOIN messages
        ON room = wanted.value ->> 0 AND by = wanted.value ->> 1 AND nonce = wanted.value ->> 2
    LEFT JOIN bodies USING (position)
    """,
    ("room", *FOUND),
    nested=NESTED,
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
SCOPE_OF = "SELECT scope FROM shown_names WHERE stream = ?"
LABEL_TAKEN = """
    SELECT EXISTS (
        SELECT 1 FROM taken_names WHERE scope = ?2 AND name_key = ?3 AND stream <> ?1
            AND (account IS NULL OR account = ?5 OR ?5 LIKE 'operator:%')
    ) OR EXISTS (
        SELECT 1 FROM taken_names WHERE scope = ?2 AND skeleton = ?4 AND stream <> ?1
            AND (account IS NULL OR account = ?5 OR ?5 LIKE 'operator:%')
    )
"""
# Rooms that somebody joins in this transaction: whoever does may not see their names yet.
LABEL_TAKEN_SOON = """
    SELECT EXISTS (
        SELECT 1 FROM json_each(?5) CROSS JOIN shown_names ON stream = value
        WHERE scope = ?2 AND (name_key = ?3 OR skeleton = ?4) AND stream <> ?1
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
        names = [name for name, _ in (*_names(facts), *_display_names(facts))]
        wanted = msgspec.json.encode(names).decode()
        found = msgspec.json.decode(json_rows.cell(connection, NAMES_TAKEN, (wanted,)))
        self._names: dict[Name, str] = {(kind, key): account for kind, key, account in found}  # whose
        joined = json_rows.array({fact.stream for fact in facts if fact.type == "member.joined"})
        self._scopes: dict[str, str] = {}
        self._taken: set[Label] = set()
        for label in _labels(facts):
            stream, scope, *keys, by = label
            self._scopes[stream] = scope = scope or json_rows.cell(connection, SCOPE_OF, (stream,))
            if json_rows.cell(connection, LABEL_TAKEN, (stream, scope, *keys, by)) or json_rows.cell(
                connection, LABEL_TAKEN_SOON, (stream, scope, *keys, joined)
            ):
                self._taken.add(label)
        self._labels: dict[tuple[str, str, str], str] = {}  # scope, `name` or `look`, key -> stream

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
        for name, account in _display_names(append.facts):
            if self._names.get(name, account) != account or names.get(name, account) != account:
                return Taken("shown_name")
        wanted: dict[tuple[str, str, str], str] = {}
        for label in _labels(append.facts):
            stream, keys = label[0], self._keys(label)
            if label in self._taken or any(
                self._labels.get(key, stream) != stream or wanted.setdefault(key, stream) != stream
                for key in keys
            ):
                return Taken("shown_name")
        return None

    def add(self, events: Iterable[Event]) -> None:
        """These are let in: what they claim is theirs for the rest of the transaction."""
        for event in events:
            for nonce in _nonces([event]):
                row = {"by": event.by, "nonce": nonce[2], "seq": event.seq, "position": event.position}
                row |= {"at": event.at, "text": event.text, "reply_to": event.data.get("reply_to")}
                row |= {"attachments": event.data.get("attachments", [])}
                self._nonces[nonce] = row
            self._names.update(_names([event]))
            for label in _labels([event]):
                self._labels |= dict.fromkeys(self._keys(label), label[0])

    def _keys(self, label: Label) -> list[tuple[str, str, str]]:
        scope = self._scopes[label[0]]
        return [(scope, "name", label[2]), (scope, "look", label[3])]


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
            found += _wanted(fact, "name")
    return found


def _display_names(facts: Iterable[Fact | Event]) -> list[tuple[Name, str]]:
    """What must be nobody else's name, and whose it is."""
    found: list[tuple[Name, str]] = []
    for fact in facts:
        if fact.type in ("account.created", "account.updated"):
            found += _wanted(fact, "display_name")
    return found


def _wanted(fact: Fact | Event, field: str) -> list[tuple[Name, str]]:
    if (keys := _keys_of(fact, field)) is None:
        return []
    account = split_stream(fact.stream)[1]
    return [(("name", keys[0]), account), (("look", keys[1]), account)]


def _labels(facts: Iterable[Fact | Event]) -> list[Label]:
    """The names of rooms and spaces that are claimed."""
    found: list[Label] = []
    for fact in facts:
        kind = split_stream(fact.stream)[0]
        if kind not in ("room", "space") or fact.type not in (f"{kind}.created", f"{kind}.updated"):
            continue
        scope = "spaces" if kind == "space" else fact.data.get("space")
        if fact.type == "room.created" and not scope:
            continue  # a direct room has no name
        if (keys := _keys_of(fact, "name")) is not None:
            found.append((fact.stream, scope, *keys, fact.by))
    return found


def _keys_of(fact: Fact | Event, field: str) -> tuple[str, str] | None:
    """Key and skeleton of the name that the fact gives in the field; None: it gives none."""
    folded = folded_names(fact).get(field)
    return None if folded is None else (_as_extracted(folded["key"]), _as_extracted(folded["skeleton"]))


def _as_extracted(text: str) -> str:
    """As SQLite takes a string out of JSON, since what the triggers stored is compared with it."""
    return text.partition("\0")[0] if _ends_at_nul() else text


@cache
def _ends_at_nul() -> bool:
    """So do older versions of SQLite: 3.40 does, 3.53 does not."""
    with closing(sqlite3.connect(":memory:")) as connection:
        return bool(
            json_rows.cell(connection, "SELECT length(CAST(? ->> 0 AS BLOB)) < 3", ('["a\\u0000b"]',))
        )
