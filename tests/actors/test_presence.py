"""Presence: how sessions merge, what others see of it, and how often they are told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import attrs
import pytest
import strict
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from chatd.actors.runtime.chunk import SignalFrame
from chatd.actors.workers import presence as presences
from chatd.actors.workers.presence import Presence
from chatd.contract.rows import fields_of
from chatd.ports import Append, Appended, Caller, PutPresence, StoreUnavailable

SHARED = {"ann": {"space/s"}, "bob": {"space/s", "room/r"}, "cy": {"room/r"}, "dee": {"room/alone"}}


class Hears:
    """A session's feed, as far as presence sees it."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.streams = {f"account/{account}", *SHARED[account]}
        self.live = True
        self.heard: list[dict[str, Any]] = []
        self.caught_up: Any = None
        self.last_heard = 0.0

    @property
    def company(self) -> set[str]:
        return self.streams

    def signal(self, signal: SignalFrame) -> bool:
        if self.live:
            frame = signal.frame()
            strict.check_signal(frame)
            assert frame["signal"] == "presence"
            assert frame["stream"] == f"account/{frame['by']}"
            self.heard.append({"account": frame["by"], **fields_of(frame["data"])})
        return self.live

    def states(self) -> list[str]:
        return [shown["state"] for shown in self.heard]


