"""`chatctl backup …`: copies of a server's data, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from chatctl.commands import backup_repository
from chatctl.connection import Connection
from chatctl.count import counted
from chatctl.failure import Failed
from chatctl.output import print_result, size
from chatctl.server_options import NewFolder
from chatd.path_kind import is_folder
from chatd.store.ops.scratch_folder import RESTORING, scratch_folder

if TYPE_CHECKING:
    from chatd.store.ops.restore import At, Restored

identity = click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File with the age key (AGE-SECRET-KEY-…) or SSH key that reads an encrypted backup.",
)


@click.group("backup")
def command() -> None:
    """Copy a server's data while it runs, and make a new data folder of a copy."""


@command.command()
@click.argument("target", type=click.Path())
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    metavar="KEY",
    help="Encrypt to this public key (age1… or ssh-ed25519 …); may be given several times.",
)
@click.pass_obj
def create(connection: Connection, target: str, recipients: tuple[str, ...]) -> None:
    """Write a consistent copy to TARGET. With --url the path is the server's.

    TARGET is a new file; or a repository, which keeps many backups and each content once: a folder that
    exists, a path that ends with a slash, or s3://BUCKET/PREFIX.
    """
    from chatd.contract.backup import BackupCreated, CreateBackup
    from chatd.repository.shelf import S3

    path = target
    if not connection.url and not target.startswith(S3):
        path = str(Path(target).absolute()) + ("/" if target.endswith("/") else "")
    made = connection.ask(CreateBackup(path, list(recipients)), BackupCreated, seconds=None)
    sentence = f"wrote {made.path}: {size(made.bytes)}, everything up to position {made.position}"
    if made.blobs:
        sentence += f", with {counted(made.blobs, 'blob')} of files"
    if made.id is not None:
        sentence += f"; it is backup {made.id}, and added {size(made.added or 0)}"
    print_result(connection, made, sentence, *made.findings)
    if made.findings:
        raise Failed(f"the backup is incomplete: {counted(len(made.findings), 'blob')} lost or damaged")


@command.command()
@click.argument("source", type=click.Path())
@click.option(
    "--data",
    cls=NewFolder,
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The new data folder.",
)
@click.option("--at", "moment", metavar="TIME|POSITION", help="As it was then, not at the end of the backup.")
@click.option("--backup", "wanted", metavar="ID", help="Of a repository: this backup, not the one that fits.")
@identity
@click.pass_obj
def restore(
    connection: Connection,
    source: str,
    data: Path,
    moment: str | None,
    wanted: str | None,
    identity: Path | None,
) -> None:
    """Make a new data folder of a copy. Needs no server; clients notice and load everything anew.

    SOURCE is a file that `backup create` wrote, or a repository: of this the newest backup, or with --at the
    first one that goes as far.
    """
    from chatd.repository.shelf import is_repository
    from chatd.store.ops.backup import named_blobs

    at, elsewhere = _at(moment), 0
    with backup_repository.failures(data if is_folder(data) else data.absolute().parent):
        if is_repository(source):
            restored, files, findings = backup_repository.restore_from(source, data, wanted, identity, at)
        else:
            restored, files, findings = _restore_file(Path(source), data, at)
            elsewhere = 0 if files or findings else len(named_blobs(restored.path))
    print_result(
        connection,
        {
            "data": str(data),
            "epoch": restored.epoch,
            "position": restored.position,
            "erased": restored.erased,
            "accounts": restored.accounts,
            "blobs": files,
            "findings": findings,
        },
        *_told(restored, data, elsewhere),
        *findings,
    )
    if findings:
        raise Failed(f"the backup is incomplete: {counted(len(findings), 'blob')} damaged and left out")


def _told(restored: Restored, data: Path, elsewhere: int) -> Iterator[str]:
    """`elsewhere`: blobs that are not in the backup."""
    yield (
        f"restored everything up to position {restored.position}; start it with `chatd serve --data {data}`"
    )
    if restored.erased:
        what = "1 message or file" if restored.erased == 1 else f"{restored.erased} messages or files"
        yield f"{what} had been erased before the backup was made, and stayed deleted"
    if elsewhere:
        yield f"the backup has no files; {counted(elsewhere, 'blob')} must stand in the server's bucket"
    if restored.accounts:
        yield f"{counted(restored.accounts, 'account')} will be deleted again when the server starts"


def _at(moment: str | None) -> At | None:
    from chatctl.date import Date
    from chatd.store.ops.restore import At

    if moment is None:
        return None
    if moment.isdecimal() and len(moment) < 16:
        return At(position=int(moment))
    return At(time=Date().convert(moment, None, click.get_current_context()))


def _restore_file(file: Path, data: Path, at: At | None) -> tuple[Restored, int, tuple[str, ...]]:
    from chatd.files.archive import database_of, restore_files
    from chatd.store.ops.backup import named_blobs
    from chatd.store.ops.restore import restore

    files, findings = 0, tuple[str, ...]()

    def put_files(database: Path) -> None:
        nonlocal files, findings
        wanted = None if at is None else frozenset(named_blobs(database))
        files, findings = restore_files(file, data / "files", wanted)

    beside = data if is_folder(data) else data.absolute().parent
    with scratch_folder(RESTORING, beside) as folder:
        restored = restore(database_of(file, folder), data, at, put_files)
    return restored, files, findings


command.add_command(backup_repository.list_)
command.add_command(backup_repository.check)
command.add_command(backup_repository.prune)
