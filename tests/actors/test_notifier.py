"""The notifier: everybody is told once, in order, whatever fails or restarts in between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import attrs
import pytest
import trio
from actor_world import World, living
from trio.testing import MockClock, wait_all_tasks_blocked

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.envelope import OVERLOADED, UNAVAILABLE, UNCERTAIN, Answer, Reply
from chatd.actors.runtime.supervisor import supervise
from chatd.actors.workers.notifier import (
    AT_ONCE,
    BATCH,
    FIRST_RETRY,
    FOLLOWER,
    MIN_INTERVAL,
    STORED_EVERY,
    Notifier,
)
from chatd.contract.account_admin import CreateAccount
from chatd.contract.errors import Refusal
from chatd.contract.message import PostMessage
from chatd.contract.spec import DONE
from chatd.domain.decision import Context
from chatd.domain.event import Event, Fact
from chatd.domain.internal import NotifyAll, OpenDirectRoom
from chatd.domain.names.folded import of_place
from chatd.ports import Append, PutFollower, Row, StoreUnavailable, Write


@attrs.define
class Accounts:
    """Reader and command bus as the notifier knows them: rows by position, accounts that take each source
    once."""

    bus: Bus
    rows: list[Row] = attrs.Factory(list)
    stored: list[int] = attrs.Factory(list)
    told: list[tuple[str, int]] = attrs.Factory(list)
    quiet: set[int] = attrs.Factory(set)
    asked: int = 0
    at_once: int = 0
    most_at_once: int = 0
    dnd: set[str] = attrs.Factory(set)
    looks: list[tuple[int, int]] = attrs.Factory(list)
    seconds: float = 0.0  # that an account takes to answer
    answers: list[Answer] = attrs.Factory(list)  # instead of telling
    cannot_read: int = 0
    cannot_write: int = 0
    clerks: trio.Nursery = cast(trio.Nursery, None)

    async def follower(self, name: str) -> int | None:
        assert name == FOLLOWER
        return self.stored[-1] if self.stored else None

    async def within(self, after: int, upto: int, most: int) -> int:
        """Each account of a message is one of a whole room."""
        concerned = 0
        for row in self.rows:
            concerned += after < row["position"] <= upto
            if concerned >= most:
                return int(row["position"])
        return upto

    async def recipients(self, after: int, upto: int) -> list[Row]:
        if self.cannot_read:
            self.cannot_read -= 1
            raise StoreUnavailable("cannot read")
        self.looks.append((after, upto))
        return [row for row in self.rows if after < row["position"] <= upto]

    async def presences(self, accounts: Sequence[str]) -> list[Row]:
        return [
            {"account": account, "mode": "dnd", "last_seen": 0} for account in accounts if account in self.dnd
        ]

    async def write(self, *writes: Write) -> None:
        if self.cannot_write:
            self.cannot_write -= 1
            raise StoreUnavailable("cannot write")
        for write in writes:
            assert isinstance(write, PutFollower)
            self.stored.append(write.position)

    async def tell(self, stream: str, command: NotifyAll, context: Context, reply: Reply) -> None:
        assert context.by == "system"
        assert len(set(command.ids)) == len(command.news)
        self.asked += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        account = stream.removeprefix("account/")
        if self.seconds:
            self.clerks.start_soon(self._answer_later, account, command, reply)
        else:
            self._answer(account, command, reply)

    async def _answer_later(self, account: str, command: NotifyAll, reply: Reply) -> None:
        await trio.sleep(self.seconds)
        self._answer(account, command, reply)

    def _answer(self, account: str, command: NotifyAll, reply: Reply) -> None:
        self.at_once -= 1
        if self.answers:
            return reply(self.answers.pop(0))
        for news in command.news:
            if news.source > max((source for name, source in self.told if name == account), default=0):
                self.told.append((account, news.source))
                if news.quiet:
                    self.quiet.add(news.source)
        reply(DONE)
        return None

    # --- what happens in the log

    def post(self, *accounts: str, **fields: Any) -> None:
        """A message that mentions these accounts."""
        position = self.bus.head + 1
        for account in accounts:
            row = {"position": position, "room": "r", "seq": position, "at": 0, "by": "ann", "thread": None}
            row |= {"account": account, "mentioned": True, "direct": False, "following": False, "level": None}
            row |= {
                "muted_until": None,
                "quiet_from": None,
                "quiet_to": None,
                "time_zone": None,
                "read": False,
            }
            self.rows.append(row | fields)
        self.happen()

    def happen(self, count: int = 1) -> None:
        """Events that are nobody's concern."""
        head = self.bus.head
        self.bus.publish(
            [Event(head + n, "room/r", head + n, "message.posted", 0, "ann", {}) for n in range(1, count + 1)]
        )


