"""`chatctl room …`: where people talk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.commands.room_moderation import VERBS, change
from chatctl.commands.space import MEMBER_COLUMNS
from chatctl.connection import Target
from chatctl.names import account_names, find_room, find_space
from chatctl.options import in_space, reason
from chatctl.output import tell, tell_object, tell_rows

if TYPE_CHECKING:
    from chatd.client import Client

STREAM_TYPES = ["text", "audio", "video", "announcement"]
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

MESSAGE = click.IntRange(1)  # its number in its room


@click.group("room")
def command() -> None:
    """Rooms: make them, name them, close them. A room may be written SPACE/ROOM."""


for verb in VERBS:
    command.add_command(verb)


@command.command()
@click.argument("name")
@click.option("--space", required=True, help="The space that it belongs to.")
@click.option("--kind", type=click.Choice(STREAM_TYPES), help="Without it, text.")
@click.option("--private", is_flag=True, help="Seen by its members only.")
@click.option("--topic", help="What it is about.")
@click.pass_obj
def create(target: Target, name: str, space: str, kind: str | None, private: bool, topic: str | None) -> None:
    """Make a room."""

    async def work(client: Client) -> dict[str, Any]:
        found = await find_space(client, space)
        return await client.create_room(found["id"], name, kind=kind, private=private or None, topic=topic)

    room = target.run(work)
    tell(target, room, f"made room {room['name']} ({room['id']})")


@command.command("list")
@click.option("--space", help="Only the rooms of this space.")
@click.pass_obj
def list_(target: Target, space: str | None) -> None:
    """Rooms of one space, or of all."""

    async def work(client: Client) -> list[dict[str, Any]]:
        spaces = [await find_space(client, space)] if space else await client.spaces()
        return [{**room, "space_name": of["name"]} for of in spaces for room in await client.rooms(of["id"])]

    tell_rows(
        target, target.run(work), COLUMNS, "no rooms yet; `chatctl room create NAME --space S` makes one"
    )


@command.command()
@click.argument("room")
@in_space
@click.pass_obj
def show(target: Target, room: str, space: str | None) -> None:
    """One room, with the overrides of rights in it, for those who may set them."""

    async def work(client: Client) -> dict[str, Any]:
        shown = await client.room((await find_room(client, room, space))["id"])
        return shown if target.json else _readable(shown, await account_names(client))

    tell_object(target, target.run(work))


def _readable(room: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """With what one may, and the overrides, in words."""
    shown = dict(room)
    if "rights" in room:
        shown["rights"] = ", ".join(right for right, may in room["rights"].items() if may)
    if "overrides" in room:
        shown["overrides"] = ", ".join(
            f"{one['right']} {'allowed' if one['allow'] else 'denied'} to "
            + (f"role {one['role']}" if "role" in one else names.get(one["account"], one["account"]))
            for one in room["overrides"]
        )
    return shown


@command.command()
@click.argument("room")
@in_space
@click.pass_obj
def members(target: Target, room: str, space: str | None) -> None:
    """The members of a room."""

    async def work(client: Client) -> list[dict[str, Any]]:
        return await client.members((await find_room(client, room, space))["id"])

    tell_rows(target, target.run(work), MEMBER_COLUMNS, "nobody is in it")


@command.command()
@click.argument("room")
@in_space
@click.pass_obj
def pins(target: Target, room: str, space: str | None) -> None:
    """The pinned messages of a room, the newest pin first."""

    async def work(client: Client) -> list[dict[str, Any]]:
        found = await find_room(client, room, space)
        pinned = await client.pins(found["id"])
        return [{**pin, "text": pin["message"]["text"]} for pin in pinned] if not target.json else pinned

    columns = {"seq": "message", "text": "text", "at": "at"}
    tell_rows(target, target.run(work), columns, "nothing is pinned in it")


@command.command()
@click.argument("room")
@click.argument("name")
@reason
@in_space
@click.pass_obj
def rename(target: Target, room: str, name: str, reason: str | None, space: str | None) -> None:
    """Give a room another name."""
    found = change(target, "room.update", room, space, name=name, reason=reason)
    tell(target, {"room": found["id"]}, f"{found['name']} is called {name} now")


@command.command()
@click.argument("room")
@in_space
@click.pass_obj
def archive(target: Target, room: str, space: str | None) -> None:
    """Close a room for writing; its history stays."""
    found = change(target, "room.archive", room, space)
    tell(target, {"room": found["id"]}, f"{found['name']} is archived")


@command.command()
@click.argument("room")
@in_space
@click.pass_obj
def join(target: Target, room: str, space: str | None) -> None:
    """Join a room, as the account of --token."""
    _need_an_account(target)
    found = change(target, "room.join", room, space)
    tell(target, {"room": found["id"]}, f"joined {found['name']}")


@command.command()
@click.argument("room")
@in_space
@click.pass_obj
def leave(target: Target, room: str, space: str | None) -> None:
    """Leave a room, as the account of --token."""
    _need_an_account(target)
    found = change(target, "room.leave", room, space)
    tell(target, {"room": found["id"]}, f"left {found['name']}")


def _need_an_account(target: Target) -> None:
    if target.url is None:
        raise click.UsageError("an operator is no member of rooms: give --url and the token of an account")
