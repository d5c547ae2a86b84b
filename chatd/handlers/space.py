"""Handlers of spaces. The state of the actor that owns a space decides who sees it, never a table."""

from __future__ import annotations

from typing import Final

import attrs

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.runtime.envelope import STALE
from chatd.contract.errors import Refusal
from chatd.contract.member import Member, MemberPage
from chatd.contract.quota import Quotas
from chatd.contract.rows import pick
from chatd.contract.space import (
    CreateSpace,
    GetSpace,
    ListSpaceMembers,
    ListSpaces,
    OwnSpace,
    SpaceDetail,
    SpaceDetailResult,
    SpaceList,
    SpaceResult,
)
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.domain.event import space_stream
from chatd.domain.policy.bots import BOT_CANNOT_OWN
from chatd.handlers.paging import cut, page_of
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Condition, Reader, SpacesOwnedBelow

NAME_OWNER: Final = Refusal("invalid", "an operator must say who owns the space, in `owner`")
NOT_YOURS: Final = Refusal("forbidden", "only an operator may give a space to somebody else")


@attrs.frozen(eq=False)
class Spaces:
    reader: Reader
    commands: CommandBus
    visibility: Visibility
    quotas: Quotas | None

    async def create(self, caller: Caller, command: CreateSpace) -> SpaceResult | Refusal:
        if command.owner is None:
            if caller.account is None:
                return NAME_OWNER
        elif not (caller.operator or caller.admin or command.owner == caller.account):
            return NOT_YOURS
        elif (row := await self.reader.account(command.owner)) is None or row["deleted"]:
            return NO_SUCH_ACCOUNT
        elif row["owner"] is not None:
            return BOT_CANNOT_OWN
        context = context_of(caller)
        answer = await self.commands.ask(
            space_stream(context.new_id),
            command,
            context,
            SpaceResult,
            conditions=self._quota(caller, command),
        )
        return self._too_many() if answer is STALE else answer

    def _quota(self, caller: Caller, command: CreateSpace) -> tuple[Condition, ...]:
        owner = command.owner or caller.account
        if self.quotas is None or caller.operator or owner is None:
            return ()
        return (SpacesOwnedBelow(owner, self.quotas.spaces),)

    def _too_many(self) -> Refusal:
        """The one condition does not hold."""
        most = self.quotas.spaces if self.quotas is not None else 0
        return Refusal("conflict", f"an account owns at most {most} spaces; delete one or hand it over first")

    async def list_(self, caller: Caller, query: ListSpaces) -> SpaceList:
        spaces = await self._spaces(caller)
        page, following = page_of(spaces, query.after, query.limit, lambda space: space.id)
        return SpaceList(spaces=page, next=following)

    async def _spaces(self, caller: Caller) -> list[OwnSpace]:
        """Those that the caller is a member of; all for an operator."""
        if caller.operator:
            return [pick(OwnSpace, row) for row in await self.reader.spaces()]
        assert caller.account is not None
        memberships, _ = await self.reader.memberships(caller.account)
        roles = {row["stream"]: row["role"] for row in memberships if row["stream"].startswith("space/")}
        found = await self.reader.spaces([stream.removeprefix("space/") for stream in roles])
        return [pick(OwnSpace, space, role=roles[space_stream(space["id"])]) for space in found]

    async def get(self, caller: Caller, query: GetSpace) -> SpaceDetailResult | Refusal:
        state = await self.visibility.space(caller, query.space)
        if isinstance(state, Refusal):
            return state
        detail = state.row(SpaceDetail, role=state.role(caller.by), members=len(state.members))
        return SpaceDetailResult(space=detail)

    async def members(self, caller: Caller, query: ListSpaceMembers) -> MemberPage | Refusal:
        state = await self.visibility.space(caller, query.space)
        if isinstance(state, Refusal):
            return state
        return await members_of(self.reader, space_stream(query.space), query.after, query.limit)


async def members_of(reader: Reader, stream: str, after: str | None, limit: int) -> MemberPage:
    """A page of the members of a space or room."""
    page, following = cut(await reader.members(stream, after, limit + 1), limit, "account")
    return MemberPage(members=[pick(Member, row) for row in page], next=following)
