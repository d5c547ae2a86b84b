"""`chatctl space …`: communities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.confirm import confirm
from chatctl.connection import Connection
from chatctl.names import Row, find_account, find_space
from chatctl.options import reason, yes
from chatctl.output import print_object, print_result, print_rows

if TYPE_CHECKING:
    from chatd.client import Client

COLUMNS = {"name": "name", "description": "description", "owner": "owner", "id": "id"}
MEMBER_COLUMNS = {
    "name": "name",
    "display_name": "display name",
    "role": "role",
    "joined_at": "joined",
    "account": "id",
}


@click.group("space")
def command() -> None:
    """Communities: each has its members, rooms and invites."""


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
    if owner is None and connection.url is None:
        raise click.UsageError("say who owns it: --owner ACCOUNT")

    async def work(client: Client) -> dict[str, Any]:
        found = await find_account(client, owner) if owner else None
        return await client.request(
            "space.create",
            name=name,
            owner=found and found["id"],
            description=description,
            icon=icon,
        )

    space = connection.run(work)["space"]
    print_result(connection, space, f"made space {space['name']} ({space['id']})")


@command.command("list")
@click.pass_obj
def list_(connection: Connection) -> None:
    """All spaces; over --url those of the caller."""

    async def work(client: Client) -> list[dict[str, Any]]:
        return await client.spaces()

    print_rows(
        connection, connection.run(work), COLUMNS, "no spaces yet; `chatctl space create NAME` makes one"
    )


@command.command()
@click.argument("space")
@click.pass_obj
def show(connection: Connection, space: str) -> None:
    """One space."""

    async def work(client: Client) -> dict[str, Any]:
        found = await find_space(client, space)
        return await client.request("space.get", space=found["id"])

    print_object(connection, connection.run(work)["space"])


@command.command()
@click.argument("space")
@click.pass_obj
def members(connection: Connection, space: str) -> None:
    """The members of a space."""

    async def work(client: Client) -> list[dict[str, Any]]:
        return await client.space_members((await find_space(client, space))["id"])

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
    asked = {"name": name, "description": description, "icon": icon}
    if all(value is None for value in asked.values()):
        raise click.UsageError("say what to change: --name, --description, --icon")
    found = _change(connection, "space.update", space, **asked)
    print_result(connection, {"space": found["id"]}, f"changed {name or found['name']}")


@command.command()
@click.argument("space")
@reason
@yes
@click.pass_obj
def delete(connection: Connection, space: str, reason: str | None, yes: bool) -> None:
    """Delete a space with its rooms: nobody sees them any more, and nobody can restore them."""

    async def work(client: Client) -> Row:
        known = await find_space(client, space)
        shown: Row = (await client.request("space.get", space=known["id"]))["space"]
        return shown

    found = connection.run(work)
    confirm(f"Delete {found['name']} ({found['members']} members) with all its rooms, for good?", yes)
    connection.ask("space.delete", space=found["id"], reason=reason)
    print_result(connection, {"space": found["id"]}, f"{found['name']} is deleted with all its rooms")


@command.command()
@click.argument("space")
@reason
@click.pass_obj
def lock(connection: Connection, space: str, reason: str | None) -> None:
    """Lock a space: nobody joins, guests only read, and members post in slow mode."""
    found = _change(connection, "space.lock", space, reason=reason)
    print_result(
        connection, {"space": found["id"]}, f"{found['name']} is locked; `chatctl space unlock` ends it"
    )


@command.command()
@click.argument("space")
@reason
@click.pass_obj
def unlock(connection: Connection, space: str, reason: str | None) -> None:
    """End the lock of a space."""
    found = _change(connection, "space.unlock", space, reason=reason)
    print_result(connection, {"space": found["id"]}, f"{found['name']} is open again")


@command.command()
@click.argument("space")
@click.pass_obj
def emoji(connection: Connection, space: str) -> None:
    """The custom emoji of a space."""

    async def work(client: Client) -> list[dict[str, Any]]:
        return await client.emoji((await find_space(client, space))["id"])

    columns = {"name": "name", "image": "image", "at": "created"}
    print_rows(
        connection,
        connection.run(work),
        columns,
        "none yet; `chatctl space add-emoji SPACE NAME URL` adds one",
    )


@command.command("add-emoji")
@click.argument("space")
@click.argument("name")
@click.argument("image")
@click.pass_obj
def add_emoji(connection: Connection, space: str, name: str, image: str) -> None:
    """Make a custom emoji: from then on :NAME: is a reaction in the rooms of the space."""

    async def work(client: Client) -> dict[str, Any]:
        found = await find_space(client, space)
        await client.add_emoji(found["id"], name, image)
        return {"space": found["id"], "emoji": name}

    print_result(connection, connection.run(work), f"added :{name}:")


@command.command("remove-emoji")
@click.argument("space")
@click.argument("name")
@click.pass_obj
def remove_emoji(connection: Connection, space: str, name: str) -> None:
    """Delete a custom emoji; reactions with it stay as they are."""

    async def work(client: Client) -> dict[str, Any]:
        found = await find_space(client, space)
        await client.remove_emoji(found["id"], name)
        return {"space": found["id"], "emoji": name}

    print_result(connection, connection.run(work), f"removed :{name}:")


def _change(connection: Connection, request: str, space: str, **data: Any) -> Row:
    async def work(client: Client) -> Row:
        found = await find_space(client, space)
        await client.request(request, space=found["id"], **data)
        return found

    return connection.run(work)
