"""What is an account's alone, and what is to be done at a time."""

from __future__ import annotations

import pytest
from store_facts import Pen

from chatd.domain.event import encode_personal
from chatd.ports import (
    Append,
    DropScheduled,
    FailScheduled,
    MarkDelivered,
    PutDraft,
    PutFollower,
    PutPresence,
    PutScheduled,
    Write,
)
from chatd.store.database import Store
from chatd.store.queries.acquaintance import FEW


async def write(store: Store, *writes: Write) -> None:
    await store.log.submit([Append(writes=writes)]).wait()


@pytest.fixture
async def village(store: Store, pen: Pen) -> Store:
    await store.log.submit(pen.village()).wait()
    return store


@pytest.mark.parametrize("older", [False, True])
async def test_preferences_keep_what_an_update_does_not_name(village: Store, pen: Pen, older: bool) -> None:
    """`older`: as in logs in which they stood in the fact itself."""

    async def update(**fields: object) -> None:
        data, text = (fields, None) if older else ({}, encode_personal(**fields))
        await village.log.submit([pen.append("account/ann", "preferences.updated", data, "ann", text)]).wait()

    assert await village.reader.preferences("ann") is None
    await update(quiet_from=60, quiet_to=120, time_zone="Asia/Tokyo")
    await update(receipts=False)
    assert await village.reader.preferences("ann") == {
        "quiet_from": 60,
        "quiet_to": 120,
        "time_zone": "Asia/Tokyo",
        "receipts": False,
        "favourites": [],
        "space_order": [],
        "room_order": [],
        "quick_reactions": [],
        "push_preview": True,
    }
    await update(favourites=["hall", "attic"], push_preview=False)
    await update(quiet_to=0)
    found = await village.reader.preferences("ann")
    assert found is not None
    assert (found["quiet_from"], found["quiet_to"], found["receipts"]) == (60, 0, False)
    assert (found["favourites"], found["push_preview"]) == (["hall", "attic"], False)


async def test_subscriptions_are_listed_by_room(village: Store, pen: Pen) -> None:
    for data in (
        {"room": "hall", "level": "all"},
        {"room": "attic", "muted_until": 7},
        {"room": "hall", "muted_until": 9},
    ):
        await village.log.submit([pen.append("account/ann", "subscription.updated", data)]).wait()
    assert await village.reader.subscriptions("ann") == [
        {"room": "attic", "level": None, "muted_until": 7},
        {"room": "hall", "level": "all", "muted_until": 9},
    ]
    assert await village.reader.subscriptions("bob") == []


async def test_bookmarks_are_paged_newest_first(village: Store, pen: Pen) -> None:
    def mark(seq: int, **data: str) -> Append:
        return pen.append("account/ann", "bookmark.added", {"room": "hall", "seq": seq, **data})

    await village.log.submit([mark(4), mark(6, note="why"), mark(5), mark(4, note="again")]).wait()
    rows = await village.reader.bookmarks("ann", None, 9)
    assert [(row["seq"], row["note"]) for row in rows] == [(5, None), (6, "why"), (4, "again")]
    assert rows[0].keys() == {"room", "seq", "note", "at", "position"}
    assert await village.reader.bookmarks("ann", None, 1) == rows[:1]
    assert await village.reader.bookmarks("ann", rows[0]["position"], 9) == rows[1:]
    assert await village.reader.bookmarks("ann", 2**64, 9) == rows
    gone = pen.append("account/ann", "bookmark.removed", {"room": "hall", "seq": 6})
    await village.log.submit([gone]).wait()
    assert [row["seq"] for row in await village.reader.bookmarks("ann", None, 9)] == [5, 4]
    assert await village.reader.bookmarks("bob", None, 9) == []


async def test_drafts_are_one_a_place_and_end_with_an_empty_text(village: Store) -> None:
    await write(
        village,
        PutDraft("ann", "hall", 0, "first", 1),
        PutDraft("ann", "hall", 4, "in the thread", 2),
        PutDraft("ann", "hall", 0, "second", 3),
        PutDraft("bob", "hall", 0, "bob's", 4),
    )
    assert await village.reader.drafts("ann") == [
        {"room": "hall", "thread": 0, "text": "second", "at": 3, "hidden": False},
        {"room": "hall", "thread": 4, "text": "in the thread", "at": 2, "hidden": False},
    ]
    await write(village, PutDraft("ann", "hall", 0, "", 5), PutDraft("ann", "attic", 0, "", 5))
    assert [draft["thread"] for draft in await village.reader.drafts("ann")] == [4]


async def test_the_last_word_about_a_presence_stays(village: Store) -> None:
    await write(
        village, PutPresence("ann", "dnd", 5), PutPresence("bob", None, 6), PutPresence("ann", None, 7)
    )
    await write(village, PutPresence("bob", "invisible", 6))
    assert await village.reader.presences(["bob", "ann", "eve"]) == [
        {"account": "ann", "mode": None, "last_seen": 7},
        {"account": "bob", "mode": "invisible", "last_seen": 6},
    ]


