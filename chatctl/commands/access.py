"""`chatctl access …`: who may do what in a room, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from chatctl.connection import Connection
from chatctl.date import Date
from chatctl.lookup import Person, find_person, find_room
from chatctl.options import in_space
from chatctl.output import cell, print_json, print_line, print_table

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.room import Room


@click.group("access")
def command() -> None:
    """Who may do what in a room, and why; who sees it, now or at a time."""


@command.command()
@click.argument("account")
@click.argument("room")
@in_space
@click.pass_obj
def explain(connection: Connection, account: str, room: str, space: str | None) -> None:
    """Whether an account sees a room, what it may do there, and why or why not."""

    from chatd.contract.access import AccessExplained, ExplainAccess

    async def work(client: Client) -> tuple[Room, Person, AccessExplained]:
        place = await find_room(client, room, space)
        person = await find_person(client, place.space, account)
        answer = await client.ask(ExplainAccess(person.id, place.id), AccessExplained)
        return place, person, answer

    place, person, answer = connection.run(work)
    if connection.json:
        print_json(answer)
        return
    sees, name = answer.sees, person.name
    print_line(f"{name} {'sees' if sees.allowed else 'does not see'} {place.name}: {sees.because}")
    if answer.rights:
        rows = (
            [right, "yes" if of.allowed else "no", cell(of.because)] for right, of in answer.rights.items()
        )
        print_table(["right", "may", "because"], rows)


@command.command()
@click.argument("room")
@click.option(
    "--at",
    type=Date(),
    metavar="DATE",
    help="A time in the past, ISO 8601; local time unless it says otherwise.",
)
@in_space
@click.pass_obj
def who(connection: Connection, room: str, at: int | None, space: str | None) -> None:
    """Who sees a room, or saw it at a time: its members, and for a public one who may read it."""

    from chatd.contract.access import AccessList, ListAccess

    async def work(client: Client) -> AccessList:
        found = await find_room(client, room, space)
        first = await client.ask(ListAccess(found.id, at), AccessList)
        if first.next is None:
            return first
        rest = ListAccess(found.id, first.at, first.next)
        accounts = await client.all_pages(rest, AccessList, lambda page: page.accounts)
        everybody = [*first.accounts, *accounts]
        return AccessList(at=first.at, position=first.position, accounts=everybody, next=None)

    answer = connection.run(work)
    if connection.json:
        print_json(answer)
    elif not answer.accounts:
        print_line("nobody sees it" if at is None else "nobody saw it")
    else:
        rows = (
            [cell(value) for value in (row.name, row.role, row.member, row.account)]
            for row in answer.accounts
        )
        print_table(["name", "role", "member", "id"], rows)
