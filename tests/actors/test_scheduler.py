"""The scheduler: what is due happens at its time and once, whatever fails or restarts meanwhile."""

from __future__ import annotations

from typing import Any, cast

import attrs
import pytest
import strict
import trio
from actor_world import World
from msgspec import UNSET
from msgspec.structs import replace
from trio.testing import MockClock, wait_all_tasks_blocked

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.envelope import STALE, UNAVAILABLE, UNCERTAIN, Answer
from chatd.actors.workers.due_timer import LONGEST_REST, DueTimer
from chatd.actors.workers.mention_names import MentionNames
from chatd.actors.workers.scheduler import BATCH, FIRST_RETRY, GIVEN_UP, LONGEST_RETRY, LOOK_AGAIN, Scheduler
from chatd.contract.account_admin import CreateAccount
from chatd.contract.errors import Refusal
from chatd.contract.message import Posted, PostMessage, UnscheduleMessage
from chatd.contract.rows import fields_of
from chatd.contract.spec import DONE
from chatd.domain.account.state import AccountState
from chatd.domain.decision import Context
from chatd.domain.event import Event
from chatd.domain.internal import ExpireMessage, NotifyUnposted
from chatd.handlers.scheduled import NOT_LISTED, ScheduledMessages
from chatd.ports import (
    Caller,
    Condition,
    DropScheduled,
    FailScheduled,
    PostponeScheduled,
    PutScheduled,
    Row,
    ScheduledExists,
    StoreUnavailable,
    Write,
)

START = 1_700_000_000_000  # Unix milliseconds at which a test's clock starts
SECOND = 1000


@attrs.define
class Asked:
    at: float  # seconds since the start of the test
    stream: str
    command: Any
    context: Context


