"""The order that messages get when a file has none."""

from __future__ import annotations

import random
import sqlite3

import pytest
from imports.memory import at_most

from chatctl.failure import Failed
from chatctl.imports.ordering import Ordering
from chatctl.imports.records import Message
from chatctl.scratch_database import scratch_database


def message(key: str, at: int, thread: str | None = None, text: str = "") -> Message:
    return Message(key, "U1", at, text, thread=thread)


def test_messages_come_by_time_and_the_first_of_a_thread_before_its_replies() -> None:
    with Ordering() as ordering:
        for one in (
            message("late", 9),
            message("reply", 3, thread="root"),
            message("dangling", 4, thread="gone"),
            message("root", 5),
            message("same", 5),
            message("early", 1),
        ):
            assert ordering.add("r", one) is None
        ordering.add("other", message("x", 2))
        found = [one.key for one in ordering.messages("r")]
        assert found == ["early", "dangling", "root", "same", "reply", "late"]
        assert ordering.rooms() == ["other", "r"]


def test_a_key_that_is_there_gives_what_has_it() -> None:
    with Ordering() as ordering:
        ordering.add("r", message("a", 1, text="first"))
        earlier = ordering.add("r", message("a", 2, text="second"))
        assert earlier is not None
        assert earlier.text == "first"
        ordering.replace("r", message("a", 2, text="second"))
        assert [one.text for one in ordering.messages("r")] == ["second"]
        assert ordering.find("r", "b") is None


def test_memory_does_not_grow_with_the_number_of_messages() -> None:
    order = list(range(30_000))
    random.Random(1).shuffle(order)
    with at_most(4), Ordering() as ordering:
        for at in order:
            ordering.add("r", message(str(at), at, text="x" * 200))
        assert [one.at for one in ordering.messages("r")] == sorted(order)


@pytest.mark.parametrize("how", ["execute", "executemany"])
def test_a_full_disk_of_temporary_files_is_one_line_that_says_what_to_do(how: str) -> None:
    database = scratch_database("CREATE TABLE item (text)")
    with pytest.raises(sqlite3.OperationalError):
        database.execute("a fault of ours")
    database.execute("PRAGMA max_page_count = 10")
    large = ("x" * 99_999,)
    with pytest.raises(Failed, match="SQLITE_TMPDIR"):
        getattr(database, how)("INSERT INTO item VALUES (?)", large if how == "execute" else [large])
