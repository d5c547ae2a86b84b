"""What an import brought besides messages, rooms and placeholders: memberships of accounts that were there
before, and custom emoji. They go with it, but for those that people have used since."""

from __future__ import annotations

from itertools import groupby
from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus
from chatd.contract.errors import Refusal
from chatd.contract.spec import Done
from chatd.domain.decision import Context
from chatd.domain.event import space_stream
from chatd.domain.internal import DismissMembers, RemoveImportedEmoji
from chatd.ports import Reader, Row

MEMBERS_AT_ONCE: Final = 500
TEXTS_AT_ONCE: Final = 2_000  # that are searched for custom emoji


class ImportTraces(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus

    async def remove(self, import_: Row, context: Context) -> Refusal | None:
        """Has all go that nobody has used. The import was taken back by now, and its messages are erased."""
        refusal = await self._dismiss(import_, context)
        if refusal is not None:
            return refusal
        left = await self.reader.emoji_left(import_["space"])
        used = await self._used(import_["space"], [one["name"] for one in left])
        going = tuple((one["name"], one["image"]) for one in left if one["name"] not in used)
        if not going:
            return None
        removing = RemoveImportedEmoji(going, import_["id"])
        answer = await self.commands.ask(space_stream(import_["space"]), removing, context, Done)
        return answer if isinstance(answer, Refusal) else None

    async def left(self, import_: Row) -> tuple[int, int]:
        """How many memberships and custom emoji stay because people use them."""
        emoji = await self.reader.emoji_left(import_["space"])
        return (
            await self.reader.used_memberships(import_["space"], import_["source"]),
            sum(one["source"] == import_["source"] for one in emoji),
        )

    async def _dismiss(self, import_: Row, context: Context) -> Refusal | None:
        """From rooms before the space: who is in one by then stays in the space."""
        before: list[Row] = []
        while rows := await self.reader.unused_memberships(import_["space"], MEMBERS_AT_ONCE):
            if rows == before:  # whom the space lets nobody take out
                return None
            before = rows
            for stream, members in groupby(rows, lambda row: str(row["stream"])):
                dismissing = DismissMembers(tuple(one["account"] for one in members), import_["id"])
                answer = await self.commands.ask(stream, dismissing, context, Done)
                if isinstance(answer, Refusal):
                    return answer
        return None

    async def _used(self, space: str, names: list[str]) -> set[str]:
        """Those of the custom emoji that a reaction or a text shows which was written since."""
        if not names:
            return set()
        used = set(await self.reader.reacted_with(space, names))
        after: int | None = await self.reader.import_begun_at(space)
        while after is not None and (open_ := [name for name in names if name not in used]):
            found = await self.reader.emoji_written(space, open_, after, TEXTS_AT_ONCE)
            used.update(found["names"])
            after = found["last"]
        return used