@asynccontextmanager
async def notifying(accounts: Accounts) -> AsyncIterator[Notifier]:
    both = cast(Any, accounts)  # reader and command bus
    notifier = Notifier(both, accounts.bus, both)
    async with trio.open_nursery() as nursery:
        accounts.clerks = nursery
        nursery.start_soon(supervise, notifier)
        await wait_all_tasks_blocked()
        yield notifier
        nursery.cancel_scope.cancel()


def accounts_of(head: int = 0, stored: int = 0) -> Accounts:
    return Accounts(Bus(head), stored=[stored] if stored else [])


async def test_a_message_is_told_at_once_and_the_position_stored_after_it(mock_clock: MockClock) -> None:
    accounts = accounts_of(5, 5)
    async with notifying(accounts):
        accounts.post("bob", "eve")
        await wait_all_tasks_blocked()
        assert sorted(accounts.told) == [("bob", 6), ("eve", 6)]
        assert accounts.stored == [5, 6]


async def test_old_messages_notify_nobody_when_the_notifier_is_new(mock_clock: MockClock) -> None:
    accounts = accounts_of()
    accounts.post("bob")
    async with notifying(accounts):
        assert accounts.stored == [1]
        accounts.post("bob")
        await wait_all_tasks_blocked()
        assert accounts.told == [("bob", 2)]


async def test_who_acts_again_for_all_nodes_goes_on_where_another_one_left_off(mock_clock: MockClock) -> None:
    """Else it would judge what was said long ago by what its readers want by now."""
    accounts = accounts_of(5, 5)
    both = cast(Any, accounts)
    notifier = Notifier(both, accounts.bus, both)

    async def act() -> trio.CancelScope:
        nursery.start_soon(run, scope := trio.CancelScope())
        await wait_all_tasks_blocked()
        return scope

    async def run(scope: trio.CancelScope) -> None:
        with scope:
            await notifier.run()

    async with trio.open_nursery() as nursery:
        acting = await act()
        accounts.post("bob")
        await wait_all_tasks_blocked()
        acting.cancel()
        accounts.post("bob")  # of which another node tells
        accounts.stored.append(7)
        acting = await act()
        assert accounts.told == [("bob", 6)]
        mock_clock.jump(MIN_INTERVAL)
        accounts.post("bob")
        await wait_all_tasks_blocked()
        assert accounts.told == [("bob", 6), ("bob", 8)]
        acting.cancel()


async def test_in_a_new_database_nothing_is_old(mock_clock: MockClock) -> None:
    accounts = accounts_of()
    async with notifying(accounts):
        accounts.post("bob")
        await wait_all_tasks_blocked()
        assert accounts.told == [("bob", 1)]
        assert accounts.stored == [0, 1]


async def test_what_was_posted_while_nobody_looked_is_told_after_a_restart(mock_clock: MockClock) -> None:
    accounts = accounts_of(5, 5)
    accounts.post("bob")
    async with notifying(accounts):
        assert accounts.told == [("bob", 6)]


async def test_under_load_one_look_serves_many_commits(autojump_clock: MockClock) -> None:
    accounts = accounts_of(5, 5)
    async with notifying(accounts):
        for _ in range(100):
            accounts.post("bob")
            await trio.sleep(MIN_INTERVAL / 50)
        await trio.sleep(2 * MIN_INTERVAL)
        assert [source for _, source in accounts.told] == list(range(6, 106))
        assert len(accounts.looks) <= 4


async def test_what_concerns_nobody_is_written_down_once_in_a_while(autojump_clock: MockClock) -> None:
    accounts = accounts_of(5, 5)
    async with notifying(accounts):
        accounts.happen(20)
        await trio.sleep(STORED_EVERY / 2)
        accounts.happen()
        assert accounts.stored == [5]
        await trio.sleep(STORED_EVERY)
        assert accounts.stored == [5, 26]
        await trio.sleep(10 * STORED_EVERY)
        assert accounts.stored == [5, 26]


