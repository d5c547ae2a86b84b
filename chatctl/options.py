"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import rich_click as click

if TYPE_CHECKING:
    from chatctl.connection import Connection

Option = Callable[[Any], Any]

the_space: Option = click.option("--space", required=True, help="The space.")
in_space: Option = click.option("--space", help="Look for the room in this space only.")
reason: Option = click.option(
    "--reason", metavar="TEXT", help="Why. The log keeps it, and everyone who sees the event reads it."
)
yes: Option = click.option(
    "--yes", is_flag=True, help="Do not ask for confirmation; needed where there is no terminal."
)
dry_run: Option = click.option(
    "--dry-run", is_flag=True, help="Change nothing; print who would gain and lose what."
)


def need_an_account(connection: Connection) -> None:
    """Refuses a command that only an account can give."""
    if connection.url is None:
        raise click.UsageError("only an account can do this: use --url")
