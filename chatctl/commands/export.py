"""`chatctl room export` and `chatctl space export`: everything in a place, one JSON object a line.

The file says by itself how far it has come: each page ends with a line `page`, from which an export that was
cut off goes on, and only a whole one has the line `end`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

import attrs
import rich_click as click

from chatctl.connection import Connection
from chatctl.count import counted
from chatctl.failure import Failed
from chatctl.names import find_room, find_space
from chatctl.options import in_space
from chatctl.output import plain, print_result

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.export import ExportRoom, ExportSpace

    Ask = Callable[[str | None], ExportRoom | ExportSpace]

FORMAT: Final = 1
PAGE: Final = 500  # items
the_file = click.argument(
    "file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="-"
)


@attrs.frozen
class Standing:
    """How far a file has come: whole pages of `items` items, up to the byte `end`, and what comes after."""

    items: int
    end: int
    after: str | None


@click.command("export")
@click.argument("room")
@the_file
@in_space
@click.pass_obj
def export_room(connection: Connection, room: str, file: Path, space: str | None) -> None:
    """Export a room into a file, one JSON object a line; without FILE to standard output. All members are
    told. Again with the same file: an export that was cut off goes on."""

    async def work(client: Client, into: Callable[[str], Writing]) -> int:
        from chatd.contract.export import ExportRoom

        found = await find_room(client, room, space)
        return await _export(client, lambda after: ExportRoom(found.id, after, PAGE), into(found.id))

    _run(connection, file, "room", work)


@click.command("export")
@click.argument("space")
@the_file
@click.pass_obj
def export_space(connection: Connection, space: str, file: Path) -> None:
    """Export a space with its rooms into a file, one JSON object a line; without FILE to standard output.
    All members are told. Again with the same file: an export that was cut off goes on."""

    async def work(client: Client, into: Callable[[str], Writing]) -> int:
        from chatd.contract.export import ExportSpace

        found = await find_space(client, space)
        return await _export(client, lambda after: ExportSpace(found.id, after, PAGE), into(found.id))

    _run(connection, file, "space", work)


@attrs.frozen
class Writing:
    """Where the lines go; `head` is the first of them."""

    out: TextIO
    head: dict[str, Any]
    standing: Standing

    def write(self, kind: str, data: Any) -> None:
        ascii_only = "utf" not in (self.out.encoding or "").lower()
        self.out.write(json.dumps({"kind": kind, "data": data}, ensure_ascii=ascii_only) + "\n")


async def _export(client: Client, request: Ask, into: Writing) -> int:
    """Writes what is missing; the number of items in all."""
    from chatd.contract.export import PlaceExport

    count, after = into.standing.items, into.standing.after
    while True:
        page = await client.ask(request(after), PlaceExport)
        if after is None:
            into.write("export", {**into.head, "position": page.position})
        for item in page.items:
            into.write(item.kind, plain(item.data))
        count, after = count + len(page.items), page.next
        if after is None:
            into.write("end", {"items": count})
        else:
            into.write("page", {"next": after})
        into.out.flush()
        if after is None:
            return count


def _run(connection: Connection, file: Path, of: str, work: Callable[..., Any]) -> None:
    if str(file) == "-":
        start = Standing(0, 0, None)
        connection.run(
            lambda client: work(client, lambda id_: Writing(sys.stdout, _head(of, id_), start)), seconds=None
        )
        return
    try:
        opened = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Failed(f"{file} cannot be written: {error.strerror}") from error
    with os.fdopen(opened, "r+", encoding="utf-8", errors="replace", newline="\n") as out:

        def into(id_: str) -> Writing:
            standing = _standing(out, file, _head(of, id_))
            out.seek(standing.end)
            out.truncate()
            return Writing(out, _head(of, id_), standing)

        try:
            count = connection.run(lambda client: work(client, into), seconds=None)
        except OSError as error:
            raise Failed(f"{file} cannot be written: {error.strerror}; run this again to go on") from error
    print_result(
        connection,
        {"file": str(file), "items": count},
        f"wrote {counted(count, 'item')} to {file}; its other lines say where the export begins and ends",
    )


def _head(of: str, id_: str) -> dict[str, Any]:
    return {"format": FORMAT, of: id_}


def _standing(out: TextIO, file: Path, head: dict[str, Any]) -> Standing:
    """Up to the newest line `page` of an export of the same place. Any other file is left alone."""
    count, end, standing = 0, 0, Standing(0, 0, None)
    for line in iter(out.readline, ""):
        kind, data = _read(line)
        if end == 0 and (kind != "export" or {**data, **head} != data):
            raise Failed(f"{file} is no export of this; give the name of a new file")
        end += len(line.encode())
        match kind:
            case "cut":
                break
            case "end":
                raise Failed(f"{file} holds the whole export already; give the name of a new file")
            case "page":
                standing = Standing(count, end, data["next"])
            case "export":
                pass
            case _:
                count += 1
    return standing


def _read(line: str) -> tuple[str, dict[str, Any]]:
    """The kind and the data of a line; `cut` where it is no whole one."""
    try:
        found = json.loads(line) if line.endswith("\n") else {}
        return found["kind"], dict(found["data"])
    except (ValueError, KeyError, TypeError):
        return "cut", {}
