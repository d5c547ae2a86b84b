"""Files and backups: where bytes are kept, who may upload them, what is collected."""

from __future__ import annotations

from chatd.actors.workers.backups import BackupSchedule
from chatd.actors.workers.file_collection import FileCollector
from chatd.auth.file_links import FileLinks
from chatd.domain.backup_rule import Rule
from chatd.files.services import blobs_of, upload_services
from chatd.handlers.backup import Backups
from chatd.handlers.backup_archive import BackupArchives
from chatd.handlers.emoji import Emoji
from chatd.handlers.file import FileHandlers
from chatd.handlers.file_allowance import FileAllowance
from chatd.handlers.file_check import FileCheck
from chatd.handlers.registry import Handlers
from chatd.handlers.uploads import Uploads
from chatd.repository.making import RepositoryBackups
from chatd.wiring.base import Base


class FileServices:
    """`node`: the name of this one in a cluster. `schedule`: None where the settings name no place for
    backups."""

    def __init__(self, base: Base, node: str | None) -> None:
        settings, reader, commands, bus = base.settings, base.reader, base.commands, base.bus
        self.blobs = blobs_of(settings, node)
        self.check = FileCheck(reader, self.blobs)
        self.repositories = RepositoryBackups(
            base.store, self.blobs, settings.data, base.signing_key, base.epoch
        )
        self._allowance = FileAllowance(reader, base.usage, base.quotas, settings.max_file)
        self._links = FileLinks(base.signing_key, base.store.epochs.database)
        self.uploads = Uploads(
            reader, commands, self._allowance, self._links, base.rate_limits, settings.limits, base.fresh
        )
        self.transfers = upload_services(settings, self.blobs, self.uploads, node)
        bus.watch(self.transfers.expiry.follow)
        self.collector = FileCollector(reader, commands, self.blobs, settings.keep_unheld_files, base.settled)
        bus.watch(self.collector.follow)
        self.schedule: BackupSchedule | None = None
        if settings.backup_to:
            self.schedule = BackupSchedule(
                self.repositories,
                commands,
                self.collector.pausing,
                base.health,
                settings.backup_to,
                settings.backup_every,
                Rule.parse(settings.backup_keep),
                settings.backup_recipients,
            )

    def handlers(self, base: Base) -> Handlers:
        archives = BackupArchives(base.store, self.blobs)
        return {
            "file": (FileHandlers(base.reader, base.commands, self._allowance, self._links),),
            "emoji": (Emoji(base.reader, base.visibility),),
            "backup": (Backups(archives, self.repositories, self.collector, base.server_log),),
        }
