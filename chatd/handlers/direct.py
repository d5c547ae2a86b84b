"""Handlers of direct rooms: opened between people who share a space, listed, accepted, declined, left.

What an account makes of a direct room for itself is logged in its own stream, where nobody else reads it.
"""

from __future__ import annotations

from itertools import count
from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.runtime.shared_spaces import SharedSpaces
from chatd.clock import now
from chatd.contract.direct import (
    MAX_PEOPLE,
    AcceptDirect,
    DeclineDirect,
    DirectPage,
    LeaveDirect,
    ListDirects,
    OpenDirect,
)
from chatd.contract.errors import Refusal
from chatd.contract.fields import DirectState
from chatd.contract.room import RoomResult
from chatd.contract.spec import DONE, Done
from chatd.domain.account.state import AccountState
from chatd.domain.event import account_stream, room_stream
from chatd.domain.internal import LeaveDirectRoom, OpenDirectRoom, SetDirectRoom
from chatd.domain.policy.bots import BOT_OWNER_OUTSIDE
from chatd.domain.room.direct import PAIR, direct_room
from chatd.domain.room.state import NO_SUCH_ROOM, RoomState
from chatd.domain.space.state import MEMBER_DISABLED
from chatd.handlers.fresh_read import retried_when_stale
from chatd.handlers.paging import cut
from chatd.handlers.refusals import OPERATOR_KEEPS_NOTHING
from chatd.handlers.rows import NOTHING_READ, own_room
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Condition, DirectRoomsBelow, Reader, Row

DAY: Final = 24 * 3600 * 1000  # milliseconds
OPERATOR_OPENS_NOTHING: Final = Refusal(
    "forbidden", "an operator cannot be a member; open it with an account's token"
)
STRANGER: Final = Refusal(
    "not_found",
    "there is no such account, or you share no space with it; guests open direct rooms, and are written to,"
    " only where the server's setting `guest_direct_rooms` says so",
)
TOO_MANY_PEOPLE: Final = Refusal(
    "invalid", f"accounts: a direct room can have at most {MAX_PEOPLE} people; make a private room for more"
)
NO_REQUEST: Final = Refusal(
    "conflict", "this is no request: you have accepted it or written in it; leave it with direct.leave"
)


