"""`chatctl report …`: what members told the moderators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from chatctl.connection import Connection
from chatctl.labels import label_from
from chatctl.lookup import account_names, find_space, room_names
from chatctl.output import plain, print_json, print_result, print_rows

if TYPE_CHECKING:
    from chatd.client import Client

COLUMNS = {
    "id": "id",
    "at": "at",
    "by": "by",
    "room": "room",
    "seq": "message",
    "reason": "reason",
    "text": "what it said",
    "resolved_at": "resolved at",
    "resolved_by": "resolved by",
    "resolution": "resolution",
}


@click.group("report")
def command() -> None:
    """Messages that were reported to the moderators of a space or, in direct rooms, to the operators."""


@command.command("list")
@click.option("--space", help="The space; without it, what was reported in direct rooms.")
@click.option("--all", "all_", is_flag=True, help="Resolved ones too.")
@click.pass_obj
def list_(connection: Connection, space: str | None, all_: bool) -> None:
    """Open reports, the oldest first."""

    from chatd.contract.report import ListReports, ReportPage

    async def work(client: Client) -> Any:
        place = None if space is None else (await find_space(client, space)).id
        request = ListReports(place, open=not all_)
        reports = plain(await client.all_pages(request, ReportPage, lambda page: page.reports))
        if connection.json:
            return reports
        people, rooms = await account_names(client), await room_names(client)
        named = {"by": people, "resolved_by": people, "room": rooms}
        return [
            {**row, **{field: label_from(names, row[field]) for field, names in named.items() if row[field]}}
            for row in reports
        ]

    columns = COLUMNS if all_ else dict(list(COLUMNS.items())[:7])
    print_rows(connection, connection.run(work), columns, "nothing was reported")


@command.command()
@click.argument("report")
@click.pass_obj
def show(connection: Connection, report: str) -> None:
    """A report's message, with what was said before and after it."""

    from chatd.contract.report import ReadReportContext, ReportContext

    async def work(client: Client) -> Any:
        found = plain(await client.ask(ReadReportContext(report), ReportContext))
        if connection.json:
            return found
        people, seq = await account_names(client), found["report"]["seq"]
        return [
            {**row, "by": label_from(people, row["by"]), "reported": "→" if row["seq"] == seq else ""}
            for row in found["messages"]
        ]

    shown = connection.run(work)
    if connection.json:
        print_json(shown)
    else:
        columns = {"reported": "", "seq": "message", "at": "at", "by": "by", "text": "text"}
        print_rows(connection, shown, columns, "its message is gone")


@command.command()
@click.argument("report")
@click.option("--reason", metavar="TEXT", help="What was done about it; other moderators read it.")
@click.pass_obj
def resolve(connection: Connection, report: str, reason: str | None) -> None:
    """Mark a report as dealt with, as the account of --token."""
    if connection.url is None:
        raise click.UsageError(
            "an operator cannot resolve reports: use --url, as a moderator, or as an admin for reports"
            " from direct rooms"
        )
    from chatd.contract.report import ResolveReport

    connection.do(ResolveReport(report, reason))
    print_result(connection, {"report": report}, "the report is resolved")
