"""`chatctl room export`, `space export`, `server export`: all that is in a place, and its files."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.connection import Connection
from chatctl.count import counted
from chatctl.exports.formats import SHAPES, Shape
from chatctl.exports.lines import Place, Standing, Writing, go_on, head_of, open_lines
from chatctl.failure import Failed
from chatctl.lookup import Named, find_room, find_space
from chatctl.options import in_space
from chatctl.output import print_result
from chatd.path_kind import is_folder

if TYPE_CHECKING:
    from chatctl.exports.folder import Exported, ExportFolder
    from chatd.client import Client

    Find = Callable[[Client], Awaitable[Named]]

the_file = click.argument("file", type=click.Path(path_type=Path, allow_dash=True), default="-")
with_files = click.option(
    "--files", is_flag=True, help="With the bytes of all files: FILE is a folder, which is made."
)

the_shape = click.option(
    "--format",
    "shape",
    type=click.Choice(["jsonl", *SHAPES]),
    default="jsonl",
    show_default=True,
    help="slack: a zip as Slack exports it; html: a folder of pages. Both with the bytes of files.",
)


@click.command("export")
@click.argument("room")
@the_file
@with_files
@the_shape
@in_space
@click.pass_obj
def export_room(
    connection: Connection, room: str, file: Path, files: bool, shape: Any, space: str | None
) -> None:
    """Export a room into a file, one JSON object a line; without FILE to standard output. All members are
    told. Again with the same FILE: an export that was cut off goes on."""
    _run(connection, "room", lambda client: find_room(client, room, space), file, files, shape)


@click.command("export")
@click.argument("space")
@the_file
@with_files
@the_shape
@click.pass_obj
def export_space(connection: Connection, space: str, file: Path, files: bool, shape: Any) -> None:
    """Export a space with its rooms into a file, one JSON object a line; without FILE to standard output.
    All members are told. Again with the same FILE: an export that was cut off goes on."""
    _run(connection, "space", lambda client: find_space(client, space), file, files, shape)


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@the_shape
@click.pass_obj
def export_server(connection: Connection, folder: Path, shape: Any) -> None:
    """Export everything into a folder: all spaces, rooms and direct rooms, with their files. All members are
    told. Again with the same FOLDER: an export that was cut off goes on, and what is new is added."""
    if connection.url is not None:
        raise click.UsageError("only an operator exports everything: on the server, without --url")

    async def fill(client: Client, into: ExportFolder) -> None:
        from chatctl.exports.places import every_place

        async for place in every_place(client):
            await into.add(place.of, place.id, place.file)

    if shape in SHAPES:
        _shaped(connection, folder, shape, fill)
    else:
        _print_folder(connection, folder, _fill_alone(connection, folder, fill))


def _run(connection: Connection, of: Place, find: Find, file: Path, files: bool, shape: Any) -> None:
    async def fill(client: Client, into: ExportFolder) -> None:
        await into.add(of, (await find(client)).id)

    if (files or shape in SHAPES) and str(file) == "-":
        raise click.UsageError("an export with files needs a name: it is no stream")
    if shape in SHAPES:
        _shaped(connection, file, shape, fill)
    elif files:
        exported = _fill_alone(connection, file, fill)
        if not exported.new:
            raise Failed(f"{file} holds the whole export already; give the name of a new folder")
        _print_folder(connection, file, exported)
    elif str(file) == "-":
        _lines(connection, of, find, lambda head: Writing(sys.stdout, head, Standing()))
    else:
        _to_file(connection, of, find, file)


def _shaped(
    connection: Connection,
    target: Path,
    shape: Shape,
    fill: Callable[[Client, ExportFolder], Awaitable[None]],
) -> None:
    from chatctl.exports.folder import entered
    from chatctl.exports.shapes import reshape, work_folder
    from chatd.contract.server import GetServerStatus, ServerStatus

    folder = work_folder(target)
    address = connection.url or connection.ask(GetServerStatus(), ServerStatus).address
    with entered(folder):
        work_folder(target)  # another may have been faster
        exported = _fill(connection, folder, fill)
        reshape(folder, shape, target, address)
    _print_folder(connection, target, exported)


def _to_file(connection: Connection, of: Place, find: Find, file: Path) -> None:
    if is_folder(file):
        raise Failed(f"{file} is a folder; give the name of a file, or --files for an export with its files")

    def into(head: dict[str, Any]) -> Writing:
        writing = go_on(out, file, head)
        if writing.standing.whole:
            raise Failed(f"{file} holds the whole export already; give the name of a new file")
        return writing

    with open_lines(file) as out:
        count = _lines(connection, of, find, into)
    print_result(
        connection,
        {"file": str(file), "items": count},
        f"wrote {counted(count, 'item')} to {file}; its other lines say where the export begins and ends",
    )


def _lines(connection: Connection, of: Place, find: Find, into: Callable[[dict[str, Any]], Writing]) -> int:
    from chatctl.exports.asking import write_place

    async def work(client: Client) -> int:
        id_ = (await find(client)).id
        return await write_place(client, of, id_, into(head_of(of, id_)))

    return connection.run(work, seconds=None)


def _fill_alone(
    connection: Connection, folder: Path, fill: Callable[[Client, ExportFolder], Awaitable[None]]
) -> Exported:
    from chatctl.exports.folder import entered

    with entered(folder):
        return _fill(connection, folder, fill)


def _fill(
    connection: Connection, folder: Path, fill: Callable[[Client, ExportFolder], Awaitable[None]]
) -> Exported:
    from chatctl.exports.folder import ExportFolder
    from chatctl.imports.progress import Progress

    place = connection.url.rstrip("/") if connection.url else Path(connection.data, "admin.sock")

    with Progress() as progress:
        progress.done = f"{folder} keeps what is there"

        async def work(client: Client) -> Exported:
            into = ExportFolder(client, place, folder, progress.show)
            await fill(client, into)
            return into.exported()

        return connection.run(work, seconds=None)


def _print_folder(connection: Connection, folder: Path, exported: Exported) -> None:
    there = f"{counted(exported.items, 'item')} and {counted(exported.files, 'file')}"
    sentence = f"{folder} holds {there}"
    if exported.missing_files:
        were = "was" if exported.missing_files == 1 else "were"
        sentence += f"; {counted(exported.missing_files, 'file')} {were} not there any more"
    print_result(
        connection,
        {
            "folder": str(folder),
            "items": exported.items,
            "files": exported.files,
            "missing_files": exported.missing_files,
        },
        sentence,
    )
