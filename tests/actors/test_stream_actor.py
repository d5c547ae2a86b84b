"""The actor of a stream: turns, failures, nonces, sleep. Memory never runs ahead of the log."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from actor_world import World, furnish, living

from chatd.actors.runtime import stream_actor as streams
from chatd.actors.runtime.envelope import STALE
from chatd.actors.runtime.stream_types import STREAM_TYPES
from chatd.contract.account import AccountResult
from chatd.contract.account_admin import CreateAccount
from chatd.contract.errors import Refusal
from chatd.contract.member import KickMember
from chatd.contract.message import Posted, PostMessage
from chatd.contract.read import MarkRead
from chatd.contract.room import JoinRoom
from chatd.contract.spec import DONE
from chatd.domain.internal import AdmitMembers, SecureAccount
from chatd.ports import (
    Append,
    Appended,
    DropRecoveryLinks,
    PutCredential,
    PutRecoveryLink,
    RecoveryLinkIs,
    ScheduledExists,
    StoreUnavailable,
    Taken,
)


def code(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


async def test_all_that_waits_is_one_commit(world: World) -> None:
    before = world.writer.commits.count
    answers = await world.ask_all("room/r", [(PostMessage("r", str(n)), "ann") for n in range(50)])
    assert [answer.seq for answer in answers] == list(range(3, 53))
    positions = [answer.position for answer in answers]
    assert positions == list(range(positions[0], positions[0] + 50))
    assert world.writer.commits.count - before <= 2
    assert await world.texts() == [str(n) for n in range(50)]


async def test_one_refused_command_leaves_its_neighbours_alone(world: World) -> None:
    first, refused, last = await world.ask_all(
        "room/r",
        [
            (PostMessage("r", "a"), "ann"),
            (PostMessage("r", "b"), "eve"),
            (PostMessage("r", "c"), "ann"),
        ],
    )
    assert code(refused) == "not_found"
    assert last.seq == first.seq + 1


async def test_a_crash_in_one_rule_answers_one_asker(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    room = STREAM_TYPES["room"]

    def decide(state: object, around: object, command: object, context: object) -> object:
        if isinstance(command, PostMessage) and command.text == "bomb":
            raise ZeroDivisionError
        return room.decide(state, around, command, context)  # type: ignore[arg-type]

    actor = world.directory._awake("room/r")
    monkeypatch.setattr(actor, "_type", _Swapped(room, decide))
    good, bad = await world.ask_all(
        "room/r", [(PostMessage("r", "ok"), "ann"), (PostMessage("r", "bomb"), "ann")]
    )
    assert isinstance(good, Posted)
    assert code(bad) == "internal"


class _Swapped:
    def __init__(self, kind: object, decide: object) -> None:
        self._kind = kind
        self.decide = decide

    def __getattr__(self, name: str) -> object:
        return getattr(self._kind, name)


async def test_a_name_that_is_taken_punishes_only_who_claims_it(world: World) -> None:
    answer = await world.ask("account/x", CreateAccount("ANN"), "system")
    assert code(answer) == "conflict"
    assert isinstance(await world.ask("account/x", CreateAccount("xena"), "system"), AccountResult)


async def test_of_two_commands_with_the_same_condition_one_is_carried_out(world: World) -> None:
    await world.writer.append(Append(writes=(PutRecoveryLink("ann", b"code", 9),)))
    spend = {
        "writes": (DropRecoveryLinks("ann"), PutCredential("ann", "new")),
        "conditions": (RecoveryLinkIs("ann", b"code"),),
    }
    head = world.bus.head
    first, second = await world.ask_all(
        "account/ann", [(SecureAccount("recovered"), "ann")] * 2, more={0: spend, 1: spend}
    )
    assert not isinstance(first, Refusal)
    assert second is STALE
    assert world.bus.head == head + 1


async def test_a_stale_command_leaves_its_neighbours_alone_and_in_their_order(world: World) -> None:
    stale = {"writes": (PutCredential("ann", "new"),), "conditions": (ScheduledExists("gone"),)}
    texts = ["a", "b", "c", "d"]
    asked = [(PostMessage("r", text, text), "ann") for text in texts]
    answers = await world.ask_all("room/r", asked, more={1: stale})
    assert answers[1] is STALE
    assert await world.texts() == ["a", "c", "d"]
    assert await world.reader.credential("ann") is None
    assert not isinstance(await world.post("b", "b"), Refusal)  # its nonce was not used up


async def test_a_command_that_is_refused_anyway_is_not_called_stale(world: World) -> None:
    stale = {"conditions": (ScheduledExists("gone"),)}
    [answer] = await world.ask_all("room/r", [(PostMessage("r", "x"), "eve")], more={0: stale})
    assert code(answer) == "not_found"


@pytest.mark.parametrize("stage", ["write", "commit"])
async def test_a_failed_commit_is_unavailable_shown_to_nobody_and_forgotten(world: World, stage: str) -> None:
    await world.post("before")
    head = world.bus.head
    world.faults.stages.add(stage)
    assert code(await world.post("lost", "n")) == "unavailable"
    assert code(await world.post("lost too")) == "unavailable"
    assert world.bus.head == head
    world.faults.stages.clear()
    answer = await world.post("after", "n")  # the nonce of the lost message was not used up
    assert answer.position == head + 1
    assert await world.texts() == ["before", "after"]


async def test_a_read_mark_is_durable_and_announced_but_no_event(world: World) -> None:
    head = world.bus.head
    assert await world.ask("room/r", MarkRead("r", 2), "ann") == DONE
    assert await world.ask("room/r", MarkRead("r", 1), "ann") == DONE
    assert await world.reader.read_marker("ann", "r") == 2
    assert world.marked[0] == ("ann", "room/r", 2)
    assert world.bus.head == head


async def test_a_room_that_slept_knows_everything_again(tmp_path: Path) -> None:
    async with living(tmp_path) as world:
        await furnish(world)
        posted = await world.post("hi", "n")
    async with living(tmp_path) as world:
        assert await world.post("hi", "n") == posted
        assert (await world.post("ho")).seq == posted.seq + 1


async def test_a_snapshot_is_only_a_shortcut(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "SNAPSHOT_EVERY", 10)
    for n in range(25):
        await world.post(str(n))
    loaded = await world.reader.load("room/r")
    assert 10 <= loaded.snapshot_seq < loaded.head
    live = await world.directory.state_of("room/r")
    fresh = await streams.StreamActor("room/r", world.directory).state()
    assert STREAM_TYPES["room"].dump(fresh) == STREAM_TYPES["room"].dump(live)


async def test_idle_actors_sleep_and_wake_on_demand(tmp_path: Path) -> None:
    async with living(tmp_path, idle_after=0.0) as world, trio.open_nursery() as nursery:
        await furnish(world)
        nursery.start_soon(world.directory.put_idle_to_sleep)
        with trio.fail_after(30):
            while world.directory.counts():
                await trio.lowlevel.checkpoint()
        assert isinstance(await world.post("awake again"), Posted)
        nursery.cancel_scope.cancel()


async def test_what_is_not_there_keeps_no_actor(world: World) -> None:
    for n in range(20):
        assert code(await world.ask(f"room/none{n}", JoinRoom(f"none{n}"), "ann")) == "not_found"
    with trio.fail_after(30):
        while any(actor.stream.startswith("room/none") for actor in world.directory):
            await trio.lowlevel.checkpoint()


async def test_everybody_is_answered_when_the_house_closes(tmp_path: Path) -> None:
    answers: list[object] = []
    async with living(tmp_path) as world:
        await furnish(world)

        async with trio.open_nursery() as nursery:

            async def post(n: int) -> None:
                answers.append(await world.post(str(n)))

            for n in range(100):
                nursery.start_soon(post, n)
            await trio.lowlevel.checkpoint()
            await world.directory.close()
    assert len(answers) == 100
    assert all(isinstance(answer, Posted) or code(answer) == "unavailable" for answer in answers)


async def test_a_kick_that_was_not_written_hides_no_other_one_and_shuts_nobody_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query of the room saw it, as if it were so."""
    people = ("cy", "dan")
    for name in people:
        await world.ask(f"account/{name}", CreateAccount(name), "system")
    assert await world.ask("space/s", AdmitMembers(people), "ann") == DONE
    for name in people:
        await world.ask("room/r", JoinRoom("r"), name)
        assert isinstance(await world.post("before", by=name), Posted)

    async def append(_: Append, spans: object = ()) -> Appended | Taken:
        room = await world.directory.state_of("room/r")
        assert "cy" not in room.members
        raise StoreUnavailable("the disk is full")

    with monkeypatch.context() as full:
        full.setattr(world.writer, "append", append)
        assert code(await world.ask("space/s", KickMember("s", "cy"), "ann")) == "unavailable"
    assert not isinstance(await world.ask("space/s", KickMember("s", "dan"), "ann"), Refusal)
    assert code(await world.post("after", by="dan")) == "not_found"
    assert isinstance(await world.post("after", by="cy"), Posted)
