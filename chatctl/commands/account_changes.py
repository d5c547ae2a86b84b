"""`chatctl account promote | demote | rename | set-display-name`: who administers, and what one is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import rich_click as click

from chatctl.connection import Connection
from chatctl.lookup import find_account
from chatctl.options import reason
from chatctl.output import print_result

if TYPE_CHECKING:
    from chatd.contract.account import Account


@click.command()
@click.argument("account")
@reason
@click.pass_obj
def promote(connection: Connection, account: str, reason: str | None) -> None:
    """Make an account an administrator of the server. Its connections open again."""
    from chatd.contract.account_admin import SetAdmin

    before, found = _change(connection, account, lambda id_: SetAdmin(id_, True, reason))
    already = " already" if before.admin else ""
    print_result(connection, found, f"{found.name} is an administrator{already}")


@click.command()
@click.argument("account")
@reason
@click.pass_obj
def demote(connection: Connection, account: str, reason: str | None) -> None:
    """Take the rights of an administrator from an account; never from the last one."""
    from chatd.contract.account_admin import SetAdmin

    before, found = _change(connection, account, lambda id_: SetAdmin(id_, False, reason))
    print_result(
        connection, found, f"{found.name} {'is not' if before.admin else 'was not'} an administrator"
    )


@click.command()
@click.argument("account")
@click.argument("name")
@reason
@click.pass_obj
def rename(connection: Connection, account: str, name: str, reason: str | None) -> None:
    """Give an account another name to sign in with. Nobody else can take the old one."""
    from chatd.contract.account_admin import SetName

    before, found = _change(connection, account, lambda id_: SetName(id_, name, reason))
    print_result(connection, found, f"renamed {before.name} to {found.name}")


@click.command("set-display-name")
@click.argument("account")
@click.argument("name")
@reason
@click.pass_obj
def set_display_name(connection: Connection, account: str, name: str, reason: str | None) -> None:
    """Change the name that others see."""
    from chatd.contract.account_admin import SetDisplayName

    _, found = _change(connection, account, lambda id_: SetDisplayName(id_, name, reason))
    print_result(connection, found, f"others see {found.name} as {found.display_name}")


def _change(
    connection: Connection, account: str, request: Callable[[str], object]
) -> tuple[Account, Account]:
    """The account before and after the request for its id."""
    from chatd.contract.account import AccountResult

    before, after = connection.ask_about(find_account, account, request, AccountResult)
    return before, after.account
