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
from chatd.handlers.paging import cut
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Reader, Row

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
        private, space, room = found[0].private, space_stream(found[0].space), room_stream(query.room)
        at = query.at if query.at is not None else now()
        position = await self.reader.position_at(at)
        public = not private and position >= await self.reader.began(room)
        people = await self.reader.members_at(
            space if public else room, position, space, room, query.after, query.limit + 1
        )
        page, following = cut(people, query.limit, "account")
        viewers = [viewer for row in page if (viewer := _viewer(row)) is not None]
        return AccessList(at=at, position=position, accounts=viewers, next=following)

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


def _viewer(row: Row) -> Viewer | None:
    """Who was in a public room's space or in the room, if it saw the room."""
    role = row["role"] if row["owner"] is None else effective_role(row["role"], row["owner_role"])
    if role is None or not (row["inside"] or may(role, "room.see_public")):
        return None
    return pick(Viewer, {**row, "role": role}, member=row["inside"])


def _row(verdict: access.Verdict) -> Verdict:
    return Verdict(allowed=verdict.allowed, because=verdict.because)
