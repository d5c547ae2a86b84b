"""`chatctl block …`: whom the account of --token does not want to hear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.connection import Connection
from chatctl.lookup import account_names, find_acquaintance
from chatctl.options import need_an_account
from chatctl.output import plain, print_result, print_rows

if TYPE_CHECKING:
    from chatd.client import Client

COLUMNS = {"name": "account", "at": "since", "account": "id"}


@click.group("block")
def command() -> None:
    """The block list of an account: of whom it hears nothing. They are not told."""


@command.command("list")
@click.pass_obj
def list_(connection: Connection) -> None:
    """Whom the account of --token has blocked."""
    need_an_account(connection)

    async def work(client: Client) -> Any:
        blocks = plain(await client.blocks())
        if connection.json:
            return blocks
        names = await account_names(client)
        return [{**block, "name": names.get(block["account"], "")} for block in blocks]

    print_rows(connection, connection.run(work), COLUMNS, "nobody is blocked")


@command.command()
@click.argument("account")
@click.pass_obj
def add(connection: Connection, account: str) -> None:
    """Block an account."""
    from chatd.contract.block import AddBlock

    need_an_account(connection)
    found = connection.change(find_acquaintance, account, AddBlock)
    print_result(connection, {"account": found.id}, f"{found.name} is blocked")


@command.command()
@click.argument("account")
@click.pass_obj
def remove(connection: Connection, account: str) -> None:
    """End a block."""
    from chatd.contract.block import RemoveBlock

    need_an_account(connection)
    found = connection.change(find_acquaintance, account, RemoveBlock)
    print_result(connection, {"account": found.id}, f"{found.name} is no longer blocked")
