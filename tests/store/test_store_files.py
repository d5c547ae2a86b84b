"""Files in the tables: what holds them, how they end, and what questions about them cost."""

from __future__ import annotations

import pytest
from store_facts import Pen, Sheet, answer

from chatd.ports import Append, Appended, FilesExist, FileUnheld, StoredBytesBelow, Taken
from chatd.store.queries import file as questions


@pytest.fixture
def village(sheet: Sheet, pen: Pen) -> Sheet:
    """A picture in a message of the hall, a note in none."""
    outcomes = sheet.write(
        *pen.village(),
        pen.upload("ann", "f1", "a.png"),
        pen.upload("ann", "f2", "b.png"),
        pen.post("hall", "", attachments=["f1"]),
    )
    assert all(isinstance(outcome, Appended) for outcome in outcomes)
    return sheet


def holds(sheet: Sheet, condition: FilesExist | FileUnheld | StoredBytesBelow) -> bool:
    [outcome] = sheet.write(Append(conditions=(condition,)))
    assert isinstance(outcome, Appended) or outcome == Taken("stale")
    return isinstance(outcome, Appended)


def test_what_an_append_relies_on_is_looked_up_with_it(village: Sheet, pen: Pen) -> None:
    assert holds(village, FilesExist(("f1", "f2")))
    assert not holds(village, FilesExist(("f1", "f3")))
    assert (holds(village, FileUnheld("f1")), holds(village, FileUnheld("f2"))) == (False, True)
    assert (holds(village, StoredBytesBelow("ann", 140)), holds(village, StoredBytesBelow("ann", 139))) == (
        True,
        False,
    )
    village.write(pen.append("account/ann", "file.deleted", {"file": "f2"}))
    assert not holds(village, FilesExist(("f1", "f2")))
    assert not holds(village, FileUnheld("f2"))
    assert holds(village, StoredBytesBelow("ann", 70))


def test_the_hashes_of_what_ended_are_noted_until_somebody_looked_after_them(
    village: Sheet, pen: Pen
) -> None:
    assert answer(village.reader.dropped_blobs(9)) == []
    seq = village.connection.execute("SELECT max(seq) FROM messages WHERE room = 'hall'").fetchone()[0]
    village.write(pen.delete("hall", seq))
    dropped = answer(village.reader.dropped_blobs(9))
    assert len(dropped) == 2
    assert answer(village.reader.named_blobs(dropped)) == set()
    [(name,)] = village.connection.execute(
        "SELECT text FROM body_rows JOIN files USING (position) WHERE id = 'f1'"
    )
    assert "a.png" not in name


def test_only_what_is_old_and_held_by_nothing_is_found(village: Sheet) -> None:
    at = village.connection.execute("SELECT at FROM files WHERE id = 'f2'").fetchone()[0]
    found = answer(village.reader.unheld_files("", at + 1, 9))
    assert (found.last, found.unheld) == ("f2", [("f2", "ann")])
    assert answer(village.reader.unheld_files("", at, 9)).unheld == []
    assert answer(village.reader.unheld_files("f2", at + 1, 9)).last is None


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        (questions.READABLE, ('["f1"]', "ann", False)),
        (questions.NAMED, ('["x"]',)),
        (questions.OWN, ("ann", "~", 9)),
        (questions.STORED_BYTES, ("ann",)),
        (questions.UNHELD, ("", 1, 9)),
        (questions.OF_MESSAGES, ('[["hall", 4]]',)),
        (questions.DROPPED, (9,)),
    ],
)
def test_no_question_walks_a_table(village: Sheet, sql: str, values: tuple[object, ...]) -> None:
    plan = village.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
    walked = [step for *_, step in plan if step.startswith("SCAN")]
    small = ("CONSTANT ROW", "json_each", "one ", "VIRTUAL TABLE", "(subquery", "scheduled_attachments")
    small = (*small, "dropped_blobs", "scheduled USING")
    walked = [step for step in walked if step != "SCAN file"]  # of as many rows as are asked for
    assert [step for step in walked if not any(sign in step for sign in small)] == []
