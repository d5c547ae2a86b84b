"""`chatctl event …`: the log, live."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from chatctl.connection import Connection
from chatctl.follow import follow_log
from chatctl.labels import Labels
from chatctl.lookup import find_stream
from chatctl.number import Number
from chatctl.output import data_line, local_time, print_json, print_line

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.event import EventFrame

OF_ACCOUNTS = frozenset({"account", "author", "owner"})  # fields of an event's data


@click.group("event")
def command() -> None:
    """Everything that happened, in the order of the log."""


@command.command()
@click.option("--stream", help="Only this stream: room/ROOM, space/SPACE, account/ACCOUNT, server/main.")
@click.option("--from", "start", type=Number(0), metavar="POSITION", help="Begin at this position.")
@click.option("--no-follow", is_flag=True, help="Stop at the end of the log.")
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
        labels = Labels(client)

        async def show(event: EventFrame) -> None:
            if connection.json:
                print_json(event)
            else:
                await _show(event, labels)

        await follow_log(client, show, after=after, stream=found, on=not no_follow)

    connection.run(work, seconds=None, patient=not no_follow)


async def _show(event: EventFrame, labels: Labels) -> None:
    labels.forget(event.stream)
    details = {
        field: await labels.account(value) if field in OF_ACCOUNTS and isinstance(value, str) else value
        for field, value in event.data.items()
    }
    print_line(
        f"{event.position:>8}  {local_time(event.at)}  {event.event:<18} {await labels.stream(event.stream)} "
        f"#{event.seq}  by {await labels.account(event.by)}  {data_line(details)}"
    )
