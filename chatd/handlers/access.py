"""Handlers of access: who may do what in a room and why, and who saw it at any time."""

from __future__ import annotations

from typing import Final

import msgspec

from chatd.actors.runtime.directory import Directory
from chatd.clock import now
from chatd.contract.access import AccessExplained, AccessList, ExplainAccess, ListAccess, Verdict, Viewer
from chatd.contract.errors import Refusal
from chatd.contract.rows import pick
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.domain.event import account_stream, room_stream, space_stream
from chatd.domain.policy import access
from chatd.domain.policy.bots import effective_role
from chatd.domain.policy.roles import ROOM_RIGHTS, may
from chatd.domain.room.state import RoomState
from chatd.domain.space.state import SpaceState
from chatd.handlers.paging import page_of
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Reader

DIRECT: Final = Refusal(
    "forbidden", "a direct room is only for the people in it: nobody else may see who may do what"
)


class Access(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    directory: Directory
    visibility: Visibility

    async def explain(self, caller: Caller, query: ExplainAccess) -> AccessExplained | Refusal:
        found = await self._overseen(caller, query.room)
        if isinstance(found, Refusal):
            return found
        state, space = found
        account = await self.directory.state_of(account_stream(query.account))
        if not account.exists:
            return NO_SUCH_ACCOUNT
        at = now()
        sees = access.sees(state, space, account.id, at)
        rights = {
            right: access.effective_verdict(state, space, account.id, right, at) for right in ROOM_RIGHTS
        }
        if account.disabled:
            sees = access.Verdict(False, "the account is disabled")
            rights = dict.fromkeys(rights, sees)
        return AccessExplained(
            sees=_row(sees),
            member=account.id in state.members,
            role=space.role(account.id),
            rights={right: _row(verdict) for right, verdict in rights.items()},
        )

    async def list_(self, caller: Caller, query: ListAccess) -> AccessList | Refusal:
        """From the log: the room's members, and of a public room those who might have read it."""
        found = await self._overseen(caller, query.room)
        if isinstance(found, Refusal):
            return found
        state, _ = found
        at = query.at if query.at is not None else now()
        position = await self.reader.position_at(at)
        people = await self.reader.members_at(space_stream(state.space), position)
        roles = {row["account"]: row["role"] for row in people}
        for row in people:
            if row["owner"] is not None:
                row["role"] = effective_role(row["role"], roles.get(row["owner"]))
        inside = {row["account"] for row in await self.reader.members_at(room_stream(query.room), position)}
        public = not state.private and position >= await self.reader.began(room_stream(query.room))
        listed = [
            pick(Viewer, row, member=row["account"] in inside)
            for row in people
            if row["account"] in inside or (public and may(row["role"], "room.see_public"))
        ]
        page, following = page_of(listed, query.after, query.limit, lambda viewer: viewer.account)
        return AccessList(at=at, position=position, accounts=page, next=following)

    async def _overseen(self, caller: Caller, room: str) -> tuple[RoomState, SpaceState] | Refusal:
        """The room and its space, if the caller may look into who sees it."""
        state = await self.visibility.room(caller, room)
        if isinstance(state, Refusal):
            return state
        if not state.space:
            return DIRECT
        what = "seeing who may do what"
        space = await self.visibility.space_with(caller, state.space, "audit.list", what)
        return space if isinstance(space, Refusal) else (state, space)


def _row(verdict: access.Verdict) -> Verdict:
    return Verdict(allowed=verdict.allowed, because=verdict.because)
