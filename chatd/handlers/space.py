"""Handlers of spaces. The state of the actor that owns a space decides who sees it, never a table."""

from __future__ import annotations

from operator import itemgetter
from typing import Final

import msgspec

from chatd.actors.runtime.command_bus import CommandBus, context_of
from chatd.actors.runtime.envelope import STALE
from chatd.contract.errors import Refusal
from chatd.contract.member import Member, MemberPage
from chatd.contract.quota import Quotas
from chatd.contract.rows import fields_of, pick
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
from chatd.domain.policy.acquaintance import sees_all_members
from chatd.domain.policy.bots import BOT_CANNOT_OWN
from chatd.handlers.members_seen import owner_seen, with_owners_seen
from chatd.handlers.paging import cut, page_of
from chatd.handlers.visibility import Visibility
from chatd.ports import Caller, Condition, Reader, Row, SpacesOwnedBelow

NAME_OWNER: Final = Refusal("invalid", "an operator must say who owns the space, in `owner`")
NOT_YOURS: Final = Refusal("forbidden", "only an operator may give a space to somebody else")


class Spaces(msgspec.Struct, frozen=True, eq=False):
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
        return self._too_many() if answer == STALE else answer

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
        """Those that the caller is a member of; all for an operator."""
        if caller.operator:
            rows, following = page_of(await self.reader.spaces(), query.after, query.limit, itemgetter("id"))
            return SpaceList(spaces=[pick(OwnSpace, row) for row in rows], next=following)
        assert caller.account is not None
        memberships, _ = await self.reader.memberships(caller.account)
        roles = {row["stream"]: row["role"] for row in memberships if row["stream"].startswith("space/")}
        page, following = page_of(sorted(roles), query.after and space_stream(query.after), query.limit, str)
        found = await self.reader.spaces([stream.removeprefix("space/") for stream in page])
        guest_in = await self.reader.guest_in(caller.account)
        found = await with_owners_seen(self.reader, caller.account, guest_in, found)
        spaces = [pick(OwnSpace, space, role=roles[space_stream(space["id"])]) for space in found]
        return SpaceList(spaces=spaces, next=following and following.removeprefix("space/"))

    async def get(self, caller: Caller, query: GetSpace) -> SpaceDetailResult | Refusal:
        state = await self.visibility.space(caller, query.space)
        if isinstance(state, Refusal):
            return state
        detail = state.row(SpaceDetail, role=state.role(caller.by), members=len(state.members))
        if sees_all_members(state, context_of(caller, with_id=False)):
            return SpaceDetailResult(space=detail)
        seen = await self.reader.seen_count(space_stream(query.space), caller.by)
        owner = await owner_seen(self.reader, caller.by, detail.owner)
        return SpaceDetailResult(space=SpaceDetail(**{**fields_of(detail), "owner": owner, "members": seen}))

    async def members(self, caller: Caller, query: ListSpaceMembers) -> MemberPage | Refusal:
        state = await self.visibility.space(caller, query.space)
        if isinstance(state, Refusal):
            return state
        stream, context = space_stream(query.space), context_of(caller, with_id=False)
        if sees_all_members(state, context):
            return await members_of(self.reader, stream, query.after, query.limit)
        return member_page(
            await self.reader.members_seen(stream, caller.by, query.after, query.limit + 1), query.limit
        )


async def members_of(reader: Reader, stream: str, after: str | None, limit: int) -> MemberPage:
    """A page of the members of a space or room."""
    return member_page(await reader.members(stream, after, limit + 1), limit)


def member_page(rows: list[Row], limit: int) -> MemberPage:
    """`rows`: one more than `limit`, if there are more."""
    page, following = cut(rows, limit, "account")
    return MemberPage(members=[pick(Member, row) for row in page], next=following)