class DirectRooms(msgspec.Struct, frozen=True, eq=False):
    """`per_day`: new direct rooms of an account in 24 hours; None: as many as it likes."""

    reader: Reader
    commands: CommandBus
    visibility: Visibility
    spaces: SharedSpaces
    per_day: int | None

    @retried_when_stale
    async def open(self, caller: Caller, command: OpenDirect) -> RoomResult | Refusal:
        if caller.account is None:
            return OPERATOR_OPENS_NOTHING
        people = sorted({caller.account, *command.accounts})
        if len(people) > MAX_PEOPLE:
            return TOO_MANY_PEOPLE
        owners = await self._owners_of(people)
        if owners is None:
            return STRANGER
        room = await self._room_of(people)
        conditions: tuple[Condition, ...] = ()
        if caller.account not in room.members:
            if await self.spaces.strangers(caller.account, people):
                return STRANGER
            if not owners <= set(people):
                return BOT_OWNER_OUTSIDE
            if not room.exists and await self._any_disabled(people):
                return MEMBER_DISABLED
            if not room.exists and self.per_day is not None:
                since = now() - DAY
                if refusal := await self._quota_used(caller.account, since, self.per_day):
                    return refusal
                conditions = (DirectRoomsBelow(caller.account, since, self.per_day),)
        stream, opening = room_stream(room.id), OpenDirectRoom(tuple(people))
        context = context_of(caller)
        return await self.commands.ask(stream, opening, context, RoomResult, conditions=conditions)

    async def list_(self, caller: Caller, query: ListDirects) -> DirectPage | Refusal:
        if caller.account is None:
            return OPERATOR_KEEPS_NOTHING
        listed = [row for row in await self.reader.direct_rooms(caller.account) if row["listed"]]
        rest = [row for row in listed if query.after is None or row["room"] > query.after]
        page, following = cut(rest, query.limit, "room")
        request = {row["room"]: row["request"] for row in page}
        unread = {row["room"]: row for row in await self.reader.unread(caller.account)}
        rooms = await self.reader.rooms(list(request))
        return DirectPage(
            rooms=[
                own_room(room, unread.get(room["id"], NOTHING_READ), None, request[room["id"]])
                for room in rooms
            ],
            next=following,
        )

    async def accept(self, caller: Caller, command: AcceptDirect) -> Done | Refusal:
        found = await self._standing(caller, command.room)
        if isinstance(found, Refusal):
            return found
        account, room, standing = found
        if standing["state"] != "declined" and not standing["request"]:
            return DONE
        return await self._set(caller, account, room, "accepted")

    async def decline(self, caller: Caller, command: DeclineDirect) -> Done | Refusal:
        found = await self._standing(caller, command.room)
        if isinstance(found, Refusal):
            return found
        account, room, standing = found
        if standing["request"]:
            return await self._set(caller, account, room, "declined")
        return NO_REQUEST if standing["listed"] or standing["state"] != "declined" else DONE

    async def leave(self, caller: Caller, command: LeaveDirect) -> Done | Refusal:
        found = await self._standing(caller, command.room)
        if isinstance(found, Refusal):
            return found
        account, room, standing = found
        if len(room.people) > PAIR:
            state: AccountState = await self.commands.directory.state_of(account_stream(account))
            leaving, context = LeaveDirectRoom(tuple(state.bots)), context_of(caller, with_id=False)
            return await self.commands.ask(room_stream(room.id), leaving, context, Done)
        return await self._set(caller, account, room, "left") if standing["listed"] else DONE

    # --- what they ask

    async def _owners_of(self, people: list[str]) -> set[str] | None:
        """The owners of the bots among them; None when one of them does not exist."""
        owners = set()
        for account in people:
            state: AccountState = await self.commands.directory.state_of(account_stream(account))
            if not state.exists:
                return None
            if state.owner is not None:
                owners.add(state.owner)
        return owners

    async def _any_disabled(self, people: list[str]) -> bool:
        """Whether one of them is shut out, or the bot of somebody who is."""
        for account in people:
            state: AccountState = await self.commands.directory.state_of(account_stream(account))
            if state.disabled:
                return True
        return False

    async def _room_of(self, people: list[str]) -> RoomState:
        """Their room, there or not; another one than those of theirs that were deleted."""
        for nth in count():
            room = room_stream(direct_room(people, nth))
            state: RoomState = await self.commands.directory.state_of(room)
            if not state.deleted:
                return state
        raise AssertionError("unreachable")

    async def _quota_used(self, account: str, since: int, per_day: int) -> Refusal | None:
        opened = await self.reader.direct_rooms_opened(account, since, per_day)
        if len(opened) < per_day:
            return None
        wait = max(1, -(-(opened[-1] - since) // 1000))
        message = f"you have opened {per_day} new direct rooms in 24 hours, the most allowed; try again later"
        return Refusal("rate_limited", message, {"retry_after": wait})

    async def _standing(self, caller: Caller, room: str) -> tuple[str, RoomState, Row] | Refusal:
        """The caller's account, a direct room that it is in, and how that stands with it."""
        if caller.account is None:
            return OPERATOR_KEEPS_NOTHING
        state = await self.visibility.room(caller, room)
        if isinstance(state, Refusal):
            return state
        rows = await self.reader.direct_rooms(caller.account, room)
        return (caller.account, state, rows[0]) if rows else NO_SUCH_ROOM

    async def _set(self, caller: Caller, account: str, room: RoomState, state: DirectState) -> Done | Refusal:
        change = SetDirectRoom(room.id, state, room.head)
        return await self.commands.ask(account_stream(account), change, context_of(caller), Done)