class Twin:
    """All that the scheduler works with, in memory: the list, the messages that expire, and rooms that take
    every post once."""

    def __init__(self) -> None:
        self.due_timer = DueTimer()
        self.list: dict[str, Row] = {}
        self.expiring: dict[tuple[str, int], int] = {}
        self.disabled: set[str] = set()
        self.refusals: dict[str, Refusal] = {}  # by text
        self.down = False
        self.asked: list[Asked] = []
        self.notified: list[tuple[str, str, str]] = []  # stream, scheduled, reason
        self.posted: dict[str, int] = {}  # nonce -> at
        self.signals: list[tuple[str, Row]] = []
        self.looks = 0
        self.tries = 0  # in vain
        self.set_forward = 0  # milliseconds
        self.directory = self
        self.gate = trio.Event()  # before a write becomes durable
        self.gate.set()
        self._disk = trio.Lock()  # writes become durable one after another

    def clock(self) -> int:
        return START + round(trio.current_time() * 1000) + self.set_forward

    def put(self, id_: str, post_at: int, room: str = "r", text: str = "", account: str = "ann") -> None:
        self.list[id_] = {
            "id": id_,
            "account": account,
            "room": room,
            "text": text or id_,
            "reply_to": None,
            "expires_in": None,
            "attachments": [],
            "post_at": post_at,
            "created_at": START,
            "retry_at": None,
            "failed": None,
        }

    # --- the reader's part

    async def due(self, at: int, limit: int) -> list[Row]:
        await self._look()
        rows = [row for row in self.list.values() if row["failed"] is None and _due(row) <= at]
        return sorted(rows, key=lambda row: row["post_at"])[:limit]

    async def scheduled(self, account: str) -> list[Row]:
        await self._look()
        return [row for row in self.list.values() if row["account"] == account]

    async def expired(self, at: int, limit: int) -> list[Row]:
        await self._look()
        rows = [{"room": room, "seq": seq} for (room, seq), due in self.expiring.items() if due <= at]
        return rows[:limit]

    async def next_due(self) -> int | None:
        await self._look()
        self.looks += 1
        open_ones = [_due(row) for row in self.list.values() if row["failed"] is None]
        return min([*open_ones, *self.expiring.values()], default=None)

    async def _look(self) -> None:
        await trio.lowlevel.checkpoint()
        if self.down:
            self.tries += 1
            raise StoreUnavailable

    # --- the actors' part

    async def state_of(self, stream: str) -> AccountState:
        account = stream.removeprefix("account/")
        owner = "ann" if account == "bot of ann" else None
        return AccountState(account, head=1, owner=owner, disabled=account in self.disabled)

    async def context(self, context: Context, text: str) -> Context:
        await self._look()
        if text == "bomb":
            raise ZeroDivisionError
        if "@bob" not in text:
            return context
        return replace(context, mentions=[("bob",)], names={"bob": "id-of-bob"})

    async def ask(
        self,
        stream: str,
        command: Any,
        context: Context,
        result: type[Any],
        *writes: Write,
        conditions: tuple[Condition, ...] = (),
    ) -> Answer:
        await trio.lowlevel.checkpoint()
        if isinstance(command, NotifyUnposted):
            self.notified.append((stream, command.scheduled, command.reason))
            return DONE if await self.write(*writes, conditions=conditions) else STALE
        self.asked.append(Asked(trio.current_time(), stream, command, context))
        if self.down:
            return UNAVAILABLE
        if isinstance(command, ExpireMessage):
            self.expiring.pop((stream.removeprefix("room/"), command.seq), None)
            return DONE
        assert isinstance(command, PostMessage)
        if refusal := self.refusals.get(command.text):
            return refusal
        assert command.nonce is not None
        if command.nonce not in self.posted:
            if not await self.write(*writes, conditions=conditions):
                return STALE
            self.posted[command.nonce] = context.at
        return Posted(seq=1, position=1, at=self.posted[command.nonce])

    async def write(self, *writes: Write, conditions: tuple[Condition, ...] = ()) -> bool:
        async with self._disk:
            await self.gate.wait()
            for condition in conditions:
                assert isinstance(condition, ScheduledExists)
                if self.list.get(condition.id, {"failed": "gone"})["failed"] is not None:
                    return False
            for write in writes:
                if isinstance(write, DropScheduled):
                    self.list.pop(write.id, None)
                elif isinstance(write, PostponeScheduled):
                    self.list[write.id]["retry_at"] = write.retry_at
                elif isinstance(write, FailScheduled):
                    self.list[write.id]["failed"] = write.reason
            return True

    def signal(self, account: str, frame: Row) -> None:
        strict.check_signal(frame)
        assert frame["signal"] == "scheduled.changed"
        fields = fields_of(frame["data"])
        self.signals.append((account, {name: fields[name] for name in fields if fields[name] is not UNSET}))

    # --- what a test looks at

    def texts(self) -> list[str]:
        return [asked.command.text for asked in self.asked]

    def times(self) -> list[float]:
        return [asked.at for asked in self.asked]


def _due(row: Row) -> int:
    at: int = row["post_at"] if row["retry_at"] is None else row["retry_at"]
    return at


@pytest.fixture
def twin() -> Twin:
    return Twin()


@pytest.fixture
def scheduler(twin: Twin) -> Scheduler:
    all_of_it = cast(Any, twin)
    return Scheduler(all_of_it, all_of_it, all_of_it, twin.due_timer, all_of_it, twin.clock)


async def test_a_message_is_posted_at_its_time_by_its_author(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery
) -> None:
    twin.put("one", START + 5 * SECOND, text="hello @bob")
    nursery.start_soon(scheduler.run)
    await trio.sleep(4.9)
    assert twin.asked == []
    await trio.sleep(0.2)
    (asked,) = twin.asked
    assert asked.at == pytest.approx(5, abs=0.01)
    assert (asked.stream, asked.command.text, asked.command.nonce) == (
        "room/r",
        "hello @bob",
        "scheduled:one",
    )
    assert (asked.context.by, asked.context.operator, asked.context.at) == ("ann", False, START + 5 * SECOND)
    assert asked.context.names == {"bob": "id-of-bob"}
    assert twin.list == {}
    assert twin.signals == [("ann", {"id": "one", "gone": True})]


async def test_what_comes_earlier_wakes_the_sleeper(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery
) -> None:
    twin.put("late", START + 50 * SECOND)
    nursery.start_soon(scheduler.run)
    await trio.sleep(1)
    twin.put("soon", START + 3 * SECOND)
    twin.due_timer.earlier(START + 3 * SECOND)
    await trio.sleep(3)
    assert twin.texts() == ["soon"]
    assert twin.times() == pytest.approx([3], abs=0.01)
    await trio.sleep(50)
    assert twin.texts() == ["soon", "late"]


