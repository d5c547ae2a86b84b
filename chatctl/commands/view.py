"""`chatctl view …`: the views that are built from the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from chatctl.connection import Connection
from chatctl.count import counted
from chatctl.failure import Failed
from chatctl.output import console, print_result, print_rows

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.view import ViewState

COLUMNS = {"name": "name", "position": "position", "head": "head", "lag": "lag", "error": "error"}
EVERY_SECONDS = 0.2


@click.group("view")
def command() -> None:
    """Views, which follow the log and can be rebuilt from it: notifications, search."""


@command.command("list")
@click.pass_obj
def list_(connection: Connection) -> None:
    """The views, and how far they have followed the log."""
    from chatd.contract.view import ListViews, ViewList

    print_rows(connection, connection.ask(ListViews(), ViewList).views, COLUMNS)


@command.command()
@click.argument("name")
@click.pass_obj
def rebuild(connection: Connection, name: str) -> None:
    """Drop a view and build it from the log again, while the server runs.

    Shows its progress up to the present end of the log. Ctrl-C ends only the display.
    """

    from chatd.contract.spec import Done
    from chatd.contract.view import RebuildView

    async def work(client: Client) -> ViewState:
        await client.ask(RebuildView(name), Done)
        return await _watch(client, name, quiet=connection.json)

    view = connection.run(work, seconds=None)
    print_result(connection, view, f"built {name} from {counted(view.position, 'event')}")


async def _watch(client: Client, name: str, quiet: bool) -> ViewState:
    """Where the view stands once it has reached what was the end of the log when this began."""
    import trio
    from rich.progress import Progress

    view = await _find(client, name)
    goal = view.head
    with Progress(console=console(), disable=quiet or not console().is_terminal, transient=True) as progress:
        bar = progress.add_task(name, total=goal)
        while view.position < goal:
            if view.error is not None:
                raise Failed(f"{name} has stopped: {view.error}; the server keeps trying")
            progress.update(bar, completed=view.position)
            await trio.sleep(EVERY_SECONDS)
            view = await _find(client, name)
    return view


async def _find(client: Client, name: str) -> ViewState:
    from chatd.contract.view import ListViews, ViewList

    views = (await client.ask(ListViews(), ViewList)).views
    return next(view for view in views if view.name == name)