async def test_a_long_way_is_gone_in_batches(autojump_clock: MockClock) -> None:
    accounts = accounts_of(1, 1)
    accounts.happen(2 * BATCH + 10)
    async with notifying(accounts):
        await trio.sleep(MIN_INTERVAL * 2)
        assert accounts.looks == [(1, BATCH + 1), (BATCH + 1, 2 * BATCH + 1), (2 * BATCH + 1, 2 * BATCH + 11)]


# --- order, and how much at once ---------------------------------------------------------------------


async def test_what_mentions_whole_rooms_is_told_in_looks_at_few_accounts(
    monkeypatch: pytest.MonkeyPatch, autojump_clock: MockClock
) -> None:
    monkeypatch.setattr("chatd.actors.workers.notifier.CONCERNED", 3)
    accounts = accounts_of(5, 5)
    for _ in range(3):
        accounts.post("bob", "eve")
    async with notifying(accounts):
        await trio.sleep(1)
        assert accounts.looks == [(5, 7), (7, 8)]
        assert [position for _, position in accounts.told] == [6, 7, 6, 7, 8, 8]


async def test_each_account_is_told_in_the_order_of_the_log(autojump_clock: MockClock) -> None:
    accounts = accounts_of(1, 1)
    accounts.seconds = 0.01
    for _ in range(10):
        accounts.post("bob", "eve")
    async with notifying(accounts):
        await trio.sleep(1)
        for account in ("bob", "eve"):
            assert [source for name, source in accounts.told if name == account] == list(range(2, 12))
        assert accounts.most_at_once == 2


async def test_many_accounts_are_told_at_the_same_time_but_not_all(autojump_clock: MockClock) -> None:
    accounts = accounts_of(1, 1)
    accounts.seconds = 0.01
    accounts.post(*(f"a{number}" for number in range(3 * AT_ONCE)))
    async with notifying(accounts):
        await trio.sleep(1)
        assert len(accounts.told) == 3 * AT_ONCE
        assert accounts.most_at_once == AT_ONCE


# --- quietly -----------------------------------------------------------------------------------------


async def test_an_account_in_do_not_disturb_is_told_quietly(mock_clock: MockClock) -> None:
    accounts = accounts_of(1, 1)
    accounts.dnd = {"bob"}
    accounts.post("bob")
    accounts.post("eve")
    async with notifying(accounts):
        assert accounts.quiet == {2}


async def test_nobody_is_asked_about_what_does_not_concern_them(mock_clock: MockClock) -> None:
    accounts = accounts_of(1, 1)
    accounts.post("bob", mentioned=False, following=True, level="none")
    accounts.post("bob", mentioned=False, following=True, read=True)
    async with notifying(accounts):
        assert accounts.asked == 0


# --- failures ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [UNAVAILABLE, OVERLOADED, UNCERTAIN], ids=["not", "not yet", "perhaps"])
async def test_an_account_that_cannot_be_told_now_is_told_later_and_the_others_not_again(
    autojump_clock: MockClock, answer: Refusal
) -> None:
    accounts = accounts_of(1, 1)
    accounts.post("bob")
    accounts.post("eve")
    accounts.post("bob")
    accounts.answers = [answer]
    async with notifying(accounts):
        await trio.sleep(FIRST_RETRY * 2)
        assert sorted(accounts.told) == [("bob", 2), ("bob", 4), ("eve", 3)]
        assert accounts.stored == [1, 4]


async def test_nothing_is_stored_before_everybody_was_told(mock_clock: MockClock) -> None:
    accounts = accounts_of(1, 1)
    accounts.post("bob", "eve")
    accounts.answers = [UNAVAILABLE]
    async with notifying(accounts):
        assert len(accounts.told) == 1
        assert accounts.stored == [1]


async def test_a_store_that_fails_is_asked_again(autojump_clock: MockClock) -> None:
    accounts = accounts_of(1, 1)
    accounts.post("bob")
    accounts.cannot_read, accounts.cannot_write = 2, 2
    async with notifying(accounts) as notifier:
        await trio.sleep(10)
        assert accounts.told == [("bob", 2)]
        assert accounts.stored == [1, 2]
        assert notifier.restarts == 0


