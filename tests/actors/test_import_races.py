"""Members who act between what an import reads and what it writes were not too late: what they did stands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from actor_world import World
from meanwhile import ReaderMeanwhile
from msgspec.structs import replace

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.actors.workers.deletions import Deletions
from chatd.actors.workers.mention_names import MentionNames
from chatd.contract.account import CreateAccount
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
    ImportReaction,
    ImportRoom,
    ImportUndone,
    UndoImport,
)
from chatd.contract.member import KickMember
from chatd.contract.message import DeleteMessage, EditMessage, PostMessage
from chatd.contract.pin import AddPin
from chatd.contract.reaction import AddReaction
from chatd.contract.room import JoinRoom, RemoveFromRoom
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.domain.internal import AdmitMembers, SecureAccount
from chatd.handlers.import_messages import ImportMessages
from chatd.handlers.import_people import ImportPeople
from chatd.handlers.import_rooms import ImportRooms
from chatd.handlers.import_traces import ImportTraces
from chatd.handlers.import_undo import ImportUndo
from chatd.handlers.uploads import Uploads
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, PutErasure, Reader, Upload

OPERATOR = Caller("", "operator:0", "operator:0", operator=True)
Act = Callable[[World], Awaitable[object]]


class Importing:
    """The import `i`, in which the room `C1` is the world's `r`, and `U1` and `U2` are Ann and Bob."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.commands = CommandBus(world.directory, world.writer)

    async def begin(self) -> Importing:
        world = self.world
        assert not isinstance(
            await world.ask("space/s", BeginImport("s", "slack", "T1"), "operator:0", new_id="i"), Refusal
        )
        await world.ask("room/r", JoinRoom("r"), "bob")
        await self.people(ImportPerson("U1", "ann", account="ann"), ImportPerson("U2", "bob", account="bob"))
        await self.rooms(ImportRoom("C1", "general", "public", room="r"))
        return self

    async def people(self, *people: ImportPerson, reader: Reader | None = None) -> Any:
        handler = ImportPeople(reader or self.world.reader, self.commands)
        return await handler.add_people(OPERATOR, AddImportPeople("i", list(people)))

    async def rooms(self, *rooms: ImportRoom, reader: Reader | None = None) -> ImportedRooms:
        handler = ImportRooms(reader or self.world.reader, self.commands, Visibility(self.world.directory))
        answer = await handler.add_rooms(OPERATOR, AddImportRooms("i", list(rooms)))
        assert isinstance(answer, ImportedRooms), answer
        return answer

    async def say(
        self, *messages: ImportMessage, room: str = "r", reader: Reader | None = None
    ) -> ImportedMessages:
        names = MentionNames(self.world.reader, cast(Any, None))
        handler = ImportMessages(reader or self.world.reader, self.commands, names)
        answer = await handler.add_messages(OPERATOR, AddImportMessages("i", room, list(messages)))
        assert isinstance(answer, ImportedMessages), answer
        return answer

    async def undo(self, reader: Reader) -> ImportUndone:
        traces = ImportTraces(reader, self.commands)
        handler = ImportUndo(reader, self.commands, Deletions(self.commands, LiveSessions()), traces)
        while True:
            answer = await handler.undo(OPERATOR, UndoImport("i"))
            assert isinstance(answer, ImportUndone), answer
            if answer.done:
                return answer

    def meanwhile(self, question: str, act: Act) -> Any:
        return ReaderMeanwhile(self.world.reader, question, lambda: act(self.world))


@pytest.fixture
async def importing(world: World) -> Importing:
    return await Importing(world).begin()


async def shown(world: World, room: str = "r") -> list[dict[str, Any]]:
    page = await world.reader.history(room, before=None, after=0, around=None, limit=500)
    return list(page.rows)


def by(account: str, stream: str, command: Any) -> Act:
    """This account does this, and may."""

    async def act(world: World) -> None:
        answer = await world.ask(stream, command, account, at=50)
        assert not isinstance(answer, Refusal), answer

    return act


NEWER = ImportMessage(
    "1", "ann", 5, "newer", edited_at=20, reactions=[ImportReaction("ann", "👍")], pinned_by="bob"
)


