"""Backups of the database."""

from __future__ import annotations

from msgspec import Struct

from chatd.contract.fields import Path
from chatd.contract.http import Http
from chatd.contract.spec import RequestType, command


class CreateBackup(Struct, frozen=True):
    path: Path


class BackupCreated(Struct, frozen=True, kw_only=True):
    """Size, the position of the last event in it, and how many blobs of files are in it.

    `findings` are sentences about blobs that are lost or damaged: the backup has no good bytes of them."""

    path: str
    bytes: int
    position: int
    blobs: int
    findings: list[str]


REQUESTS: tuple[RequestType, ...] = (
    command(
        "backup.create",
        CreateBackup,
        BackupCreated,
        doc="Writes a consistent copy of the database.",
        http=Http("POST", "/backups", 201),
        scope="never",
        asker="operator",
        refusals=("conflict",),
        events=("backup.created",),
        notes=("Refuses a path that exists or is not absolute.",),
    ),
)
