"""An export with its files made into the shape that others read. What it was made of is removed then."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from shutil import rmtree

from chatctl.exports.files import FOLDER
from chatctl.exports.formats import Shape
from chatctl.failure import Failed
from chatd.path_kind import is_folder, is_there


def work_folder(target: Path) -> Path:
    """Where the lines and files are gathered; it stays when that is cut off. Raises Failed."""
    folder = target.with_name(target.name + ".part")
    if is_there(target):
        with suppress(OSError):  # empty, it is all that one has left that was killed at its very end
            folder.rmdir()
        raise Failed(f"{target} exists already; choose another name")
    return folder


def reshape(folder: Path, shape: Shape, target: Path, server: str) -> None:
    """`server`: its address. Raises Failed."""
    from chatctl.exports.html.export import write_html
    from chatctl.exports.html.files import make_harmless
    from chatctl.exports.slack.export import write_slack
    from chatctl.imports.chatd.export import ChatdExport
    from chatctl.imports.export import Options

    made = folder / f"made.{shape}"
    if is_folder(made):  # left by one that was cut off
        rmtree(made)
    made.unlink(missing_ok=True)
    try:
        with ChatdExport.read(folder, Options()) as export:
            if shape == "slack":
                write_slack(export, made, server)
            else:
                write_html(export, made, export.title)
        if shape == "html":
            make_harmless(folder / FOLDER)
            (folder / FOLDER).rename(made / FOLDER)
        _clear(folder)
        made.rename(target)  # when all else is gone: who is killed here leaves nothing that anybody misses
        with suppress(OSError):  # there is something else in it
            folder.rmdir()
    except OSError as error:
        raise Failed(f"{error.filename or target} cannot be written: {error.strerror}") from error


def _clear(folder: Path) -> None:
    """Only what an export has put there."""
    for file in [*folder.glob("*.jsonl"), *(folder / FOLDER).glob("*")]:
        file.unlink()
    with suppress(OSError):  # there is something else in it, or it is where the pages are
        (folder / FOLDER).rmdir()
