"""Moderation at the desk: whose messages go, who is kept out, and what was reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from chatd.actors.runtime.envelope import Answer
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.contract.fields import Right
from chatd.domain.account import state as accounts
from chatd.domain.event import account_stream, room_stream, space_stream
from chatd.domain.internal import CloseReport, DeleteMessages, FileReport
from chatd.domain.room.message import NO_SUCH_MESSAGE
from chatd.domain.space.moderation import needs_role
from chatd.domain.space.state import FOREVER, SpaceState, holds
from chatd.handlers.desk import Desk, now
from chatd.handlers.visibility import visible_room, visible_space
from chatd.ports import Caller

ERASED_AT_ONCE: Final = 200  # messages of a room
NO_REPORT: Final = Refusal("not_found", "there is no such report, or it is not yours to see")
NO_ACCOUNT: Final = Refusal("forbidden", "an operator reports nothing; use an account's token")
NO_SPACE: Final = Refusal("forbidden", "a direct room has no moderators to report to")


async def require(desk: Desk, caller: Caller, space: str, right: Right, what: str) -> SpaceState | Refusal:
    """The space's state, if the caller sees the space and holds the right in it."""
    state = await visible_space(desk, caller, space)
    if isinstance(state, Refusal):
        return state
    context = desk.context(caller, with_id=False)
    return state if holds(state, context, right) else needs_role(right, what)


async def ban(desk: Desk, caller: Caller, command: c.BanMember) -> Answer:
    """Also of somebody outside, if there is such an account."""
    state = await require(desk, caller, command.space, "member.ban", "banning")
    if isinstance(state, Refusal):
        return state
    if command.account not in state.members:
        row = await desk.reader.account(command.account)
        if row is None or row["deleted"]:
            return accounts.NO_SUCH_ACCOUNT
    return await desk.ask(space_stream(command.space), command, desk.context(caller, with_id=False))


async def erase_messages(desk: Desk, caller: Caller, command: c.EraseMessages) -> Answer:
    """Ordered first, which is logged; then room by room. If it is interrupted, it can be ordered again."""
    answer = await desk.ask(space_stream(command.space), command, desk.context(caller, with_id=False))
    if isinstance(answer, Refusal):
        return answer
    erased = 0
    for row in await desk.reader.rooms(space=command.space):
        while seqs := await desk.reader.written(row["id"], command.account, ERASED_AT_ONCE):
            context = desk.context(caller, with_id=False)
            done = await desk.ask(room_stream(row["id"]), DeleteMessages(tuple(seqs)), context)
            if isinstance(done, Refusal):
                return done
            erased += len(seqs)
    return {"erased": erased}


async def bans(desk: Desk, caller: Caller, query: c.ListBans) -> Answer:
    state = await require(desk, caller, query.space, "member.ban", "seeing who is banned")
    if isinstance(state, Refusal):
        return state
    at = now()
    bans = _standing(state.bans, lambda account: state.banned_until(account, at))
    mutes = _standing(state.mutes, lambda account: state.muted_until(account, at))
    said = {(row.pop("type"), row.pop("account")): row for row in await desk.reader.bans(query.space)}
    return {
        "bans": [{**ban, **said.get(("member.banned", ban["account"]), {})} for ban in bans],
        "mutes": [{**mute, **said.get(("member.muted", mute["account"]), {})} for mute in mutes],
    }


def _standing(people: Iterable[str], until: Callable[[str], int | None]) -> list[dict[str, Any]]:
    """Those that have not ended, with their ends; None for one that never ends by itself."""
    ends = ((account, until(account)) for account in sorted(people))
    return [{"account": account, "until": None if end == FOREVER else end} for account, end in ends if end]


# --- reports -----------------------------------------------------------------------------------------------


async def report(desk: Desk, caller: Caller, command: c.ReportMessage) -> Answer:
    """Whoever sees a message may report it. Only moderators learn of it, and who it was. Again while
    nobody has dealt with it, it is the same report."""
    if caller.account is None:
        return NO_ACCOUNT
    state = await visible_room(desk, caller, command.room)
    if isinstance(state, Refusal):
        return state
    if not state.space:
        return NO_SPACE
    found = await desk.reader.messages(command.room, [command.seq])
    if not found or found[0]["deleted"]:
        return NO_SUCH_MESSAGE
    filed = FileReport(state.space, command.room, command.seq, command.reason)
    async with desk.reporting:
        if await desk.reader.has_reported(caller.account, command.room, command.seq):
            return {}
        return await desk.ask(account_stream(caller.account), filed, desk.context(caller))


async def reports(desk: Desk, caller: Caller, query: c.ListReports) -> Answer:
    state = await require(desk, caller, query.space, "report.list", "seeing what was reported")
    if isinstance(state, Refusal):
        return state
    rows = await desk.reader.reports(query.space, query.open, query.after, query.limit + 1)
    page = rows[: query.limit]
    return {"reports": page, "next": page[-1]["id"] if len(rows) > query.limit else None}


async def resolve(desk: Desk, caller: Caller, command: c.ResolveReport) -> Answer:
    if caller.account is None:
        return NO_ACCOUNT
    found = await desk.reader.report(command.report)
    if found is None:
        return NO_REPORT
    state = await require(desk, caller, found["space"], "report.list", "dealing with reports")
    if isinstance(state, Refusal):
        return NO_REPORT
    if found["resolved_at"] is not None:
        return {}
    close = CloseReport(command.report, command.reason)
    return await desk.ask(account_stream(caller.account), close, desk.context(caller, with_id=False))
