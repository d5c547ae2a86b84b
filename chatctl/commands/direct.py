"""`chatctl direct …`: direct rooms of the account of --token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.connection import Connection
from chatctl.labels import label_from
from chatctl.lookup import account_names, find_acquaintance
from chatctl.options import need_an_account
from chatctl.output import plain, print_result, print_rows

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.room import Room

COLUMNS = {"people": "people", "request": "request", "unread": "unread", "id": "id"}


@click.group("direct")
def command() -> None:
    """Direct rooms of an account: list, open, accept, decline, leave."""


@command.command("list")
@click.pass_obj
def list_(connection: Connection) -> None:
    """The direct rooms of the account of --token; a request is what somebody new has written."""
    need_an_account(connection)

    async def work(client: Client) -> Any:
        rooms = plain(await client.direct_rooms())
        if connection.json:
            return rooms
        names = await account_names(client)
        return [
            {**room, "people": ", ".join(label_from(names, who) for who in room["accounts"])}
            for room in rooms
        ]

    print_rows(connection, connection.run(work), COLUMNS, "no direct rooms")


@command.command("open")
@click.argument("accounts", nargs=-1)
@click.pass_obj
def open_(connection: Connection, accounts: tuple[str, ...]) -> None:
    """Open the direct room with these accounts and print its id."""
    need_an_account(connection)

    async def work(client: Client) -> Room:
        people = [(await find_acquaintance(client, account)).id for account in accounts]
        return await client.open_direct(people)

    opened = connection.run(work)
    print_result(connection, opened, opened.id)


@command.command()
@click.argument("room")
@click.pass_obj
def accept(connection: Connection, room: str) -> None:
    """Accept a request."""
    from chatd.contract.direct import AcceptDirect

    need_an_account(connection)
    connection.do(AcceptDirect(room))
    print_result(connection, {"room": room}, "the request is accepted")


@command.command()
@click.argument("room")
@click.pass_obj
def decline(connection: Connection, room: str) -> None:
    """Decline a request: the room is gone and silent. Nobody is told."""
    from chatd.contract.direct import DeclineDirect

    need_an_account(connection)
    connection.do(DeclineDirect(room))
    print_result(connection, {"room": room}, "the request is declined")


@command.command()
@click.argument("room")
@click.pass_obj
def leave(connection: Connection, room: str) -> None:
    """Leave a direct room: one of two until the next message, one of more people for good."""
    from chatd.contract.direct import LeaveDirect

    need_an_account(connection)
    connection.do(LeaveDirect(room))
    print_result(connection, {"room": room}, "left the room")
