"""Backups of the database."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from chatd.contract.fields import Path
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command

BackupRecipient = Annotated[str, Meta(min_length=4, max_length=1000)]


class CreateBackup(Struct, frozen=True):
    """`path` is a new file; or a repository: a folder that exists, a path that ends with `/`, or
    `s3://BUCKET/PREFIX`. A backup in a repository is encrypted to the `recipients`, if there are any: public
    keys of age or SSH."""

    path: Path
    recipients: Annotated[list[BackupRecipient], Meta(max_length=32)] = []


class BackupCreated(Struct, frozen=True, kw_only=True):
    """Size of the database in it, the position of the last event in it, and how many blobs of files are in
    it. In a repository it has an `id`, and `added` is how many bytes the repository did not have before.

    `findings` are sentences about blobs that are lost or damaged: the backup has no good bytes of them."""

    path: str
    bytes: int
    position: int
    blobs: int
    findings: list[str]
    id: str | None = None
    added: int | None = None


REQUESTS: tuple[RequestType, ...] = (
    command(
        "backup.create",
        CreateBackup,
        BackupCreated,
        doc="Writes a consistent copy of the database and its files, to a new file or into a repository.",
        http=Http("POST", "/backups", 201),
        scope="never",
        asker="operator",
        refusals=("conflict",),
        events=("backup.created",),
        notes=("Refuses a file that exists, and a path that is not absolute.",),
    ),
)
