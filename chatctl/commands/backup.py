"""`chatctl backup …`: copies of the database, and back."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree

import rich_click as click

from chatctl.connection import Connection
from chatctl.count import counted
from chatctl.failure import Failed
from chatctl.output import print_result, size


@click.group("backup")
def command() -> None:
    """Copy the database while the server runs, and make a new data folder of a copy."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def create(connection: Connection, file: Path) -> None:
    """Write a consistent copy to FILE, which must not exist. With --url the path is the server's."""
    from chatd.contract.backup import BackupCreated, CreateBackup

    path = file if connection.url else file.absolute()
    made = connection.ask(CreateBackup(str(path)), BackupCreated, seconds=None)
    sentence = f"wrote {made.path}: {size(made.bytes)}, everything up to position {made.position}"
    if made.blobs:
        sentence += f", with {counted(made.blobs, 'blob')} of files"
    print_result(connection, made, "\n".join((sentence, *made.findings)))
    if made.findings:
        raise Failed(f"the backup is incomplete: {counted(len(made.findings), 'blob')} lost or damaged")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), required=True, help="The new data folder."
)
@click.pass_obj
def restore(connection: Connection, file: Path, data: Path) -> None:
    """Make a new data folder of a copy. Needs no server; clients notice and load everything anew."""
    from chatd.files.archive import database_of, restore_files
    from chatd.ports import StoreError
    from chatd.store.ops.backup import restore

    fresh = not data.exists()
    done = False
    try:
        with database_of(file, data if data.is_dir() else data.absolute().parent) as database:
            restored = restore(database, data)
        files, findings = restore_files(file, data / "files")
        done = True
    except StoreError as error:
        raise Failed(str(error)) from error
    except OSError as error:
        raise Failed(f"{error.filename or data}: {error.strerror}") from error
    finally:
        if fresh and not done:
            rmtree(data, ignore_errors=True)
    told = (
        f"restored everything up to position {restored.position}; start it with `chatd serve --data {data}`"
    )
    print_result(
        connection,
        {
            "data": str(data),
            "epoch": restored.epoch,
            "position": restored.position,
            "blobs": files,
            "findings": findings,
        },
        "\n".join((told, *findings)),
    )
    if findings:
        raise Failed(f"the backup is incomplete: {counted(len(findings), 'blob')} damaged and left out")
