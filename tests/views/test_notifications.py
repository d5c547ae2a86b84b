"""What somebody was notified of: listed newest first, read in three ways, the same when built again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from views_village import Village, new_village

from chatd.ports import Append, MarkRead, NotificationPage
from chatd.views.notifications import PAGE_OF_ALL, PAGE_OF_UNREAD, NotificationsView

VIEW = NotificationsView()


class Bell:
    """Writes what happens around notifications, follows it, and looks."""

    def __init__(self, village: Village) -> None:
        self.village = village
        self.made = 0

    def post(self, room: str = "hall") -> int:
        """A new message's seq."""
        append = self.village.pen.post(room, "hello", mentions=["ann", "bob", "eve"])
        self.village.write(append)
        return append.facts[0].seq

    def notify(self, account: str, seq: int, room: str = "hall", **more: Any) -> str:
        self.made += 1
        data = {"notification": f"n{self.made}", "kind": "mention", "room": room, "seq": seq, "from": "ann"}
        stream = f"account/{account}"
        fact = self.village.pen.fact(stream, "notification.created", data | {"source": 1} | more, "system")
        self.village.write(Append((fact,)))
        return f"n{self.made}"

    def tell(self, account: str, count: int = 1) -> list[str]:
        """Notifications of new messages, oldest first."""
        return [self.notify(account, self.post()) for _ in range(count)]

    def read(self, account: str, *ids: str) -> None:
        fact = self.village.pen.fact(f"account/{account}", "notification.read", {"ids": list(ids)}, account)
        self.village.write(Append((fact,)))

    def mark(self, account: str, seq: int, room: str = "hall") -> None:
        self.village.write(Append(writes=(MarkRead(account, room, seq),)))

    def delete(self, seq: int, room: str = "hall") -> None:
        data = {"seq": seq, "author": "ann"}
        self.village.write(Append((self.village.pen.fact(f"room/{room}", "message.deleted", data),)))

    def look(
        self, account: str, after: str | None = None, unread: bool = False, limit: int = 50
    ) -> NotificationPage:
        self.village.catch_up(VIEW)
        page = VIEW.page(account, after, unread, limit)(self.village.reader)
        assert page is not None
        return page

    def ids(self, account: str, **how: Any) -> list[str]:
        return [row["id"] for row in self.look(account, **how).rows]


@pytest.fixture
def bell(village: Village) -> Bell:
    return Bell(village)


def test_a_notification_says_what_it_is_about(bell: Bell) -> None:
    seq = bell.post()
    id_ = bell.notify("bob", seq, kind="thread", quiet=True)
    [row] = bell.look("bob").rows
    at = row.pop("at")
    assert isinstance(at, int)
    assert row == {
        "id": id_, "kind": "thread", "room": "hall", "seq": seq, "from": "ann", "quiet": True, "read": False,
        "scheduled": None, "reason": None,
    }  # fmt: skip


def test_each_account_sees_its_own_newest_first(bell: Bell) -> None:
    bobs, eves = bell.tell("bob", 3), bell.tell("eve", 2)
    assert bell.ids("bob") == bobs[::-1]
    assert bell.ids("eve") == eves[::-1]
    assert bell.ids("ann") == []


def test_pages_follow_one_another_without_gap_or_repeat(bell: Bell) -> None:
    told = bell.tell("bob", 7)
    seen: list[str] = []
    more, after = True, None
    while more:
        page = bell.look("bob", after=after, limit=3)
        seen += [row["id"] for row in page.rows]
        more, after = page.more, page.rows[-1]["id"]
    assert seen == told[::-1]


def test_a_page_that_ends_with_the_last_one_says_that_there_are_no_more(bell: Bell) -> None:
    bell.tell("bob", 3)
    assert not bell.look("bob", limit=3).more
    assert bell.look("bob", limit=2).more


def test_nothing_comes_after_what_is_not_the_accounts(bell: Bell) -> None:
    [eves] = bell.tell("eve")
    bell.village.catch_up(VIEW)
    assert VIEW.page("bob", eves, False, 9)(bell.village.reader) is None
    assert VIEW.page("bob", "nobody's", False, 9)(bell.village.reader) is None


def test_what_the_account_said_it_has_read_is_read(bell: Bell) -> None:
    first, second = bell.tell("bob", 2)
    bell.read("bob", first)
    page = bell.look("bob")
    assert {row["id"]: row["read"] for row in page.rows} == {first: True, second: False}
    assert page.unread == 1
    assert bell.ids("bob", unread=True) == [second]


def test_nobody_reads_the_notifications_of_others(bell: Bell) -> None:
    [bobs] = bell.tell("bob")
    bell.read("eve", bobs)
    assert bell.ids("bob", unread=True) == [bobs]


def test_reading_on_in_the_room_reads_its_notifications(bell: Bell) -> None:
    bell.village.write(bell.village.pen.room("attic"), bell.village.pen.join("room/attic", "bob"))
    near, far = bell.post(), bell.post()
    elsewhere = bell.post("attic")
    ids = [bell.notify("bob", near), bell.notify("bob", far), bell.notify("bob", elsewhere, "attic")]
    bell.mark("bob", near)
    assert bell.ids("bob", unread=True) == [ids[2], ids[1]]
    assert [row["read"] for row in bell.look("bob").rows] == [False, False, True]
    assert bell.look("bob").unread == 2


