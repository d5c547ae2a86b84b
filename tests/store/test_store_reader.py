from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import trio
import trio.testing
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from store_facts import Pen, Sheet, answer

from chatd.domain.event import Event
from chatd.ports import Append, Appended, Page, StoreError, StoreUnavailable
from chatd.store.database import Store, open_store
from chatd.store.queries.reader import open_pool

FOREVER = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture
async def village(store: Store, pen: Pen) -> Store:
    outcomes = await store.log.submit(pen.village()).wait()
    assert all(isinstance(outcome, Appended) for outcome in outcomes)
    return store


async def test_accounts_are_found_by_id_and_by_name_however_spelled(village: Store) -> None:
    ann = {
        "id": "ann",
        "name": "ann",
        "display_name": "Ann",
        "about": None,
        "avatar": None,
        "admin": True,
        "disabled": False,
        "deleted": False,
        "owner": None,
        "scopes": [],
        "created_at": 1001,
        "placeholder": False,
    }
    reader = village.reader
    assert await reader.account("ann") == ann
    assert await reader.account_named("ＡＮＮ") == ann
    assert await reader.account("eve") is None
    assert await reader.account_named("eve") is None
    assert [row["id"] for row in await reader.accounts(None, 10)] == ["ann", "bob"]
    assert [row["id"] for row in await reader.accounts("ann", 10)] == ["bob"]
    assert await reader.any_account()
    named = await reader.accounts_named(["bob", "eve", "ann"])
    assert sorted(named, key=lambda row: row["id"]) == [
        {"id": "ann", "name_key": "ann"},
        {"id": "bob", "name_key": "bob"},
    ]


async def test_a_new_store_is_empty_and_has_its_key_and_epoch(store: Store) -> None:
    assert await store.reader.head() == 0
    assert not await store.reader.any_account()
    assert len(await store.reader.signing_key()) == 32
    assert await store.reader.epoch() == store.epoch
    assert await store.reader.memberships("ann") == ([], 0)
    assert await store.reader.credential("ann") is None
    assert await store.reader.device("d") is None


async def test_an_update_changes_what_it_names_and_null_empties(village: Store, pen: Pen) -> None:
    async def update(**data: object) -> dict[str, object]:
        fact = pen.fact("account/ann", "account.updated", data)
        await village.log.submit([Append((fact,))]).wait()
        account = await village.reader.account("ann")
        assert account is not None
        return account

    assert (await update(about="hi", disabled=True))["about"] == "hi"
    account = await update(display_name="Annie", admin=False)
    assert (account["display_name"], account["about"]) == ("Annie", "hi")
    assert (account["admin"], account["disabled"]) == (False, True)
    assert (await update(about=None))["about"] is None


async def test_spaces_and_rooms_show_their_present_state(village: Store, pen: Pen) -> None:
    space = pen.space("away", "bob", description="far", icon="i")
    direct = Append((pen.fact("room/dm", "room.created", {"name": "", "kind": "direct", "private": True}),))
    later = [
        Append((pen.fact("room/hall", "room.updated", {"name": "Hall", "topic": "all"}),)),
        Append((pen.fact("room/hall", "room.archived", {}),)),
        Append((pen.fact("space/home", "room.created", {"room": "hall", "name": "x", "kind": "text"}),)),
    ]
    people = [pen.join("room/dm", name) for name in ("bob", "ann")]
    await village.log.submit([space, direct, *people, *later]).wait()
    reader = village.reader
    [away] = await reader.spaces(["away", "none"])
    assert (away["description"], away["icon"], away["owner"]) == ("far", "i", "bob")
    assert [row["id"] for row in await reader.spaces()] == ["away", "home"]
    [hall] = await reader.rooms(space="home")
    assert hall == {
        "id": "hall",
        "space": "home",
        "name": "Hall",
        "kind": "text",
        "private": False,
        "topic": "all",
        "archived": True,
        "locked": False,
        "slow_mode": 0,
        "keep_days": None,
        "hold": False,
        "created_at": hall["created_at"],
        "head": 8,
        "accounts": [],
        "disabled": [],
    }
    [room] = await reader.rooms(["dm"])
    assert (room["space"], room["private"], room["kind"], room["head"]) == (None, True, "direct", 3)
    assert room["accounts"] == ["ann", "bob"]
    assert await reader.rooms(["dm"], space="home") == []
    assert {row["id"] for row in await reader.rooms()} == {"dm", "hall"}
    assert await reader.counts() == {
        "accounts": 2,
        "spaces": 2,
        "rooms": 2,
        "files": 0,
        "file_bytes": 0,
    }


