"""`chatctl bot …`: accounts that act for another account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.connection import Connection
from chatctl.names import find_account
from chatctl.output import print_json, print_line, print_result, print_rows

if TYPE_CHECKING:
    from chatd.client import Client

COLUMNS = {
    "name": "name",
    "display_name": "display name",
    "scopes": "scopes",
    "created_at": "created",
    "account": "id",
}
SCOPES = ("read", "post", "react", "join", "moderate", "manage")
scopes = click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(SCOPES),
    help="A scope of the bot; may be given several times.",
)


@click.group("bot")
def command() -> None:
    """Bots: make, set scopes, replace tokens, delete."""


@command.command()
@click.argument("name")
@click.option("--owner", required=True, metavar="ACCOUNT", help="Whose bot it is; it may never do more.")
@click.option("--display-name", help="The name that others see.")
@scopes
@click.pass_obj
def create(
    connection: Connection, name: str, owner: str, display_name: str | None, scopes: tuple[str, ...]
) -> None:
    """Make a bot and print its token, which is shown only once."""

    async def work(client: Client) -> dict[str, Any]:
        found = await find_account(client, owner)
        return await client.request(
            "bot.create", name=name, owner=found["id"], display_name=display_name, scopes=list(scopes)
        )

    _show_token(connection, connection.run(work))


@command.command("list")
@click.option("--owner", required=True, metavar="ACCOUNT", help="Whose bots.")
@click.pass_obj
def list_(connection: Connection, owner: str) -> None:
    """The bots of an account."""

    async def work(client: Client) -> list[dict[str, Any]]:
        found = await find_account(client, owner)
        bots: list[dict[str, Any]] = (await client.request("bot.list", owner=found["id"]))["bots"]
        return bots

    print_rows(connection, connection.run(work), COLUMNS, "no bots")


@command.command()
@click.argument("bot")
@scopes
@click.pass_obj
def update(connection: Connection, bot: str, scopes: tuple[str, ...]) -> None:
    """Set the scopes of a bot; without --scope it has none."""
    found = _change(connection, "bot.update", bot, scopes=list(scopes))
    named = ", ".join(scopes) or "nothing"
    print_result(
        connection, {"account": found["id"], "scopes": list(scopes)}, f"{found['name']} may at most: {named}"
    )


@command.command()
@click.argument("bot")
@click.pass_obj
def token(connection: Connection, bot: str) -> None:
    """Print a new token for a bot; its earlier ones end."""

    async def work(client: Client) -> dict[str, Any]:
        found = await find_account(client, bot)
        return await client.request("bot.token", account=found["id"])

    _show_token(connection, connection.run(work))


@command.command()
@click.argument("bot")
@click.pass_obj
def delete(connection: Connection, bot: str) -> None:
    """Delete a bot; what it wrote stays."""
    found = _change(connection, "bot.delete", bot)
    print_result(connection, {"account": found["id"]}, f"{found['name']} is gone")


def _show_token(connection: Connection, made: dict[str, Any]) -> None:
    if connection.json:
        print_json(made)
    else:
        print_line(made["token"])


def _change(connection: Connection, request: str, bot: str, **data: Any) -> dict[str, Any]:
    async def work(client: Client) -> dict[str, Any]:
        found = await find_account(client, bot)
        await client.request(request, account=found["id"], **data)
        return found

    return connection.run(work)
