"""What is said of the server's own backups."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import trio
import trio.testing

from chatd.actors.workers.backups import BackupSchedule
from chatd.actors.workers.health import Health
from chatd.domain.backup_rule import Rule
from chatd.ports import RepositoryBackup, RepositoryError


class FullPlace:
    """Has no backup, and takes none."""

    async def newest(self, place: str) -> int | None:
        return None

    async def create(self, place: str, recipients: Any = ()) -> RepositoryBackup:
        raise RepositoryError("no space is left")

    async def prune(self, place: str, rule: Rule) -> int:
        return 0


async def test_who_makes_no_backups_any_more_says_nothing_of_the_last_that_failed(
    autojump_clock: trio.testing.MockClock,
) -> None:
    """Another node of the cluster makes them then, and they may be good."""
    health, commands = Health(), Any
    schedule = BackupSchedule(
        FullPlace(), commands, nullcontext, health, "/backups", 3600, Rule.parse("last 1")
    )
    with trio.move_on_after(10):
        await schedule.run()
    assert schedule.failures > 0
    assert schedule.failed_because is None
