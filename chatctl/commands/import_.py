"""`chatctl import …`: what other chats have exported, into a space of a running server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from chatctl.commands import import_plan, import_run
from chatctl.confirm import confirm
from chatctl.connection import Connection
from chatctl.count import counted
from chatctl.lookup import find_space
from chatctl.options import the_space, yes
from chatctl.output import print_json, print_line, print_result, print_rows

if TYPE_CHECKING:
    from chatd.client import Client

COLUMNS = {
    "begun_at": "begun",
    "format": "format",
    "source": "source",
    "messages": "messages",
    "rooms": "rooms",
    "people": "people",
    "finished_at": "finished",
    "undone_at": "taken back",
    "id": "id",
}

PEOPLE = {"name": "name", "display_name": "display name", "placeholder": "placeholder", "account": "id"}


@click.group("import")
def command() -> None:
    """Move in from another chatd or another chat: Slack, Mattermost, Discord, Rocket.Chat, Zulip, Matrix,
    Telegram, Teams, WhatsApp, IRC."""


command.add_command(import_plan.plan)
command.add_command(import_run.run)


@command.command("list")
@the_space
@click.pass_obj
def list_(connection: Connection, space: str) -> None:
    """The imports into a space, the oldest first."""
    from chatd.contract.import_ import Import, ImportList, ListImports

    async def work(client: Client) -> list[Import]:
        found = await find_space(client, space)
        return await client.all_pages(ListImports(found.id), ImportList, lambda page: page.imports)

    print_rows(connection, connection.run(work), COLUMNS, "nothing was imported")


@command.command()
@click.argument("id", metavar="IMPORT")
@click.option(
    "--links",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="CSV",
    help="Write a link for each placeholder to this new file: with it its person claims the account.",
)
@click.pass_obj
def people(connection: Connection, id: str, links: Path | None) -> None:
    """The accounts that an import made, and who has claimed them."""
    from chatctl.imports import links_file
    from chatd.contract.account_admin import MakeRecoveryLink, RecoveryLink
    from chatd.contract.import_ import ListImportPeople, PeopleMade, PersonMade

    async def work(client: Client) -> tuple[list[PersonMade], dict[str, RecoveryLink]]:
        made = await client.all_pages(ListImportPeople(id), PeopleMade, lambda page: page.people)
        waiting = [one.account for one in made if one.placeholder] if links is not None else []
        return made, {one: await client.ask(MakeRecoveryLink(one), RecoveryLink) for one in waiting}

    made, found = connection.run(work, seconds=None)
    if links is not None:
        links_file.write(links, [(one, found[one.account]) for one in made if one.account in found])
        print_result(connection, {"links": len(found)}, f"wrote {links}: {counted(len(found), 'link')}")
    else:
        print_rows(connection, made, PEOPLE, "it made no accounts")


@command.command()
@click.argument("id", metavar="IMPORT")
@yes
@click.pass_obj
def undo(connection: Connection, id: str, yes: bool) -> None:
    """Take an import back: erase its messages, then delete its rooms, its placeholders, its custom emoji and
    the memberships that it gave.

    What people have written since stays, with the room that it stands in; so do accounts that were claimed,
    custom emoji that are used, and members who have acted.
    """
    from chatctl.imports.progress import Progress
    from chatctl.imports.report import undone_document, undone_lines
    from chatd.contract.import_ import ImportUndone

    confirm(f"Erase all that the import {id} brought, for good?", yes)
    with Progress() as progress:

        async def work(client: Client) -> tuple[int, ImportUndone]:
            from chatd.contract.import_ import UndoImport

            erased = 0
            while True:
                answer: ImportUndone = await client.ask(UndoImport(id), ImportUndone)
                erased += answer.erased
                progress.show(f"{erased:,} messages erased")
                progress.done = f"{counted(erased, 'message')} erased"
                if answer.done:
                    return erased, answer

        erased, last = connection.run(work, seconds=None, patient=True, on_lost=progress.lost)
    if connection.json:
        print_json(undone_document(id, erased, last))
        return
    for line in undone_lines(erased, last):
        print_line(line)
