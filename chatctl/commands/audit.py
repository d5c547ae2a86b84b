"""`chatctl audit …`: who did what, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from chatctl.connection import Connection
from chatctl.labels import label, label_from
from chatctl.lookup import account_names, find_author, find_person, find_space, room_names
from chatctl.number import Number
from chatctl.output import plain, print_json, print_rows, warn

if TYPE_CHECKING:
    from chatd.client import Client
    from chatd.contract.audit import AuditEntry

PAGE: Final = 500
COLUMNS = {
    "position": "position",
    "at": "at",
    "by": "by",
    "type": "what",
    "where": "where",
    "whom": "whom",
    "reason": "reason",
    "details": "details",
}


@click.group("audit")
def command() -> None:
    """The audit: who did what in a space, or to the server, to accounts and in direct rooms, and why."""


@command.command("list")
@click.option("--space", help="The space; without it: server, accounts, direct rooms.")
@click.option("--by", metavar="ACCOUNT", help="Only what this account did; also operator:UID, system.")
@click.option("--account", help="Only what was done to this account, or to its messages.")
@click.option("--type", "type_", metavar="TYPE", help="Only events of this type, such as member.banned.")
@click.option("--limit", type=Number(1), default=50, show_default=True, help="At most this many.")
@click.pass_obj
def list_(
    connection: Connection,
    space: str | None,
    by: str | None,
    account: str | None,
    type_: str | None,
    limit: int,
) -> None:
    """The newest first: everything but messages, reactions and read marks."""

    from chatd.contract.audit import AuditPage, ListAudit

    async def work(client: Client) -> tuple[list[dict[str, Any]], bool]:
        place = None if space is None else (await find_space(client, space)).id
        author = await find_author(client, place, by) if by else None
        whom = (await find_person(client, place, account)).id if account else None
        entries: list[AuditEntry] = []
        before = None
        while len(entries) < limit:
            size = min(limit - len(entries), PAGE)
            page = await client.ask(ListAudit(place, author, whom, type_, before, size), AuditPage)
            entries += page.entries
            if (before := page.next) is None:
                break
        return plain(entries) if connection.json else await _readable(client, entries), before is not None

    entries, more = connection.run(work)
    if connection.json:
        print_json(entries)
    else:
        print_rows(connection, entries, COLUMNS, "no matching entries")
    if more:
        warn(f"there are more; use `--limit {2 * limit}` to see them")


async def _readable(client: Client, entries: list[AuditEntry]) -> list[dict[str, Any]]:
    people = await account_names(client)
    places = {space.id: space.name for space in await client.spaces()} | await room_names(client)
    rows = []
    for entry in entries:
        data = dict(entry.data)
        kind, _, where = entry.stream.partition("/")
        whom = data.pop("account", None) or data.pop("author", None) or (where if kind == "account" else None)
        more = {
            "by": label_from(people, entry.by),
            "where": label(places.get(where), where) if kind in ("space", "room") else kind,
            "whom": label_from(people, whom) if whom else None,
            "reason": data.pop("reason", None),
            "details": data,
        }
        rows.append({**plain(entry), **more})
    return rows
