"""Two views of one thing obey one rule: both lists have the same unread mentions after any acts."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from views_village import Village, new_village

from chatd.domain.policy.notification import notification_for
from chatd.ports import Append, MarkRead, MoveMarkerBack
from chatd.store import json_rows
from chatd.store.queries.notification import RECIPIENTS
from chatd.store.queries.unread import UNREAD
from chatd.views.notifications import NotificationsView

VIEW = NotificationsView()
PEOPLE = ("ann", "bob", "eve")
SOON, LATE = 1_060, 9_000  # ends of mutes, by the clock of `Pen`: one passes while things happen


class Hall:
    """The room `hall`, and a notifier that looks when it is told to."""

    def __init__(self, village: Village) -> None:
        self.village, self.pen = village, village.pen
        self.authors: dict[int, str] = {}  # of messages that are there
        self.inside = set(PEOPLE)
        self.position = 0  # where the notifier stands
        self.newest = dict.fromkeys(PEOPLE, 0)  # sources: an account is told of none twice
        self.made = 0

    def act(self, act: tuple[Any, ...]) -> None:
        match act:
            case "post", by, mentions, answers if by in self.inside:
                more = {"thread": min(self.authors)} if answers and self.authors else {}
                post = self.pen.post("hall", "words", by, mentions=self.those(mentions), **more)
                self.village.write(post)
                self.authors[post.facts[0].seq] = by
            case "edit", pick, mentions if self.authors and self.authors[self.seq(pick)] in self.inside:
                seq = self.seq(pick)
                named = {"mentions": self.those(mentions)} if mentions else {}
                self.village.write(self.pen.edit("hall", seq, "others", self.authors[seq], **named))
            case "delete", pick if self.authors:
                seq = self.seq(pick)
                self.village.write(self.pen.delete("hall", seq, self.authors.pop(seq)))
            case "read", who, pick if self.authors:
                self.village.write(Append(writes=(MarkRead(who, "hall", self.seq(pick)),)))
            case "unread", who, pick if self.authors:
                self.village.write(Append(writes=(MoveMarkerBack(who, "hall", self.seq(pick) - 1),)))
            case "hear", who, wish:
                self.own(who, "subscription.updated", {"room": "hall", **wish})
            case "block", who, other if who != other:
                self.own(who, "block.added", {}, f'{{"account":"{other}"}}')
            case "unblock", who, other:
                self.own(who, "block.removed", {}, f'{{"account":"{other}"}}')
            case "leave", who if who in self.inside:
                self.village.write(self.pen.leave("room/hall", who))
                self.inside.remove(who)
            case "join", who if who not in self.inside:
                self.village.write(self.pen.join("room/hall", who))
                self.inside.add(who)
            case "notify", count:
                self.notify(count)
            case "killed", count:
                self.position = max(0, self.position - count)

    def those(self, mentions: list[str]) -> list[str]:
        return [name for name in mentions if name == "room" or name in self.inside]

    def seq(self, pick: int) -> int:
        return list(self.authors)[-1 - pick % len(self.authors)]

    def own(self, who: str, what: str, data: dict[str, Any], text: str | None = None) -> None:
        blocked = self.village.reader.execute(
            "SELECT 1 FROM log.blocks WHERE account = ? AND ? LIKE '%' || blocked || '%'", (who, text)
        )
        if what != "block.added" or blocked.fetchone() is None:
            self.village.write(self.pen.append(f"account/{who}", what, data, who, text))

    def notify(self, most: int = 1_000) -> None:
        [head] = self.village.reader.execute("SELECT max(position) FROM log.events").fetchone()
        upto = min(head, self.position + most)
        for row in json_rows.rows(self.village.reader, RECIPIENTS, (self.position, upto)):
            told = notification_for(row)
            if told is not None and told.source > self.newest[row["account"]]:
                self.newest[row["account"]] = told.source
                self.made += 1
                data = {"notification": f"n{self.made}", "kind": told.kind, "room": "hall", "seq": told.seq}
                data |= {"from": told.author, "source": told.source}
                stream = f"account/{row['account']}"
                self.village.write(self.pen.append(stream, "notification.created", data, "system"))
        self.position = upto

    def mentions(self, who: str) -> tuple[list[int], int]:
        """Which messages mention the account by the one list, and how many do by the other."""
        self.village.catch_up(VIEW)
        page = VIEW.page(who, None, True, 100)(self.village.reader)
        assert page is not None
        assert page.unread == len(page.rows)
        counted = json_rows.rows(self.village.reader, UNREAD, (who,))
        return [row["seq"] for row in page.rows if row["kind"] == "mention"], sum(
            row["mentions"] for row in counted
        )


who = st.sampled_from(PEOPLE)
names = st.lists(st.sampled_from([*PEOPLE, "room"]), unique=True, max_size=2)
picks = st.integers(0, 3)
wishes = st.sampled_from(
    [
        *({"level": level} for level in ("all", "mentions", "none")),
        *({"muted_until": at} for at in (0, SOON, LATE)),
    ]
)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("post"), who, names, st.booleans()),
        st.tuples(st.just("edit"), picks, names),
        st.tuples(st.just("edit"), picks, names),
        st.tuples(st.just("delete"), picks),
        st.tuples(st.sampled_from(["read", "unread"]), who, picks),
        st.tuples(st.just("hear"), who, wishes),
        st.tuples(st.sampled_from(["block", "unblock"]), who, who),
        st.tuples(st.sampled_from(["join", "leave"]), who),
        st.tuples(st.just("notify"), st.integers(1, 9)),
        st.tuples(st.just("killed"), st.integers(1, 20)),
    ),
    max_size=25,
)
POST, IN, OUT = ("post", "ann", [], False), ("edit", 0, ["bob"]), ("edit", 0, [])
NOTIFY = ("notify", 99)


@given(acts=acts)
@example(acts=[POST, NOTIFY, IN])
@example(acts=[POST, IN, NOTIFY, OUT, NOTIFY, IN, NOTIFY, OUT, ("edit", 0, ["room"])])
@example(acts=[POST, IN, OUT, NOTIFY, ("killed", 20), IN])
@example(acts=[("hear", "bob", {"level": "none"}), POST, IN, ("hear", "bob", {"level": "all"}), OUT, IN])
@example(acts=[("hear", "bob", {"muted_until": LATE}), ("post", "ann", ["room"], False)])
@example(acts=[POST, IN, ("hear", "bob", {"muted_until": LATE})])
@example(acts=[POST, IN, NOTIFY, ("block", "bob", "ann"), POST, IN, NOTIFY, ("unblock", "bob", "ann")])
@example(acts=[POST, ("leave", "bob"), ("join", "bob"), IN])
@example(acts=[POST, ("read", "bob", 0), IN, NOTIFY, ("unread", "bob", 0)])
@example(acts=[POST, IN, NOTIFY, ("hear", "bob", {"level": "none"}), OUT, IN])
@example(acts=[POST, IN, NOTIFY, ("block", "bob", "ann")])
@settings(max_examples=25)
def test_unread_mentions_are_the_same_in_both_lists(acts: list[tuple[Any, ...]]) -> None:
    with contextmanager(new_village)() as village:
        hall = Hall(village)
        for act in acts:
            hall.act(act)
        hall.notify()
        for person in PEOPLE:
            seqs, counted = hall.mentions(person)
            assert len(seqs) == len(set(seqs)) == counted
        village.rebuild(VIEW)
        for person in PEOPLE:
            assert len(hall.mentions(person)[0]) == hall.mentions(person)[1]
