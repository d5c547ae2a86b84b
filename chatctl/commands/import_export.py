"""The export that a command reads: where it is, and what an admin says because it does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

if TYPE_CHECKING:
    from chatctl.imports.export import Export


def reads_export(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the argument and options that say what it reads, as `open_export`, which raises
    UsageError for a format that there is not, and Unreadable."""

    @click.argument("file", type=click.Path(path_type=Path, exists=True))
    @click.option("--format", metavar="NAME", help="The format, where FILE does not show it.")
    @click.option("--zone", metavar="ZONE", help="Zone of times that have none, such as Europe/Berlin.")
    @click.option("--name", metavar="ROOM", help="What the room is called, where FILE does not say it.")
    @click.option("--day-first/--month-first", default=None, help="How dates such as 3/4/21 are meant.")
    @wraps(command)
    def told(
        *args: Any,
        file: Path,
        format: str | None,
        zone: str | None,
        name: str | None,
        day_first: bool | None,
        **others: Any,
    ) -> None:
        command(*args, open_export=partial(_opened, file, format, zone, name, day_first), **others)

    return told


def _opened(
    file: Path, format: str | None, zone: str | None, name: str | None, day_first: bool | None
) -> Export:
    from chatctl.imports.export import Options
    from chatctl.imports.formats import FORMATS, recognise

    options = Options(zone, name, day_first)
    if format is None:
        return recognise(file).read(file, options)
    for one in FORMATS:
        if one.format == format:
            return one.read(file, options)
    raise click.UsageError(f"--format is one of {', '.join(one.format for one in FORMATS)}")
