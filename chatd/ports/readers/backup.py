"""When backups were made."""

from __future__ import annotations

from typing import Protocol


class BackupReader(Protocol):
    async def newest_backup(self) -> int | None:
        """When the newest one that this server made was finished, Unix milliseconds; None: there was none."""
