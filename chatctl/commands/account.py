"""`chatctl account …`: who may sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.commands import account_deletion
from chatctl.connection import Target
from chatctl.duration import Duration
from chatctl.names import find_account
from chatctl.output import say, say_json, tell, tell_object, tell_rows, warn
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
    """People and bots: make them, let them in, shut them out."""


@command.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--no-password", is_flag=True, help="For accounts that only use tokens.")
@click.option("--display-name", help="The name that others read.")
@click.option("--admin", is_flag=True, help="May do over the network what this command line may.")
@click.pass_obj
def create(
    target: Target, name: str, password_stdin: bool, no_password: bool, display_name: str | None, admin: bool
) -> None:
    """Make an account. On a terminal it asks for the password twice."""
    if password_stdin and no_password:
        raise click.UsageError("give --password-stdin or --no-password, not both")
    password = None if no_password else read_password(password_stdin)
    account = target.ask(
        "account.create", name=name, password=password, display_name=display_name, admin=admin or None
    )["account"]
    if password is None and not no_password:
        warn(f"{name} has no password; set one with `chatctl account set-password {name}`")
    tell(target, account, f"made account {account['name']} ({account['id']})")


@command.command("list")
@click.pass_obj
def list_(target: Target) -> None:
    """All accounts."""

    async def work(client: Client) -> list[dict[str, Any]]:
        return await client.all_pages("account.list", "accounts")

    tell_rows(target, target.run(work), COLUMNS, "no accounts yet; `chatctl account create NAME` makes one")


@command.command()
@click.argument("account")
@click.pass_obj
def show(target: Target, account: str) -> None:
    """One account."""

    async def work(client: Client) -> dict[str, Any]:
        return await find_account(client, account)

    tell_object(target, target.run(work))


@command.command()
@click.argument("account")
@click.pass_obj
def disable(target: Target, account: str) -> None:
    """Shut an account out at once; its messages stay."""
    found = _change(target, "account.disable", account)
    tell(target, {"account": found["id"]}, f"{found['name']} is disabled and signed out everywhere")


@command.command()
@click.argument("account")
@click.pass_obj
def enable(target: Target, account: str) -> None:
    """Let a disabled account in again."""
    found = _change(target, "account.enable", account)
    tell(target, {"account": found["id"]}, f"{found['name']} may sign in again")


@command.command("set-password")
@click.argument("account")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_obj
def set_password(target: Target, account: str, password_stdin: bool) -> None:
    """Set a new password; ends all sessions of the account."""
    password = read_password(password_stdin)
    if password is None:
        raise click.UsageError("there is no terminal to ask on: give --password-stdin")
    found = _change(target, "account.set_password", account, password=password)
    tell(target, {"account": found["id"]}, f"{found['name']} has a new password and is signed out everywhere")


@command.command("sign-out")
@click.argument("account")
@click.pass_obj
def sign_out(target: Target, account: str) -> None:
    """End all sessions and tokens of an account."""
    found = _change(target, "account.sign_out", account)
    tell(target, {"account": found["id"]}, f"{found['name']} is signed out everywhere")


@command.command()
@click.argument("account")
@click.option("--name", help="What the token is for; shown among the account's devices.")
@click.option("--expires-in", type=Duration(), help="Such as 12h or 30d; otherwise the server decides.")
@click.pass_obj
def token(target: Target, account: str, name: str | None, expires_in: int | None) -> None:
    """Print a bearer token for an account, good for every client."""

    async def work(client: Client) -> dict[str, Any]:
        found = await find_account(client, account)
        return await client.request("account.token", account=found["id"], name=name, expires_in=expires_in)

    made = target.run(work)
    if target.json:
        say_json(made)
    else:
        say(made["token"])


@command.command()
@click.argument("account")
@click.pass_obj
def devices(target: Target, account: str) -> None:
    """On which devices an account is signed in, and its tokens."""

    async def work(client: Client) -> list[dict[str, Any]]:
        found = await find_account(client, account)
        rows: list[dict[str, Any]] = (await client.request("account.devices", account=found["id"]))["devices"]
        return rows

    tell_rows(target, target.run(work), DEVICES, "signed in nowhere")


@command.command("reset-totp")
@click.argument("account")
@click.pass_obj
def reset_totp(target: Target, account: str) -> None:
    """Take the second factor off an account, for who lost the app and the codes."""
    found = _change(target, "account.reset_totp", account)
    tell(target, {"account": found["id"]}, f"{found['name']} signs in with the password alone")


@command.command("recovery-link")
@click.argument("account")
@click.pass_obj
def recovery_link(target: Target, account: str) -> None:
    """Print a link to a page that sets a new password: good once, for an hour."""

    async def work(client: Client) -> dict[str, Any]:
        found = await find_account(client, account)
        return await client.request("account.recovery_link", account=found["id"])

    made = target.run(work)
    if target.json:
        say_json(made)
    else:
        say(made["url"])


command.add_command(account_deletion.delete)
command.add_command(account_deletion.export)


def _change(target: Target, request: str, account: str, **data: Any) -> dict[str, Any]:
    async def work(client: Client) -> dict[str, Any]:
        found = await find_account(client, account)
        await client.request(request, account=found["id"], **data)
        return found

    return target.run(work)
