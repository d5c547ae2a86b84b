"""Handlers of invites. Only hashes of their codes are stored."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.auth.tokens import hashed, new_secret
from chatd.clock import new_id, now
from chatd.contract.errors import Refusal
from chatd.contract.invite import (
    AcceptInvite,
    CheckInvite,
    CreateInvite,
    Invite,
    InviteChecked,
    InviteList,
    InviteResult,
    Joined,
    ListedInvite,
    ListInvites,
    NewInvite,
    RevokeInvite,
)
from chatd.contract.quota import Quotas
from chatd.contract.rows import fields_of, pick
from chatd.contract.space import Space, SpaceResult
from chatd.contract.spec import Done
from chatd.domain.event import space_stream
from chatd.domain.internal import JoinByInvite, RevokeInviteById
from chatd.domain.policy.roles import may
from chatd.handlers.invite_codes import InviteCodes
from chatd.handlers.members_seen import owner_seen
from chatd.handlers.paging import page_of
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, PutInviteCode, Reader

JOINED_SHOWN: Final = 100  # accounts that an invite let in
NO_RIGHT: Final = Refusal("forbidden", "only owners, admins and moderators may see the invites")
OPERATOR_JOINS_NOTHING: Final = Refusal(
    "forbidden", "an operator cannot be a member; accept with an account's token"
)


class Invites(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    commands: CommandBus
    visibility: Visibility
    codes: InviteCodes
    quotas: Quotas | None

    async def create(self, caller: Caller, command: CreateInvite) -> InviteResult | Refusal:
        """The code is shown this once."""
        code, context = new_secret(), context_of(caller, quotas=self.quotas)
        put = PutInviteCode(hashed(code), command.space, context.new_id)
        answer = await self.commands.ask(space_stream(command.space), command, context, Invite, put)
        if isinstance(answer, Refusal):
            return answer
        return InviteResult(invite=NewInvite(**fields_of(answer), code=code))

    async def list_(self, caller: Caller, query: ListInvites) -> InviteList | Refusal:
        state = await self.visibility.space(caller, query.space)
        if isinstance(state, Refusal):
            return state
        if not (caller.operator or may(state.role(caller.by), "invite.list")):
            return NO_RIGHT
        joined: defaultdict[str, list[Joined]] = defaultdict(list)
        at = now()
        ended = {id_: not invite.open(at) for id_, invite in state.invites.items()}
        listed = sorted(id_ for id_ in ended if query.all or not ended[id_])
        page, following = page_of(listed, query.after, query.limit, str)
        invites = [state.invite(id_, ListedInvite, joined=joined[id_], ended=ended[id_]) for id_ in page]
        for row in await self.reader.let_in(query.space, page, JOINED_SHOWN):
            joined[row["invite"]].append(pick(Joined, row))
        return InviteList(invites=invites, next=following)

    async def revoke(self, caller: Caller, command: RevokeInvite) -> Done | Refusal:
        """An unknown invite is refused by a space that does not exist, like one of a hidden space."""
        found = await self.reader.invite_code(hashed(command.code)) or await self.reader.invite(command.code)
        found = found or {"space": new_id(), "invite": ""}
        ending = RevokeInviteById(found["invite"])
        return await self.commands.ask(space_stream(found["space"]), ending, context_of(caller), Done)

    async def check(self, caller: Caller, query: CheckInvite) -> InviteChecked:
        found = await self.codes.find(query.code)
        return InviteChecked(usable=found.usable)

    async def accept(self, caller: Caller, command: AcceptInvite) -> SpaceResult | Refusal:
        if caller.account is None:
            return OPERATOR_JOINS_NOTHING
        found = await self.codes.find(command.code)
        entering = JoinByInvite(
            found.invite, caller.account, owner=caller.owner, creator_inactive=found.maker_out
        )
        stream = space_stream(found.space)
        answer = await self.commands.ask(stream, entering, context_of(caller), SpaceResult)
        if isinstance(answer, Refusal) or stream not in await self.reader.guest_in(caller.account):
            return answer
        owner = await owner_seen(self.reader, caller.account, answer.space.owner)
        return SpaceResult(space=Space(**{**fields_of(answer.space), "owner": owner}))
