"""Names of rooms and spaces, and display names: what is taken is found in the transaction, and by whom."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_facts import Pen, Sheet, SingleThreaded

from chatd.ports import Append, Appended, Taken
from chatd.store.connection import open_writer
from chatd.store.database import open_store
from chatd.store.log.journal import Journal
from chatd.store.ops import data_model
from chatd.store.ops.data_folder import DATABASE
from chatd.store.ops.place import Place

TAKEN = Taken("shown_name")
GUARDS = ("display_name_checked", "shown_name_checked")


def shown_as(pen: Pen, account: str, name: str) -> Append:
    text = json.dumps({"display_name": name})
    return pen.append(f"account/{account}", "account.updated", {}, account, text)


def renamed(pen: Pen, stream: str, name: str, by: str = "ann") -> Append:
    return pen.append(stream, f"{stream.partition('/')[0]}.updated", {"name": name}, by)


def let_in(outcomes: list[Appended | Taken]) -> list[bool]:
    assert all(isinstance(outcome, Appended) or outcome == TAKEN for outcome in outcomes), outcomes
    return [isinstance(outcome, Appended) for outcome in outcomes]


@pytest.mark.parametrize("name", ["general", "GENERAL", "gеneral", " general", "gen\u200beral", "genera1"])
def test_rooms_and_spaces_are_called_differently_whatever_the_letters(
    sheet: Sheet, pen: Pen, name: str
) -> None:
    sheet.write(
        pen.account("ann"), pen.space("home"), pen.room("r1", name="general"), pen.space("s1", name="general")
    )
    assert let_in(sheet.write(pen.room("r2", name=name), pen.space("s2", name=name))) == [False, False]
    assert let_in(sheet.write(pen.room("r3", "s1", name=name))) == [True]  # in another space


def test_in_one_transaction_the_first_gets_the_name(sheet: Sheet, pen: Pen) -> None:
    sheet.write(pen.account("ann"), pen.space("home"))
    outcomes = sheet.write(pen.room("r1", name="x"), pen.room("r2", name="X"), pen.room("r3", name="y"))
    assert let_in(outcomes) == [True, False, True]
    assert let_in(sheet.write(pen.space("s1", name="x"), pen.space("s2", name="X"))) == [True, False]


def test_an_append_that_wants_a_name_twice_stays_out_and_nobody_else(sheet: Sheet, pen: Pen) -> None:
    """An actor puts what it decides at once into one append, and does it one by one when that is refused. An
    objection that is not found here costs everybody in the transaction theirs."""
    sheet.write(pen.account("ann"), pen.space("home"), pen.room("hall"), pen.join("room/hall", "ann"))

    def at_once(*appends: Append) -> Append:
        return Append(tuple(fact for append in appends for fact in append.facts))

    twice = at_once(pen.room("r1", name="x"), pen.room("r2", name="X"))
    assert sheet.write(pen.post("hall", "mine"), twice)[1:] == [TAKEN]
    assert let_in(sheet.write(pen.room("r3", name="x"))) == [True]
    assert let_in(sheet.write(at_once(pen.room("r4", name="y"), pen.room("r5", name="z")))) == [True]
    swapped = at_once(renamed(pen, "room/r4", "w"), renamed(pen, "room/r5", "w"))
    assert sheet.write(swapped) == [TAKEN]


def test_a_name_is_kept_while_archived_and_free_when_deleted_or_left(sheet: Sheet, pen: Pen) -> None:
    sheet.write(pen.account("ann"), pen.space("home"), pen.room("r1", name="x"), pen.room("r2", name="y"))
    sheet.write(pen.append("room/r1", "room.archived", {}))
    assert let_in(sheet.write(renamed(pen, "room/r2", "x"))) == [False]
    pen.rewind("room/r2", 1)
    assert let_in(sheet.write(renamed(pen, "room/r1", "X"), renamed(pen, "room/r1", "z"))) == [True, True]
    assert let_in(sheet.write(renamed(pen, "room/r2", "x"))) == [True]
    sheet.write(pen.append("room/r1", "room.deleted", {}))
    assert let_in(sheet.write(pen.room("r3", name="z"))) == [True]
    sheet.write(pen.space("s1", name="club"), pen.room("r4", "s1", name="x"))
    sheet.write(pen.append("space/s1", "space.deleted", {}))
    assert let_in(sheet.write(pen.space("s2", name="Club"))) == [True]
    assert sheet.connection.execute("SELECT count(*) FROM shown_names WHERE scope = 's1'").fetchone() == (0,)


def test_a_private_room_takes_its_name_only_from_those_who_are_in_it(sheet: Sheet, pen: Pen) -> None:
    sheet.write(
        pen.account("ann"), pen.account("bob"), pen.space("home"), pen.room("r1", name="x", private=True)
    )
    sheet.write(pen.join("room/r1", "ann"))

    def made(id: str, by: str) -> Append:
        data = {"space": "home", "name": "x", "kind": "text", "private": True}
        return Append((pen.fact(f"room/{id}", "room.created", data, by),))

    assert let_in(sheet.write(made("r2", "ann"), made("r3", "operator:0"), made("r4", "bob"))) == [
        *(False, False),
        True,
    ]
    sheet.write(pen.leave("room/r1", "ann"))
    assert let_in(sheet.write(made("r5", "ann"))) == [True]
    # who enters in the same transaction finds it taken
    assert let_in(sheet.write(pen.join("room/r1", "eve"), made("r6", "eve"))) == [True, False]


def test_nobody_is_shown_under_the_name_of_another(sheet: Sheet, pen: Pen) -> None:
    sheet.write(pen.account("1", "ann"), pen.account("2", "bob"), pen.account("3", "eve"))
    for name in ("ann", "Ann", "аnn", " a n\u200bn".replace("a n", "an")):
        assert let_in(sheet.write(shown_as(pen, "2", name))) == [False]
        pen.rewind("account/2", 1)
    assert let_in(sheet.write(shown_as(pen, "1", "ANN"), shown_as(pen, "2", "Ann Smith"))) == [True, True]
    assert let_in(sheet.write(shown_as(pen, "3", "Ann Smith"))) == [True]  # two people may be called the same
    sheet.write(pen.append("account/1", "account.renamed", {}, "1", json.dumps({"name": "anna"})))
    assert let_in(sheet.write(shown_as(pen, "2", "anna"))) == [False]
    pen.rewind("account/2", 2)
    assert let_in(sheet.write(shown_as(pen, "2", "ann"))) == [False]  # a former name
    outcomes = sheet.write(pen.account("4", "zed"), shown_as(pen, "3", "Zed"))
    assert let_in(outcomes) == [True, False]
    assert let_in(sheet.write(pen.account("5", "max", display_name="Bob"))) == [False]


ACTS = st.tuples(
    st.sampled_from(("public", "private", "rename", "delete", "join", "leave", "space", "show", "account")),
    st.integers(0, 3),
    st.sampled_from(("x", "X", "l", "1", "I", "i")),
    st.sampled_from(("ann", "bob", "operator:0")),
)


@given(st.lists(st.lists(ACTS, min_size=1, max_size=6), max_size=6))
def test_whatever_comes_together_no_transaction_fails_and_no_name_is_twice(
    batches: list[list[tuple[str, int, str, str]]],
) -> None:
    pen = Pen()
    with Sheet() as sheet:
        sheet.write(pen.account("ann"), pen.account("bob"), pen.space("home"))
        made: dict[str, int] = {}  # stream -> its length
        for number, batch in enumerate(batches):
            appends: list[Append] = []
            known = sorted(stream for stream in made if stream.startswith("room/"))
            changed: set[str] = set()
            for nth, (act, pick, name, by) in enumerate(batch):
                new, room = f"n{number}x{nth}", known[pick % len(known)] if known else None
                if act in ("public", "private"):
                    data = {"space": "home", "name": name, "kind": "text", "private": act == "private"}
                    appends.append(Append((pen.fact(f"room/{new}", "room.created", data, by),)))
                elif act == "space":
                    appends.append(pen.space(new, by, name=name))
                elif act == "account":
                    appends.append(pen.account(new, f"{name}{name}"))
                elif act == "show":
                    stream = "account/bob"
                    if stream in changed:
                        continue
                    changed.add(stream)
                    appends.append(shown_as(pen, "bob", f"{name}{name}"))
                elif room is not None and room not in changed:
                    changed.add(room)
                    if act == "rename":
                        appends.append(renamed(pen, room, name, by))
                    elif act == "delete":
                        appends.append(pen.append(room, "room.deleted", {}, by))
                    elif act == "join":
                        appends.append(pen.join(room, by))
                    else:
                        appends.append(pen.leave(room, by))
            for append, outcome in zip(appends, sheet.write(*appends), strict=True):
                stream = append.facts[0].stream
                if isinstance(outcome, Appended):
                    made[stream] = append.facts[-1].seq
                else:
                    assert outcome in (TAKEN, Taken("name"))
                    pen.rewind(stream, append.facts[0].seq - 1)
        twice = """
            SELECT 1 FROM shown_names AS a JOIN shown_names AS b USING (scope)
            WHERE a.stream < b.stream AND NOT a.hidden AND NOT b.hidden
                AND (a.name_key = b.name_key OR a.skeleton = b.skeleton)
        """
        assert sheet.connection.execute(twice).fetchall() == []


async def test_a_log_with_names_that_occur_twice_is_sound(tmp_path: Path, pen: Pen) -> None:
    connection = open_writer(tmp_path / DATABASE)
    data_model.build(connection)
    guards = [
        connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
        for name in GUARDS
    ]
    for name in GUARDS:
        connection.execute(f"DROP TRIGGER {name}")  # for a chatd to which this did not matter
    journal = Journal(SingleThreaded(connection), Place(tmp_path / DATABASE))  # type: ignore[arg-type]
    journal.open(connection)
    journal.commit([pen.account("ann"), pen.account("bob", display_name="Ann"), pen.space("home")])
    journal.commit([pen.room("r1", name="x"), pen.room("r2", name="X"), pen.space("s2", name="home")])
    for guard in guards:
        connection.execute(guard)
    connection.execute("INSERT INTO meta VALUES ('epoch', 'then')")
    connection.close()
    async with open_store(tmp_path) as store:
        assert (await store.verify()).findings == ()
        [taken, free] = await store.log.submit(
            [pen.room("r3", name="x"), renamed(pen, "room/r2", "y")]
        ).wait()
        assert taken == TAKEN
        assert isinstance(free, Appended)
        assert (await store.verify()).findings == ()
