"""`chatctl room …`: rooms and their members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.commands.export import export_room
from chatctl.commands.retention import of_room
from chatctl.commands.room_moderation import COMMANDS, change
from chatctl.commands.space import MEMBER_COLUMNS
from chatctl.connection import Connection
from chatctl.labels import Labels, label_from
from chatctl.lookup import account_names, find_room, find_space
from chatctl.number import MessageNumber
from chatctl.options import in_space, need_an_account, reason
from chatctl.output import plain, print_object, print_result, print_rows

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.fields import RoomKind
    from chatd.contract.member import Member
    from chatd.contract.room import Room, RoomDetail

ROOM_KINDS = ["text", "audio", "video", "announcement"]
COLUMNS = {
    "space_name": "space",
    "name": "name",
    "kind": "kind",
    "private": "private",
    "archived": "archived",
    "locked": "locked",
    "topic": "topic",
    "head": "events",
    "id": "id",
}

NO_ROOMS = "no rooms yet; `chatctl room create NAME --space S` makes one"
NO_ROOM_FOR_A_GUEST = (
    "you are a guest and in no room yet; ask a moderator to add you to one: `chatctl room invite ROOM NAME`"
)
MESSAGE = MessageNumber()


@click.group("room")
def command() -> None:
    """Rooms: make, change, archive, moderate. A room may be written SPACE/ROOM."""


for each in (*COMMANDS, export_room, of_room):
    command.add_command(each)


@command.command()
@click.argument("name")
@click.option("--space", required=True, help="The space that it belongs to.")
@click.option("--kind", type=click.Choice(ROOM_KINDS), default="text", help="Without it, text.")
@click.option("--private", is_flag=True, help="Seen by its members only.")
@click.option("--topic", help="What it is about.")
@click.pass_obj
def create(
    connection: Connection, name: str, space: str, kind: RoomKind, private: bool, topic: str | None
) -> None:
    """Make a room."""

    async def work(client: Client) -> Room:
        found = await find_space(client, space)
        return await client.create_room(found.id, name, kind=kind, private=private, topic=topic)

    made = connection.run(work)
    print_result(connection, made, f"created room {made.name} ({made.id})")


@command.command("list")
@click.option("--space", help="Only the rooms of this space.")
@click.pass_obj
def list_(connection: Connection, space: str | None) -> None:
    """Rooms of one space, or of all."""

    async def work(client: Client) -> tuple[list[dict[str, Any]], str]:
        spaces = [await find_space(client, space)] if space else await client.spaces()
        rooms = [
            {**plain(room), "space_name": of.name} for of in spaces for room in await client.rooms(of.id)
        ]
        guest = bool(spaces) and all(of.role == "guest" for of in spaces)
        return rooms, NO_ROOM_FOR_A_GUEST if guest else NO_ROOMS

    rooms, nothing = connection.run(work)
    print_rows(connection, rooms, COLUMNS, nothing)


@command.command()
@click.argument("room")
@in_space
@click.pass_obj
def show(connection: Connection, room: str, space: str | None) -> None:
    """One room, with the overrides of rights in it, for those who may set them."""

    async def work(client: Client) -> object:
        shown = await client.room((await find_room(client, room, space)).id)
        if connection.json:
            return shown
        readable = _readable(shown, await account_names(client))
        return {**readable, "space": await Labels(client).space(shown.space)} if shown.space else readable

    print_object(connection, connection.run(work))


def _readable(room: RoomDetail, names: dict[str, str]) -> dict[str, Any]:
    """The room with rights and overrides as sentences."""
    shown: dict[str, Any] = {COLUMNS[n] if n == "head" else n: value for n, value in plain(room).items()}
    if "rights" in shown:
        shown["rights"] = ", ".join(right for right, may in shown["rights"].items() if may)
    if "overrides" in shown:
        shown["overrides"] = ", ".join(
            f"{one['right']} {'allowed' if one['allow'] else 'denied'} to "
            + (f"role {one['role']}" if "role" in one else label_from(names, one["account"]))
            for one in shown["overrides"]
        )
    return shown


@command.command()
@click.argument("room")
@in_space
@click.pass_obj
def members(connection: Connection, room: str, space: str | None) -> None:
    """The members of a room."""

    async def work(client: Client) -> list[Member]:
        return await client.members((await find_room(client, room, space)).id)

    print_rows(connection, connection.run(work), MEMBER_COLUMNS, "nobody is in it")


@command.command()
@click.argument("room")
@in_space
@click.pass_obj
def pins(connection: Connection, room: str, space: str | None) -> None:
    """The pinned messages of a room, the newest pin first."""

    async def work(client: Client) -> Any:
        found = await find_room(client, room, space)
        pinned = await client.pins(found.id)
        return (
            plain(pinned) if connection.json else [{**plain(pin), "text": pin.message.text} for pin in pinned]
        )

    columns = {"seq": "message", "text": "text", "at": "at"}
    print_rows(connection, connection.run(work), columns, "nothing is pinned in it")


@command.command()
@click.argument("room")
@click.argument("name")
@reason
@in_space
@click.pass_obj
def rename(connection: Connection, room: str, name: str, reason: str | None, space: str | None) -> None:
    """Rename a room."""
    from chatd.contract.room import UpdateRoom

    found = change(connection, room, space, lambda id_: UpdateRoom(id_, name=name, reason=reason))
    print_result(connection, {"room": found.id}, f"renamed {found.name} to {name}")


@command.command()
@click.argument("room")
@in_space
@click.pass_obj
def archive(connection: Connection, room: str, space: str | None) -> None:
    """Archive a room: nobody writes in it; its history stays."""
    from chatd.contract.room import ArchiveRoom

    found = change(connection, room, space, ArchiveRoom)
    print_result(connection, {"room": found.id}, f"{found.name} is archived")


@command.command()
@click.argument("room")
@in_space
@click.pass_obj
def join(connection: Connection, room: str, space: str | None) -> None:
    """Join a room, as the account of --token."""
    from chatd.contract.room import JoinRoom

    need_an_account(connection)
    found = change(connection, room, space, JoinRoom)
    print_result(connection, {"room": found.id}, f"joined {found.name}")


@command.command()
@click.argument("room")
@in_space
@click.pass_obj
def leave(connection: Connection, room: str, space: str | None) -> None:
    """Leave a room, as the account of --token."""
    from chatd.contract.room import LeaveRoom

    need_an_account(connection)
    found = change(connection, room, space, LeaveRoom)
    print_result(connection, {"room": found.id}, f"left {found.name}")
