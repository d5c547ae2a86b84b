"""What has reached whom: unread counts against a naive model, receipts, and whom a message concerns."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_facts import Pen, Sheet, answer

from chatd.ports import Append, MarkDelivered, MarkRead, Row
from chatd.store.database import Store
from chatd.store.queries.unread import UNREAD


@pytest.fixture
async def village(store: Store, pen: Pen) -> Store:
    await store.log.submit(pen.village()).wait()
    return store


# --- unread ----------------------------------------------------------------------------------------


async def test_unread_is_what_others_said_since_one_read_and_joined(village: Store, pen: Pen) -> None:
    assert await village.reader.unread("ann") == [
        {"room": "hall", "read": 0, "head": 6, "unread": 1, "mentions": 0, "first_unread": 5}
    ]
    marked = Append(writes=(MarkRead("ann", "hall", 5),))
    await village.log.submit(
        [marked, pen.post("hall", "@ann", "bob", mentions=["ann"]), pen.join("room/attic", "ann")]
    ).wait()
    assert await village.reader.unread("ann") == [
        {"room": "attic", "read": 0, "head": 1, "unread": 0, "mentions": 0, "first_unread": None},
        {"room": "hall", "read": 5, "head": 7, "unread": 1, "mentions": 1, "first_unread": 7},
    ]
    assert await village.reader.unread("nobody") == []


async def test_a_room_that_was_left_or_deleted_has_nothing_unread(village: Store, pen: Pen) -> None:
    await village.log.submit([pen.leave("room/hall", "bob")]).wait()
    assert await village.reader.unread("bob") == []
    await village.log.submit([pen.append("room/hall", "room.deleted", {})]).wait()
    assert await village.reader.unread("ann") == []


class Model:
    """The same, told slowly: a list of messages, and for each account where it stands."""

    def __init__(self) -> None:
        self.messages: dict[int, dict[str, Any]] = {}
        self.joined: dict[str, int] = {}
        self.read: dict[str, int] = {}
        self.head = 0

    def unread(self, account: str) -> list[Row]:
        if account not in self.joined:
            return []
        read = self.read.get(account, 0)
        floor = max(read, self.joined[account])
        seqs = [
            seq
            for seq, message in sorted(self.messages.items())
            if seq > floor and message["by"] != account and not message["deleted"]
        ]
        named = [seq for seq in seqs if {account, "room"} & set(self.messages[seq]["mentions"])]
        first = seqs[0] if seqs else None
        row = {"room": "r", "read": read, "head": self.head, "unread": len(seqs)}
        return [row | {"mentions": len(named), "first_unread": first}]


who = st.sampled_from(["ann", "bob"])
names = st.lists(st.sampled_from(["ann", "bob", "room", "here"]), unique=True, max_size=3)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("post"), who, names),
        st.tuples(st.just("edit"), st.integers(1, 15), names),
        st.tuples(st.just("delete"), st.integers(1, 15)),
        st.tuples(st.just("join"), who),
        st.tuples(st.just("leave"), who),
        st.tuples(st.just("read"), who, st.integers(0, 20)),
    ),
    max_size=25,
)


@given(acts=acts)
def test_unread_counts_are_those_of_a_list_after_any_mix_of_acts(acts: list[tuple[Any, ...]]) -> None:
    pen, model = Pen(), Model()
    with Sheet() as sheet:
        for act in acts:
            if append := _act(pen, model, act):
                sheet.write(append)
            for account in ("ann", "bob"):
                assert answer(sheet.reader.unread(account)) == model.unread(account)


def _act(pen: Pen, model: Model, act: tuple[Any, ...]) -> Append | None:
    match act:
        case "post", by, mentions:
            append = pen.post("r", "x", by, mentions=mentions)
            model.messages[append.facts[0].seq] = {"by": by, "mentions": mentions, "deleted": False}
        case "edit", seq, mentions if seq in model.messages and not model.messages[seq]["deleted"]:
            append = pen.edit("r", seq, "y", model.messages[seq]["by"], mentions=mentions)
            model.messages[seq]["mentions"] = mentions
        case "delete", seq if seq in model.messages and not model.messages[seq]["deleted"]:
            append = pen.delete("r", seq, model.messages[seq]["by"])
            model.messages[seq]["deleted"] = True
        case "join", account if account not in model.joined:
            append = pen.join("room/r", account)
            model.joined[account] = append.facts[0].seq
        case "leave", account if account in model.joined:
            append = pen.leave("room/r", account)
            del model.joined[account]
        case "read", account, seq if seq <= model.head:
            model.read[account] = max(seq, model.read.get(account, 0))
            return Append(writes=(MarkRead(account, "r", seq),))
        case _:
            return None
    model.head = append.facts[0].seq
    return append


# --- receipts --------------------------------------------------------------------------------------


async def test_receipts_are_of_those_who_were_there_when_the_message_came(village: Store, pen: Pen) -> None:
    await village.log.submit(
        [
            pen.join("room/hall", "gone"),
            pen.leave("room/hall", "gone"),
            pen.join("room/hall", "left"),
            pen.join("room/hall", "shy"),
            pen.append("account/shy", "preferences.updated", {"receipts": False}, "shy"),
            pen.join("room/hall", "cat"),
            pen.join("room/hall", "dan"),
            pen.post("hall", "hear ye"),
            pen.leave("room/hall", "left"),
            pen.join("room/hall", "late"),
        ]
    ).wait()
    seq = 13
    [message] = await village.reader.messages("hall", [seq])
    assert message["text"] == "hear ye"
    position = message["position"]
    marks = (
        MarkRead("bob", "hall", seq),
        MarkRead("cat", "hall", seq - 1),
        MarkDelivered("cat", position),
        MarkDelivered("dan", position - 1),
        MarkDelivered("left", position + 1),
    )
    await village.log.submit([Append(writes=marks)]).wait()
    assert await village.reader.receipts("hall", seq) == [
        {"account": "bob", "delivered": True, "read": True},
        {"account": "cat", "delivered": True, "read": False},
        {"account": "dan", "delivered": False, "read": False},
        {"account": "left", "delivered": False, "read": False},
    ]
    assert await village.reader.receipts("hall", 99) == []


# --- recipients ------------------------------------------------------------------------------------


async def recipients(store: Store, *appends: Append) -> list[Row]:
    before = await store.reader.head()
    await store.log.submit(list(appends)).wait()
    return await store.reader.recipients(before, await store.reader.head())


async def test_a_message_concerns_whom_it_names_if_they_are_in_the_room(village: Store, pen: Pen) -> None:
    post = pen.post("hall", "@bob @eve @ann", mentions=["bob", "eve", "ann", "here"])
    [row] = await recipients(village, post)
    assert row == {
        "position": await village.reader.head(),
        "room": "hall",
        "seq": post.facts[0].seq,
        "at": post.facts[0].at,
        "by": "ann",
        "thread": None,
        "account": "bob",
        "mentioned": True,
        "direct": False,
        "following": False,
        "level": None,
        "muted_until": None,
        "quiet_from": None,
        "quiet_to": None,
        "time_zone": None,
        "read": False,
    }


async def test_a_message_that_names_the_room_concerns_all_its_members_of_then(
    village: Store, pen: Pen
) -> None:
    rows = await recipients(
        village,
        pen.join("room/hall", "cat"),
        pen.post("hall", "@room", mentions=["room", "bob"]),
        pen.join("room/hall", "late"),
    )
    assert [(row["account"], row["mentioned"]) for row in rows] == [("bob", True), ("cat", True)]


async def test_a_message_concerns_who_follows_its_thread(village: Store, pen: Pen) -> None:
    for name in ("cat", "dan"):
        await village.log.submit([pen.join("room/hall", name)]).wait()
    rows = await recipients(village, pen.post("hall", "reply", "bob", thread=4))
    assert [(row["account"], row["following"], row["mentioned"]) for row in rows] == [("ann", True, False)]
    for name, what in (("cat", "followed"), ("ann", "unfollowed")):
        told = pen.append(f"account/{name}", f"thread.{what}", {"room": "hall", "seq": 4}, name)
        await village.log.submit([told]).wait()
    rows = await recipients(village, pen.post("hall", "more", "dan", thread=4))
    assert [(row["account"], row["following"]) for row in rows] == [("bob", True), ("cat", True)]
    rows = await recipients(village, pen.post("hall", "@ann", "dan", thread=4, mentions=["ann"]))
    assert [(row["account"], row["following"]) for row in rows] == [
        ("ann", False),
        ("bob", True),
        ("cat", True),
    ]


async def test_a_message_concerns_who_wants_all_of_a_room_and_the_row_says_how(
    village: Store, pen: Pen
) -> None:
    wishes = {"level": "all", "muted_until": 99}
    quiet = {"quiet_from": 1, "quiet_to": 2, "time_zone": "UTC"}
    await village.log.submit(
        [
            pen.append("account/bob", "subscription.updated", {"room": "hall", **wishes}, "bob"),
            pen.append("account/ann", "subscription.updated", {"room": "hall", "level": "none"}),
            pen.append("account/bob", "preferences.updated", quiet, "bob"),
        ]
    ).wait()
    [row] = await recipients(village, pen.post("hall", "x"))
    assert row.items() >= ({"account": "bob"} | wishes | quiet).items()
    assert await recipients(village, pen.post("hall", "y", "bob")) == []


async def test_each_message_of_a_direct_room_concerns_the_others(village: Store, pen: Pen) -> None:
    direct = pen.append("room/dm", "room.created", {"name": "", "kind": "direct", "private": True})
    people = [pen.join("room/dm", name) for name in ("ann", "bob", "cat")]
    rows = await recipients(village, direct, *people, pen.post("dm", "1"), pen.post("dm", "2", "cat"))
    assert [(row["seq"], row["account"], row["direct"]) for row in rows] == [
        (5, "bob", True),
        (5, "cat", True),
        (6, "ann", True),
        (6, "bob", True),
    ]


async def test_who_has_read_on_is_told_so_and_nobody_hears_of_what_was_deleted(
    village: Store, pen: Pen
) -> None:
    one, two, three = (pen.post("hall", "@bob", mentions=["bob"]) for _ in range(3))
    read = Append(writes=(MarkRead("bob", "hall", one.facts[0].seq),))
    rows = await recipients(village, one, two, three, read, pen.delete("hall", two.facts[0].seq))
    assert [(row["seq"], row["read"]) for row in rows] == [
        (one.facts[0].seq, True),
        (three.facts[0].seq, False),
    ]


async def test_only_messages_of_the_asked_positions_are_looked_at(village: Store, pen: Pen) -> None:
    before = await village.reader.head()
    await recipients(village, *[pen.post("hall", "@bob", mentions=["bob"]) for _ in range(4)])
    rows = await village.reader.recipients(before + 1, before + 3)
    assert [row["position"] for row in rows] == [before + 2, before + 3]
    assert await village.reader.recipients(before, before) == []


async def test_a_look_ends_with_the_message_by_which_whole_rooms_come_to_so_many(
    village: Store, pen: Pen
) -> None:
    """The hall has two members."""
    before = await village.reader.head()
    loud, named = {"mentions": ["room"]}, {"mentions": ["bob"]}
    said = [loud, named, loud, {}, loud, named]
    await recipients(village, *[pen.post("hall", "hear", **mentions) for mentions in said])
    ends = [await village.reader.within(before, before + 6, most) for most in (1, 2, 3, 4, 5, 6, 7)]
    assert [end - before for end in ends] == [1, 1, 3, 3, 5, 5, 6]
    assert await village.reader.within(before + 1, before + 2, 1) == before + 2


def test_where_nothing_was_imported_the_index_alone_tells_who_wrote(sheet: Sheet) -> None:
    """Else each of one's own messages among the unread is a look into the table."""
    plan = [line for *_, line in sheet.connection.execute(f"EXPLAIN QUERY PLAN {UNREAD}", ("ann",))]
    ways = [line.split(" INDEX messages_by_author")[0] for line in plan if "messages_by_author" in line]
    assert sorted(ways) == 2 * ["SEARCH messages USING"] + 2 * ["SEARCH messages USING COVERING"]
