"""`chatctl space …`: communities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.commands.export import export_space
from chatctl.commands.retention import of_space
from chatctl.confirm import confirm
from chatctl.connection import Connection
from chatctl.count import counted
from chatctl.labels import Labels
from chatctl.lookup import find_account, find_space
from chatctl.options import reason, yes
from chatctl.output import plain, print_object, print_result, print_rows

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.member import Member
    from chatd.contract.space import Space, SpaceDetail

COLUMNS = {"name": "name", "description": "description", "owner": "owner", "id": "id"}
MEMBER_COLUMNS = {
    "name": "name",
    "display_name": "display name",
    "role": "role",
    "disabled": "disabled",
    "joined_at": "joined",
    "account": "id",
}


@click.group("space")
def command() -> None:
    """Communities: each has its members, rooms and invites."""


command.add_command(export_space)
command.add_command(of_space)


@command.command()
@click.argument("name")
@click.option("--owner", help="The account that owns it; without it, the caller's own (--url only).")
@click.option("--description", help="What it is for.")
@click.option("--icon", help="Address of a picture.")
@click.pass_obj
def create(
    connection: Connection, name: str, owner: str | None, description: str | None, icon: str | None
) -> None:
    """Make a space."""
    from chatd.contract.space import CreateSpace, SpaceResult

    if owner is None and connection.url is None:
        raise click.UsageError("give the owner: --owner ACCOUNT")

    async def work(client: Client) -> Space:
        owned_by = (await find_account(client, owner)).id if owner else None
        return (await client.ask(CreateSpace(name, description, icon, owned_by), SpaceResult)).space

    made = connection.run(work)
    print_result(connection, made, f"created space {made.name} ({made.id})")


@command.command("list")
@click.pass_obj
def list_(connection: Connection) -> None:
    """All spaces; over --url those of the caller."""

    async def work(client: Client) -> list[dict[str, Any]]:
        spaces: list[dict[str, Any]] = plain(await client.spaces())
        labels = Labels(client)
        for space in spaces if not connection.json else ():
            space["owner"] = await labels.account(space["owner"])
        return spaces

    print_rows(
        connection, connection.run(work), COLUMNS, "no spaces yet; `chatctl space create NAME` makes one"
    )


@command.command()
@click.argument("space")
@click.pass_obj
def show(connection: Connection, space: str) -> None:
    """One space."""

    async def work(client: Client) -> object:
        shown = await _detail(client, space)
        if connection.json:
            return shown
        return {**plain(shown), "owner": await Labels(client).account(shown.owner or "")}

    print_object(connection, connection.run(work))


@command.command()
@click.argument("space")
@click.pass_obj
def members(connection: Connection, space: str) -> None:
    """The members of a space."""

    async def work(client: Client) -> list[Member]:
        return await client.space_members((await find_space(client, space)).id)

    print_rows(connection, connection.run(work), MEMBER_COLUMNS, "nobody is in it")


@command.command()
@click.argument("space")
@click.option("--name", help="What it is called.")
@click.option("--description", help="What it is for; empty: none.")
@click.option("--icon", help="Address of a picture; empty: none.")
@click.pass_obj
def update(
    connection: Connection, space: str, name: str | None, description: str | None, icon: str | None
) -> None:
    """Change the name, description or icon of a space."""
    from chatd.contract.space import UpdateSpace

    if name is None and description is None and icon is None:
        raise click.UsageError("give at least one of --name, --description and --icon")
    found = connection.change(find_space, space, lambda id_: UpdateSpace(id_, name, description, icon))
    print_result(connection, {"space": found.id}, f"changed {name or found.name}")


@command.command()
@click.argument("space")
@reason
@yes
@click.pass_obj
def delete(connection: Connection, space: str, reason: str | None, yes: bool) -> None:
    """Delete a space with its rooms: nobody sees them any more, and nobody can restore them."""
    from chatd.contract.space import DeleteSpace

    found = connection.run(lambda client: _detail(client, space))
    confirm(f"Delete {found.name} ({counted(found.members, 'member')}) with all its rooms, for good?", yes)
    connection.do(DeleteSpace(found.id, reason))
    print_result(connection, {"space": found.id}, f"{found.name} is deleted with all its rooms")


@command.command()
@click.argument("space")
@reason
@click.pass_obj
def lock(connection: Connection, space: str, reason: str | None) -> None:
    """Lock a space: nobody joins, guests only read, and members post in slow mode."""
    from chatd.contract.space import LockSpace

    found = connection.change(find_space, space, lambda id_: LockSpace(id_, reason))
    print_result(connection, {"space": found.id}, f"{found.name} is locked; `chatctl space unlock` ends it")


@command.command()
@click.argument("space")
@reason
@click.pass_obj
def unlock(connection: Connection, space: str, reason: str | None) -> None:
    """End the lock of a space."""
    from chatd.contract.space import UnlockSpace

    found = connection.change(find_space, space, lambda id_: UnlockSpace(id_, reason))
    print_result(connection, {"space": found.id}, f"{found.name} is open again")


@command.command()
@click.argument("space")
@click.pass_obj
def emoji(connection: Connection, space: str) -> None:
    """The custom emoji of a space."""
    from chatd.contract.emoji import EmojiList, ListEmoji

    _, found = connection.ask_about(find_space, space, ListEmoji, EmojiList)
    columns = {"name": "name", "image": "image", "at": "created"}
    nothing = "none yet; `chatctl space add-emoji SPACE NAME URL` adds one"
    print_rows(connection, found.emoji, columns, nothing)


@command.command("add-emoji")
@click.argument("space")
@click.argument("name")
@click.argument("image")
@click.pass_obj
def add_emoji(connection: Connection, space: str, name: str, image: str) -> None:
    """Make a custom emoji: from then on :NAME: is a reaction in the rooms of the space."""
    from chatd.contract.emoji import AddEmoji

    found = connection.change(find_space, space, lambda id_: AddEmoji(id_, name, image))
    print_result(connection, {"space": found.id, "emoji": name}, f"added :{name}:")


@command.command("remove-emoji")
@click.argument("space")
@click.argument("name")
@click.pass_obj
def remove_emoji(connection: Connection, space: str, name: str) -> None:
    """Delete a custom emoji; reactions with it stay as they are."""
    from chatd.contract.emoji import RemoveEmoji

    found = connection.change(find_space, space, lambda id_: RemoveEmoji(id_, name))
    print_result(connection, {"space": found.id, "emoji": name}, f"removed :{name}:")


async def _detail(client: Client, space: str) -> SpaceDetail:
    from chatd.contract.space import GetSpace, SpaceDetailResult

    found = await find_space(client, space)
    return (await client.ask(GetSpace(found.id), SpaceDetailResult)).space