async def test_what_was_deleted_is_not_shown(village: Store, pen: Pen) -> None:
    gone = [
        Append((pen.fact("room/hall", "room.deleted", {}),)),
        Append((pen.fact("space/home", "space.deleted", {}),)),
    ]
    await village.log.submit(gone).wait()
    assert await village.reader.rooms(["hall"]) == []
    assert await village.reader.spaces() == []


async def test_members_are_listed_by_account_with_their_names(village: Store) -> None:
    members = await village.reader.members("space/home", None, 10)
    assert [(row["account"], row["name"], row["display_name"], row["role"]) for row in members] == [
        ("ann", "ann", "Ann", "owner"),
        ("bob", "bob", "Bob", "member"),
    ]
    assert [row["account"] for row in await village.reader.members("space/home", "ann", 10)] == ["bob"]
    assert [row["account"] for row in await village.reader.members("space/home", None, 1)] == ["ann"]
    assert len(await village.reader.members("room/hall", None, 10)) == 2


async def test_who_left_is_no_member_and_may_come_back(village: Store, pen: Pen) -> None:
    await village.log.submit([pen.leave("room/hall", "bob")]).wait()
    assert len(await village.reader.members("room/hall", None, 10)) == 1
    streams, head = await village.reader.memberships("bob")
    assert {row["stream"]: row["role"] for row in streams} == {"account/bob": None, "space/home": "member"}
    assert head == await village.reader.head()
    await village.log.submit([pen.join("room/hall", "bob")]).wait()
    assert len(await village.reader.members("room/hall", None, 10)) == 2


async def test_a_streams_events_come_with_their_texts(village: Store) -> None:
    events = await village.reader.stream_events("room/hall", 3, 2)
    assert [(event.seq, event.text) for event in events] == [(4, "hello"), (5, "hello yourself")]
    assert events[1].data == {"nonce": "n1", "reply_to": 4}


async def test_the_log_is_read_whole_or_for_one_stream(village: Store) -> None:
    everything = await village.reader.events(0, 100)
    assert [event.position for event in everything] == list(range(1, 12))
    hall = [event for event in everything if event.stream == "room/hall"]
    assert await village.reader.events(0, 100, "room/hall") == hall
    assert await village.reader.events(hall[2].position, 2, "room/hall") == hall[3:5]


async def test_recent_posts_are_those_with_a_nonce(village: Store) -> None:
    posts = await village.reader.recent_posts("hall", 10)
    assert [(post["by"], post["nonce"], post["seq"], post["text"]) for post in posts] == [
        ("ann", "n1", 4, "hello"),
        ("bob", "n1", 5, "hello yourself"),
    ]


async def test_a_page_of_history_says_whether_there_is_more(village: Store) -> None:
    page = await village.reader.history("hall", before=6, after=None, around=None, limit=1)
    [row] = page.rows
    assert (row["seq"], row["by"], row["reply_to"]) == (5, "bob", 4)
    assert (page.more_before, page.more_after) == (True, True)


# --- properties: the same as a naive model ---------------------------------------------------------

edges = st.integers(-1, 14) | st.sampled_from([2**53, 2**63 - 1, 2**64])


@given(
    gaps=st.lists(st.booleans(), max_size=10),
    where=st.sampled_from(["newest", "before", "after", "around"]),
    at=edges,
    limit=st.integers(1, 6),
)
def test_a_page_of_history_is_what_a_list_would_give(
    gaps: list[bool], where: str, at: int, limit: int
) -> None:
    with Sheet() as sheet:
        pen = Pen()
        sheet.write(*[pen.post("r", "x") if post else pen.join("room/r", "ann") for post in gaps])
        page = answer(
            sheet.reader.history(
                "r",
                before=at if where == "before" else None,
                after=at if where == "after" else None,
                around=at if where == "around" else None,
                limit=limit,
            )
        )
    seqs = [seq for seq, post in enumerate(gaps, 1) if post]
    assert _seqs(page) == _expected(seqs, where, at, limit)
    shown = _seqs(page)
    if shown:
        assert page.more_before == (min(seqs) < shown[0])
        assert page.more_after == (max(seqs) > shown[-1])


def _seqs(page: Page) -> list[int]:
    return [row["seq"] for row in page.rows]


