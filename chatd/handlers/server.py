"""Handler of the server itself, for operators: what it is and does at this moment."""

from __future__ import annotations

import os
import resource
from heapq import nlargest
from pathlib import Path
from typing import Any, Final

import msgspec
import trio

from chatd import __version__
from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.actors.workers.backups import BackupSchedule
from chatd.actors.workers.health import Health
from chatd.actors.workers.standbys import Standbys
from chatd.actors.workers.view_updater import Views
from chatd.clock import now
from chatd.concurrency.collecting import collected
from chatd.contract.errors import MEANINGS, Code
from chatd.contract.server import (
    ActorCounts,
    ActorLoad,
    BackupState,
    CommitCounts,
    GetServerStatus,
    GetServerTop,
    ServerStatus,
    ServerTop,
    StandbyState,
)
from chatd.handlers.server_address import ServerAddress
from chatd.handlers.server_upkeep import ServerUpkeep
from chatd.output import STDERR
from chatd.ports import Caller, Maintenance, Reader

BUSIEST: Final = 50  # actors
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class Server(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    bus: Bus
    commands: CommandBus
    live: LiveSessions
    maintenance: Maintenance
    views: Views
    epoch: str
    data: Path
    address: ServerAddress
    health: Health
    backups: BackupSchedule | None
    standbys: Standbys
    upkeep: ServerUpkeep
    _started_at: int = msgspec.field(default_factory=now)
    _started: float = msgspec.field(default_factory=trio.current_time)

    async def status(self, caller: Caller, query: GetServerStatus) -> ServerStatus:
        sizes = self.maintenance.sizes()
        awake = self.commands.directory.counts()
        counts = await self.reader.counts()
        return ServerStatus(
            version=__version__,
            ready=self.health.ready,
            problems=self.health.problems,
            epoch=self.epoch,
            position=self.bus.head,
            started_at=self._started_at,
            uptime=int(trio.current_time() - self._started),
            pid=os.getpid(),
            data=str(self.data.absolute()),
            address=self.address.url,
            accounts=counts["accounts"],
            spaces=counts["spaces"],
            rooms=counts["rooms"],
            files=counts["files"],
            file_bytes=counts["file_bytes"],
            connections=len(self.live),
            sessions=self.live.opened,
            memory=_memory(),
            database=sizes.database,
            wal=sizes.wal,
            refused=self._refused(),
            log_lines_lost=STDERR.lost,
            clock_steps=self.health.clock_steps,
            last_clock_step=self.health.last_clock_step,
            actors=ActorCounts(
                awake=sum(awake.values()),
                rooms=awake["room"],
                spaces=awake["space"],
                accounts=awake["account"],
            ),
            views=self.views.rows(),
            backup=_backup_state(self.backups),
            standbys=[
                StandbyState(
                    name=one.name,
                    by=one.by,
                    position=one.position,
                    lag_seconds=one.lag,
                    files_missing=one.missing,
                    heard_at=one.at,
                )
                for one in self.standbys.known()
            ],
            compacting=self.upkeep.compacting,
        )

    async def top(self, caller: Caller, query: GetServerTop) -> ServerTop:
        before = trio.current_time()
        await trio.lowlevel.checkpoint()
        lag = trio.current_time() - before
        writer, directory = self.commands.writer, self.commands.directory
        commits = writer.commits
        used = resource.getrusage(resource.RUSAGE_SELF)
        actors = await collected((writer, *directory, *self.live), _load)
        behind = await collected(self.live, lambda session: session.row().behind)
        return ServerTop(
            position=self.bus.head,
            commits=CommitCounts(
                count=commits.count,
                failed=commits.failed,
                facts=commits.facts,
                last_batch=commits.last_batch,
                mean_batch=round(commits.facts / max(commits.count, 1), 2),
                last_ms=round(commits.last_ms, 3),
                mean_ms=round(commits.total_ms / max(commits.count, 1), 3),
                waiting=len(writer.mailbox),
            ),
            connections=len(self.live),
            sessions=self.live.opened,
            behind=sum(behind),
            demotions=self.bus.demotions,
            refused=self._refused(),
            log_lines_lost=STDERR.lost,
            clock_steps=self.health.clock_steps,
            last_clock_step=self.health.last_clock_step,
            actors=nlargest(BUSIEST, actors, lambda actor: (actor.depth, actor.handled)),
            loop_lag_ms=round(lag * 1000, 3),
            cpu_seconds=round(used.ru_utime + used.ru_stime, 3),
            memory=_memory(),
        )

    def _refused(self) -> dict[Code, int]:
        return {code: self.live.refused[code] for code in MEANINGS if self.live.refused[code]}


def _backup_state(schedule: BackupSchedule | None) -> BackupState | None:
    if schedule is None:
        return None
    return BackupState(
        to=schedule.to,
        every=int(schedule.every),
        last=schedule.last,
        position=schedule.position,
        took=None if schedule.took is None else round(schedule.took, 3),
        made=schedule.made,
        failures=schedule.failures,
        error=schedule.failed_because,
    )


def _load(actor: Any) -> ActorLoad:
    mailbox = actor.statistics()
    return ActorLoad(
        name=actor.name,
        depth=mailbox.depth,
        capacity=mailbox.capacity,
        oldest_wait_ms=round(mailbox.oldest_wait * 1000, 3),
        turns=mailbox.turns,
        handled=mailbox.handled,
        restarts=actor.restarts,
    )


def _memory() -> int:
    """Resident bytes of this process; the most that there were, when no file can be opened."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
