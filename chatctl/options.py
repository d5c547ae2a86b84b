"""Options that verbs of several nouns take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rich_click as click

Option = Callable[[Any], Any]

the_space: Option = click.option("--space", required=True, help="The space that it is about.")
in_space: Option = click.option("--space", help="Look for the room in this space only.")
reason: Option = click.option(
    "--reason", metavar="TEXT", help="Why. It stands in the log, and whoever hears of it reads it."
)
yes: Option = click.option("--yes", is_flag=True, help="Do not ask on a terminal whether this is meant.")
dry_run: Option = click.option(
    "--dry-run", is_flag=True, help="Change nothing; say who would gain and lose what."
)
