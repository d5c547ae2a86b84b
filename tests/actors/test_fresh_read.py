"""Of those who rely on the same thing at the same time one is written; the others look again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import pytest
import trio
from actor_world import World

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.envelope import STALE
from chatd.actors.workers.due_timer import DueTimer
from chatd.actors.workers.mention_names import MentionNames
from chatd.actors.workers.presence import Presence
from chatd.actors.workers.scheduler import Scheduler
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.message import Posted, ReportMessage, ScheduledResult, ScheduleMessage, UnscheduleMessage
from chatd.contract.signals import ScheduledChanged
from chatd.contract.spec import DONE, Done
from chatd.domain.decision import Context
from chatd.domain.internal import SecureAccount
from chatd.handlers import scheduled
from chatd.handlers.fresh_read import TRIES, retried_when_stale
from chatd.handlers.membership import Membership
from chatd.handlers.report import MessageReports
from chatd.handlers.scheduled import ScheduledMessages
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, PutCredential, PutScheduled, PutSetupCode, SetupCodeIs

ANN = Caller("", "ann", "ann")
START = 1_700_000_000_000  # Unix milliseconds


@pytest.fixture
def commands(world: World) -> CommandBus:
    return CommandBus(world.directory, world.writer)


@pytest.fixture
def messages(world: World, commands: CommandBus) -> ScheduledMessages:
    membership = Membership(Visibility(world.directory))
    return ScheduledMessages(world.reader, commands, world.bus, DueTimer(), membership)


@pytest.fixture
def scheduler(world: World, commands: CommandBus) -> Scheduler:
    names = MentionNames(world.reader, Presence(world.reader, world.writer, now))
    return Scheduler(world.reader, world.bus, commands, DueTimer(), names)


async def at_once(*works: Callable[[], Awaitable[object]]) -> list[object]:
    """What they return, in their order."""
    answers: dict[int, object] = {}

    async def note(index: int, work: Callable[[], Awaitable[object]]) -> None:
        answers[index] = await work()

    with trio.fail_after(30):
        async with trio.open_nursery() as nursery:
            for index, work in enumerate(works):
                nursery.start_soon(note, index, work)
    return [answers[index] for index in range(len(works))]


def entry(id_: str, room: str = "r", text: str = "later") -> PutScheduled:
    return PutScheduled(id_, "ann", room, text, None, None, START, START)


# --- trying again -------------------------------------------------------------------------------------


@pytest.mark.parametrize("stale", [0, 1, TRIES - 1])
async def test_a_command_is_decided_anew_until_nothing_has_changed_meanwhile(stale: int) -> None:
    answers: list[Done | Refusal] = [*[STALE] * stale, DONE]
    assert await retried_when_stale(partial(_next, answers))() is DONE
    assert answers == []


async def test_the_tries_are_bounded_and_the_last_answer_says_what_to_do() -> None:
    answers: list[Done | Refusal] = [STALE] * (TRIES + 1)
    assert await retried_when_stale(partial(_next, answers))() is STALE
    assert len(answers) == 1


async def test_another_conflict_is_an_answer() -> None:
    answers: list[Done | Refusal] = [Refusal("conflict", "this name is taken"), DONE]
    assert await retried_when_stale(partial(_next, answers))() == Refusal("conflict", "this name is taken")
    assert answers == [DONE]


async def _next(answers: list[Done | Refusal]) -> Done | Refusal:
    return answers.pop(0)


# --- writing under conditions -------------------------------------------------------------------------


async def test_of_two_writes_that_use_one_code_up_one_says_that_it_was_written(
    commands: CommandBus, world: World
) -> None:
    assert await commands.write(PutSetupCode(b"code"))
    use = partial(commands.write, PutSetupCode(None), conditions=(SetupCodeIs(b"code"),))
    assert sorted(map(bool, await at_once(use, use))) == [False, True]
    assert await world.reader.setup_code() is None


async def test_a_command_whose_condition_does_not_hold_changes_nothing(
    commands: CommandBus, world: World
) -> None:
    head = await world.reader.head()
    put, unused = PutCredential("ann", "hash"), (SetupCodeIs(b"code"),)
    secured, context = SecureAccount("password"), Context("ann", START)
    assert await commands.ask("account/ann", secured, context, Done, put, conditions=unused) is STALE
    assert await world.reader.head() == head
    assert await world.reader.credential("ann") is None
    assert await commands.ask("account/ann", secured, context, Done, put) == DONE
    assert await world.reader.credential("ann") == "hash"


# --- handlers that come second ------------------------------------------------------------------------


async def test_a_message_that_is_reported_several_times_at_once_has_one_report(
    commands: CommandBus, world: World
) -> None:
    posted = await world.post("rude")
    assert isinstance(posted, Posted)
    reports = MessageReports(world.reader, commands, Visibility(world.directory))
    report = partial(reports.report, ANN, ReportMessage("r", posted.seq, "rude"))
    assert await at_once(*[report] * 5) == [DONE] * 5
    assert len(await world.reader.reports("s", True, None, 9)) == 1


async def test_several_who_schedule_at_once_do_not_exceed_the_limit(
    monkeypatch: pytest.MonkeyPatch, messages: ScheduledMessages, world: World
) -> None:
    monkeypatch.setattr(scheduled, "MAX_SCHEDULED", 3)
    add = partial(messages.schedule, ANN, ScheduleMessage("r", "later", now() + 3600_000))
    answers = await at_once(*[add] * 5)
    assert sum(isinstance(answer, ScheduledResult) for answer in answers) == 3
    assert answers.count(scheduled.FULL) == 2
    assert len(await world.reader.scheduled("ann")) == 3


@pytest.mark.parametrize("taker_first", [True, False])
async def test_a_message_is_either_posted_or_taken_back(
    taker_first: bool, commands: CommandBus, messages: ScheduledMessages, scheduler: Scheduler, world: World
) -> None:
    taken = 0
    for number in range(20):
        await commands.write(entry(f"m{number}", text=f"text {number}"))
        take = partial(messages.unschedule, ANN, UnscheduleMessage(f"m{number}"))
        works = (take, scheduler.carry_out) if taker_first else (scheduler.carry_out, take)
        answers = await at_once(*works)
        assert True in answers  # the scheduler has nothing to try again
        answer = answers[0 if taker_first else 1]
        assert answer in (DONE, scheduled.NOT_LISTED)
        taken += answer == DONE
        assert (f"text {number}" in await world.texts()) is (answer == scheduled.NOT_LISTED)
        assert await world.reader.scheduled("ann") == []
    assert len(await world.texts()) == 20 - taken


class _BetweenLookAndPost(MentionNames):
    """Names are looked up after the list and before the room is asked: then the author takes it back."""

    def __init__(self, world: World, take: Callable[[], Awaitable[object]]) -> None:
        super().__init__(world.reader, Presence(world.reader, world.writer, now))
        self._take = take

    async def context(self, context: Context, text: str) -> Context:
        assert await self._take() == DONE
        return await super().context(context, text)


@pytest.mark.parametrize("room", ["r", "nowhere"])
async def test_what_is_taken_back_after_the_scheduler_looked_is_neither_posted_nor_told_as_failed(
    room: str,
    commands: CommandBus,
    messages: ScheduledMessages,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[object] = []
    monkeypatch.setattr(world.bus, "signal", lambda account, frame: told.append(frame["data"]))
    await commands.write(entry("m", room))
    names = _BetweenLookAndPost(world, partial(messages.unschedule, ANN, UnscheduleMessage("m")))
    assert await Scheduler(world.reader, world.bus, commands, DueTimer(), names).carry_out()
    assert await world.texts() == []
    assert await world.reader.scheduled("ann") == []
    assert told == [ScheduledChanged(id="m", gone=True)]


async def test_what_has_failed_is_taken_off_the_list(
    commands: CommandBus, messages: ScheduledMessages, scheduler: Scheduler, world: World
) -> None:
    await commands.write(entry("m", room="nowhere"))
    assert await scheduler.carry_out()
    assert [row["id"] for row in await world.reader.scheduled("ann")] == ["m"]
    assert await messages.unschedule(ANN, UnscheduleMessage("m")) == DONE
    assert await world.reader.scheduled("ann") == []
