"""`chatctl space …`: communities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.names import find_account, find_space
from chatctl.output import tell, tell_object, tell_rows
from chatctl.target import Target

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
def create(target: Target, name: str, owner: str | None, description: str | None, icon: str | None) -> None:
    """Make a space."""
    if owner is None and target.url is None:
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

    space = target.run(work)["space"]
    tell(target, space, f"made space {space['name']} ({space['id']})")


@command.command("list")
@click.pass_obj
def list_(target: Target) -> None:
    """All spaces; over --url those of the caller."""

    async def work(client: Client) -> list[dict[str, Any]]:
        return await client.spaces()

    tell_rows(target, target.run(work), COLUMNS, "no spaces yet; `chatctl space create NAME` makes one")


@command.command()
@click.argument("space")
@click.pass_obj
def show(target: Target, space: str) -> None:
    """One space."""

    async def work(client: Client) -> dict[str, Any]:
        found = await find_space(client, space)
        return await client.request("space.get", space=found["id"])

    tell_object(target, target.run(work)["space"])


@command.command()
@click.argument("space")
@click.pass_obj
def members(target: Target, space: str) -> None:
    """The members of a space."""

    async def work(client: Client) -> list[dict[str, Any]]:
        return await client.space_members((await find_space(client, space))["id"])

    tell_rows(target, target.run(work), MEMBER_COLUMNS, "nobody is in it")


@command.command()
@click.argument("space")
@click.pass_obj
def emoji(target: Target, space: str) -> None:
    """The custom emoji of a space."""

    async def work(client: Client) -> list[dict[str, Any]]:
        return await client.emoji((await find_space(client, space))["id"])

    columns = {"name": "name", "image": "image", "at": "created"}
    tell_rows(
        target, target.run(work), columns, "none yet; `chatctl space add-emoji SPACE NAME URL` adds one"
    )


@command.command("add-emoji")
@click.argument("space")
@click.argument("name")
@click.argument("image")
@click.pass_obj
def add_emoji(target: Target, space: str, name: str, image: str) -> None:
    """Make a custom emoji: from then on :NAME: is a reaction in the rooms of the space."""

    async def work(client: Client) -> dict[str, Any]:
        found = await find_space(client, space)
        await client.add_emoji(found["id"], name, image)
        return {"space": found["id"], "emoji": name}

    tell(target, target.run(work), f"added :{name}:")


@command.command("remove-emoji")
@click.argument("space")
@click.argument("name")
@click.pass_obj
def remove_emoji(target: Target, space: str, name: str) -> None:
    """Take a custom emoji away; reactions with it stay as they are."""

    async def work(client: Client) -> dict[str, Any]:
        found = await find_space(client, space)
        await client.remove_emoji(found["id"], name)
        return {"space": found["id"], "emoji": name}

    tell(target, target.run(work), f"removed :{name}:")