async def test_a_message_posted_for_a_time_goes_when_it_is_over(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery
) -> None:
    nursery.start_soon(scheduler.run)
    await trio.sleep(1)
    twin.expiring["r", 7] = START + 10 * SECOND
    twin.due_timer.announced([_posted(6), _posted(7, expires_at=START + 10 * SECOND)])
    await trio.sleep(8.9)
    assert twin.asked == []
    await trio.sleep(0.2)
    (asked,) = twin.asked
    assert (asked.stream, asked.command, asked.context.by) == ("room/r", ExpireMessage(7), "system")
    assert asked.at == pytest.approx(10, abs=0.01)


async def test_ordinary_messages_let_it_sleep(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery
) -> None:
    nursery.start_soon(scheduler.run)
    await wait_all_tasks_blocked()
    looks = twin.looks
    for seq in range(100):
        twin.due_timer.announced([_posted(seq)])
        await wait_all_tasks_blocked()
    assert twin.looks == looks


async def test_a_room_gets_its_messages_in_the_order_of_their_times(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery
) -> None:
    for n in reversed(range(2 * BATCH + 10)):
        twin.put(f"{n:04}", START - n, room=f"room{n % 3}")
    nursery.start_soon(scheduler.run)
    await trio.sleep(1)
    for room in range(3):
        texts = [asked.command.text for asked in twin.asked if asked.stream == f"room/room{room}"]
        assert texts == sorted(texts, reverse=True)
    assert len(twin.asked) == 2 * BATCH + 10
    assert twin.list == {}


async def test_any_number_of_messages_may_expire_together(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery
) -> None:
    twin.expiring = {("r", seq): START for seq in range(3 * BATCH + 1)}
    nursery.start_soon(scheduler.run)
    await trio.sleep(1)
    assert twin.expiring == {}
    assert len(twin.asked) == 3 * BATCH + 1


async def test_who_may_not_post_any_more_is_told_why_and_nothing_is_tried_again(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery
) -> None:
    twin.put("one", START, text="late")
    twin.refusals["late"] = Refusal("forbidden", "the room is archived")
    nursery.start_soon(scheduler.run)
    await trio.sleep(1000)
    assert len(twin.asked) == 1
    assert twin.list["one"]["failed"] == "the room is archived"
    (signal,) = twin.signals
    assert signal[0] == "ann"
    assert (signal[1]["id"], signal[1]["failed"]) == ("one", "the room is archived")
    assert "account" not in signal[1]


PASSING = {
    "slow mode": (Refusal("rate_limited", "the room is in slow mode", {"retry_after": 12.5}), 12.5),
    "a mute or a lock": (Refusal("forbidden", "it is muted in the space", passing=True), LOOK_AGAIN / 1000),
    "a full mailbox": (Refusal("overloaded", "too much at once"), LOOK_AGAIN / 1000),
}


@pytest.mark.parametrize("why", PASSING)
async def test_a_refusal_that_passes_is_not_final(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery, why: str
) -> None:
    refusal, wait = PASSING[why]
    twin.put("one", START, text="patient")
    twin.refusals["patient"] = refusal
    nursery.start_soon(scheduler.run)
    await trio.sleep(1.5 * wait)
    del twin.refusals["patient"]
    await trio.sleep(wait)
    assert twin.times() == [0, pytest.approx(wait, abs=0.1), pytest.approx(2 * wait, abs=0.1)]
    assert list(twin.posted) == ["scheduled:one"]
    assert twin.list == {}


async def test_what_is_refused_for_a_day_has_failed(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery
) -> None:
    twin.put("one", START, text="patient")
    twin.refusals["patient"] = Refusal("forbidden", "the room is locked", passing=True)
    nursery.start_soon(scheduler.run)
    await trio.sleep(GIVEN_UP / 1000 - LOOK_AGAIN / 1000)
    assert twin.list["one"]["failed"] is None
    await trio.sleep(2 * LOOK_AGAIN / 1000)
    assert twin.list["one"]["failed"] == "the room is locked"


