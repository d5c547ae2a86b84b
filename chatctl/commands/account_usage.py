"""`chatctl account usage`: what an account has used of its quotas."""

from __future__ import annotations

import rich_click as click

from chatctl.connection import Connection
from chatctl.lookup import find_account
from chatctl.output import local_time, print_json, print_line, print_table, size

SHOWN = {
    "messages": "messages today",
    "bytes": "written today",
    "reports": "reports today",
    "direct_rooms": "new direct rooms in 24 hours",
    "spaces": "spaces owned",
    "rooms": "rooms made in one space",
    "invites": "open invites in one space",
    "sessions": "sessions open",
}


@click.command()
@click.argument("account")
@click.pass_obj
def usage(connection: Connection, account: str) -> None:
    """What an account and its bots have used of their quotas."""
    from chatd.contract.quota import GetQuota, QuotaResult

    found = connection.ask_about(find_account, account, GetQuota, QuotaResult)[1].usage
    if connection.json:
        print_json(found)
        return
    rows = []
    for name, words in SHOWN.items():
        used = getattr(found, name)
        shown = size if name == "bytes" else str
        rows.append((words, shown(used.used), "any" if used.quota is None else shown(used.quota)))
    print_table(("quota", "used", "of"), rows)
    print_line(f"today ends at {local_time(found.day_ends_at)}")
