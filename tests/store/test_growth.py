"""A question costs what its answer holds, not what the room or the log holds; a write costs what it changes.

Counted in steps of SQLite's machine, which are the same on every run: in a room of 300 messages and in one of
3,000, in a room of 100 members and in one of 1,000, in a space of 30 people and rooms and in one of 300.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from typing import Any

import pytest
from store_facts import Pen, Sheet, SingleThreadedReader, answer

from chatd.contract.access import ListAccess
from chatd.contract.ban import ListBans
from chatd.contract.invite import ListInvites
from chatd.contract.room import ListRooms
from chatd.domain.room.state import RoomState
from chatd.domain.space.state import FOREVER, InviteState, SpaceState
from chatd.handlers.access import Access
from chatd.handlers.ban import Bans
from chatd.handlers.invite import Invites
from chatd.handlers.room import Rooms
from chatd.ports import BEFORE_ALL, Append, Caller, MarkRead, Row
from chatd.store.queries.reader import SqliteReader

SMALL, LARGE = 300, 3_000
ALLOWED = 1.1  # a few steps more for pages that are cut elsewhere

Question = Callable[[SqliteReader], Coroutine[Any, Any, Any]]


def page(thread: int | None = None, **where: int) -> Question:
    asked = {"before": None, "after": None, "around": None, **where}
    return lambda reader: reader.history("hall", **asked, limit=50, thread=thread)


QUESTIONS: dict[str, Question] = {
    "the newest page": page(),
    "a page further up": page(before=200),
    "a page around a message": page(around=150),
    "the newest page of a thread": page(thread=4),
    "a page of a thread": page(thread=4, around=15),
    "one message": lambda reader: reader.messages("hall", [150]),
    "what a command is about": lambda reader: reader.message_states("hall", [150]),
    "whether a thread is followed": lambda reader: reader.follows_thread("bob", "hall", 4),
    "the newest nonces": lambda reader: reader.recent_posts("hall", 50),
    "what somebody wrote last": lambda reader: reader.written("hall", "bob", 50),
    "what somebody wrote until now": lambda reader: reader.written_before("hall", "bob", 10**9, 20),
    "versions of a message": lambda reader: reader.edits("hall", 150),
    "what is unread": lambda reader: reader.unread("bob"),
    "who has read": lambda reader: reader.receipts("hall", 150),
    "what a room has to learn": lambda reader: reader.stream_events("room/hall", 200, 50),
    "a page of streams": lambda reader: reader.streams(None, None, 3),
    "who was busy": lambda reader: reader.busy_streams(0, 200, 3),
    "who is in a room, in an export": lambda reader: reader.export_section(
        "room/hall", "member", BEFORE_ALL, 10**9, 3
    ),
    "who sees a room": lambda reader: reader.members_at(
        "space/home", 10**9, "space/home", "room/hall", None, 2
    ),
    "what an account is sent": lambda reader: reader.visible_events("bob", 200, 260, 50),
}


def grown(messages: int, rooms: int = 0) -> Sheet:
    """A room in which two talk; a few answer its first message, early and late; all of it is read. Bob is in
    as many other rooms."""
    sheet, pen = Sheet(), Pen()
    posts = pen.village()
    for number in range(messages):
        who = ("ann", "bob")[number % 2]
        thread: dict[str, Any] = {"reply_to": 4, "thread": 4} if number < 9 or number > messages - 9 else {}
        posts.append(pen.post("hall", f"message {number}", who, str(number), **thread))
    for name in (f"room{number}" for number in range(rooms)):
        posts += [pen.room(name), pen.join(f"room/{name}", "bob")]
    sheet.write(*posts)
    sheet.write(Append(writes=(MarkRead("bob", "hall", messages),)))
    return sheet


@pytest.fixture(scope="module")
def sheets() -> Iterator[tuple[Sheet, Sheet]]:
    with grown(SMALL) as small, grown(LARGE) as large:
        yield small, large


def steps(sheet: Sheet, work: Callable[[], object]) -> int:
    """How many steps the work takes."""
    taken = 0

    def step() -> None:
        nonlocal taken
        taken += 1

    sheet.connection.set_progress_handler(step, 1)
    try:
        work()
    finally:
        sheet.connection.set_progress_handler(None, 1)
    return taken


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_costs_no_more_in_a_room_that_has_grown(
    sheets: tuple[Sheet, Sheet], question: Question
) -> None:
    small, large = (steps(sheet, lambda sheet=sheet: answer(question(sheet.reader))) for sheet in sheets)
    assert large <= ALLOWED * small, f"{small} steps became {large}"


FEW, MANY = 100, 1_000

WRITES: dict[str, Callable[[Pen], Append]] = {
    "a post": lambda pen: pen.post("hall", "hello", nonce="once"),
    "a mention": lambda pen: pen.post("hall", "@bob", mentions=["bob"]),
    "a mention of all": lambda pen: pen.post("hall", "@room", mentions=["room"]),
    "an answer": lambda pen: pen.post("hall", "yes", by="bob", reply_to=4, thread=4),
    "an edit that mentions": lambda pen: pen.edit("hall", 4, "hello @bob, @room", mentions=["bob", "room"]),
    "a reaction": lambda pen: pen.react("hall", 4, "👍"),
    "somebody who joins": lambda pen: pen.join("room/hall", "new"),
    "somebody who leaves": lambda pen: pen.leave("room/hall", "bob"),
    "deleting": lambda pen: pen.delete("hall", 4),
}


def crowded(members: int) -> tuple[Sheet, Pen]:
    sheet, pen = Sheet(), Pen()
    sheet.write(*pen.village(), *(pen.join("room/hall", f"member{number}") for number in range(members)))
    return sheet, pen


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_write_costs_no_more_in_a_room_with_more_members(write: Callable[[Pen], Append]) -> None:
    taken = []
    for members in (FEW, MANY):
        sheet, pen = crowded(members)
        with sheet:
            append = write(pen)
            taken.append(steps(sheet, lambda sheet=sheet, append=append: sheet.write(append)))
    small, large = taken
    assert large <= ALLOWED * small, f"{small} steps became {large}"


def test_a_page_of_authors_in_an_export_costs_no_more_where_more_have_written() -> None:
    """Who was never a member, as those whom an import brought along."""
    taken = []
    for authors in (FEW, MANY):
        sheet, pen = Sheet(), Pen()
        with sheet:
            names = [f"cy{number:04}" for number in range(authors)]
            village, people = pen.village(), [pen.account(name) for name in names]
            posts = [pen.post("hall", "hello", name) for name in names]
            sheet.write(*village, *people, *posts)
            asked = sheet.reader.export_section("room/hall", "author", BEFORE_ALL, 10**9, 3)
            told: list[Any] = []
            taken.append(steps(sheet, lambda asked=asked, told=told: told.extend(answer(asked))))
            assert [row["account"] for _, row in told] == names[:3]
    small, large = taken
    assert large <= ALLOWED * small, f"{small} steps became {large}"


OPERATOR = Caller("", "operator:0", operator=True)
HAMLET, TOWN = 30, 300  # people, and rooms
LISTS_MEMBERS = {"who has read"}
NO_LISTS = [name for name in QUESTIONS if name not in LISTS_MEMBERS]
# In this order: each is about what the one before has left.
CHANGES: dict[str, Callable[[Pen], Append]] = {
    "an account": lambda pen: pen.account("new"),
    "somebody who joins the space": lambda pen: pen.join("space/home", "new", "member"),
    "somebody who leaves the space": lambda pen: pen.leave("space/home", "new"),
    "the end of an account": lambda pen: pen.append("account/new", "account.deleted", {}, "new"),
    "a room": lambda pen: pen.room("another"),
    "the end of a room": lambda pen: pen.append("room/another", "room.deleted", {}, "ann"),
    "a space": lambda pen: pen.space("elsewhere"),
    "the end of a space": lambda pen: pen.append("space/elsewhere", "space.deleted", {}, "ann"),
}


def peopled(people: int) -> tuple[Sheet, Pen]:
    """As many people in the space and in the room, who all have answered; as many rooms, bob is in two."""
    sheet, pen = Sheet(), Pen()
    posts = pen.village()
    for number in range(SMALL):
        posts.append(pen.post("hall", f"message {number}", ("ann", "bob")[number % 2], str(number)))
    for number in range(people):
        who, room = f"cy{number}", f"room{number}"
        posts += [pen.account(who), pen.join("space/home", who, "member"), pen.join("room/hall", who)]
        posts += [
            pen.room(room),
            pen.join(f"room/{room}", who),
            pen.post("hall", "yes", who, reply_to=5, thread=5),
        ]
    posts.append(pen.join("room/room0", "bob"))
    sheet.write(*posts)
    sheet.write(Append(writes=(MarkRead("bob", "hall", SMALL),)))
    return sheet, pen


@pytest.fixture(scope="module")
def spaces() -> Iterator[tuple[tuple[Sheet, Pen], ...]]:
    few, many = peopled(HAMLET), peopled(TOWN)
    with few[0], many[0]:
        yield few, many


@pytest.mark.parametrize("question", [QUESTIONS[name] for name in NO_LISTS], ids=NO_LISTS)
def test_a_question_costs_no_more_among_many_people_and_rooms(
    spaces: tuple[tuple[Sheet, Pen], ...], question: Question
) -> None:
    small, large = (steps(sheet, lambda sheet=sheet: answer(question(sheet.reader))) for sheet, _ in spaces)
    assert large <= ALLOWED * small, f"{small} steps became {large}"


def test_a_change_costs_no_more_among_many_people_and_rooms(spaces: tuple[tuple[Sheet, Pen], ...]) -> None:
    grown = {}
    for name, change in CHANGES.items():
        small, large = (steps(sheet, partial(sheet.write, change(pen))) for sheet, pen in spaces)
        if large > ALLOWED * small:
            grown[name] = f"{small} steps became {large}"
    assert not grown


LISTS_ROOMS = {"what is unread", "who was busy"}
OF_ONE_ROOM = [name for name in QUESTIONS if name not in LISTS_ROOMS]


@pytest.fixture(scope="module")
def circles() -> Iterator[tuple[Sheet, Sheet]]:
    with grown(SMALL, HAMLET) as few, grown(SMALL, TOWN) as many:
        yield few, many


@pytest.mark.parametrize("question", [QUESTIONS[name] for name in OF_ONE_ROOM], ids=OF_ONE_ROOM)
def test_a_question_about_one_room_costs_no_more_for_somebody_who_is_in_many(
    circles: tuple[Sheet, Sheet], question: Question
) -> None:
    small, large = (steps(sheet, lambda sheet=sheet: answer(question(sheet.reader))) for sheet in circles)
    assert large <= ALLOWED * small, f"{small} steps became {large}"


STRANGERS = 10
BETWEEN: dict[int, tuple[int, ...]] = {}  # where it stands in the log what so many strangers did
# What an account asks about others, each of whom is in a space and a room in which it is not, or is a guest.
OF_STRANGERS: dict[str, Callable[[SqliteReader, list[str]], Coroutine[Any, Any, Any]]] = {
    "whom an account knows": lambda reader, names: reader.acquainted("bob", names),
    "profiles": lambda reader, names: reader.profiles("bob", names),
    "how many members a guest sees": lambda reader, names: reader.seen_count(f"space/of{len(names)}", "bob"),
    "which members a guest sees": lambda reader, names: reader.members_seen(
        f"space/of{len(names)}", "bob", None, 50
    ),
    "what a guest is sent": lambda reader, names: reader.visible_events("bob", *BETWEEN[len(names)], 50),
}


@pytest.fixture(scope="module")
def far_and_wide() -> Iterator[tuple[Sheet, Sheet]]:
    """Bob is in as many rooms and spaces, and was in them before. He is a guest of a space of one stranger,
    and of one of ten."""
    with wide(HAMLET) as few, wide(TOWN) as many:
        yield few, many


def wide(places: int) -> Sheet:
    sheet, pen = Sheet(), Pen()
    posts = pen.village()
    for count in (1, STRANGERS):
        space, before = f"space/of{count}", len(posts)
        posts += [pen.space(f"of{count}"), pen.join(space, "bob", "guest")]
        for name in strangers(count):
            room = f"room of {name}"
            posts += [pen.account(name), pen.join(space, name, "member")]
            posts += [pen.room(room, f"of{count}"), pen.join(f"room/{room}", name)]
        BETWEEN[count] = tuple(sum(len(post.facts) for post in part) for part in (posts[:before], posts))
    for name in (f"place{number}" for number in range(places)):
        posts += [pen.space(name, "bob"), pen.room(name, name), pen.join(f"room/{name}", "bob")]
        for place in (f"room/{name}", f"space/{name}"):
            posts += [pen.leave(place, "bob"), pen.join(place, "bob")]
    sheet.write(*posts)
    return sheet


def strangers(count: int) -> list[str]:
    return [f"cy{number} of {count}" for number in range(count)]


@pytest.mark.parametrize("question", OF_STRANGERS.values(), ids=OF_STRANGERS)
def test_another_stranger_costs_no_more_for_somebody_who_is_in_many_rooms(
    far_and_wide: tuple[Sheet, Sheet], question: Callable[[SqliteReader, list[str]], Any]
) -> None:
    few, many = (
        [
            steps(sheet, lambda sheet=sheet, n=n: answer(question(sheet.reader, strangers(n))))
            for n in (1, STRANGERS)
        ]
        for sheet in far_and_wide
    )
    assert many[1] - many[0] <= ALLOWED * (few[1] - few[0]), f"from {few} to {many} steps"


class Counting(SingleThreadedReader):
    """Counts the rows that it gives."""

    given = 0

    async def _rows(self, sql: str, *parameters: Any) -> list[Row]:
        found = await super()._rows(sql, *parameters)
        self.given += len(found)
        return found


class SeenByOperator:
    """Stands in for `Visibility`, and for the directory of a space of banned and invited people."""

    def __init__(self, people: int) -> None:
        names = [f"cy{number}" for number in range(people)]
        self.hall = RoomState("hall", 1, space="home")
        self.home = SpaceState(
            "home",
            1,
            bans=dict.fromkeys(names, FOREVER),
            invites={f"by {n}": InviteState("ann", "member") for n in names},
        )

    async def room(self, *_: object) -> RoomState:
        return self.hall

    async def space(self, *_: object) -> SpaceState:
        return self.home

    space_with = space


LISTS: dict[str, Callable[[Any, Any], Coroutine[Any, Any, Any]]] = {
    "rooms": lambda reader, seen: Rooms(reader, seen).list_(OPERATOR, ListRooms("home", limit=3)),
    "bans": lambda reader, seen: Bans(reader, seen).list_(OPERATOR, ListBans("home", limit=3)),
    "invites": lambda reader, seen: Invites(reader, seen, seen, seen, None).list_(
        OPERATOR, ListInvites("home", limit=3)
    ),
    "who sees a room": lambda reader, seen: Access(reader, seen, seen).list_(
        OPERATOR, ListAccess("hall", limit=3)
    ),
}


@pytest.mark.parametrize("listed", LISTS.values(), ids=LISTS)
def test_a_page_of_a_list_fetches_no_more_rows_than_it_shows(listed: Callable[[Any, Any], Any]) -> None:
    sheet, pen = peopled(HAMLET)
    with sheet:
        for number in range(HAMLET):
            who, invite = f"cy{number}", f"by cy{number}"
            sheet.write(
                pen.append("space/home", "member.banned", {"account": who}, text="spam"),
                pen.append(
                    "space/home", "member.joined", {"account": who, "role": "member", "invite": invite}
                ),
            )
        reader = Counting(sheet.connection)
        assert answer(listed(reader, SeenByOperator(HAMLET)))
        assert 0 < reader.given <= 4, "a row more tells whether there is another page"
