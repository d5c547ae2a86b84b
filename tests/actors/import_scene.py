"""An import into the world of actors, asked as `chatctl` asks it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

from actor_world import World
from meanwhile import ReaderMeanwhile

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.actors.workers.deletions import Deletions
from chatd.actors.workers.mention_names import MentionNames
from chatd.contract.errors import Refusal
from chatd.contract.import_ import (
    AddImportMessages,
    AddImportPeople,
    AddImportRooms,
    BeginImport,
    ImportedMessages,
    ImportedRooms,
    ImportMessage,
    ImportPerson,
    ImportRoom,
    ImportUndone,
    UndoImport,
)
from chatd.contract.room import JoinRoom
from chatd.handlers.import_messages import ImportMessages
from chatd.handlers.import_people import ImportPeople
from chatd.handlers.import_rooms import ImportRooms
from chatd.handlers.import_traces import ImportTraces
from chatd.handlers.import_undo import ImportUndo
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Reader

OPERATOR: Final = Caller("", "operator:0", "operator:0", operator=True)
Act = Callable[[World], Awaitable[object]]


class Importing:
    """The import `i`, in which the room `C1` is the world's `r`, and `U1` and `U2` are Ann and Bob."""

    def __init__(self, world: World, id_: str = "i") -> None:
        self.world = world
        self.id = id_
        self.commands = CommandBus(world.directory, world.writer)

    async def open(self) -> None:
        begins = BeginImport("s", "slack", "T1")
        answer = await self.world.ask("space/s", begins, "operator:0", new_id=self.id)
        assert not isinstance(answer, Refusal), answer

    async def begin(self) -> Importing:
        await self.open()
        await self.world.ask("room/r", JoinRoom("r"), "bob")
        await self.people(ImportPerson("U1", "ann", account="ann"), ImportPerson("U2", "bob", account="bob"))
        await self.rooms(ImportRoom("C1", "general", "public", room="r"))
        return self

    async def people(self, *people: ImportPerson, reader: Reader | None = None) -> Any:
        handler = ImportPeople(reader or self.world.reader, self.commands)
        return await handler.add_people(OPERATOR, AddImportPeople(self.id, list(people)))

    async def rooms(self, *rooms: ImportRoom, reader: Reader | None = None) -> ImportedRooms:
        handler = ImportRooms(reader or self.world.reader, self.commands, Visibility(self.world.directory))
        answer = await handler.add_rooms(OPERATOR, AddImportRooms(self.id, list(rooms)))
        assert isinstance(answer, ImportedRooms), answer
        return answer

    async def say(
        self, *messages: ImportMessage, room: str = "r", reader: Reader | None = None
    ) -> ImportedMessages:
        names = MentionNames(self.world.reader, cast(Any, None))
        handler = ImportMessages(reader or self.world.reader, self.commands, names)
        answer = await handler.add_messages(OPERATOR, AddImportMessages(self.id, room, list(messages)))
        assert isinstance(answer, ImportedMessages), answer
        return answer

    async def undo(self, reader: Reader) -> ImportUndone:
        while True:
            answer = await self.undo_some(reader)
            if answer.done:
                return answer

    async def undo_some(self, reader: Reader | None = None) -> ImportUndone:
        reader = reader or self.world.reader
        traces = ImportTraces(reader, self.commands)
        handler = ImportUndo(reader, self.commands, Deletions(self.commands, LiveSessions()), traces)
        answer = await handler.undo(OPERATOR, UndoImport(self.id))
        assert isinstance(answer, ImportUndone), answer
        return answer

    def meanwhile(self, question: str, act: Act) -> Any:
        return ReaderMeanwhile(self.world.reader, question, lambda: act(self.world))


async def shown(world: World, room: str = "r") -> list[dict[str, Any]]:
    page = await world.reader.history(room, before=None, after=0, around=None, limit=500)
    return list(page.rows)
