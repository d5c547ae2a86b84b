"""The backup schedule: the server's own backups, made, pruned and watched.

The newest backup in the repository says when the next one is due, so a restart neither forgets one nor makes
one too many. A failure is tried again, soon at first; when none has been good for twice the time between
two, an admin is told until there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Final

import msgspec
import trio

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.workers.health import Health
from chatd.clock import now
from chatd.concurrency.backoff import Backoff
from chatd.contract.errors import Refusal
from chatd.contract.spec import Done
from chatd.domain.backup_rule import Rule
from chatd.domain.decision import Context
from chatd.domain.server import SERVER_STREAM, RecordAct
from chatd.log import log
from chatd.ports import BlobsUnavailable, Repositories, RepositoryBackup, StoreError, StoreUnavailable

FIRST_RETRY: Final = 5.0  # seconds
LONGEST_RETRY: Final = 600.0
LOOK: Final = 60.0  # seconds between two looks at the clock, which may be set
TOO_OLD: Final = 2.0  # times the time between two backups
HOUR: Final = 3_600_000


class BackupSchedule(msgspec.Struct, eq=False):
    """One for the server, if it makes backups. `every`: seconds. `pausing`: no bytes of files are taken away
    within. `last` and `position` are those of the newest good backup, as far as it is known; `failures` count
    since the start."""

    _repositories: Repositories
    _commands: CommandBus
    _pausing: Callable[[], AbstractContextManager[None]]
    _health: Health
    to: str
    every: float
    rule: Rule
    recipients: Sequence[str] = ()
    name: str = "backup schedule"
    restarts: int = 0
    healthy: bool = False
    last: int | None = None
    position: int | None = None
    bytes: int = 0
    took: float | None = None  # seconds
    made: int = 0
    failures: int = 0
    failed_because: str | None = None
    _began: int = msgspec.field(default_factory=now)

    def failed(self, given_up: bool) -> None:
        """Nobody asks it anything."""

    async def run(self) -> None:
        """Runs forever."""
        try:
            await self._keep_making()
        finally:
            self._health.backup = self.failed_because = None  # another node may make them now

    async def _keep_making(self) -> None:
        backoff = Backoff(FIRST_RETRY, min(LONGEST_RETRY, self.every))
        known = False
        while True:
            try:
                if not known:
                    self.last = await self._repositories.newest(self.to)
                    known = True
                self.healthy = True
                self._judge()
                if (wait := self._due_in()) > 0:
                    await trio.sleep(min(wait, LOOK))
                    continue
                await self._make()
            except (StoreError, StoreUnavailable, BlobsUnavailable) as error:
                self.failures += 1
                self.failed_because = str(error)
                log.warning("backup_failed", to=self.to, error=str(error))
                self._judge()
                await trio.sleep(backoff.next_delay())
            else:
                backoff.reset()

    def _due_in(self) -> float:
        """Seconds. A clock that was set back does not put a backup off for longer than that."""
        if self.last is None:
            return 0.0
        return self.every - abs(now() - self.last) / 1000

    async def _make(self) -> None:
        began = trio.current_time()
        with self._pausing():
            made = await self._repositories.create(self.to, self.recipients)
        self.took = trio.current_time() - began
        self.last, self.position, self.bytes = made.at, made.position, made.bytes
        self.made += 1
        self.failed_because = None
        self._judge()
        log.info("backup_made", to=self.to, id=made.id, position=made.position, added=made.added)
        if made.findings:
            log.warning("backup_incomplete", to=self.to, id=made.id, problems=len(made.findings))
        await self._record(made)
        forgotten = await self._repositories.prune(self.to, self.rule)
        if forgotten:
            log.info("backups_forgotten", to=self.to, count=forgotten)

    async def _record(self, made: RepositoryBackup) -> None:
        act = RecordAct("backup.created", {"path": made.place, "bytes": made.bytes, "upto": made.position})
        answer = await self._commands.ask(SERVER_STREAM, act, Context("system", now()), Done)
        if isinstance(answer, Refusal):
            log.warning("not_recorded", act="backup.created", by="system", reason=answer.message)

    def _judge(self) -> None:
        """Whether an admin should hear that the newest good backup is too old."""
        since = now() - (self._began if self.last is None else self.last)
        if since <= TOO_OLD * self.every * 1000:
            self._health.backup = None
            return
        age = f"{since // HOUR} hours" if since >= 2 * HOUR else f"{since // 60_000} minutes"
        newest = "there is no backup yet" if self.last is None else f"the newest good backup is {age} old"
        why = f": {self.failed_because}" if self.failed_because else ""
        self._health.backup = f"{newest}{why}; see backup_to, {self.to}"
