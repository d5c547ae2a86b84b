"""`chatctl event …`: the log, live."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import rich_click as click

from chatctl.connection import Connection
from chatctl.follow import follow_log
from chatctl.names import find_stream
from chatctl.output import local_time, print_json, print_line

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.event import EventFrame


@click.group("event")
def command() -> None:
    """Everything that happened, in the order of the log."""


@command.command()
@click.option("--stream", help="Only this stream: room/ROOM, space/SPACE or account/ACCOUNT.")
@click.option("--from", "start", type=click.IntRange(0), metavar="POSITION", help="Begin at this position.")
@click.option("--no-follow", is_flag=True, help="End when all that is there was shown.")
@click.pass_obj
def tail(connection: Connection, stream: str | None, start: int | None, no_follow: bool) -> None:
    """Show events as they happen, until Ctrl-C.

    Begins now, or at --from; with --no-follow it begins at the start of the log and ends at its end.
    """
    if start is None and no_follow:
        start = 0

    async def work(client: Client) -> None:
        found = await find_stream(client, stream) if stream else None
        after = None if start is None else max(0, start - 1)
        show = print_json if connection.json else _show
        await follow_log(client, show, after=after, stream=found, on=not no_follow)

    connection.run(work, seconds=None, patient=not no_follow)


def _show(event: EventFrame) -> None:
    details = json.dumps(event.data, ensure_ascii=False)
    print_line(
        f"{event.position:>8}  {local_time(event.at)}  {event.event:<18} "
        f"{event.stream} #{event.seq}  by {event.by}  {details}"
    )