async def test_deliveries_move_forward_only(village: Store) -> None:
    await write(village, MarkDelivered("ann", 5), MarkDelivered("bob", 4), MarkDelivered("ann", 3))
    await write(village, MarkDelivered("ann", 4), MarkDelivered("bob", 6))
    found = await village.reader.ask(
        lambda file: file.execute("SELECT * FROM deliveries ORDER BY account").fetchall()
    )
    assert found == [("ann", 5), ("bob", 6)]


async def test_acquainted_are_those_who_share_a_space_or_a_room_now(village: Store, pen: Pen) -> None:
    await village.log.submit(
        [
            *[pen.account(name) for name in ("cat", "dan", "eve")],
            pen.join("room/direct", "ann"),
            pen.join("room/direct", "cat"),
            pen.join("space/away", "dan"),
            pen.join("space/home", "eve", "guest"),
            pen.leave("space/home", "eve"),
        ]
    ).wait()
    reader = village.reader

    async def looked() -> None:
        assert sorted(await reader.acquainted("ann", ["ann", "bob", "cat", "dan", "eve", "?"])) == [
            "ann",
            "bob",
            "cat",
        ]
        assert await reader.acquainted("cat", ["bob", "ann"]) == ["ann"]
        assert await reader.acquainted("dan", ["ann", "bob", "dan"]) == ["dan"]

    await looked()
    many = [
        (f"{kind}/{who}{number}", who)
        for number in range(FEW + 1)
        for kind in ("room", "space")
        for who in ("ann", "dan")
    ]
    await village.log.submit([pen.join(stream, who, "member") for stream, who in many]).wait()
    await looked()
    assert await reader.acquainted("ann", []) == []


def scheduled(id: str, post_at: int, account: str = "ann") -> PutScheduled:
    return PutScheduled(id, account, "hall", f"text of {id}", 4, 60, post_at, 1)


async def test_scheduled_messages_are_listed_the_next_first(village: Store) -> None:
    await write(village, scheduled("s1", 30), scheduled("s2", 20), scheduled("s3", 10, "bob"))
    rows = await village.reader.scheduled("ann")
    assert [row["id"] for row in rows] == ["s2", "s1"]
    assert rows[0] == {
        "id": "s2",
        "room": "hall",
        "text": "text of s2",
        "reply_to": 4,
        "expires_in": 60,
        "post_at": 20,
        "created_at": 1,
        "failed": None,
        "attachments": [],
    }


async def test_what_is_due_is_given_to_whoever_posts_it_until_it_is_dropped_or_fails(village: Store) -> None:
    await write(village, scheduled("s1", 30), scheduled("s2", 20), scheduled("s3", 10, "bob"))
    due = await village.reader.due(20, 9)
    assert [(row["id"], row["account"]) for row in due] == [("s3", "bob"), ("s2", "ann")]
    assert [row["id"] for row in await village.reader.due(99, 1)] == ["s3"]
    await write(village, DropScheduled("s3"), FailScheduled("s2", "archived"))
    assert [row["id"] for row in await village.reader.due(99, 9)] == ["s1"]
    assert [row["failed"] for row in await village.reader.scheduled("ann")] == ["archived", None]
    await write(village, scheduled("s2", 25))
    assert [row["id"] for row in await village.reader.due(99, 9)] == ["s2", "s1"]


async def test_messages_expire_once_and_the_earliest_time_is_known(village: Store, pen: Pen) -> None:
    assert await village.reader.next_due() is None
    await village.log.submit([pen.post("hall", "x", expires_at=at) for at in (50, 40, 60)]).wait()
    assert await village.reader.next_due() == 40
    assert await village.reader.expired(39, 9) == []
    assert await village.reader.expired(50, 9) == [{"room": "hall", "seq": 8}, {"room": "hall", "seq": 7}]
    assert await village.reader.expired(50, 1) == [{"room": "hall", "seq": 8}]
    await village.log.submit([pen.delete("hall", 8)]).wait()
    assert await village.reader.expired(50, 9) == [{"room": "hall", "seq": 7}]
    await write(village, scheduled("s1", 45))
    assert await village.reader.next_due() == 45
    await write(village, FailScheduled("s1", "archived"))
    assert await village.reader.next_due() == 50


async def test_a_follower_begins_at_nothing_and_goes_on_where_it_was(village: Store) -> None:
    assert await village.reader.follower("notifications") is None
    await write(village, PutFollower("notifications", 7), PutFollower("other", 1))
    await write(village, PutFollower("notifications", 9))
    await write(village, PutFollower("notifications", 8))  # of a node that acted for all before another did
    assert await village.reader.follower("notifications") == 9
