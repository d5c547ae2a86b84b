"""`chatctl bot …`: accounts that act for another account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from chatctl.confirm import confirm
from chatctl.connection import Connection
from chatctl.lookup import find_account
from chatctl.options import yes
from chatctl.output import print_result, print_rows

if TYPE_CHECKING:
    from chatd.contract.fields import Scope

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
    connection: Connection, name: str, owner: str, display_name: str | None, scopes: tuple[Scope, ...]
) -> None:
    """Make a bot and print its token, which is shown only once."""
    from chatd.contract.bot import BotCreated, CreateBot

    _, made = connection.ask_about(
        find_account, owner, lambda id_: CreateBot(name, list(scopes), display_name, id_), BotCreated
    )
    print_result(connection, made, made.token)


@command.command("list")
@click.option("--owner", required=True, metavar="ACCOUNT", help="Whose bots.")
@click.pass_obj
def list_(connection: Connection, owner: str) -> None:
    """The bots of an account."""
    from chatd.contract.bot import BotList, ListBots

    _, found = connection.ask_about(find_account, owner, ListBots, BotList)
    print_rows(connection, found.bots, COLUMNS, "no bots")


@command.command()
@click.argument("bot")
@scopes
@click.pass_obj
def update(connection: Connection, bot: str, scopes: tuple[Scope, ...]) -> None:
    """Set the scopes of a bot; without --scope it has none."""
    from chatd.contract.bot import UpdateBot

    found = connection.change(find_account, bot, lambda id_: UpdateBot(id_, list(scopes)))
    named = ", ".join(scopes) or "nothing"
    print_result(
        connection, {"account": found.id, "scopes": list(scopes)}, f"scopes of {found.name}: {named}"
    )


@command.command()
@click.argument("bot")
@click.pass_obj
def token(connection: Connection, bot: str) -> None:
    """Print a new token for a bot; its earlier ones end."""
    from chatd.contract.account import BearerToken
    from chatd.contract.bot import IssueBotToken

    _, made = connection.ask_about(find_account, bot, IssueBotToken, BearerToken)
    print_result(connection, made, made.token)


@command.command()
@click.argument("bot")
@yes
@click.pass_obj
def delete(connection: Connection, bot: str, yes: bool) -> None:
    """Delete a bot; what it wrote stays."""
    from chatd.contract.bot import DeleteBot

    confirm(f"Delete the bot {bot}, for good?", yes)
    found = connection.change(find_account, bot, DeleteBot)
    print_result(connection, {"account": found.id}, f"deleted {found.name}")