async def test_a_refusal_for_good_stops_nobody_else(mock_clock: MockClock) -> None:
    accounts = accounts_of(1, 1)
    accounts.post("gone")
    accounts.answers = [Refusal("not_found", "there is no such account")]
    async with notifying(accounts):
        accounts.post("bob")
        mock_clock.jump(MIN_INTERVAL)
        await wait_all_tasks_blocked()
        assert accounts.told == [("bob", 3)]
        assert accounts.stored == [1, 2, 3]


async def test_a_kill_before_the_position_is_stored_doubles_nothing(mock_clock: MockClock) -> None:
    accounts = accounts_of(1, 1)
    accounts.post("bob", "eve")
    accounts.cannot_write = 1
    async with notifying(accounts):
        assert accounts.stored == [1]
        assert len(accounts.told) == 2
    async with notifying(accounts):
        assert accounts.asked == 4
        assert sorted(accounts.told) == [("bob", 2), ("eve", 2)]
        assert accounts.stored == [1, 2]


async def test_a_kill_in_the_middle_of_a_batch_loses_nobody(autojump_clock: MockClock) -> None:
    accounts = accounts_of(1, 1)
    accounts.seconds = 0.01
    accounts.post(*(f"a{number}" for number in range(2 * AT_ONCE)))
    async with notifying(accounts):
        await trio.sleep(0.015)  # half of them
        assert 0 < len(accounts.told) < 2 * AT_ONCE
    async with notifying(accounts):
        await trio.sleep(1)
        assert sorted(accounts.told) == sorted((f"a{number}", 2) for number in range(2 * AT_ONCE))


# --- with a real store and real accounts -------------------------------------------------------------


@attrs.define
class Commands:
    """The command bus of a world of actors. After so many `asks` the notifier is killed."""

    world: World
    asks: int
    killed: trio.CancelScope = attrs.Factory(trio.CancelScope)

    async def tell(self, stream: str, command: NotifyAll, context: Context, reply: Reply) -> None:
        answer = await self.world.ask(stream, command, context.by)
        self.asks -= 1
        if self.asks <= 0:
            self.killed.cancel()  # it is done, but nobody has heard of that
            await trio.lowlevel.checkpoint()
        reply(answer)

    async def write(self, *writes: Write) -> None:
        await self.world.writer.append(Append(writes=writes))
        self.killed.cancel()  # all is told


async def told_of(world: World, account: str) -> list[int]:
    """The seqs of the messages that it was notified of."""
    events = await world.reader.stream_events(f"account/{account}", 0, 1000)
    return [event.data["seq"] for event in events if event.type == "notification.created"]


async def furnish_space(world: World, people: tuple[str, ...]) -> None:
    """A space that all of them are in: only so they may write in direct rooms."""
    made = Fact("space/s", 1, "space.created", 1, "system", of_place({"name": "Team"}))
    joined = [
        Fact("space/s", seq, "member.joined", 1, name, {"account": name, "role": "member"})
        for seq, name in enumerate(people, 2)
    ]
    await world.writer.append(Append((made, *joined)))


async def test_however_often_it_is_killed_everybody_is_told_once_and_in_order(tmp_path: Path) -> None:
    posts, people = 5, ("ann", "bob", "eve")
    async with living(tmp_path) as world:
        for name in people:
            await world.ask(f"account/{name}", CreateAccount(name), "system")
        await furnish_space(world, people)
        await world.ask("room/d", OpenDirectRoom(people), "ann")
        await world.writer.append(Append(writes=(PutFollower(FOLLOWER, world.bus.head),)))
        seqs = [(await world.ask("room/d", PostMessage("d", "hi"), "ann")).seq for _ in range(posts)]
    asks = kills = 0
    while asks == kills:
        asks += 1
        async with living(tmp_path) as world:
            commands = Commands(world, asks)
            with trio.fail_after(60), commands.killed:
                await Notifier(world.reader, world.bus, cast(Any, commands)).run()
            kills += commands.asks <= 0
            told = {name: await told_of(world, name) for name in people}
            assert told["bob"] == seqs[: len(told["bob"])]
            assert told["eve"] == seqs[: len(told["eve"])]
    assert told == {"ann": [], "bob": seqs, "eve": seqs}
    assert kills == 2  # each account hears all of its news at once
