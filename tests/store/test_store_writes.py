"""Every write beside the log is statements that SQLite takes, with as many parameters as they name."""

from __future__ import annotations

import sqlite3
from typing import get_args

import msgspec
import pytest

from chatd.ports import Write
from chatd.store.log.writes import statements
from chatd.store.ops import data_model
from tests.sample_structs import sample


@pytest.fixture(scope="module")
def connection() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    made.executescript(data_model.present().schema)
    return made


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
