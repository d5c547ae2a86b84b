"""The handler of custom emoji."""

from __future__ import annotations

import msgspec

from chatd.actors.runtime.command_bus import context_of
from chatd.contract.emoji import CustomEmoji, EmojiList, ListEmoji
from chatd.contract.errors import Refusal
from chatd.contract.rows import pick
from chatd.domain.policy.acquaintance import UNSEEN, sees_all_members
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Reader


class Emoji(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    visibility: Visibility

    async def list_(self, caller: Caller, query: ListEmoji) -> EmojiList | Refusal:
        state = await self.visibility.space(caller, query.space)
        if isinstance(state, Refusal):
            return state
        rows = await self.reader.emoji(query.space)
        if not sees_all_members(state, context_of(caller, with_id=False)):
            seen = await self.reader.acquainted(caller.by, [row["by"] for row in rows])
            rows = [row if row["by"] in seen else {**row, "by": UNSEEN} for row in rows]
        return EmojiList(emoji=[pick(CustomEmoji, row) for row in rows])
