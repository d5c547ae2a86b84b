"""Records in the log what is done to the server as a whole: backups, restores, views that are built
again, compactions."""

from __future__ import annotations

from typing import Any

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.spec import Done
from chatd.domain.decision import Context
from chatd.domain.server import SERVER_STREAM, RecordAct
from chatd.log import log
from chatd.ports import Caller, DropRestored, Reader, StoreUnavailable, Write


class ServerLog(msgspec.Struct, frozen=True, eq=False):
    """An act has been done when it is recorded: it does not fail because the log does. The process's log then
    has it alone."""

    reader: Reader
    commands: CommandBus

    async def record(self, caller: Caller, type_: str, **data: Any) -> None:
        await self._record(type_, data, context_of(caller, with_id=False))

    async def record_restore(self) -> None:
        """Records that this database was put back from a copy, if that is still to be done."""
        try:
            restored = await self.reader.restored()
        except StoreUnavailable as error:
            log.warning("cannot_read_log", error=str(error))
            return
        if restored is not None:
            data = {"upto": restored["upto"], "restored_at": restored["at"]}
            await self._record("backup.restored", data, Context(restored["by"], now()), DropRestored())

    async def _record(self, type_: str, data: dict[str, Any], context: Context, *writes: Write) -> None:
        answer = await self.commands.ask(SERVER_STREAM, RecordAct(type_, data), context, Done, *writes)
        if isinstance(answer, Refusal):
            log.warning("not_recorded", act=type_, by=context.by, reason=answer.message, **data)
