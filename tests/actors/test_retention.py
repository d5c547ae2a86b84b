"""Retention on virtual time: what is too old is erased, and nothing else, whatever was said meanwhile."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from actor_world import World

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.workers import retention
from chatd.actors.workers.retention import DAY, RetentionWorker
from chatd.contract.errors import Refusal
from chatd.contract.message import DeleteMessage, Posted, PostMessage
from chatd.contract.pin import AddPin
from chatd.contract.retention import SetRoomHold, SetRoomRetention, SetSpaceHold, SetSpaceRetention
from chatd.contract.room import DeleteRoom
from chatd.contract.space import DeleteSpace
from chatd.ports import StoreUnavailable

OPERATOR = "operator:0"


@attrs.define
class Years:
    """A world and its retention worker, under a clock that counts days and that tests move."""

    world: World
    delay: int = DAY
    day: int = 1_000

    @property
    def at(self) -> int:
        return self.day * DAY

    def worker(self) -> RetentionWorker:
        commands = CommandBus(self.world.directory, self.world.writer)
        return RetentionWorker(self.world.reader, commands, self.delay, lambda: self.at)

    async def says(self, stream: str, command: Any, by: str = "ann") -> Any:
        answer = await self.world.ask(stream, command, by, at=self.at)
        assert not isinstance(answer, Refusal), answer
        return answer

    async def post(self, text: str, reply_to: int | None = None, at: int | None = None) -> int:
        command = PostMessage("r", text, reply_to=reply_to)
        answer = await self.world.ask("room/r", command, "ann", at=self.at if at is None else at)
        assert isinstance(answer, Posted)
        return answer.seq

    async def texts(self) -> list[str | None]:
        return list(await self.world.texts())

    async def preserved(self) -> list[list[str]]:
        return [row["texts"] for row in await self.world.reader.preserved_messages("r", 0, 100)]


@pytest.fixture
def years(world: World) -> Years:
    return Years(world)


async def test_how_many_a_rule_would_take_is_counted_before(years: Years) -> None:
    def count(room: str | None, space: str | None, days: int, hold_ends: bool = False) -> Any:
        return years.world.reader.old_messages(room, space, years.at, days, hold_ends)

    first = years.at
    gone = await years.post("deleted long before")
    await years.says("room/r", DeleteMessage("r", gone))
    await years.post("the first")
    years.day += 10
    second = await years.post("the second")
    years.day += 1
    assert await count("r", None, 12) == await count("r", None, 0) == (0, None)
    assert await count("r", None, 11) == await count(None, "s", 11) == (1, first)
    assert await count("r", None, 1) == (2, first)
    await years.says("room/r", SetRoomRetention("r", 0))
    assert await count(None, "s", 1) == (0, None), "the room has a rule of its own"
    assert await count("r", None, 1) == (2, first)
    released = years.world.reader.released_messages
    await years.says("space/s", SetSpaceHold("s", True), by=OPERATOR)
    await years.says("room/r", DeleteMessage("r", second))
    assert await count("r", None, 1) == await count("r", None, 1, True) == (0, None), (
        "the space's hold stands"
    )
    assert (await released("r", None), await released(None, "s")) == (0, 1)
    assert await count(None, "s", 1, True) == (0, None), "the room keeps all"
    await years.says("room/r", SetRoomRetention("r", 11))
    assert await count(None, "s", 0, True) == (1, first), "the room goes on by its own rule"
    await years.says("room/r", SetRoomHold("r", True), by=OPERATOR)
    assert (await released("r", None), await released(None, "s")) == (0, 0)
    await years.says("space/s", SetSpaceHold("s", False), by=OPERATOR)
    assert await count("r", None, 11) == (0, None)
    assert await count("r", None, 11, True) == (1, first)
    assert await released("r", None) == 1


async def test_messages_go_when_they_are_too_old_and_no_day_before(years: Years) -> None:
    await years.says("space/s", SetSpaceRetention("s", 30))
    worker = years.worker()
    root = await years.post("the root")
    await years.says("room/r", AddPin("r", root))
    years.day += 10
    await years.post("a reply", reply_to=root)
    years.day += 19
    await worker.look()
    assert await years.texts() == ["the root", "a reply"]
    years.day += 1
    await worker.look()
    assert await years.texts() == [None, "a reply"]
    assert await years.world.reader.pins("r") == []
    years.day += 10
    await worker.look()
    assert await years.texts() == [None, None]
    [gone] = [
        one
        for one in await years.world.reader.stream_events("room/r", root, 99)
        if one.data.get("seq") == root and one.type == "message.deleted"
    ]
    assert (gone.by, gone.data) == ("system", {"seq": root, "author": "ann", "retention": True})


async def test_a_rule_can_be_taken_back_for_a_while(years: Years) -> None:
    await years.post("dear to us")
    worker = years.worker()
    years.day += 100
    await years.says("space/s", SetSpaceRetention("s", 30))
    await worker.look()
    assert await years.texts() == ["dear to us"]
    await years.says("space/s", SetSpaceRetention("s", 0))
    years.day += 2
    await worker.look()
    assert await years.texts() == ["dear to us"]


async def test_a_room_has_a_rule_of_its_own_or_does_as_its_space_says(years: Years) -> None:
    await years.says("space/s", SetSpaceRetention("s", 5))
    await years.says("room/r", SetRoomRetention("r", 0))
    await years.post("kept here")
    worker = years.worker()
    years.day += 50
    await worker.look()
    assert await years.texts() == ["kept here"]
    await years.says("room/r", SetRoomRetention("r"))
    years.day += 1
    await worker.look()
    assert await years.texts() == [None]


@pytest.mark.parametrize(
    ("stream", "hold"),
    [("room/r", lambda on: SetRoomHold("r", on)), ("space/s", lambda on: SetSpaceHold("s", on))],
)
async def test_a_hold_stops_retention_and_preserves_what_people_delete(
    years: Years, stream: str, hold: Any
) -> None:
    await years.says("space/s", SetSpaceRetention("s", 5))
    seq, _ = await years.post("deleted by hand"), await years.post("too old")
    worker = years.worker()
    await years.says(stream, hold(True), OPERATOR)
    years.day += 50
    await worker.look()
    await years.says("room/r", DeleteMessage("r", seq))
    assert await years.texts() == [None, "too old"]
    assert await years.preserved() == [["deleted by hand"]]
    await years.says(stream, hold(False), OPERATOR)
    await worker.look()
    assert await years.preserved() == [["deleted by hand"]]  # it may have been a mistake
    years.day += 1
    await worker.look()
    assert await years.preserved() == []
    assert await years.texts() == [None, None]


async def test_a_hold_that_begins_in_the_middle_stops_the_worker(
    years: Years, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 1)
    await years.says("space/s", SetSpaceRetention("s", 5))
    for number in range(3):
        await years.post(f"old {number}")
    years.day += 10
    worker = years.worker()
    ask, asked = worker._ask, 0

    async def interrupted(room: str, command: Any) -> None:
        nonlocal asked
        if (asked := asked + 1) == 2:
            await years.says("space/s", SetSpaceHold("s", True), OPERATOR)
        await ask(room, command)

    monkeypatch.setattr(worker, "_ask", interrupted)
    await worker.look()
    assert await years.texts() == [None, "old 1", "old 2"]


async def test_what_stands_behind_newer_messages_goes_within_a_day(
    years: Years, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an import into a room that people write in leaves it."""
    monkeypatch.setattr(retention, "STRETCH", 2)
    await years.says("space/s", SetSpaceRetention("s", 30))
    years.day += 40
    worker = years.worker()
    await years.post("new")
    await worker.look()
    for number in range(5):
        await years.post(f"from long ago {number}", at=years.at - 35 * DAY)
    await worker.look()
    years.day += 1
    await worker.look()
    assert await years.texts() == ["new", *[None] * 5]


