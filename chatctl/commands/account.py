"""`chatctl account …`: accounts, devices, tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.commands import account_deletion
from chatctl.connection import Connection
from chatctl.duration import Duration
from chatctl.names import find_account
from chatctl.output import print_json, print_line, print_object, print_result, print_rows, warn
from chatctl.password import read_password

if TYPE_CHECKING:
    from chatd.client import Client

COLUMNS = {
    "name": "name",
    "display_name": "display name",
    "admin": "admin",
    "disabled": "disabled",
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
    if password_stdin and no_password:
        raise click.UsageError("give --password-stdin or --no-password, not both")
    password = None if no_password else read_password(password_stdin)
    account = connection.ask(
        "account.create", name=name, password=password, display_name=display_name, admin=admin or None
    )["account"]
    if password is None and not no_password:
        warn(f"{name} has no password; set one with `chatctl account set-password {name}`")
    print_result(connection, account, f"made account {account['name']} ({account['id']})")


@command.command("list")
@click.pass_obj
def list_(connection: Connection) -> None:
    """All accounts."""

    async def work(client: Client) -> list[dict[str, Any]]:
        return await client.all_pages("account.list", "accounts")

    print_rows(
        connection, connection.run(work), COLUMNS, "no accounts yet; `chatctl account create NAME` makes one"
    )


@command.command()
@click.argument("account")
@click.pass_obj
def show(connection: Connection, account: str) -> None:
    """One account."""

    async def work(client: Client) -> dict[str, Any]:
        return await find_account(client, account)

    print_object(connection, connection.run(work))


@command.command()
@click.argument("account")
@click.pass_obj
def disable(connection: Connection, account: str) -> None:
    """Disable an account and sign it out at once; its messages stay."""
    found = _change(connection, "account.disable", account)
    print_result(
        connection, {"account": found["id"]}, f"{found['name']} is disabled and signed out everywhere"
    )


@command.command()
@click.argument("account")
@click.pass_obj
def enable(connection: Connection, account: str) -> None:
    """Enable a disabled account."""
    found = _change(connection, "account.enable", account)
    print_result(connection, {"account": found["id"]}, f"{found['name']} may sign in again")


@command.command("set-password")
@click.argument("account")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_obj
def set_password(connection: Connection, account: str, password_stdin: bool) -> None:
    """Set a new password; ends all sessions of the account."""
    password = read_password(password_stdin)
    if password is None:
        raise click.UsageError("there is no terminal to ask on: give --password-stdin")
    found = _change(connection, "account.set_password", account, password=password)
    print_result(
        connection,
        {"account": found["id"]},
        f"{found['name']} has a new password and is signed out everywhere",
    )


@command.command("sign-out")
@click.argument("account")
@click.pass_obj
def sign_out(connection: Connection, account: str) -> None:
    """End all sessions and tokens of an account."""
    found = _change(connection, "account.sign_out", account)
    print_result(connection, {"account": found["id"]}, f"{found['name']} is signed out everywhere")


@command.command()
@click.argument("account")
@click.option("--name", help="What the token is for; shown among the account's devices.")
@click.option("--expires-in", type=Duration(), help="Such as 12h or 30d; otherwise the server decides.")
@click.pass_obj
def token(connection: Connection, account: str, name: str | None, expires_in: int | None) -> None:
    """Print a bearer token for an account; any client can use it."""

    async def work(client: Client) -> dict[str, Any]:
        found = await find_account(client, account)
        return await client.request("account.token", account=found["id"], name=name, expires_in=expires_in)

    made = connection.run(work)
    if connection.json:
        print_json(made)
    else:
        print_line(made["token"])


@command.command()
@click.argument("account")
@click.pass_obj
def devices(connection: Connection, account: str) -> None:
    """The devices on which an account is signed in, and its tokens."""

    async def work(client: Client) -> list[dict[str, Any]]:
        found = await find_account(client, account)
        rows: list[dict[str, Any]] = (await client.request("account.devices", account=found["id"]))["devices"]
        return rows

    print_rows(connection, connection.run(work), DEVICES, "signed in nowhere")


@command.command("reset-totp")
@click.argument("account")
@click.pass_obj
def reset_totp(connection: Connection, account: str) -> None:
    """Remove the second factor of an account whose owner lost the app and the codes."""
    found = _change(connection, "account.reset_totp", account)
    print_result(connection, {"account": found["id"]}, f"{found['name']} signs in with the password alone")


@command.command("recovery-link")
@click.argument("account")
@click.pass_obj
def recovery_link(connection: Connection, account: str) -> None:
    """Print a link to a page that sets a new password: it works once, within an hour."""

    async def work(client: Client) -> dict[str, Any]:
        found = await find_account(client, account)
        return await client.request("account.recovery_link", account=found["id"])

    made = connection.run(work)
    if connection.json:
        print_json(made)
    else:
        print_line(made["url"])


command.add_command(account_deletion.delete)
command.add_command(account_deletion.export)


def _change(connection: Connection, request: str, account: str, **data: Any) -> dict[str, Any]:
    async def work(client: Client) -> dict[str, Any]:
        found = await find_account(client, account)
        await client.request(request, account=found["id"], **data)
        return found

    return connection.run(work)
