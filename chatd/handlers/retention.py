"""Handler of messages that were deleted under a legal hold: operators read them, and nobody else."""

from __future__ import annotations

import msgspec

from chatd.contract.errors import Refusal
from chatd.contract.retention import ListPreserved, PreservedMessage, PreservedPage
from chatd.contract.rows import pick
from chatd.handlers.paging import fitting, text_size
from chatd.handlers.rows import file_infos
from chatd.ports import Caller, Reader, Row


class PreservedMessages(msgspec.Struct, frozen=True, eq=False):
    reader: Reader

    async def preserved(self, caller: Caller, query: ListPreserved) -> PreservedPage | Refusal:
        rows = await self.reader.preserved_messages(query.room, query.after or 0, query.limit + 1)
        page = fitting(rows[: query.limit], _size)
        more = len(page) < len(rows)
        messages = [pick(PreservedMessage, row, files=file_infos(row["files"])) for row in page]
        return PreservedPage(messages=messages, next=messages[-1].seq if more else None)


def _size(row: Row) -> int:
    return sum(text_size(text) for text in row["texts"])
