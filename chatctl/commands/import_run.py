"""`chatctl import run`: how an export comes into a space."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import rich_click as click

from chatctl.commands.import_export import reads_export
from chatctl.connection import Connection
from chatctl.count import counted
from chatctl.failure import Failed
from chatctl.lookup import find_account, find_room, find_space
from chatctl.options import the_space
from chatctl.output import print_json, print_line, warn

if TYPE_CHECKING:
    from chatctl.imports.attach import Fetch
    from chatctl.imports.export import Export
    from chatctl.imports.moved import Moved
    from chatd.client import Client

ROOMS_AT_ONCE: Final = 3  # with more, whoever posts meanwhile waits longer, and no more comes in


@click.command()
@the_space
@click.option(
    "--people",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="CSV",
    help="Who is who: the file that `plan --people` wrote. Whoever has no account in it gets a placeholder.",
)
@click.option("--only", multiple=True, metavar="ROOM", help="This room only; may be given several times.")
@click.option(
    "--room",
    "rooms",
    multiple=True,
    metavar="ROOM=HERE",
    help="Put what was said in ROOM into a room that the space has already; may be given several times.",
)
@click.option("--direct/--no-direct", default=True, show_default=True, help="Direct rooms come too.")
@click.option("--fetch", is_flag=True, help="Fetch files that the export has only the addresses of.")
@click.option(
    "--fetch-from",
    multiple=True,
    metavar="HOST",
    help="With --fetch: this host may be a private one and be asked without TLS.",
)
@click.option("--source", metavar="TEXT", help="What tells this export's server from others.")
@reads_export
@click.pass_obj
def run(
    connection: Connection,
    open_export: Callable[[], Export],
    space: str,
    people: Path | None,
    only: tuple[str, ...],
    rooms: tuple[str, ...],
    direct: bool,
    fetch: bool,
    fetch_from: tuple[str, ...],
    source: str | None,
) -> None:
    """Import an export into a space, while the server runs. Nobody is notified.

    Again with the same export: it goes on where it was cut off. With a newer one: what is new is added, and
    what was edited or deleted since is changed.
    """
    from chatctl.imports import people_file
    from chatctl.imports.attach import Uploads
    from chatctl.imports.choice import Choice
    from chatctl.imports.move import Move
    from chatctl.imports.progress import Progress, moving

    accounts = {} if people is None else people_file.read(people)
    into = dict(_pair(one) for one in rooms)
    if fetch_from and not fetch:
        raise click.UsageError("--fetch-from says which hosts --fetch may ask: give both")
    fetching = _fetching(fetch_from) if fetch else None
    place = connection.url or Path(connection.data, "admin.sock")
    token = connection.access_token if connection.url else lambda: None

    with open_export() as export, Progress() as progress:

        async def work(client: Client) -> Moved:
            found = await find_space(client, space)
            if found.keep_days:
                kept = counted(found.keep_days, "day")
                progress.warn(
                    f"{found.name} keeps messages for {kept}: older ones are erased within a day."
                    f" `chatctl space retention {found.id} all` keeps them"
                )
            choice = Choice(
                await _accounts(client, accounts, people),
                {key: (await find_room(client, here, space)).id for key, here in into.items()},
                frozenset(only),
                direct,
            )
            choice.of(export.rooms())
            from_ = f"{export.format}:{export.source if source is None else source}"[:200]
            id_ = await _begun(client, found.id, export.format, from_)
            progress.done = "0 messages came in"
            uploads = Uploads(export, place, token, fetching)
            async with AsyncExitStack() as others:
                clients = [client]
                while len(clients) < ROOMS_AT_ONCE:
                    another = connection.client(patient=True, on_lost=progress.lost)
                    clients.append(await others.enter_async_context(another))
                move = Move(clients, export, from_, id_, choice, uploads, moving(progress))
                return await move.run(found.id, found.owner)

        moved = connection.run(work, seconds=None, patient=True, on_lost=progress.lost)
    _print_moved(connection, moved, export)


# --- what they are made of ----------------------------------------------------------------------------


def _pair(text: str) -> tuple[str, str]:
    room, sign, here = text.partition("=")
    if not (room and sign and here):
        raise click.UsageError(f"--room {text}: write ROOM=HERE, such as general=random")
    return room, here


def _fetching(hosts: tuple[str, ...]) -> Fetch:
    from chatctl.imports.fetching import Fetching

    return Fetching(hosts)


async def _accounts(client: Client, names: dict[str, str], said_in: Path | None) -> dict[str, str]:
    """Ids for the names of accounts, so that a wrong one is told before anything comes in."""
    from chatctl.imports.people_file import NO_MEMBER

    found: dict[str, str] = {}
    for key, wanted in names.items():
        try:
            found[key] = wanted if wanted == NO_MEMBER else (await find_account(client, wanted)).id
        except Failed as why:
            raise Failed(
                f"{said_in}, {key}: {why}. Of an account that was deleted since an earlier run, leave the"
                " column empty: who is who stays"
            ) from why
    return found


async def _begun(client: Client, space: str, format: str, source: str) -> str:
    """The import of this source that was not finished, or a new one. Whether it was begun when the connection
    broke is found out by looking again. Of two that were begun at the same time, by two who import, both go
    on with the first; the other ends with nothing in it."""
    from chatd.client import Disconnected
    from chatd.contract.import_ import BeginImport, FinishImport, ImportResult
    from chatd.contract.spec import Done

    while True:
        open_ = await _unfinished(client, space, source)
        if open_ is not None:
            return open_
        try:
            begun = (await client.ask(BeginImport(space, format, source), ImportResult)).import_
        except Disconnected as lost:
            if lost.final:
                raise
            continue
        first = await _unfinished(client, space, source) or begun
        if first != begun:
            await client.ask(FinishImport(begun), Done)
        return first


async def _unfinished(client: Client, space: str, source: str) -> str | None:
    from chatd.contract.import_ import ImportList, ListImports

    earlier = await client.all_pages(ListImports(space), ImportList, lambda page: page.imports)
    for one in reversed(earlier):
        if one.source == source and one.undone_at is not None and one.messages:
            raise Failed(f"an import of it is half taken back; end that first: chatctl import undo {one.id}")
    unfinished = (one for one in earlier if one.finished_at is None and one.undone_at is None)
    return next((one.id for one in unfinished if one.source == source), None)


def _print_moved(connection: Connection, moved: Moved, export: Export) -> None:
    from chatctl.imports.report import moved_document, moved_lines

    if connection.json:
        print_json(moved_document(moved, export.problems))
        return
    first, *others = moved_lines(moved, export.problems)
    print_line(first)
    for line in others:
        warn(line)
