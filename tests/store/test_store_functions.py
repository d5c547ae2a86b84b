"""No trigger calls a function of chatd's: no interpreter's Unicode decides what is stored."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from store_facts import Pen, Sheet, answer

from chatd.domain.names.folded import FIELD
from chatd.ports import Append, Appended, StoreRefuses, Taken
from chatd.store.connection import open_reader, open_writer
from chatd.store.log import hash_chain
from chatd.store.ops import data_model, migrate
from chatd.store.ops.cut import REPLAYED
from chatd.store.ops.data_folder import DATABASE
from chatd.store.ops.scratch_tables import open_scratch
from chatd.store.ops.verify import PROJECTED

FUNCTIONS = "SELECT name FROM pragma_function_list"
TRIGGERED = "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
# What triggers may call: of these no library, no locale and no table of Unicode makes anything else.
SAME_EVERYWHERE = {
    *("->", "->>", "json_each", "json_type", "json_array", "json_group_array", "json_array_length"),
    *("coalesce", "iif", "substr", "length", "zeroblob", "nullif", "max", "min", "count", "exists", "typeof"),
    "lower",  # of ids, which are ASCII
    "like",  # of names of streams and authors, which are ASCII
}


def functions(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute(FUNCTIONS)}


@pytest.mark.parametrize("opener", [open_writer, open_reader, open_scratch])
def test_no_connection_knows_a_function_that_sqlite_does_not(tmp_path: Path, opener: Any) -> None:
    path = tmp_path / DATABASE
    migrate.prepare(path)
    connection, bare = opener(path), sqlite3.connect(":memory:")
    try:
        assert functions(connection) <= functions(bare)
    finally:
        connection.close()
        bare.close()


def test_triggers_call_only_what_is_the_same_everywhere(sheet: Sheet) -> None:
    called: set[str] = set()

    def note(action: int, _: str | None, name: str | None, *rest: str | None) -> int:
        if action == sqlite3.SQLITE_FUNCTION and name is not None:
            called.add(name.lower())
        return sqlite3.SQLITE_OK

    sheet.connection.set_authorizer(note)
    sheet.connection.execute(f"EXPLAIN {TRIGGERED}", (None,) * 11)  # compiles all that it may set off
    sheet.connection.set_authorizer(None)
    assert "->>" in called
    assert called <= SAME_EVERYWHERE


def test_a_connection_that_was_taught_nothing_makes_the_same_of_every_kind_of_fact(sheet: Sheet) -> None:
    sheet.write(*Pen().busy_village())
    bare = sqlite3.connect(":memory:", isolation_level=None)
    bare.executescript(data_model.present().schema)
    facts = [fact for append in Pen().busy_village() for fact in append.facts]
    try:
        for position, fact in enumerate(facts, 1):
            place = (position, fact.stream, fact.seq, fact.type, fact.at, fact.by, json.dumps(fact.data))
            salt = None if fact.text is None else b"salt"
            bare.execute(TRIGGERED, (*place, salt, hash_chain.GENESIS, salt, fact.text))
        for table in REPLAYED:
            query = f"SELECT * FROM {table}"
            rows = sorted(map(repr, sheet.connection.execute(query)))
            assert sorted(map(repr, bare.execute(query))) == rows, table
            assert rows or table not in PROJECTED, table
    finally:
        bare.close()


def folded(**names: str) -> dict[str, Any]:
    """As by another table of Unicode."""
    return {FIELD: {field: {"key": key, "skeleton": f"look of {key}"} for field, key in names.items()}}


def test_what_the_record_says_is_compared_and_not_what_is_made_of_the_name(sheet: Sheet, pen: Pen) -> None:
    first = pen.account("1", "straße", **folded(name="one", display_name="of one"))
    same = pen.account("2", "other", **folded(name="one", display_name="of two"))
    differs = pen.account("3", "STRASSE", **folded(name="three", display_name="of three"))
    shown = pen.account("4", "four", **folded(name="four", display_name="three"))
    outcomes = sheet.write(first, same, differs, shown)
    assert outcomes[1] == Taken("name")
    assert outcomes[3] == Taken("shown_name")
    assert [isinstance(outcome, Appended) for outcome in outcomes] == [True, False, True, False]
    assert [row["id"] for row in answer(sheet.reader.accounts_named(["one", "three"]))] == ["1", "3"]
    outcomes = sheet.write(
        pen.space("home"),
        pen.room("r1", name="Hall", **folded(name="hall 1")),
        pen.room("r2", name="Hall", **folded(name="hall 2")),
        pen.room("r3", name="Kitchen", **folded(name="hall 1")),
    )
    assert outcomes[3] == Taken("shown_name")
    changed = pen.append("room/r2", "room.updated", {"name": "New", **folded(name="hall 1")})
    assert sheet.write(changed) == [Taken("shown_name")]


NAMING = (
    ("account/2", "account.created", {"account": "2"}, {"name": "bob", "display_name": "Bob"}),
    ("account/1", "account.renamed", {}, {"name": "eve"}),
    ("account/1", "account.updated", {}, {"display_name": "Eve"}),
    ("space/s", "space.created", {"name": "Team"}, None),
    ("space/home", "space.updated", {"name": "Team"}, None),
    ("room/r", "room.created", {"space": "home", "name": "Hall", "kind": "text", "private": False}, None),
    ("room/hall", "room.updated", {"name": "Other"}, None),
)


@pytest.mark.parametrize(("stream", "type", "data", "said"), NAMING, ids=[type for _, type, *_ in NAMING])
def test_a_name_that_nobody_has_folded_is_not_stored(
    sheet: Sheet, pen: Pen, stream: str, type: str, data: dict[str, Any], said: dict[str, Any] | None
) -> None:
    sheet.write(pen.account("1", "ann"), pen.space("home"), pen.room("hall"))
    text = None if said is None else json.dumps({**said, FIELD: {}})
    named = {**data, FIELD: {}} if said is None else data
    append = Append((pen.fact(stream, type, named, "ann", text),))
    with pytest.raises(StoreRefuses):
        sheet.write(append)
