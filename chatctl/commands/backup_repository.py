"""`chatctl backup list | check | prune`: what is in a repository. Needs no server."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import TYPE_CHECKING

import rich_click as click

from chatctl.connection import Connection
from chatctl.count import counted
from chatctl.failure import Failed
from chatctl.output import print_result, print_rows, size
from chatd.path_kind import is_file, is_folder
from chatd.store.ops.scratch_folder import RESTORING, scratch_folder

if TYPE_CHECKING:
    from chatd.repository.reading import BackupReader
    from chatd.repository.retention import Pruned
    from chatd.store.ops.backup import Examined
    from chatd.store.ops.restore import At, Restored

CHECKING = "chatd-check-"
COLUMNS = {
    "id": "backup",
    "made_at": "made at",
    "position": "position",
    "bytes": "database",
    "blobs": "blobs",
    "encrypted": "encrypted",
    "chatd": "chatd",
}


@click.command("list")
@click.argument("repository", type=click.Path())
@click.pass_obj
def list_(connection: Connection, repository: str) -> None:
    """The backups in a repository, the oldest first."""
    from chatd.repository.manifest import readable
    from chatd.repository.shelf import existing_shelf

    damaged: list[str] = []
    with failures():
        rows = [
            {
                "id": one.id,
                "made_at": one.made_at,
                "position": one.position,
                "epoch": one.epoch,
                "bytes": one.size,
                "blobs": len(one.files),
                "encrypted": one.encrypted,
                "chatd": one.chatd,
                "findings": one.findings,
            }
            for one in readable(existing_shelf(repository), damaged.append)
        ]
    print_rows(connection, rows[::-1], COLUMNS, "there is no backup in it")
    if damaged:
        raise Failed("; ".join(damaged))


@click.command()
@click.argument("source", type=click.Path())
@click.option("--backup", "wanted", metavar="ID", help="Of a repository: this backup, not the newest.")
@click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File with the age or SSH key that reads an encrypted backup.",
)
@click.option(
    "--scratch",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder with space for the database. [default: that of temporary files]",
)
@click.pass_obj
def check(
    connection: Connection, source: str, wanted: str | None, identity: Path | None, scratch: Path | None
) -> None:
    """Restore a backup into a scratch folder, replay its log, look at all files; status 1 if it is bad.

    SOURCE is a repository, or a file that `backup create` wrote.
    """
    from chatd.repository.shelf import is_repository
    from chatd.store.ops.backup import examine

    if not is_repository(source) and is_file(Path(source)):
        _check_file(connection, Path(source), scratch)
        return
    with _failures_of_check(scratch), scratch_folder(CHECKING, scratch) as folder:
        reader = _reader(source, wanted, identity)
        manifest, database = reader.manifest, Path(folder, "chatd.db")
        reader.database(database)
        examined = examine(database)
        findings = [*manifest.findings, *examined.findings]
        if (examined.position, examined.hash) != (manifest.position, manifest.hash):
            findings.append(f"its log ends at position {examined.position}, not where its manifest says")
        known = {finding.split(":")[0] for finding in manifest.findings}
        for hash_ in examined.blobs:
            with TemporaryFile(dir=folder) as file:
                finding = reader.blob(hash_, file)
            if finding is not None and finding.split(":")[0] not in known:
                findings.append(finding)
    _print_examined(connection, manifest.id, examined, len(examined.blobs), findings)
    if findings:
        raise Failed(
            f"the backup is damaged or incomplete: {counted(len(findings), 'finding')};"
            " what is damaged in the repository, remove there: the next backup writes it again"
        )


def _check_file(connection: Connection, file: Path, scratch: Path | None) -> None:
    from chatd.files.archive import check_files, database_of
    from chatd.store.ops.backup import examine

    with _failures_of_check(scratch), scratch_folder(CHECKING, scratch) as folder:
        database = database_of(file, folder)
        examined = examine(database)
        findings = [*examined.findings, *check_files(file, examined.blobs)]
    _print_examined(connection, None, examined, 0 if database == file else len(examined.blobs), findings)
    if findings:
        raise Failed(f"{file} is damaged or incomplete: {counted(len(findings), 'finding')}")


def _failures_of_check(scratch: Path | None) -> AbstractContextManager[None]:
    return failures(scratch or Path(gettempdir()), "name another folder with --scratch")


def _print_examined(
    connection: Connection, id_: str | None, examined: Examined, blobs: int, findings: list[str]
) -> None:
    told = f"backup {id_}: " if id_ is not None else ""
    told += f"replayed {counted(examined.events, 'event')}, read {counted(blobs, 'blob')}"
    print_result(
        connection,
        {
            "id": id_,
            "ok": not findings,
            "events": examined.events,
            "position": examined.position,
            "blobs": blobs,
            "findings": findings,
        },
        told if findings else f"{told}; all is well",
        *findings,
    )


@click.command()
@click.argument("repository", type=click.Path())
@click.option("--keep", metavar="RULE", required=True, help="As in `last 3, daily 7, weekly 4, monthly 12`.")
@click.option("--dry-run", is_flag=True, help="Change nothing; print what would go.")
@click.pass_obj
def prune(connection: Connection, repository: str, keep: str, dry_run: bool) -> None:
    """Forget backups, and take away what no other one needs. The newest always stays.

    RULE names what is kept: so many of the newest (last), and the newest one of each of so many hours, days,
    weeks, months, years (hourly, daily, weekly, monthly, yearly; UTC) that have backups.
    """
    from chatd.domain.backup_rule import Rule
    from chatd.repository.retention import prune as forget
    from chatd.repository.shelf import existing_shelf

    try:
        rule = Rule.parse(keep)
    except ValueError as error:
        raise click.UsageError(f"--keep {error}") from error
    with failures():
        pruned = forget(existing_shelf(repository), rule, dry_run)
    print_result(connection, pruned, *_told(pruned, dry_run))


def restore_from(
    repository: str, data: Path, wanted: str | None, identity: Path | None, at: At | None
) -> tuple[Restored, int, tuple[str, ...]]:
    """What was restored, how many blobs, findings. Raises StoreError."""
    from chatd.repository.reading import restore_blobs
    from chatd.store.ops.backup import named_blobs
    from chatd.store.ops.restore import restore

    reader = _reader(repository, wanted, identity, at)
    files, findings = 0, tuple[str, ...]()

    def put_files(database: Path) -> None:
        nonlocal files, findings
        files, findings = restore_blobs(reader, named_blobs(database), data / "files")

    with scratch_folder(RESTORING, data if is_folder(data) else data.absolute().parent) as folder:
        database = folder / "chatd.db"
        reader.database(database)
        restored = restore(database, data, at, put_files)
    return restored, files, findings


def _reader(repository: str, wanted: str | None, identity: Path | None, at: At | None = None) -> BackupReader:
    from chatd.repository.reading import BackupReader, chosen, earliest
    from chatd.repository.sealing import Identities
    from chatd.repository.shelf import existing_shelf

    shelf = existing_shelf(repository)
    if at is not None and wanted is None:
        manifest = earliest(shelf, at.time, at.position)
        if at.time is not None and manifest.made_at < at.time:
            raise Failed(
                f"the newest backup, {manifest.id}, was made before that time;"
                " leave --at out to restore all of it"
            )
    else:
        manifest = chosen(shelf, wanted)
    return BackupReader(shelf, manifest, Identities(identity) if identity else None)


def _told(pruned: Pruned, dry_run: bool) -> Iterator[str]:
    forgets, keeps = ("would forget", "keep") if dry_run else ("forgot", "kept")
    told = f"{forgets} {counted(len(pruned.forgotten), 'backup')} and {keeps} {len(pruned.kept)}"
    freed = f"{counted(pruned.objects, 'object')}, {size(pruned.bytes)}"
    yield f"{told}; {'that would free' if dry_run else 'freed'} {freed}"
    yield from (f"  {id_}" for id_ in pruned.forgotten)


@contextmanager
def failures(scratch: Path | None = None, remedy: str = "make room") -> Iterator[None]:
    """Each failure becomes a line, and what a server would log meanwhile none. `scratch`: in which folder
    files are written meanwhile; `remedy`: what to do when its disk is full."""
    from chatd.log import log
    from chatd.ports import StoreError

    try:
        with log.captured():
            yield
    except StoreError as error:
        raise Failed(str(error)) from error
    except OSError as error:
        where = error.filename and os.fsdecode(error.filename)
        if scratch is not None and (where is None or RESTORING in where or CHECKING in where):
            where = f"{scratch} cannot be written"
        said = f"{where or 'the disk'}: {error.strerror}"
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise Failed(f"{said}; {remedy}" if full else said) from error
