"""Handler of what operators have done with the server's data: looked at, compared with the log, compacted."""

from __future__ import annotations

from typing import Any, Final

import trio

from chatd.actors.workers.health import Health
from chatd.contract.errors import Refusal
from chatd.contract.server import (
    CheckServer,
    Compacting,
    CompactServer,
    ServerChecked,
    ServerCompacted,
    ServerVerified,
    VerifyServer,
)
from chatd.handlers.file_check import FileCheck
from chatd.handlers.server_log import ServerLog
from chatd.log import log
from chatd.ports import Caller, CompactError, Maintenance, StoreUnavailable

COMPACTED_ALREADY: Final = Refusal("conflict", "it is being compacted already")


class ServerUpkeep:
    """`compacting`: how far it is, while the database is compacted."""

    def __init__(
        self, maintenance: Maintenance, health: Health, files: FileCheck, server_log: ServerLog
    ) -> None:
        self.compacting: Compacting | None = None
        self._maintenance = maintenance
        self._health = health
        self._files = files
        self._server_log = server_log
        self._lock = trio.Lock()

    async def check(self, caller: Caller, query: CheckServer) -> ServerChecked:
        findings = list(self._health.problems)
        try:
            findings += await self._maintenance.check()
        except StoreUnavailable as error:
            short = self._health.out_of_files
            findings.append(
                "the database was not looked at; check again when files are free" if short else str(error)
            )
        return ServerChecked(ok=not findings, findings=findings)

    async def compact(self, caller: Caller, command: CompactServer) -> ServerCompacted | Refusal:
        if self._lock.locked():
            return COMPACTED_ALREADY
        async with self._lock:
            try:
                done = await self._maintenance.compact(self._came_to)
            except CompactError as error:
                return Refusal("conflict", str(error))
            finally:
                self.compacting = None
        log.info("compacted", before=done.before, after=done.after)
        await self._server_log.record(caller, "server.compacted", before=done.before, after=done.after)
        return ServerCompacted(before=done.before, after=done.after)

    async def verify(self, caller: Caller, query: VerifyServer) -> ServerVerified | Refusal:
        if self._health.database is not None:
            return Refusal("unavailable", self._health.database)
        verified = await self._maintenance.verify()
        files = await self._files.check(query.contents)
        findings = [*verified.findings, *files.findings]
        return ServerVerified(
            ok=not findings,
            events=verified.events,
            blobs=files.blobs,
            orphans=files.orphans,
            findings=findings,
        )

    def _came_to(self, step: Any, percent: int) -> None:
        self.compacting = Compacting(step=step, percent=percent)
