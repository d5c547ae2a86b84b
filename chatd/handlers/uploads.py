"""The `Files` of `chatd.ports`: whoever moves the bytes of files asks here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from operator import not_
from typing import Final

import msgspec
import trio

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.runtime.envelope import STALE
from chatd.auth.file_links import FileLinks
from chatd.auth.rate_limits import RateLimits, too_often
from chatd.clock import new_id, now
from chatd.contract.errors import Refusal
from chatd.contract.fields import RateClass
from chatd.contract.file import MAX_NAME, MAX_TYPE, FileInfo, file_url, preview_url
from chatd.contract.requests import REQUESTS
from chatd.contract.shown import fit_name
from chatd.contract.spec import Done
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.domain.event import account_stream
from chatd.domain.internal import AddFile
from chatd.domain.policy import bots
from chatd.handlers.file import NO_SUCH_FILE
from chatd.handlers.file_allowance import FileAllowance
from chatd.handlers.known_elsewhere import found
from chatd.ports import AccountActive, AccountsRemain, Caller, Freshness, Reader, Row, StoredFile, Upload

UNNAMED: Final = "file"
SHUT_OUT: Final = Refusal("forbidden", "the account was disabled while the file came in")
UNKNOWN_TYPE: Final = "application/octet-stream"
_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")  # RFC 6838, 4.2
# What a bot needs to upload, and to read a file.
_WRITING, _READING = REQUESTS["message.post"], REQUESTS["file.get"]


class Uploads(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    allowances: FileAllowance
    links: FileLinks
    rate_limits: RateLimits
    limits: bool
    fresh: Freshness | None = None

    async def begin(self, caller: Caller, name: str, type: str, size: int | None) -> Refusal | None:
        if caller.scopes is not None and (refusal := bots.check_scopes(caller.scopes, _WRITING)):
            return refusal
        if refusal := self._too_often("write", caller):
            return refusal
        return await self.allowances.refusal(caller, size or 0)

    async def allowance(self, caller: Caller) -> int:
        return await self.allowances.bytes(caller)

    async def add(self, caller: Caller, upload: Upload) -> FileInfo | Refusal:
        if refusal := await self.allowances.refusal(caller, upload.size):
            return refusal
        added = AddFile(
            new_id(),
            fit_type(upload.type),
            upload.size,
            fit_file_name(upload.name),
            upload.hash,
            upload.width,
            upload.height,
            upload.preview,
            caller.operator,
        )
        # what an import brings of somebody who was disabled here is as good as before
        there = AccountsRemain((caller.by,)) if caller.operator else AccountActive(caller.by)
        conditions = (there, *self.allowances.conditions(caller, upload.size))
        stream, context = account_stream(caller.by), context_of(caller)
        answer = await self.commands.ask(stream, added, context, Done, conditions=conditions)
        if answer == STALE:  # the rest of the quota went to another upload, or the account is shut out
            refusal = await self.allowances.refusal(caller, upload.size)
            return refusal or (NO_SUCH_ACCOUNT if caller.operator else SHUT_OUT)
        return answer if isinstance(answer, Refusal) else _info(added)

    async def deleted(self, account: str) -> bool:
        found = await self.reader.account(account)
        return found is not None and bool(found["deleted"])

    async def readable(self, caller: Caller, file: str) -> StoredFile | Refusal:
        if caller.scopes is not None and (refusal := bots.check_scopes(caller.scopes, _READING)):
            return refusal
        if refusal := self._too_often("query", caller):
            return refusal
        return await self._readable(file, caller.by, caller.operator)

    async def linked(self, file: str, by: str, expires: str, signature: str) -> StoredFile | Refusal:
        if not self.links.good(file, by, expires, signature, now() / 1000):
            return NO_SUCH_FILE
        operator = by.startswith("operator:")
        if not operator and not await self._may_read(by):
            return NO_SUCH_FILE
        return await self._readable(file, by, operator)

    async def _may_read(self, maker: str) -> bool:
        """Whether the account may read files at all, as it may when it asks itself."""
        account = await self.reader.account(maker)
        if account is None or await self.reader.is_shut_out(maker):
            return False
        return account["owner"] is None or bots.check_scopes(account["scopes"], _READING) is None

    async def _readable(self, file: str, by: str, operator: bool) -> StoredFile | Refusal:
        look = partial(self.reader.readable_files, [file], by, operator)
        rows = await found(look, self.fresh, not_)
        return _stored(rows[0]) if rows else NO_SUCH_FILE

    def _too_often(self, rate: RateClass, caller: Caller) -> Refusal | None:
        if not self.limits or caller.operator:
            return None
        wait = self.rate_limits.take(rate, caller, trio.current_time())
        return too_often(wait) if wait else None


def fit_file_name(name: str) -> str:
    """The last part of what may be a path, as a name that can be shown."""
    return fit_name(name.replace("\\", "/").rpartition("/")[2], MAX_NAME) or UNNAMED


def fit_type(type: str) -> str:
    """The media type without parameters; what is none is anything."""
    found = type.partition(";")[0].strip().lower()
    return found if len(found) <= MAX_TYPE and _TYPE.fullmatch(found) else UNKNOWN_TYPE


def _info(added: AddFile) -> FileInfo:
    return FileInfo(
        id=added.file,
        name=added.name,
        type=added.type,
        size=added.size,
        url=file_url(added.file),
        width=added.width,
        height=added.height,
        preview=None if added.preview_hash is None else preview_url(added.file),
    )


def _stored(row: Row | Mapping[str, object]) -> StoredFile:
    named = {name: row[name] for name in ("id", "hash", "size", "name", "type", "at")}
    return msgspec.convert({**named, "preview": row["preview_hash"]}, StoredFile)