async def test_another_worker_goes_on_where_one_was_interrupted(years: Years) -> None:
    await years.says("space/s", SetSpaceRetention("s", 5))
    for number in range(60):
        await years.post(str(number))
    years.day += 10
    worker = years.worker()
    years.world.faults.stages.add("commit")
    with pytest.raises(StoreUnavailable):
        await worker.look()
    years.world.faults.stages.clear()
    await years.worker().look()
    assert await years.texts() == [None] * 60


async def test_retention_reaches_deleted_rooms_too(years: Years) -> None:
    await years.says("space/s", SetSpaceRetention("s", 5))
    await years.post("still in the log")
    await years.says("room/r", DeleteRoom("r"))
    years.day += 10
    await years.worker().look()
    assert await years.texts() == [None]


async def test_under_a_hold_nothing_is_deleted_as_a_whole(years: Years) -> None:
    await years.says("room/r", SetRoomHold("r", True), OPERATOR)
    refused = await years.world.ask("room/r", DeleteRoom("r"), "ann", at=years.at)
    assert isinstance(refused, Refusal)
    assert refused.code == "conflict"
    seq = await years.post("x")
    await years.says("room/r", DeleteMessage("r", seq))
    await years.says("space/s", DeleteSpace("s"))  # the hold is the room's, and stands
    years.day += 10
    await years.worker().look()
    assert await years.preserved() == [["x"]]
    await years.says("room/r", SetRoomHold("r", False), OPERATOR)
    years.day += 1
    await years.worker().look()
    assert await years.preserved() == []
