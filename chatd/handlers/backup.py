"""Handler of backups."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec
import trio

from chatd.actors.workers.file_collection import FileCollector
from chatd.contract.backup import BackupCreated, CreateBackup
from chatd.contract.errors import Refusal
from chatd.handlers.backup_archive import BackupArchives
from chatd.handlers.server_log import ServerLog
from chatd.ports import BlobsUnavailable, Caller, Repositories, StoreError

MOST_FINDINGS: Final = 100


class Backups(msgspec.Struct, frozen=True, eq=False):
    archives: BackupArchives
    repositories: Repositories
    collector: FileCollector
    server_log: ServerLog

    async def create(self, caller: Caller, command: CreateBackup) -> BackupCreated | Refusal:
        bucket = command.path.startswith("s3://")
        if not bucket and not Path(command.path).is_absolute():
            return Refusal("invalid", "path must be absolute: the server does not know your folder")
        # unlike a path's method it raises nothing: who writes there says what is wrong
        folder = command.path.endswith("/") or await trio.to_thread.run_sync(os.path.isdir, command.path)
        if command.recipients and not (bucket or folder):
            return Refusal("invalid", "only backups in a repository, which is a folder, are encrypted")
        try:
            with self.collector.pausing():
                if bucket or folder:
                    made = await self._keep(command)
                else:
                    made = await self._archive(Path(command.path))
        except (StoreError, BlobsUnavailable) as error:
            return Refusal("conflict", str(error))
        size, position = made.bytes, made.position
        await self.server_log.record(caller, "backup.created", path=made.path, bytes=size, upto=position)
        return made

    async def _archive(self, path: Path) -> BackupCreated:
        copy = await self.archives.create(path)
        return BackupCreated(
            path=str(copy.path),
            bytes=copy.bytes,
            position=copy.position,
            blobs=copy.blobs,
            findings=list(copy.findings),
        )

    async def _keep(self, command: CreateBackup) -> BackupCreated:
        kept = await self.repositories.create(command.path, command.recipients)
        return BackupCreated(
            path=kept.place,
            bytes=kept.bytes,
            position=kept.position,
            blobs=kept.blobs,
            findings=list(kept.findings[:MOST_FINDINGS]),
            id=kept.id,
            added=kept.added,
        )