@pytest.mark.parametrize("account", ["ann", "bot of ann"])
async def test_a_disabled_account_posts_nothing_and_neither_do_its_bots(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery, account: str
) -> None:
    twin.put("one", START, account=account)
    twin.put("two", START, account="bob")
    twin.disabled.add("ann")
    nursery.start_soon(scheduler.run)
    await trio.sleep(1)
    assert twin.texts() == ["two"]
    assert "disabled" in twin.list["one"]["failed"]


async def test_a_message_that_meets_a_bug_keeps_no_other_waiting(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery
) -> None:
    twin.put("one", START, text="bomb")
    twin.put("two", START + 1)
    nursery.start_soon(scheduler.run)
    await trio.sleep(1)
    assert twin.texts() == ["two"]
    assert twin.list["one"]["failed"]


@pytest.mark.parametrize("seconds", [0.1, 5, 200])
async def test_while_the_store_is_away_it_tries_ever_more_rarely_and_then_posts_once(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery, seconds: float
) -> None:
    twin.put("one", START + SECOND)
    twin.expiring["r", 1] = START + SECOND
    nursery.start_soon(scheduler.run)
    await wait_all_tasks_blocked()
    twin.down = True
    await trio.sleep(1 + seconds)
    assert twin.tries <= 6 + seconds / LONGEST_RETRY
    twin.down = False
    await trio.sleep(min(2 * seconds + 2 * FIRST_RETRY, LONGEST_RETRY + 1))
    assert list(twin.posted) == ["scheduled:one"]
    assert (twin.list, twin.expiring) == ({}, {})


@pytest.mark.parametrize("answer", [UNAVAILABLE, UNCERTAIN], ids=["not", "perhaps"])
async def test_a_room_that_cannot_store_now_keeps_the_order(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery, answer: Refusal
) -> None:
    twin.put("first", START)
    twin.put("second", START + 1)
    twin.refusals["first"] = answer
    nursery.start_soon(scheduler.run)
    await trio.sleep(0.1)
    twin.refusals.clear()
    await trio.sleep(10)
    assert twin.texts() == ["first", "first", "second"]


async def test_what_stands_in_the_room_already_is_only_taken_off_the_list(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery
) -> None:
    twin.put("one", START)
    twin.posted["scheduled:one"] = START - SECOND
    nursery.start_soon(scheduler.run)
    await trio.sleep(1)
    assert len(twin.asked) == 1
    assert twin.list == {}
    assert twin.signals == [("ann", {"id": "one", "gone": True})]


async def test_a_clock_that_is_set_forward_is_noticed(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery
) -> None:
    twin.put("one", START + 3600 * SECOND)
    nursery.start_soon(scheduler.run)
    await trio.sleep(1)
    twin.set_forward = 3600 * SECOND
    await trio.sleep(LONGEST_REST)
    assert twin.texts() == ["one"]


async def test_what_is_taken_back_as_its_time_comes_is_not_posted(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery
) -> None:
    twin.put("one", START + SECOND)
    nursery.start_soon(scheduler.run)
    answers: list[Answer] = []
    twin.gate = trio.Event()
    nursery.start_soon(_take_back, twin, answers)
    await trio.sleep(5)  # its time comes while the disk still works on it
    twin.gate.set()
    await trio.sleep(5)
    assert answers == [DONE]
    assert (twin.posted, twin.list) == ({}, {})
    assert twin.signals == [("ann", {"id": "one", "gone": True})]


async def test_what_is_taken_back_as_it_is_refused_does_not_stay_as_failed(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery
) -> None:
    twin.put("one", START + SECOND, text="late")
    twin.refusals["late"] = Refusal("forbidden", "the room is archived")
    nursery.start_soon(scheduler.run)
    answers: list[Answer] = []
    twin.gate = trio.Event()
    nursery.start_soon(_take_back, twin, answers)
    await trio.sleep(5)
    twin.gate.set()
    await trio.sleep(5)
    assert answers == [DONE]
    assert twin.list == {}
    assert twin.signals == [("ann", {"id": "one", "gone": True})]