@pytest.mark.parametrize(
    ("who", "command", "text", "counted"),
    [
        ("ann", lambda seq: AddReaction("r", seq, "👍"), "newer", (1, 0)),
        ("ann", lambda seq: AddPin("r", seq), "newer", (1, 1)),
        ("ann", lambda seq: EditMessage("r", seq, "mine"), "mine", (0, 1)),
        ("ann", lambda seq: DeleteMessage("r", seq), None, (0, 0)),
    ],
    ids=["reacts", "pins", "edits", "deletes"],
)
async def test_what_somebody_does_to_a_message_stays_as_they_did_it(
    importing: Importing, who: str, command: Callable[[int], Any], text: str | None, counted: tuple[int, int]
) -> None:
    world = importing.world
    await importing.say(ImportMessage("1", "ann", 5, "first"))
    [row] = await shown(world)
    reader = importing.meanwhile("imported_messages", by(who, "room/r", command(row["seq"])))
    told = await importing.say(NEWER, reader=reader)
    assert reader.happened
    assert (told.edited, told.reactions) == counted
    [row] = await shown(world)
    assert row["text"] == text
    assert row["deleted"] == (text is None)
    assert len(row["reactions"]) == (text is not None)
    again = await importing.say(NEWER)
    assert (again.unchanged, again.edited, again.reactions) == (1, 0, 0)


@pytest.mark.parametrize("where", ["space/s", "room/r"])
async def test_who_comes_and_is_removed_stays_away(importing: Importing, where: str) -> None:
    world = importing.world
    await world.ask("account/carl", CreateAccount("carl"), "system")
    carl = ImportPerson("U3", "carl", account="carl")
    if where == "room/r":
        await importing.people(carl)

    async def act(world: World) -> None:
        await world.ask(where, AdmitMembers(("carl",)), "operator:0")
        remove = KickMember("s", "carl") if where == "space/s" else RemoveFromRoom("r", "carl")
        assert not isinstance(await world.ask(where, remove, "ann"), Refusal)

    reader = importing.meanwhile("new_to", act)
    if where == "space/s":
        await importing.people(carl, reader=reader)
    else:
        room = ImportRoom("C1", "general", "public", room="r", members=["carl"])
        await importing.rooms(room, reader=reader)
    assert reader.happened
    assert "carl" not in (await world.directory.state_of(where)).members


@pytest.mark.parametrize("what", ["messages", "direct room"])
async def test_nothing_comes_of_who_is_deleted(importing: Importing, what: str) -> None:
    world = importing.world

    async def act(world: World) -> None:
        await importing.commands.write(PutErasure("bob", "operator:0", None, True, 1))

    reader = importing.meanwhile("of_deleted", act)
    if what == "messages":
        await importing.say(ImportMessage("1", "bob", 5, "of bob"), reader=reader)
        [row] = await shown(world)
        assert (row["by"], row["text"], row["deleted"]) == ("bob", None, True)
    else:
        room = ImportRoom("D1", "x", "direct", members=["ann", "bob"])
        [made] = (await importing.rooms(room, reader=reader)).rooms
        state = await world.directory.state_of(f"room/{made.room}")
        assert set(state.members) == {"ann"}
    assert reader.happened


async def test_no_file_comes_of_who_is_about_to_be_deleted(importing: Importing) -> None:
    """A refusal of this file alone: the import goes on without it."""

    class Unlimited:
        async def refusal(self, caller: Caller, size: int) -> None: ...

        def conditions(self, caller: Caller, size: int) -> tuple[()]:
            return ()

    nothing = cast(Any, None)
    uploads = Uploads(
        importing.world.reader, importing.commands, cast(Any, Unlimited()), nothing, nothing, False
    )
    await importing.commands.write(PutErasure("bob", "operator:0", None, True, 1))
    for_bob = replace(OPERATOR, account="bob", by="bob")
    assert (
        await uploads.add(for_bob, Upload(hash="0" * 64, size=5, name="a.txt", type="text/plain"))
        == NO_SUCH_ACCOUNT
    )


async def test_a_room_in_which_somebody_writes_while_it_is_taken_back_stays(importing: Importing) -> None:
    world = importing.world
    [made] = (await importing.rooms(ImportRoom("C2", "own", "public", members=["ann"]))).rooms
    await importing.say(ImportMessage("1", "ann", 5, "imported"), room=made.room)
    post = by("ann", f"room/{made.room}", PostMessage(made.room, "live"))
    reader = importing.meanwhile("rooms_made_by", post)
    assert (await importing.undo(reader)).rooms_left == 1
    assert reader.happened
    assert [row["text"] for row in await shown(world, made.room)] == [None, "live"]


async def test_who_claims_a_placeholder_while_the_import_is_taken_back_stays(importing: Importing) -> None:
    [made] = (await importing.people(ImportPerson("U9", "zoe"))).people
    claims = by(made.account, f"account/{made.account}", SecureAccount("recovered"))
    reader = importing.meanwhile("placeholders_of", claims)
    assert (await importing.undo(reader)).people_left == 1
    assert reader.happened
    assert await importing.world.reader.erasures() == []