def _expected(seqs: list[int], where: str, at: int, limit: int) -> list[int]:
    if where == "newest":
        return seqs[-limit:]
    if where == "before":
        return [seq for seq in seqs if seq < at][-limit:]
    if where == "after":
        return [seq for seq in seqs if seq > at][:limit]
    past, future = [seq for seq in seqs if seq < at], [seq for seq in seqs if seq >= at]
    newer = max(limit - limit // 2, limit - len(past))
    older = limit - min(newer, len(future))
    return past[max(0, len(past) - older) :] + future[:newer]


acts = st.lists(
    st.tuples(
        st.sampled_from(["room/a", "room/b", "space/s"]),
        st.sampled_from(["join", "leave", "say"]),
        st.sampled_from(["ann", "bob"]),
    ),
    max_size=25,
)


@given(acts=acts, after=st.integers(0, 26), upto=st.integers(0, 30), limit=st.integers(1, 9))
def test_an_account_sees_what_happened_while_it_was_a_member(
    acts: list[tuple[str, str, str]], after: int, upto: int, limit: int
) -> None:
    with Sheet() as sheet:
        events = _act(sheet, acts)
        expected = [event for event in _visible(events, "ann") if after < event.position <= upto]
        seen: list[Event] = []
        position = after
        while position < min(upto, len(events)):
            page, reached = answer(sheet.reader.visible_events("ann", position, upto, limit))
            assert position < reached <= min(upto, position + limit, len(events))
            assert all(position < event.position <= reached for event in page)
            seen += page
            position = reached
        assert seen == expected
        assert answer(sheet.reader.visible_events("ann", position, position, limit)) == (
            [],
            position,
        )


def _act(sheet: Sheet, acts: list[tuple[str, str, str]]) -> list[Event]:
    pen = Pen()
    appends = []
    for name, act, who in acts:
        if act == "join":
            appends.append(pen.join(name, who))
        elif act == "leave":
            appends.append(pen.leave(name, who))
        else:
            appends.append(Append((pen.fact(name, "message.posted", {}, who, "x"),)))
    outcomes = sheet.write(*appends)
    return [event for done in outcomes if isinstance(done, Appended) for event in done.events]


def _visible(events: list[Event], account: str) -> list[Event]:
    inside: set[str] = set()
    seen = []
    for event in events:
        mine = event.data.get("account") == account
        before = event.stream in inside
        if mine and event.type == "member.joined":
            inside.add(event.stream)
        if before or event.stream in inside:
            seen.append(event)
        if mine and event.type == "member.left":
            inside.discard(event.stream)
    # of a stream that the account has left it sees what happened, and no texts any more
    return [event if event.stream in inside else replace(event, text=None) for event in seen]


# --- the pool --------------------------------------------------------------------------------------


def _forever(file: sqlite3.Connection) -> object:
    return file.execute(FOREVER).fetchone()


async def test_a_question_that_takes_too_long_is_stopped_and_blocks_nobody_for_ever(
    village: Store,
) -> None:
    async with open_pool(village.path, question_seconds=0.2) as reader, trio.open_nursery() as nursery:

        async def runaway() -> None:
            with pytest.raises(StoreUnavailable, match="no answer within"):
                await reader.ask(_forever)

        for _ in range(4):
            nursery.start_soon(runaway)
        await trio.testing.wait_all_tasks_blocked()
        with trio.fail_after(30):
            assert await reader.head() == 11


async def test_a_question_whose_asker_went_away_is_stopped(village: Store) -> None:
    with trio.fail_after(30):
        for _ in range(3):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(village.reader.ask, _forever)
                await trio.testing.wait_all_tasks_blocked()
                nursery.cancel_scope.cancel()
        assert await village.reader.head() == 11


async def test_a_file_that_cannot_be_opened_keeps_a_store_from_starting(tmp_path: Path) -> None:
    """It is no `StoreUnavailable`, which only the requests of a server that runs are answered with."""
    with pytest.raises(StoreError, match=r"the database cannot be opened: .*; look at its owner"):
        async with open_pool(tmp_path / "absent.db"):
            raise AssertionError("it was opened")


async def test_readers_cannot_write(village: Store) -> None:
    with pytest.raises(StoreUnavailable, match="readonly"):
        await village.reader.ask(lambda file: file.execute("DELETE FROM bodies"))


async def test_a_closed_store_is_unavailable(tmp_path: Path, pen: Pen) -> None:
    async with open_store(tmp_path) as store:
        pass
    with pytest.raises(StoreUnavailable):
        await store.reader.head()
    with pytest.raises(StoreUnavailable):
        await store.log.submit([pen.post("hall", "late")]).wait()
    with pytest.raises(StoreUnavailable):
        await store.log.checkpoint()
