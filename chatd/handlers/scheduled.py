"""Handlers of scheduled messages: put on the list, taken back, listed. The scheduler posts them."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.runtime.envelope import STALE
from chatd.actors.workers.due_timer import DueTimer
from chatd.actors.workers.scheduled_list import announce_gone, announce_scheduled
from chatd.clock import new_id, now
from chatd.contract.errors import Refusal
from chatd.contract.file import FileInfo
from chatd.contract.message import (
    ListScheduled,
    ScheduledList,
    ScheduledMessage,
    ScheduledResult,
    ScheduleMessage,
    UnscheduleMessage,
)
from chatd.contract.rows import pick
from chatd.contract.spec import DONE, Done
from chatd.domain.files import NOTHING_IN_IT, attached
from chatd.domain.room.message import NO_SUCH_MESSAGE
from chatd.handlers.fresh_read import retried_when_stale
from chatd.handlers.membership import Membership
from chatd.handlers.paging import text_size
from chatd.handlers.refusals import OPERATOR_KEEPS_NOTHING
from chatd.handlers.saved import SAVED_BYTES
from chatd.ports import Caller, DropScheduled, PutScheduled, Reader, ScheduledCountIs, ScheduledExists

MAX_SCHEDULED: Final = 100  # of an account, including those that failed and were not taken away
SOONEST: Final = 1_000  # milliseconds from now
LATEST: Final = 366 * 86_400_000
NOT_THEN: Final = Refusal(
    "invalid", "post_at must be in Unix milliseconds, at least a second and at most a year ahead"
)
NOT_LISTED: Final = Refusal("not_found", "there is no such scheduled message; it may have been posted")
FULL: Final = Refusal(
    "conflict", f"an account has at most {MAX_SCHEDULED} scheduled messages; unschedule some first"
)
HEAVY: Final = Refusal(
    "too_large", f"the texts of scheduled messages have at most {SAVED_BYTES} bytes; unschedule some first"
)


class ScheduledMessages(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    bus: Bus
    due_timer: DueTimer
    membership: Membership

    @retried_when_stale
    async def schedule(self, caller: Caller, command: ScheduleMessage) -> ScheduledResult | Refusal:
        account = await self.membership.account_in(caller, command.room)
        if isinstance(account, Refusal):
            return account
        at = now()
        if not at + SOONEST <= command.post_at <= at + LATEST:
            return NOT_THEN
        replied = command.reply_to
        if replied is not None and not await self.reader.messages(command.room, [replied]):
            return NO_SUCH_MESSAGE
        if refusal := await self._refuse_files(caller, command):
            return refusal
        put = PutScheduled(
            new_id(),
            account,
            command.room,
            command.text,
            command.reply_to,
            command.expires_in,
            command.post_at,
            at,
            tuple(command.attachments or ()),
        )
        texts = [row["text"] for row in await self.reader.scheduled(account)]
        if len(texts) >= MAX_SCHEDULED:
            return FULL
        if sum(text_size(text) for text in (*texts, put.text)) > SAVED_BYTES:
            return HEAVY
        if not await self.commands.write(put, conditions=(ScheduledCountIs(account, len(texts)),)):
            return STALE
        self.due_timer.earlier(put.post_at)
        entry = ScheduledMessage(
            id=put.id,
            room=put.room,
            text=put.text,
            attachments=list(put.attachments),
            reply_to=put.reply_to,
            expires_in=put.expires_in,
            post_at=put.post_at,
            created_at=put.created_at,
            failed=None,
        )
        announce_scheduled(self.bus, account, entry)
        return ScheduledResult(scheduled=entry)

    async def _refuse_files(self, caller: Caller, command: ScheduleMessage) -> Refusal | None:
        if not command.attachments:
            return None if command.text else NOTHING_IN_IT
        rows = await self.reader.readable_files(command.attachments, caller.by, caller.operator)
        context = replace(context_of(caller), files={row["id"]: pick(FileInfo, row) for row in rows})
        found = attached(command.attachments, context)
        return found if isinstance(found, Refusal) else None

    @retried_when_stale
    async def unschedule(self, caller: Caller, command: UnscheduleMessage) -> Done | Refusal:
        """Once this is answered the message is not posted any more."""
        if caller.account is None:
            return OPERATOR_KEEPS_NOTHING
        id_, listed = command.scheduled, await self.reader.scheduled(caller.account)
        found = next((row for row in listed if row["id"] == id_), None)
        if found is None:
            return NOT_LISTED
        not_posted = () if found["failed"] else (ScheduledExists(id_),)
        if not await self.commands.write(DropScheduled(id_), conditions=not_posted):
            return STALE
        announce_gone(self.bus, caller.account, id_)
        return DONE

    async def scheduled(self, caller: Caller, query: ListScheduled) -> ScheduledList | Refusal:
        if caller.account is None:
            return OPERATOR_KEEPS_NOTHING
        rows = await self.reader.scheduled(caller.account)
        return ScheduledList(scheduled=[pick(ScheduledMessage, row) for row in rows])
