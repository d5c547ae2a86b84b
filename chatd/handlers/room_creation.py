"""The handler that makes rooms, within the quotas of their makers and of their spaces."""

from __future__ import annotations

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.runtime.envelope import STALE
from chatd.contract.errors import Refusal
from chatd.contract.quota import Quotas
from chatd.contract.room import CreateRoom, RoomResult
from chatd.domain.event import space_stream
from chatd.domain.policy.roles import RANK
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Condition, Reader, RoomsBelow


class RoomCreation(msgspec.Struct, frozen=True, eq=False):
    """The space's actor decides; how many rooms there are is looked up in the transaction of the new one."""

    reader: Reader
    commands: CommandBus
    visibility: Visibility
    quotas: Quotas | None

    async def create(self, caller: Caller, command: CreateRoom) -> RoomResult | Refusal:
        state = await self.visibility.space(caller, command.space)
        if isinstance(state, Refusal):
            return state
        conditions: tuple[Condition, ...] = ()
        if self.quotas is not None and not caller.operator:
            conditions = (RoomsBelow(command.space, self.quotas.rooms_in_space),)
            if RANK[state.role(caller.by) or "guest"] < RANK["moderator"]:
                maker = caller.owner or caller.by
                conditions += (RoomsBelow(command.space, self.quotas.rooms, maker),)
        answer = await self.commands.ask(
            space_stream(command.space), command, context_of(caller), RoomResult, conditions=conditions
        )
        if answer == STALE and self.quotas is not None:
            return await self._too_many(command.space, self.quotas)
        return answer

    async def _too_many(self, space: str, quotas: Quotas) -> Refusal:
        if await self.reader.space_rooms(space) >= quotas.rooms_in_space:
            most = f"a space has at most {quotas.rooms_in_space} rooms"
        else:
            most = f"you have made {quotas.rooms} rooms here, and no more are allowed"
        return Refusal("conflict", f"{most}; ask for unused ones to be deleted")
