"""Whether the caller is a member of a room, decided on the room's state."""

from __future__ import annotations

import msgspec

from chatd.contract.errors import Refusal
from chatd.domain.room.message import JOIN_FIRST
from chatd.handlers.refusals import OPERATOR_KEEPS_NOTHING
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller


class Membership(msgspec.Struct, frozen=True, eq=False):
    visibility: Visibility

    async def account_in(self, caller: Caller, room: str) -> str | Refusal:
        """The caller's account, if it is in the room. Raises StoreUnavailable."""
        if caller.account is None:
            return OPERATOR_KEEPS_NOTHING
        state = await self.visibility.room(caller, room)
        if isinstance(state, Refusal):
            return state
        return caller.account if caller.account in state.members else JOIN_FIRST
