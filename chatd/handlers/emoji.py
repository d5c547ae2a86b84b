"""The handler of custom emoji."""

from __future__ import annotations

import attrs

from chatd.contract.emoji import CustomEmoji, EmojiList, ListEmoji
from chatd.contract.errors import Refusal
from chatd.contract.rows import pick
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Reader


@attrs.frozen(eq=False)
class Emoji:
    reader: Reader
    visibility: Visibility

    async def list_(self, caller: Caller, query: ListEmoji) -> EmojiList | Refusal:
        state = await self.visibility.space(caller, query.space)
        if isinstance(state, Refusal):
            return state
        return EmojiList(emoji=[pick(CustomEmoji, row) for row in await self.reader.emoji(query.space)])
