"""What conversations are asked: pages of messages with all that people put on them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_facts import Pen, Sheet, answer

from chatd.ports import REACTORS, Appended
from chatd.store.database import Store

FIELDS = {
    *("seq", "position", "at", "by", "text", "nonce", "reply_to", "thread", "mentions", "reactions"),
    *("edited_at", "expires_at", "deleted", "pinned", "replies", "last_reply_at"),
    *("attachments", "files"),
}


@pytest.fixture
async def village(store: Store, pen: Pen) -> Store:
    outcomes = await store.log.submit(pen.busy_village()).wait()
    assert all(isinstance(outcome, Appended) for outcome in outcomes)
    return store


async def message(store: Store, seq: int) -> dict[str, Any]:
    [row] = await store.reader.messages("hall", [seq])
    return row


async def test_a_message_shows_all_that_became_of_it(village: Store) -> None:
    row = await message(village, 4)
    events = {event.seq: event for event in await village.reader.stream_events("room/hall", 0, 99)}
    assert row == {
        "seq": 4,
        "position": events[4].position,
        "at": events[4].at,
        "by": "ann",
        "text": "hello, all",
        "nonce": "n1",
        "reply_to": None,
        "thread": None,
        "mentions": ["bob"],
        "reactions": [{"emoji": "👍", "count": 1, "accounts": ["bob"]}],
        "edited_at": events[9].at,
        "expires_at": None,
        "deleted": False,
        "pinned": True,
        "replies": 1,
        "last_reply_at": events[8].at,
        "attachments": [],
        "files": [],
    }


async def test_a_deleted_message_is_a_stub(village: Store) -> None:
    row = await message(village, 14)
    assert row.keys() == FIELDS
    assert (row["text"], row["mentions"], row["reactions"]) == (None, [], [])
    assert (row["deleted"], row["pinned"], row["nonce"]) == (True, False, "n2")
    assert await village.reader.edits("hall", 14) == []
    events = await village.reader.stream_events("room/hall", 13, 2)
    assert [(event.type, event.text) for event in events] == [
        ("message.posted", None),
        ("message.edited", None),
    ]


async def test_messages_are_found_by_seq_in_order_and_once(village: Store) -> None:
    rows = await village.reader.messages("hall", [6, 4, 4, 99, 2, 2**64])
    assert [row["seq"] for row in rows] == [4, 6]
    assert await village.reader.messages("attic", [4]) == []
    page = await village.reader.history("hall", before=None, after=3, around=None, limit=2)
    [other] = await village.reader.messages("hall", [4])
    assert page.rows[0] == other


async def test_what_deciding_about_messages_takes(village: Store) -> None:
    assert await village.reader.message_states("hall", [4, 8, 14, 99]) == [
        {
            "seq": 4,
            "by": "ann",
            "thread": None,
            "deleted": False,
            "text": "hello, all",
            "versions": 2,
            "mentions": ["bob"],
            "reactions": [["👍", "bob"]],
            "attachments": [],
        },
        {
            "seq": 8,
            "by": "bob",
            "thread": 4,
            "deleted": False,
            "text": "in the thread",
            "versions": 1,
            "mentions": [],
            "reactions": [],
            "attachments": [],
        },
        {
            "seq": 14,
            "by": "ann",
            "thread": None,
            "deleted": True,
            "text": None,
            "versions": 2,
            "mentions": [],
            "reactions": [],
            "attachments": [],
        },
    ]


async def test_every_version_of_a_message_is_kept_until_it_is_deleted(village: Store, pen: Pen) -> None:
    await village.log.submit([pen.edit("hall", 4, "third", by="bob")]).wait()
    versions = await village.reader.edits("hall", 4)
    assert [(row["by"], row["text"]) for row in versions] == [
        ("ann", "hello"),
        ("ann", "hello, all"),
        ("bob", "third"),
    ]
    assert versions[0].keys() == {"at", "by", "text"}
    assert [row["at"] for row in versions] == sorted(row["at"] for row in versions)
    assert [row["text"] for row in await village.reader.edits("hall", 5)] == ["hello yourself"]
    assert (await message(village, 4))["text"] == "third"
    await village.log.submit([pen.delete("hall", 4)]).wait()
    assert await village.reader.edits("hall", 4) == []


async def test_a_nonce_is_compared_with_what_was_posted_not_with_what_it_reads_now(village: Store) -> None:
    posts = {
        (post["by"], post["nonce"]): post["text"] for post in await village.reader.recent_posts("hall", 50)
    }
    assert posts["ann", "n1"] == "hello"
    assert posts["ann", "n2"] is None


async def test_reactions_stand_in_the_order_of_their_first_and_people_in_their_own(
    village: Store, pen: Pen
) -> None:
    people = [("b", "zoe"), ("a", "zoe"), ("b", "ann"), ("a", "bob"), ("b", "bob")]
    await village.log.submit([pen.react("hall", 5, emoji, who) for emoji, who in people]).wait()
    assert (await message(village, 5))["reactions"] == [
        {"emoji": "b", "count": 3, "accounts": ["zoe", "ann", "bob"]},
        {"emoji": "a", "count": 2, "accounts": ["zoe", "bob"]},
    ]
    [state] = await village.reader.message_states("hall", [5])
    assert state["reactions"] == [list(pair) for pair in people]
    await village.log.submit([pen.react("hall", 5, "b", "zoe", what="removed")]).wait()
    assert [kind["emoji"] for kind in (await message(village, 5))["reactions"]] == ["a", "b"]


async def test_of_many_who_reacted_the_first_are_named_and_all_are_counted(village: Store, pen: Pen) -> None:
    names = [f"p{n:03}" for n in reversed(range(REACTORS + 5))]
    await village.log.submit([pen.react("hall", 5, "x", name) for name in names]).wait()
    [kind] = (await message(village, 5))["reactions"]
    assert (kind["count"], kind["accounts"]) == (REACTORS + 5, names[:REACTORS])
    first = await village.reader.reactors("hall", 5, "x", None, 3)
    assert [row["account"] for row in first] == ["p000", "p001", "p002"]
    rest = await village.reader.reactors("hall", 5, "x", "p002", 500)
    assert [row["account"] for row in rest] == sorted(names)[3:]


async def test_reactors_come_with_their_names(village: Store) -> None:
    assert await village.reader.reactors("hall", 4, "👍", None, 9) == [
        {"account": "bob", "name": "bob", "display_name": "Bob"}
    ]
    assert await village.reader.reactors("hall", 4, "👎", None, 9) == []


async def test_pins_are_listed_newest_first_and_go_with_their_message(village: Store, pen: Pen) -> None:
    await village.log.submit([pen.append("room/hall", "pin.added", {"seq": 5})]).wait()
    pins = await village.reader.pins("hall")
    assert [(pin["seq"], pin["by"]) for pin in pins] == [(5, "ann"), (4, "bob")]
    assert pins[0]["at"] > pins[1]["at"]
    await village.log.submit(
        [pen.append("room/hall", "pin.removed", {"seq": 5}), pen.delete("hall", 4)]
    ).wait()
    assert await village.reader.pins("hall") == []


async def test_emoji_are_listed_by_name(village: Store, pen: Pen) -> None:
    added = [
        pen.append("space/home", "emoji.added", {"name": name, "image": "i"}) for name in ("zebra", "ant")
    ]
    await village.log.submit(added).wait()
    emoji = await village.reader.emoji("home")
    assert [row["name"] for row in emoji] == ["ant", "party", "zebra"]
    assert emoji[1].keys() == {"name", "image", "by", "at"}
    await village.log.submit([pen.append("space/home", "emoji.removed", {"name": "party"})]).wait()
    assert [row["name"] for row in await village.reader.emoji("home")] == ["ant", "zebra"]
    assert await village.reader.emoji("away") == []


async def test_mentions_follow_edits(village: Store, pen: Pen) -> None:
    def rows(file: Any) -> list[Any]:
        return list(file.execute("SELECT account, seq FROM mentions ORDER BY seq, account"))

    assert await village.reader.ask(rows) == [("bob", 4), ("bob", 7), ("room", 7), ("ann", 19)]
    await village.log.submit([pen.edit("hall", 7, "@cat", mentions=["cat"]), pen.edit("hall", 4, "-")]).wait()
    assert await village.reader.ask(rows) == [("cat", 7), ("ann", 19)]


async def test_replies_are_counted_without_deleted_ones_which_stay_in_the_thread(
    village: Store, pen: Pen
) -> None:
    last = pen.post("hall", "another", reply_to=8, thread=4)
    await village.log.submit([last, pen.delete("hall", 8, "bob")]).wait()
    root = await message(village, 4)
    assert (root["replies"], root["last_reply_at"]) == (1, last.facts[0].at)
    page = await village.reader.history("hall", before=None, after=None, around=None, limit=9, thread=4)
    assert [(row["seq"], row["thread"], row["deleted"]) for row in page.rows] == [
        (8, 4, True),
        (last.facts[0].seq, 4, False),
    ]


@given(
    threads=st.lists(st.sampled_from([None, 1, 2]), max_size=12),
    before=st.none() | st.integers(-1, 16) | st.just(2**64),
    limit=st.integers(1, 5),
)
def test_a_page_of_a_thread_is_what_a_list_would_give(
    threads: list[int | None], before: int | None, limit: int
) -> None:
    pen = Pen()
    with Sheet() as sheet:
        sheet.write(*[pen.post("r", "x") for _ in range(2)])
        sheet.write(*[pen.post("r", "y", **({"thread": thread} if thread else {})) for thread in threads])
        page = answer(
            sheet.reader.history("r", before=before, after=None, around=None, limit=limit, thread=1)
        )
        after = answer(
            sheet.reader.history("r", before=None, after=before or 0, around=None, limit=limit, thread=1)
        )
    seqs = [seq for seq, thread in enumerate(threads, 3) if thread == 1]
    older = [seq for seq in seqs if before is None or seq < before]
    newer = [seq for seq in seqs if seq > (before or 0)]
    assert [row["seq"] for row in page.rows] == older[-limit:]
    assert [row["seq"] for row in after.rows] == newer[:limit]
    assert page.more_before == (len(older) > limit)
    assert after.more_after == (len(newer) > limit)
