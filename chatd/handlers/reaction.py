"""Handler of reactions."""

from __future__ import annotations

import msgspec

from chatd.contract.errors import Refusal
from chatd.contract.reaction import ListReactions, Reactor, ReactorPage
from chatd.contract.rows import pick
from chatd.domain.emoji import qualified
from chatd.handlers.message import MessageReading
from chatd.handlers.paging import cut
from chatd.ports import Caller, Reader


class Reactions(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    reading: MessageReading

    async def list_(self, caller: Caller, query: ListReactions) -> ReactorPage | Refusal:
        found = await self.reading.message(caller, query.room, query.seq)
        if isinstance(found, Refusal):
            return found
        rows = await self.reader.reactors(
            query.room, query.seq, qualified(query.emoji), query.after, query.limit + 1
        )
        page, following = cut(rows, query.limit, "account")
        return ReactorPage(accounts=[pick(Reactor, row) for row in page], next=following)
