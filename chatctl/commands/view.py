"""`chatctl view …`: the views that are built from the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.connection import Connection
from chatctl.failure import Failed
from chatctl.output import console, print_result, print_rows

if TYPE_CHECKING:
    from chatd.client import Client

COLUMNS = {"name": "name", "position": "position", "head": "head", "lag": "lag", "error": "error"}
EVERY_SECONDS = 0.2


@click.group("view")
def command() -> None:
    """Views, which follow the log and can be rebuilt from it: notifications, search."""


@command.command("list")
@click.pass_obj
def list_(connection: Connection) -> None:
    """The views, and how far they have followed the log."""
    print_rows(connection, connection.ask("view.list")["views"], COLUMNS)


@command.command()
@click.argument("name")
@click.pass_obj
def rebuild(connection: Connection, name: str) -> None:
    """Drop a view and build it from the log again, while the server runs.

    Shows its progress up to the present end of the log. Ctrl-C ends only the display.
    """

    async def work(client: Client) -> dict[str, Any]:
        await client.request("view.rebuild", name=name)
        return await _watch(client, name, quiet=connection.json)

    view = connection.run(work, seconds=None)
    print_result(connection, view, f"built {name} from {view['position']} events")


async def _watch(client: Client, name: str, quiet: bool) -> dict[str, Any]:
    """Where the view stands once it has reached what was the end of the log when this began."""
    import trio
    from rich.progress import Progress

    view = await _find(client, name)
    goal = view["head"]
    with Progress(console=console(), disable=quiet or not console().is_terminal, transient=True) as progress:
        bar = progress.add_task(name, total=goal)
        while view["position"] < goal:
            if view["error"] is not None:
                raise Failed(f"{name} stands still: {view['error']}; the server goes on trying")
            progress.update(bar, completed=view["position"])
            await trio.sleep(EVERY_SECONDS)
            view = await _find(client, name)
    return view


async def _find(client: Client, name: str) -> dict[str, Any]:
    views = (await client.request("view.list"))["views"]
    found: dict[str, Any] = next(view for view in views if view["name"] == name)
    return found
