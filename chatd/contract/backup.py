"""Backups of the database."""

from __future__ import annotations

import attrs

from chatd.contract.fields import Path
from chatd.contract.rows import result
from chatd.contract.spec import RequestType, command


@attrs.frozen
class CreateBackup:
    path: Path


@result
class BackupCreated:
    """Size, and the position of the last event in it."""

    path: str
    bytes: int
    position: int


REQUESTS: tuple[RequestType, ...] = (
    command(
        "backup.create",
        CreateBackup,
        BackupCreated,
        doc="Writes a consistent copy of the database.",
        scope="never",
        asker="operator",
        refusals=("conflict",),
        events=("backup.created",),
        notes=("Refuses a path that exists or is not absolute.",),
    ),
)
