"""The handler of files: what is known of them, links to them, their end."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.runtime.envelope import STALE
from chatd.auth.file_links import FileLinks
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.file import (
    DeleteFile,
    FileInfo,
    FileLink,
    FilePage,
    FileResult,
    FileUsage,
    GetFile,
    GetFileUsage,
    ListFiles,
    OwnFile,
    SignFile,
)
from chatd.contract.quota import Used
from chatd.contract.rows import pick
from chatd.contract.spec import DONE, Done
from chatd.domain.event import account_stream
from chatd.domain.internal import DropFile
from chatd.handlers.file_allowance import FileAllowance
from chatd.handlers.paging import cut
from chatd.handlers.refusals import OPERATOR_KEEPS_NOTHING
from chatd.ports import Caller, FileReleased, FilesExist, Reader, Row

NO_SUCH_FILE: Final = Refusal("not_found", "there is no such file, or you may not read it")
NOT_YOURS: Final = Refusal("forbidden", "only who uploaded a file may delete it")
ON_HOLD: Final = Refusal(
    "conflict", "a legal hold stands on a room that has this file, so it stays until that ends"
)


class FileHandlers(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    allowance: FileAllowance
    links: FileLinks

    async def get(self, caller: Caller, query: GetFile) -> FileResult | Refusal:
        row = await self._readable(caller, query.file)
        return row if isinstance(row, Refusal) else FileResult(file=pick(FileInfo, row))

    async def list_(self, caller: Caller, query: ListFiles) -> FilePage | Refusal:
        if caller.account is None:
            return OPERATOR_KEEPS_NOTHING
        rows = await self.reader.own_files(caller.account, query.after, query.limit + 1)
        page, following = cut(rows, query.limit, "id")
        return FilePage(files=[pick(OwnFile, row) for row in page], next=following)

    async def delete(self, caller: Caller, command: DeleteFile) -> Done | Refusal:
        row = await self._readable(caller, command.file)
        if isinstance(row, Refusal):
            return row
        if row["account"] != caller.by and not caller.operator:
            return NOT_YOURS
        drop, there = DropFile(command.file), (FilesExist((command.file,)), FileReleased(command.file))
        stream = account_stream(row["account"])
        answer = await self.commands.ask(stream, drop, context_of(caller), Done, conditions=there)
        if answer != STALE:
            return answer
        # otherwise somebody else has deleted it meanwhile
        return ON_HOLD if await self.reader.file_on_hold(command.file) else DONE

    async def sign(self, caller: Caller, query: SignFile) -> FileLink | Refusal:
        row = await self._readable(caller, query.file)
        if isinstance(row, Refusal):
            return row
        expires = now() // 1000 + query.expires_in
        return FileLink(url=self.links.path(query.file, caller.by, expires), expires_at=expires * 1000)

    async def usage(self, caller: Caller, query: GetFileUsage) -> FileUsage | Refusal:
        if caller.account is None:
            return OPERATOR_KEEPS_NOTHING
        allowance = self.allowance
        quotas, daily = allowance.quotas, allowance.daily
        return FileUsage(
            bytes=Used(
                used=await allowance.stored(caller),
                quota=None if quotas is None else quotas.stored_bytes,
            ),
            uploads=Used(
                used=daily.of(caller.account).uploads,
                quota=None if quotas is None else quotas.uploads_per_day,
            ),
            largest=allowance.largest,
            day_ends_at=daily.day_ends_at,
        )

    async def _readable(self, caller: Caller, file: str) -> Row | Refusal:
        found = await self.reader.readable_files([file], caller.by, caller.operator)
        return found[0] if found else NO_SUCH_FILE