class Stored:
    """Reader and writer of the table; `full` while the disk is."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str | None, int]] = {}
        self.appends = 0
        self.full = False

    async def presences(self, accounts: Sequence[str]) -> list[dict[str, Any]]:
        await trio.lowlevel.checkpoint()
        return [
            {"account": account, "mode": self.rows[account][0], "last_seen": self.rows[account][1]}
            for account in accounts
            if account in self.rows
        ]

    async def acquainted(self, account: str, others: Sequence[str]) -> list[str]:
        await trio.lowlevel.checkpoint()
        mine = {f"account/{account}", *SHARED[account]}
        return [other for other in others if mine & {f"account/{other}", *SHARED.get(other, ())}]

    async def append(self, append: Append) -> Appended:
        await trio.lowlevel.checkpoint()
        if self.full:
            raise StoreUnavailable("the disk is full")
        self.appends += 1
        for write in append.writes:
            assert isinstance(write, PutPresence)
            self.rows[write.account] = (write.mode, write.last_seen)
        return Appended(())


@attrs.define
class Session:
    caller: Caller
    feed: Hears


@attrs.define
class Place:
    stored: Stored
    clock: MockClock
    presence: Presence

    def now(self) -> int:
        return 1000 + int(trio.current_time() * 1000)

    async def open(self, account: str, device: str = "phone") -> Session:
        session = Session(Caller("", account, account, device), Hears(account))
        found = await self.stored.presences([account])
        self.presence.learn(account, found[0] if found else None)
        self.presence.enter(session.caller, session.feed)  # type: ignore[arg-type]
        return session

    def end(self, session: Session) -> None:
        self.presence.leave(session.caller)

    async def set(self, session: Session, state: Any) -> None:
        assert await self.presence.set(session.caller, state)

    async def watch(self, session: Session, *accounts: str) -> dict[str, tuple[str, int | None]]:
        answer = await self.presence.watch(session.caller, accounts)
        assert answer is not None
        return {row.account: (row.state, row.last_seen) for row in answer}

    async def later(self, seconds: float) -> None:
        await wait_all_tasks_blocked()
        self.clock.jump(seconds)
        await wait_all_tasks_blocked()

    async def gone(self, session: Session) -> int:
        """The session ends, and its grace with it; gives the time at which it did."""
        self.end(session)
        await self.later(presences.GRACE)
        at = self.now()
        await self.later(presences.EVERY)
        return at


@pytest.fixture
async def place(mock_clock: MockClock) -> AsyncIterator[Place]:
    stored = Stored()
    place = Place(stored, mock_clock, None)  # type: ignore[arg-type]
    place.presence = Presence(stored, stored, place.now)  # type: ignore[arg-type]
    async with trio.open_nursery() as nursery:
        nursery.start_soon(place.presence.run)
        yield place
        nursery.cancel_scope.cancel()


async def test_an_account_is_online_if_any_device_is_and_else_away(
    mock_clock: MockClock, place: Place
) -> None:
    watcher = await place.open("bob")
    assert await place.watch(watcher, "ann") == {"ann": ("offline", None)}
    phone = await place.open("ann", "phone")
    laptop = await place.open("ann", "laptop")
    await place.set(phone, "away")
    assert await place.watch(watcher, "ann") == {"ann": ("online", None)}
    await place.set(laptop, "away")
    assert await place.watch(watcher, "ann") == {"ann": ("away", None)}
    await place.set(phone, "online")
    await place.gone(phone)
    assert await place.watch(watcher, "ann") == {"ann": ("away", None)}
    at = await place.gone(laptop)
    assert await place.watch(watcher, "ann") == {"ann": ("offline", at)}


async def test_an_account_is_attended_while_a_session_is_connected_and_not_away(
    mock_clock: MockClock, place: Place
) -> None:
    """Whatever others are shown; a session that has just ended looks there to them, but nobody is."""
    assert place.presence.attended("ann") is None
    phone = await place.open("ann", "phone")
    laptop = await place.open("ann", "laptop")
    phone.feed.last_heard, laptop.feed.last_heard = 3.0, 7.0
    await place.set(phone, "invisible")
    assert place.presence.attended("ann") == 7.0
    await place.set(laptop, "away")
    assert place.presence.attended("ann") == 3.0
    place.end(phone)
    assert place.presence.attended("ann") is None


async def test_do_not_disturb_is_the_accounts_and_ends_with_online_or_away(
    mock_clock: MockClock, place: Place
) -> None:
    watcher = await place.open("bob")
    phone, laptop = await place.open("ann", "phone"), await place.open("ann", "laptop")
    await place.set(phone, "dnd")
    await place.set(laptop, "dnd")
    await place.gone(phone)
    assert await place.watch(watcher, "ann") == {"ann": ("dnd", None)}
    at = await place.gone(laptop)
    assert await place.watch(watcher, "ann") == {"ann": ("offline", at)}
    laptop = await place.open("ann")
    assert await place.watch(watcher, "ann") == {"ann": ("dnd", None)}
    await place.set(laptop, "away")
    assert await place.watch(watcher, "ann") == {"ann": ("away", None)}


async def test_a_watcher_is_told_at_once_and_then_the_newest_state_once_a_tick(
    mock_clock: MockClock, place: Place
) -> None:
    watcher, phone = await place.open("bob"), await place.open("ann")
    await place.later(presences.EVERY)
    await place.watch(watcher, "ann")
    await place.set(phone, "away")
    assert watcher.feed.states() == ["away"]
    for state in ("online", "away", "dnd", "online", "dnd"):
        await place.set(phone, state)
    assert watcher.feed.states() == ["away"]
    await place.later(presences.EVERY)
    assert watcher.feed.states() == ["away", "dnd"]
    await place.set(phone, "online")
    await place.set(phone, "dnd")
    await place.later(presences.EVERY)
    assert watcher.feed.states() == ["away", "dnd"], "nothing has changed since the last one"


async def test_one_who_watches_between_two_ticks_is_told_what_changes_after_the_answer(
    mock_clock: MockClock, place: Place
) -> None:
    first, second, phone = await place.open("bob"), await place.open("cy"), await place.open("bob", "x")
    await place.later(presences.EVERY)
    await place.watch(first, "bob")
    await place.set(phone, "dnd")
    await place.set(phone, "away")
    await place.set(first, "away")  # `away`, while the first signal's rest is on
    assert await place.watch(second, "bob") == {"bob": ("away", None)}
    await place.set(phone, "dnd")
    await place.later(presences.EVERY)
    assert first.feed.states() == ["dnd"]
    assert second.feed.states() == ["dnd"]


async def test_a_reconnect_does_not_flicker(mock_clock: MockClock, place: Place) -> None:
    watcher, phone = await place.open("bob"), await place.open("ann")
    await place.set(phone, "away")
    await place.later(presences.EVERY)
    await place.watch(watcher, "ann")
    place.end(phone)
    await place.later(presences.GRACE * 0.9)
    phone = await place.open("ann")
    await place.later(presences.GRACE + presences.EVERY)
    assert watcher.feed.heard == [], "the device came back, and was as it was"
    assert await place.watch(watcher, "ann") == {"ann": ("away", None)}


async def test_a_device_that_came_back_counts_once(mock_clock: MockClock, place: Place) -> None:
    watcher, phone, tab = await place.open("bob"), await place.open("ann"), await place.open("ann")
    await place.set(tab, "away")
    place.end(phone)
    place.end(tab)
    first, second = await place.open("ann"), await place.open("ann")
    assert await place.watch(watcher, "ann") == {"ann": ("online", None)}
    await place.set(first, "away")
    assert await place.watch(watcher, "ann") == {"ann": ("away", None)}
    await place.gone(first)
    assert await place.watch(watcher, "ann") == {"ann": ("away", None)}
    at = await place.gone(second)
    assert await place.watch(watcher, "ann") == {"ann": ("offline", at)}


async def test_the_last_session_to_end_leaves_the_time_at_which_it_was_seen_last(
    mock_clock: MockClock, place: Place
) -> None:
    watcher, phone = await place.open("bob"), await place.open("ann")
    await place.watch(watcher, "ann")
    at = await place.gone(phone)
    assert watcher.feed.heard == [{"account": "ann", "state": "offline", "last_seen": at}]
    await place.later(presences.SAVE_EVERY)
    assert place.stored.rows["ann"] == (None, at)


async def test_invisible_is_told_and_answered_exactly_like_offline(
    mock_clock: MockClock, place: Place
) -> None:
    watcher = await place.open("bob")
    gone, hidden = await place.open("ann"), await place.open("cy")
    await place.watch(watcher, "ann", "cy")
    place.end(gone)
    await place.later(presences.GRACE)
    await place.set(hidden, "invisible")
    at = place.now()
    assert await place.watch(watcher, "ann", "cy") == {"ann": ("offline", at), "cy": ("offline", at)}
    assert watcher.feed.heard == [
        {"account": name, "state": "offline", "last_seen": at} for name in ("ann", "cy")
    ]
    # What an invisible account does afterwards shows nowhere.
    await place.later(presences.EVERY)
    another = await place.open("cy", "laptop")
    await place.set(another, "invisible")
    await place.gone(hidden)
    await place.gone(another)
    await place.later(presences.FORGOTTEN_AFTER * 2)
    assert await place.watch(watcher, "ann", "cy") == {"ann": ("offline", at), "cy": ("offline", at)}
    again = await place.open("cy")
    await place.later(presences.EVERY)
    assert await place.watch(watcher, "cy") == {"cy": ("offline", at)}
    assert len(watcher.feed.heard) == 2
    await place.set(again, "online")
    assert watcher.feed.heard[-1] == {"account": "cy", "state": "online", "last_seen": None}


async def test_ones_own_sessions_see_that_one_is_invisible(mock_clock: MockClock, place: Place) -> None:
    phone, laptop, friend = await place.open("ann"), await place.open("ann", "x"), await place.open("bob")
    await place.later(presences.EVERY)
    for session in (laptop, friend):
        await place.watch(session, "ann")
    await place.set(phone, "invisible")
    assert (laptop.feed.states(), friend.feed.states()) == (["invisible"], ["offline"])
    assert (await place.watch(laptop, "ann"))["ann"][0] == "invisible"


async def test_a_mode_is_durable_when_it_is_answered_and_survives(
    mock_clock: MockClock, place: Place
) -> None:
    phone = await place.open("ann")
    await place.set(phone, "invisible")
    assert place.stored.rows["ann"] == ("invisible", place.now())
    await place.set(phone, "online")
    assert place.stored.rows["ann"][0] is None
    place.stored.full = True
    with pytest.raises(StoreUnavailable):
        await place.set(phone, "dnd")
    place.stored.full = False
    await place.later(presences.SAVE_EVERY)
    assert place.stored.rows["ann"][0] == "dnd", "memory and table agree in the end"


async def test_a_restart_takes_everybody_who_was_there_for_seen_until_then(
    mock_clock: MockClock, place: Place
) -> None:
    ann, cy = await place.open("ann"), await place.open("cy")
    await place.set(cy, "invisible")
    hidden_at = place.now()
    await place.later(3600)
    place.end(ann)
    place.end(cy)
    await place.presence.close()
    assert place.stored.rows == {"ann": (None, place.now()), "cy": ("invisible", hidden_at)}


async def test_who_shares_nothing_is_left_out_like_who_does_not_exist(
    mock_clock: MockClock, place: Place
) -> None:
    watcher = await place.open("ann")
    for name in ("bob", "cy", "dee"):
        await place.open(name)
    answer = await place.watch(watcher, "dee", "bob", "nobody", "cy", "bob", "ann")
    assert list(answer) == ["bob", "ann"]


async def test_who_shares_nothing_any_more_is_not_shown_any_more(mock_clock: MockClock, place: Place) -> None:
    watcher, phone = await place.open("cy"), await place.open("bob")
    await place.later(presences.EVERY)
    await place.watch(watcher, "bob")
    phone.feed.streams.discard("room/r")
    await place.set(phone, "away")
    await place.gone(phone)
    assert watcher.feed.heard == []


async def test_what_is_watched_no_more_is_not_told_and_not_kept(mock_clock: MockClock, place: Place) -> None:
    watcher, ann, cy = await place.open("bob"), await place.open("ann"), await place.open("cy")
    await place.later(presences.EVERY)
    await place.watch(watcher, "ann")
    await place.watch(watcher, "cy")
    await place.set(ann, "away")
    await place.set(cy, "away")
    assert watcher.feed.heard == [{"account": "cy", "state": "away", "last_seen": None}]
    place.end(watcher)
    await place.set(cy, "online")
    for session in (ann, cy):
        place.end(session)
    await place.later(presences.GRACE)
    await place.later(presences.SAVE_EVERY)
    await place.later(presences.FORGOTTEN_AFTER)
    board = place.presence
    assert not board._presences
    assert not board._sessions
    assert not board._watchers
    assert not board._unsaved


async def test_a_watcher_that_was_behind_is_told_what_it_missed(mock_clock: MockClock, place: Place) -> None:
    watcher, phone = await place.open("bob"), await place.open("ann")
    await place.later(presences.EVERY)
    await place.watch(watcher, "ann", "cy")
    watcher.feed.live = False
    await place.set(phone, "away")
    await place.later(presences.EVERY)
    await place.set(phone, "dnd")
    assert watcher.feed.heard == []
    watcher.feed.live = True
    watcher.feed.caught_up()
    assert watcher.feed.heard == [{"account": "ann", "state": "dnd", "last_seen": None}]


async def test_many_who_come_and_go_are_written_together(mock_clock: MockClock, place: Place) -> None:
    sessions = [await place.open(name) for name in ("ann", "bob", "cy")]
    assert place.stored.appends == 0
    await place.later(presences.SAVE_EVERY)
    assert place.stored.appends == 1
    assert place.stored.rows.keys() == {"ann", "bob", "cy"}, "a crash must not leave them never seen"
    for session in sessions:
        place.end(session)
    await place.later(presences.GRACE)
    await place.later(presences.SAVE_EVERY)
    assert place.stored.appends == 2
    await place.later(presences.SAVE_EVERY)
    assert place.stored.appends == 2


async def test_who_has_no_session_is_nowhere(mock_clock: MockClock, place: Place) -> None:
    operator = Caller("", "operator:0", operator=True)
    assert not await place.presence.set(operator, "online")
    assert await place.presence.watch(operator, ["ann"]) is None