async def test_what_is_being_posted_cannot_be_taken_back(
    autojump_clock: MockClock, twin: Twin, scheduler: Scheduler, nursery: trio.Nursery
) -> None:
    twin.put("one", START + SECOND)
    nursery.start_soon(scheduler.run)
    answers: list[Answer] = []
    twin.gate = trio.Event()
    await trio.sleep(1.5)
    nursery.start_soon(_take_back, twin, answers)
    await trio.sleep(5)
    twin.gate.set()
    await trio.sleep(5)
    assert answers == [NOT_LISTED]
    assert twin.texts() == ["one"]
    assert list(twin.posted) == ["scheduled:one"]


async def _take_back(twin: Twin, answers: list[Answer]) -> None:
    caller, all_of_it = Caller("", "ann", "ann"), cast(Any, twin)
    handler = ScheduledMessages(all_of_it, all_of_it, all_of_it, twin.due_timer, all_of_it)
    answers.append(await handler.unschedule(caller, UnscheduleMessage("one")))


def _posted(seq: int, **data: Any) -> Event:
    return Event(seq, "room/r", seq, "message.posted", START, "ann", data)


# --- on the real store and the real rooms --------------------------------------------------------------


class NoNames(MentionNames):
    """Nobody is mentioned."""

    def __init__(self) -> None: ...

    async def context(self, context: Context, text: str) -> Context:
        return context


async def carry_out(world: World, at: int = START + SECOND) -> bool:
    """What is due at `at`, with Ann and Bob in the room `r`."""
    commands = CommandBus(world.directory, world.writer)
    scheduler = Scheduler(world.reader, world.bus, commands, DueTimer(), NoNames(), lambda: at)
    return await scheduler.carry_out()


async def schedule(world: World, text: str, account: str = "ann") -> None:
    put = PutScheduled("one", account, "r", text, None, None, START, START)
    await CommandBus(world.directory, world.writer).write(put)


async def test_posting_and_taking_off_the_list_are_one_commit(world: World) -> None:
    await schedule(world, "on time")
    commits = world.writer.commits.count
    assert await carry_out(world)
    assert world.writer.commits.count == commits + 1
    assert await world.texts() == ["on time"]
    assert await world.reader.scheduled("ann") == []
    assert await world.reader.next_due() is None


async def test_a_failed_commit_leaves_the_message_on_the_list_and_the_next_try_posts_it(world: World) -> None:
    await schedule(world, "on time")
    world.faults.stages.add("commit")
    assert not await carry_out(world)
    assert await world.texts() == []
    assert [row["id"] for row in await world.reader.scheduled("ann")] == ["one"]
    world.faults.stages.clear()
    assert await carry_out(world)
    assert await world.texts() == ["on time"]
    assert await world.reader.scheduled("ann") == []


async def test_the_real_room_says_when_a_message_was_posted_before(world: World) -> None:
    await world.post("on time", "scheduled:one")
    await schedule(world, "on time")
    assert await carry_out(world)
    assert await world.texts() == ["on time"]
    assert await world.reader.scheduled("ann") == []


async def test_a_refusal_of_the_real_room_stays_on_the_list_with_its_reason(world: World) -> None:
    await schedule(world, "let me in", account="eve")
    await world.ask("account/eve", CreateAccount("eve"), "system")
    assert await carry_out(world)
    assert await world.texts() == []
    (row,) = await world.reader.scheduled("eve")
    assert row["failed"]
    assert await world.reader.next_due() is None


async def test_a_real_message_expires_for_everybody(world: World) -> None:
    for text, expires_in in (("short", 1), ("long", 10**6), ("ordinary", None)):
        await world.ask("room/r", PostMessage("r", text, expires_in=expires_in), "ann", at=START)
    assert await world.reader.next_due() == START + SECOND
    assert await carry_out(world)
    assert await world.texts() == [None, "long", "ordinary"]
    event = (await world.reader.stream_events("room/r", 0, 100))[-1]
    assert (event.type, event.by) == ("message.deleted", "system")
    assert (event.data["author"], event.data["expired"]) == ("ann", True)
    assert await world.reader.next_due() == START + 10**9