def test_what_was_said_of_a_deleted_message_is_not_listed_nor_counted(bell: Bell) -> None:
    seqs = [bell.post(), bell.post()]
    ids = [bell.notify("bob", seq) for seq in seqs]
    bell.look("bob")
    bell.delete(seqs[0])
    assert bell.ids("bob") == [ids[1]]
    assert bell.ids("bob", unread=True) == [ids[1]]
    assert bell.look("bob").unread == 1


def test_a_deleted_message_still_marks_where_a_page_ended(bell: Bell) -> None:
    seqs = [bell.post() for _ in range(3)]
    ids = [bell.notify("bob", seq) for seq in seqs]
    bell.delete(seqs[1])
    assert bell.ids("bob", after=ids[1]) == [ids[0]]


@pytest.mark.parametrize("unread", [False, True])
def test_pages_are_full_when_there_is_more(bell: Bell, unread: bool) -> None:
    seqs = [bell.post() for _ in range(12)]
    ids = [bell.notify("bob", seq) for seq in seqs]
    for seq in seqs[::2]:
        bell.delete(seq)
    bell.read("bob", *ids[1:4])
    page = bell.look("bob", unread=unread, limit=4)
    assert len(page.rows) == 4
    assert not page.more or bell.look("bob", unread=unread, limit=4, after=page.rows[-1]["id"]).rows


def test_what_one_has_left_is_passed_over_and_is_no_news_when_one_comes_back(bell: Bell) -> None:
    [id_] = bell.tell("bob")
    bell.village.write(bell.village.pen.leave("room/hall", "bob"))
    assert bell.look("bob").unread == 0
    assert bell.ids("bob") == bell.ids("bob", unread=True) == []
    bell.village.write(bell.village.pen.join("room/hall", "bob"))
    assert bell.look("bob").unread == 0
    assert bell.ids("bob", unread=True) == []
    assert [(row["id"], row["read"]) for row in bell.look("bob").rows] == [(id_, True)]


def test_a_reading_before_the_telling_reads_nothing_wherever_batches_end(bell: Bell) -> None:
    bell.read("bob", "n1")
    [id_] = bell.tell("bob")
    assert id_ == "n1"
    assert bell.ids("bob", unread=True) == [id_]


def test_a_lookup_costs_what_is_unread_not_what_there_ever_was(bell: Bell) -> None:
    """Everything that reads goes by an index, and read rooms are passed over."""
    bell.village.catch_up(VIEW)
    for query in (PAGE_OF_ALL, PAGE_OF_UNREAD):
        plan = bell.village.reader.execute(f"EXPLAIN QUERY PLAN {query}", ("bob", 9, 9)).fetchall()
        steps = " ".join(step[3] for step in plan)
        assert "notifications_unread (account=? AND room=? AND seq>?)" in steps
        assert "SCAN notifications" not in steps
        assert "SCAN log." not in steps


# --- the same when built again -----------------------------------------------------------------------

accounts = st.sampled_from(["ann", "bob", "eve"])
numbers = st.integers(0, 11)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("tell"), accounts, st.booleans()),
        st.tuples(st.just("read"), accounts, st.lists(numbers, min_size=1, max_size=4)),
        st.tuples(st.just("mark"), accounts, numbers),
        st.tuples(st.just("delete"), numbers),
        st.tuples(st.just("follow"), st.integers(1, 5)),
    ),
    max_size=25,
)


@given(acts=acts, most=st.integers(1, 7))
@settings(max_examples=60)
def test_a_view_built_again_is_the_one_that_followed(acts: list[tuple[Any, ...]], most: int) -> None:
    with contextmanager(new_village)() as village:
        bell = Bell(village)
        seqs: list[int] = []
        for act in acts:
            match act:
                case "tell", account, quiet:
                    seqs.append(bell.post())
                    bell.notify(account, seqs[-1], **({"quiet": True} if quiet else {}))
                case "read", account, numbers_:
                    bell.read(account, *(f"n{number}" for number in numbers_))
                case "mark", account, number if number < len(seqs):
                    bell.mark(account, seqs[number])
                case "delete", number if number < len(seqs) and seqs[number]:
                    bell.delete(seqs[number])
                    seqs[number] = 0
                case "follow", count:
                    village.follow(VIEW, count)
        looks = [("ann", False), ("bob", True), ("bob", False), ("eve", True)]
        live = village.rows("notifications") if village.follow(VIEW) else []
        pages = [bell.look(account, unread=unread) for account, unread in looks]
        for page, (account, unread) in zip(pages, looks, strict=True):
            assert page.unread == len(bell.look(account, unread=True).rows)
            assert not unread or all(not row["read"] for row in page.rows)
        village.rebuild(VIEW, most)
        assert village.rows("notifications") == live
        assert [bell.look(account, unread=unread) for account, unread in looks] == pages
