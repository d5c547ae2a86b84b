"""`chatctl account delete` and `chatctl account export`: deleting an account, and exporting its data."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, TYPE_CHECKING

import rich_click as click

from chatctl.confirm import confirm
from chatctl.connection import Connection
from chatctl.count import counted
from chatctl.failure import Failed
from chatctl.lookup import find_account
from chatctl.options import reason, yes
from chatctl.output import json_line, plain, print_result

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.account_admin import Belongings

PAGE = 500
NOUNS = {  # field of Belongings: what it counts
    "messages": "message",
    "spaces": "space",
    "rooms": "room",
    "bookmarks": "bookmark",
    "drafts": "draft",
    "scheduled": "scheduled message",
    "devices": "device",
    "bots": "bot",
}


@click.command()
@click.argument("account")
@reason
@yes
@click.option("--dry-run", is_flag=True, help="Only print what would be erased.")
@click.pass_obj
def delete(connection: Connection, account: str, reason: str | None, yes: bool, dry_run: bool) -> None:
    """Delete an account and everything it wrote, forever. A stub without a name is left."""
    from chatd.contract.account_admin import EraseAccount, Erased

    found, would = connection.ask_about(
        find_account, account, lambda id_: EraseAccount(id_, dry_run=True), Erased
    )
    if dry_run:
        print_result(connection, would, f"deleting {found.name} would erase {_counted(would.erased)}")
        return
    confirm(f"Delete {found.name} for good, and with it {_counted(would.erased)}?", yes)
    done = connection.ask(EraseAccount(found.id, reason), Erased)
    ended = "is deleted" if done.done else "can no longer sign in; the server goes on deleting it"
    print_result(connection, done, f"{found.name} {ended}")


def _counted(erased: Belongings) -> str:
    counts = plain(erased).items()
    return ", ".join(counted(count, NOUNS[what]) for what, count in counts if count) or "nothing else"


@click.command()
@click.argument("account")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export(connection: Connection, account: str, file: Path) -> None:
    """Export the data of an account into a new file, one JSON object a line."""
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Failed(f"{file} exists already; give the name of a new file") from error
    except OSError as error:
        raise Failed(f"{file} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(opened, "w", encoding="utf-8") as out:
            count = connection.run(lambda client: _write(client, account, out), seconds=None)
    except BaseException:
        file.unlink(missing_ok=True)  # half an export looks like a whole one
        raise
    print_result(connection, {"file": str(file), "items": count}, f"wrote {counted(count, 'item')} to {file}")


async def _write(client: Client, account: str, out: IO[str]) -> int:
    from chatd.contract.account import ExportAccount, ExportPage

    found = await find_account(client, account)
    count, after = 0, None
    while True:
        page = await client.ask(ExportAccount(found.id, after, PAGE), ExportPage)
        for item in page.items:
            out.write(json_line(plain(item)))
        count, after = count + len(page.items), page.next
        if after is None:
            return count
