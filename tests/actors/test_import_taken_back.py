"""An import that is taken back while a request of it is under way: from then on it lets nobody in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from actor_world import World
from meanwhile import ReaderMeanwhile

from chatd.actors.runtime.command_bus import CommandBus
from chatd.contract.account_admin import CreateAccount
from chatd.contract.errors import Refusal
from chatd.contract.import_ import (
    AddImportPeople,
    AddImportRooms,
    BeginImport,
    ImportPerson,
    ImportResult,
    ImportRoom,
)
from chatd.domain.internal import EndImport
from chatd.handlers.import_people import ImportPeople
from chatd.handlers.import_rooms import ImportRooms
from chatd.handlers.imports import TAKEN_BACK
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller

OPERATOR = Caller("", "operator:0", "operator:0", operator=True)


async def add_people(reader: Any, commands: CommandBus, import_: str) -> object:
    person = ImportPerson("U1", "carl", account="carl", member=True)
    return await ImportPeople(reader, commands).add_people(OPERATOR, AddImportPeople(import_, [person]))


async def add_rooms(reader: Any, commands: CommandBus, import_: str) -> object:
    rooms = ImportRooms(reader, commands, Visibility(commands.directory))
    room = ImportRoom("C1", "general", "public", members=["carl"], room="r")
    return await rooms.add_rooms(OPERATOR, AddImportRooms(import_, [room]))


@pytest.mark.parametrize("question", ["import_", "new_to"])
@pytest.mark.parametrize(("add", "stream"), [(add_people, "space/s"), (add_rooms, "room/r")])
async def test_an_import_that_is_taken_back_lets_nobody_in_at_any_moment(
    world: World, add: Callable[[Any, CommandBus, str], Awaitable[object]], stream: str, question: str
) -> None:
    commands = CommandBus(world.directory, world.writer)
    assert not isinstance(await world.ask("account/carl", CreateAccount("carl"), "system"), Refusal)
    begun = await world.ask("space/s", BeginImport("s", "slack", "T1"), "operator:0", new_id="i")
    assert isinstance(begun, ImportResult)
    if stream != "space/s":  # who is in a room is in its space
        await add_people(world.reader, commands, "i")

    async def take_back() -> None:
        await world.ask("space/s", EndImport("i", undone=True), "operator:0")

    reader = ReaderMeanwhile(world.reader, question, take_back)
    assert await add(reader, commands, "i") == TAKEN_BACK
    assert "carl" not in (await world.directory.state_of(stream)).members
