"""`chatctl device …`: where the account of --token is signed in, and its tokens."""

from __future__ import annotations

import rich_click as click

from chatctl.connection import Connection
from chatctl.options import need_an_account
from chatctl.output import print_result, print_rows

COLUMNS = {
    "name": "name",
    "current": "this one",
    "connected": "connected",
    "last_seen": "last seen",
    "created_at": "signed in",
    "expires_at": "ends",
    "id": "id",
}


@click.group("device")
def command() -> None:
    """One's own devices and tokens: list them, end one, end all others."""


@command.command("list")
@click.pass_obj
def list_(connection: Connection) -> None:
    """Where the account of --token is signed in, and its bearer tokens."""
    from chatd.contract.device import DeviceList, ListDevices

    need_an_account(connection)
    devices = connection.run(
        lambda client: client.all_pages(ListDevices(), DeviceList, lambda page: page.devices)
    )
    print_rows(connection, devices, COLUMNS, "not signed in anywhere")


@command.command()
@click.argument("device")
@click.pass_obj
def revoke(connection: Connection, device: str) -> None:
    """End one of one's own devices or tokens at once, named by its id."""
    from chatd.contract.device import RevokeDevice

    need_an_account(connection)
    connection.do(RevokeDevice(device))
    print_result(connection, {"device": device}, "the device is signed out")


@command.command("revoke-others")
@click.pass_obj
def revoke_others(connection: Connection) -> None:
    """End all of one's own devices and tokens at once, except the one that asks."""
    from chatd.contract.device import RevokeOtherDevices

    need_an_account(connection)
    connection.do(RevokeOtherDevices())
    print_result(connection, {}, "all other devices are signed out, and all other tokens have ended")
