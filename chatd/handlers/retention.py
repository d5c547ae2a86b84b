"""Handler of messages that were deleted under a legal hold: operators read them, and nobody else."""

from __future__ import annotations

import msgspec

from chatd.actors.workers.retention import DAY
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.retention import (
    CountOldMessages,
    ListPreserved,
    OldMessages,
    PreservedMessage,
    PreservedPage,
)
from chatd.contract.rows import pick
from chatd.handlers.paging import fitting, text_size
from chatd.handlers.rows import file_infos
from chatd.ports import Caller, Reader, Row


class PreservedMessages(msgspec.Struct, frozen=True, eq=False):
    reader: Reader

    async def count_old(self, caller: Caller, query: CountOldMessages) -> OldMessages | Refusal:
        if (query.room is None) == (query.space is None):
            return Refusal("invalid", "name a room or a space, one of the two")
        if not query.keep_days:
            return OldMessages(messages=0, oldest=None)
        before = now() - query.keep_days * DAY
        count, oldest = await self.reader.old_messages(query.room, query.space, before)
        return OldMessages(messages=count, oldest=oldest)

    async def preserved(self, caller: Caller, query: ListPreserved) -> PreservedPage | Refusal:
        rows = await self.reader.preserved_messages(query.room, query.after or 0, query.limit + 1)
        page = fitting(rows[: query.limit], _size)
        more = len(page) < len(rows)
        messages = [pick(PreservedMessage, row, files=file_infos(row["files"])) for row in page]
        return PreservedPage(messages=messages, next=messages[-1].seq if more else None)


def _size(row: Row) -> int:
    return sum(text_size(text) for text in row["texts"])
