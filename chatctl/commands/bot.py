"""`chatctl bot …`: accounts that act for another account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.connection import Target
from chatctl.names import find_account
from chatctl.output import say, say_json, tell, tell_rows

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
    help="What the bot may at most; may be given several times.",
)


@click.group("bot")
def command() -> None:
    """Bots: make them, say what they may, take them back."""


@command.command()
@click.argument("name")
@click.option("--owner", required=True, metavar="ACCOUNT", help="Whose bot it is; it may never do more.")
@click.option("--display-name", help="The name that others read.")
@scopes
@click.pass_obj
def create(target: Target, name: str, owner: str, display_name: str | None, scopes: tuple[str, ...]) -> None:
    """Make a bot and print its token, this once."""

    async def work(client: Client) -> dict[str, Any]:
        found = await find_account(client, owner)
        return await client.request(
            "bot.create", name=name, owner=found["id"], display_name=display_name, scopes=list(scopes)
        )

    _show_token(target, target.run(work))


@command.command("list")
@click.option("--owner", required=True, metavar="ACCOUNT", help="Whose bots.")
@click.pass_obj
def list_(target: Target, owner: str) -> None:
    """The bots of an account."""

    async def work(client: Client) -> list[dict[str, Any]]:
        found = await find_account(client, owner)
        bots: list[dict[str, Any]] = (await client.request("bot.list", owner=found["id"]))["bots"]
        return bots

    tell_rows(target, target.run(work), COLUMNS, "no bots")


@command.command()
@click.argument("bot")
@scopes
@click.pass_obj
def update(target: Target, bot: str, scopes: tuple[str, ...]) -> None:
    """Say what a bot may at most; without --scope nothing."""
    found = _change(target, "bot.update", bot, scopes=list(scopes))
    said = ", ".join(scopes) or "nothing"
    tell(target, {"account": found["id"], "scopes": list(scopes)}, f"{found['name']} may at most: {said}")


@command.command()
@click.argument("bot")
@click.pass_obj
def token(target: Target, bot: str) -> None:
    """Print a new token for a bot; those from before end."""

    async def work(client: Client) -> dict[str, Any]:
        found = await find_account(client, bot)
        return await client.request("bot.token", account=found["id"])

    _show_token(target, target.run(work))


@command.command()
@click.argument("bot")
@click.pass_obj
def delete(target: Target, bot: str) -> None:
    """Delete a bot; what it wrote stays."""
    found = _change(target, "bot.delete", bot)
    tell(target, {"account": found["id"]}, f"{found['name']} is gone")


def _show_token(target: Target, made: dict[str, Any]) -> None:
    if target.json:
        say_json(made)
    else:
        say(made["token"])


def _change(target: Target, request: str, bot: str, **data: Any) -> dict[str, Any]:
    async def work(client: Client) -> dict[str, Any]:
        found = await find_account(client, bot)
        await client.request(request, account=found["id"], **data)
        return found

    return target.run(work)
