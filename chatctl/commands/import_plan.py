"""`chatctl import plan`: what is in an export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from chatctl.commands.import_export import reads_export
from chatctl.connection import Connection
from chatctl.output import print_json, print_line

if TYPE_CHECKING:
    from chatctl.imports.export import Export
    from chatctl.imports.survey import Survey


@click.command()
@click.option(
    "--people",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="CSV",
    help="Write the people to this new file, in which you may say who has an account here.",
)
@reads_export
@click.pass_obj
def plan(
    connection: Connection,
    open_export: Callable[[], Export],
    people: Path | None,
) -> None:
    """Read an export (a file or a folder) and say what is in it. Changes nothing and needs no server."""
    from chatctl.imports import people_file
    from chatctl.imports.progress import Progress
    from chatctl.imports.survey import survey

    if people is not None:
        people_file.refuse_to_replace(people)  # before all of a large export is read
    with open_export() as export, Progress() as progress:
        found = survey(export, lambda count: progress.show(f"{count:,} messages read"))
    if people is not None:
        people_file.write(people, found.people, found.authors)
    _print_survey(connection, found)
    if people is not None and not connection.json:
        print_line(f"wrote {people}: give whoever has an account here its name in the column `account`")


def _print_survey(connection: Connection, found: Survey) -> None:
    from chatctl.imports.report import survey_document, survey_lines

    if connection.json:
        print_json(survey_document(found))
        return
    for line in survey_lines(found):
        print_line(line)
