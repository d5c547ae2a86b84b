"""Members who act between what an import reads and what it writes were not too late: what they did stands."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import pytest
from actor_world import World
from import_scene import OPERATOR, Act, Importing, shown
from msgspec.structs import replace

from chatd.actors.runtime.command_bus import CommandBus
from chatd.auth.quotas import DAY
from chatd.clock import now
from chatd.contract.account_admin import CreateAccount
from chatd.contract.errors import Refusal
from chatd.contract.import_ import (
    ImportMessage,
    ImportPerson,
    ImportReaction,
    ImportRoom,
)
from chatd.contract.member import KickMember
from chatd.contract.message import DeleteMessage, EditMessage, PostMessage
from chatd.contract.pin import AddPin
from chatd.contract.reaction import AddReaction
from chatd.contract.room import RemoveFromRoom
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.domain.internal import AdmitMembers, SecureAccount
from chatd.handlers.uploads import Uploads
from chatd.ports import Caller, Condition, PutErasure, StoreUnavailable, Upload, Write


@pytest.fixture
async def importing(world: World) -> Importing:
    return await Importing(world).begin()


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


@pytest.mark.parametrize(
    ("what", "once_read"), [("messages", "import_for_messages"), ("direct room", "of_deleted")]
)
async def test_nothing_comes_of_who_is_deleted(importing: Importing, what: str, once_read: str) -> None:
    world = importing.world

    async def act(world: World) -> None:
        await importing.commands.write(PutErasure("bob", "operator:0", None, True, 1))

    reader = importing.meanwhile(once_read, act)
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


class Cut(CommandBus):
    """Of a server that ends when it is to write something beside the log."""

    async def write(self, *writes: Write, conditions: tuple[Condition, ...] = ()) -> bool:
        raise StoreUnavailable("cut")


async def test_a_direct_room_whose_import_was_cut_goes_when_it_is_taken_back(importing: Importing) -> None:
    """It belongs to the import as long as it is there."""
    world, whole = importing.world, importing.commands
    room = ImportRoom("D1", "x", "direct", members=["ann", "bob"])
    importing.commands = Cut(world.directory, world.writer)
    with suppress(StoreUnavailable):
        await importing.rooms(room)
    importing.commands = whole
    [made] = (await importing.rooms(room)).rooms
    assert made.own
    await importing.undo(world.reader)
    assert (await world.directory.state_of(f"room/{made.room}")).deleted


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
    for_bob = replace(OPERATOR, account="bob", by="bob")
    upload = Upload(hash="0" * 64, size=5, name="a.txt", type="text/plain")
    assert not isinstance(await uploads.add(for_bob, upload), Refusal)
    # It takes nothing of what bob may upload today.
    written = await importing.world.reader.written_by_account(0, 1 << 40, now() - DAY // 2)
    assert sum(row["uploads"] for row in written) == 0
    await importing.commands.write(PutErasure("bob", "operator:0", None, True, 1))
    assert await uploads.add(for_bob, upload) == NO_SUCH_ACCOUNT


async def test_a_room_in_which_somebody_writes_while_it_is_taken_back_stays(importing: Importing) -> None:
    world = importing.world
    [made] = (await importing.rooms(ImportRoom("C2", "own", "public", members=["ann"]))).rooms
    await importing.say(ImportMessage("1", "ann", 5, "imported"), room=made.room)
    post = by("ann", f"room/{made.room}", PostMessage(made.room, "live"))
    reader = importing.meanwhile("unused_rooms_of", post)
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


async def test_a_call_takes_back_a_bounded_piece(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of rooms would hold the request up for minutes."""
    monkeypatch.setattr("chatd.handlers.import_undo.ROOMS_AT_ONCE", 2)
    await importing.rooms(*(ImportRoom(f"C{n}", f"own {n}", "public") for n in range(2, 7)))
    left = []
    while not (answer := await importing.undo_some()).done:
        left.append(len(await importing.world.reader.unused_rooms_of("i", 9)))
    assert left == [3, 1]
    assert answer.rooms_left == 0
