"""`chatctl account …`: accounts, devices, tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from chatctl.commands import account_changes, account_deletion, account_usage
from chatctl.connection import Connection
from chatctl.duration import Duration
from chatctl.lookup import all_accounts, find_account
from chatctl.options import reason
from chatctl.output import print_object, print_result, print_rows, warn
from chatctl.password import read_password

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.device import Device

COLUMNS = {
    "name": "name",
    "display_name": "display name",
    "admin": "admin",
    "disabled": "disabled",
    "deleted": "deleted",
    "placeholder": "placeholder",
    "created_at": "created",
    "id": "id",
}

DEVICES = {
    "name": "name",
    "connected": "connected",
    "last_seen": "last seen",
    "created_at": "signed in",
    "expires_at": "ends",
    "id": "id",
}


@click.group("account")
def command() -> None:
    """Accounts of people and bots: make, disable, sign out, delete."""


@command.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--no-password", is_flag=True, help="For accounts that only use tokens.")
@click.option("--display-name", help="The name that others see.")
@click.option("--admin", is_flag=True, help="Make it an administrator of the server.")
@click.pass_obj
def create(
    connection: Connection,
    name: str,
    password_stdin: bool,
    no_password: bool,
    display_name: str | None,
    admin: bool,
) -> None:
    """Make an account. On a terminal it asks for the password twice."""
    from chatd.contract.account import AccountResult
    from chatd.contract.account_admin import CreateAccount

    if password_stdin and no_password:
        raise click.UsageError("give --password-stdin or --no-password, not both")
    password = None if no_password else read_password(password_stdin)
    request = CreateAccount(name, password, display_name, admin)
    account = connection.ask(request, AccountResult).account
    if password is None and not no_password:
        warn(f"{name} has no password; set one with `chatctl account set-password {name}`")
    print_result(connection, account, f"created account {account.name} ({account.id})")


@command.command("list")
@click.option("--all", "all_", is_flag=True, help="Deleted ones too, of which a stub is left.")
@click.pass_obj
def list_(connection: Connection, all_: bool) -> None:
    """All accounts, but those that were deleted."""
    accounts = [account for account in connection.run(all_accounts) if all_ or not account.deleted]
    columns = COLUMNS if all_ else {field: name for field, name in COLUMNS.items() if field != "deleted"}
    print_rows(connection, accounts, columns, "no accounts yet; `chatctl account create NAME` makes one")


@command.command()
@click.argument("account")
@click.pass_obj
def show(connection: Connection, account: str) -> None:
    """One account."""
    print_object(connection, connection.run(lambda client: find_account(client, account)))


@command.command()
@click.argument("account")
@reason
@click.pass_obj
def disable(connection: Connection, account: str, reason: str | None) -> None:
    """Disable an account: it is signed out at once and its tokens end; its messages stay."""
    from chatd.contract.account_admin import DisableAccount

    found = connection.change(find_account, account, lambda id_: DisableAccount(id_, reason))
    said = (
        "was disabled already"
        if found.disabled
        else "is disabled and signed out everywhere; its tokens ended"
    )
    print_result(connection, {"account": found.id}, f"{found.name} {said}")


@command.command()
@click.argument("account")
@reason
@click.pass_obj
def enable(connection: Connection, account: str, reason: str | None) -> None:
    """Enable a disabled account. It signs in again; the tokens from before stay ended."""
    from chatd.contract.account_admin import EnableAccount

    found = connection.change(find_account, account, lambda id_: EnableAccount(id_, reason))
    said = "may sign in again; it needs new tokens" if found.disabled else "was not disabled"
    print_result(connection, {"account": found.id}, f"{found.name} {said}")


@command.command("set-password")
@click.argument("account")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_obj
def set_password(connection: Connection, account: str, password_stdin: bool) -> None:
    """Set a new password; ends all sessions of the account."""
    from chatd.contract.account_admin import SetPassword

    password = read_password(password_stdin)
    if password is None:
        raise click.UsageError("there is no terminal to ask on: give --password-stdin")
    found = connection.change(find_account, account, lambda id_: SetPassword(id_, password))
    print_result(
        connection,
        {"account": found.id},
        f"{found.name} has a new password and is signed out everywhere",
    )


@command.command("sign-out")
@click.argument("account")
@click.pass_obj
def sign_out(connection: Connection, account: str) -> None:
    """End all sessions and tokens of an account."""
    from chatd.contract.sign_in import SignOut

    found = connection.change(find_account, account, SignOut)
    print_result(connection, {"account": found.id}, f"{found.name} is signed out everywhere")


@command.command()
@click.argument("account")
@click.option("--name", help="What the token is for; shown among the account's devices.")
@click.option("--expires-in", type=Duration(), help="Such as 12h or 30d; otherwise the server decides.")
@click.pass_obj
def token(connection: Connection, account: str, name: str | None, expires_in: int | None) -> None:
    """Print a bearer token for an account; any client can use it."""
    from chatd.contract.account import BearerToken
    from chatd.contract.account_admin import IssueToken

    _, made = connection.ask_about(
        find_account, account, lambda id_: IssueToken(id_, name, expires_in), BearerToken
    )
    print_result(connection, made, made.token)


@command.command()
@click.argument("account")
@click.pass_obj
def devices(connection: Connection, account: str) -> None:
    """The devices on which an account is signed in, and its tokens."""
    from chatd.contract.account_admin import ListAccountDevices
    from chatd.contract.device import DeviceList

    async def work(client: Client) -> list[Device]:
        found = await find_account(client, account)
        return await client.all_pages(ListAccountDevices(found.id), DeviceList, lambda page: page.devices)

    print_rows(connection, connection.run(work), DEVICES, "not signed in anywhere")


@command.command("reset-totp")
@click.argument("account")
@click.pass_obj
def reset_totp(connection: Connection, account: str) -> None:
    """Remove the second factor of an account whose owner lost the app and the codes."""
    from chatd.contract.account_admin import ResetTotp

    found = connection.change(find_account, account, ResetTotp)
    print_result(connection, {"account": found.id}, f"{found.name} signs in with the password alone")


@command.command("reset-passkeys")
@click.argument("account")
@click.pass_obj
def reset_passkeys(connection: Connection, account: str) -> None:
    """Remove all passkeys of an account whose owner lost what keeps them."""
    from chatd.contract.account_admin import ResetPasskeys

    found = connection.change(find_account, account, ResetPasskeys)
    print_result(connection, {"account": found.id}, f"{found.name} has no passkeys any more")


@command.command("recovery-link")
@click.argument("account")
@click.pass_obj
def recovery_link(connection: Connection, account: str) -> None:
    """Print a link to a page that sets a new password: it works once, within an hour."""
    from chatd.contract.account_admin import MakeRecoveryLink, RecoveryLink

    _, made = connection.ask_about(find_account, account, MakeRecoveryLink, RecoveryLink)
    print_result(connection, made, made.url)


command.add_command(account_usage.usage)
command.add_command(account_changes.promote)
command.add_command(account_changes.demote)
command.add_command(account_changes.rename)
command.add_command(account_changes.set_display_name)
command.add_command(account_deletion.delete)
command.add_command(account_deletion.export)
