"""Every write beside the log, and every condition, is SQL that SQLite takes, with the parameters it names."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import get_args

import msgspec
import pytest

from chatd.ports import Condition, RoomsBelow, SecondFactorIs, Write
from chatd.store.log.conditions import QUESTIONS, holds
from chatd.store.log.writes import statements
from chatd.store.ops import data_model
from tests.sample_structs import sample


@pytest.fixture(scope="module")
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as made:
        made.executescript(data_model.present().schema)
        yield made


@pytest.mark.parametrize("full", [True, False], ids=["all fields", "as few as may be"])
@pytest.mark.parametrize("kind", get_args(Write), ids=lambda kind: kind.__name__)
def test_a_write_is_statements_with_their_parameters(
    connection: sqlite3.Connection, kind: type[msgspec.Struct], full: bool
) -> None:
    found = statements([sample(kind, full)])
    assert found
    for sql, parameters in found:
        connection.execute(sql, parameters)
    connection.rollback()


@pytest.mark.parametrize("kind", QUESTIONS, ids=lambda kind: kind.__name__)
def test_a_condition_is_a_question_with_its_parameters(
    connection: sqlite3.Connection, kind: type[msgspec.Struct]
) -> None:
    assert holds(connection, sample(kind, full=True)) in (True, False)


def test_no_condition_is_without_a_question() -> None:
    assert set(get_args(Condition)) - set(QUESTIONS) == {SecondFactorIs, RoomsBelow}
