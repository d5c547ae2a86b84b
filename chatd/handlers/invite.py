"""Invites at the desk: their codes, of which only hashes are stored, and whom each of them let in.

Whether an invite still counts is decided by its space; what the space cannot know, whether the account that
made it is shut out, is looked up here.
"""

from __future__ import annotations

from typing import Any, Final

import attrs

from chatd.actors.runtime.envelope import Answer
from chatd.auth.tokens import hashed, new_secret
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.domain.event import space_stream
from chatd.domain.internal import JoinByInvite, RevokeInviteById
from chatd.domain.policy.roles import may
from chatd.domain.space.state import SpaceState, invite_frame
from chatd.handlers.desk import Desk
from chatd.handlers.visibility import visible_space
from chatd.ports import Caller, PutInviteCode

JOINED_SHOWN: Final = 100  # of those whom an invite let in
NO_RIGHT: Final = Refusal("forbidden", "only owner, admin and moderator may see the invites")


@attrs.frozen
class Lead:
    """Where a code leads: an invite of a space. `maker_out`: its maker is disabled, or on the way out."""

    space: str
    invite: str
    maker_out: bool


async def lead_of(desk: Desk, code: str) -> Lead:
    """For a code that leads nowhere a place that is not there: it is refused there like one that is over,
    after as long a time."""
    found, invite = await desk.reader.invite_code(hashed(code)), None
    if found is None:
        found = {"space": desk.new_id(), "invite": ""}
    else:
        state: SpaceState = await desk.directory.state_of(space_stream(found["space"]))
        invite = state.invites.get(found["invite"])
    maker_out = await _shut_out(desk, "" if invite is None or invite.by_operator else invite.by)
    return Lead(found["space"], found["invite"], maker_out)


async def _shut_out(desk: Desk, account: str) -> bool:
    """Of a bot: it, or its owner. Nobody is not."""
    row = await desk.reader.account(account)
    going = {order["account"] for order in await desk.reader.erasures()}
    if row is None:
        return bool(account)
    if row["disabled"] or account in going:
        return True
    return row["owner"] is not None and await _shut_out(desk, row["owner"])


# --- made, listed, ended, accepted -------------------------------------------------------------------------


async def create(desk: Desk, caller: Caller, command: c.CreateInvite) -> Answer:
    code, context = new_secret(), desk.context(caller)
    write = PutInviteCode(hashed(code), command.space, context.new_id)
    answer = await desk.ask(space_stream(command.space), command, context, (write,))
    if isinstance(answer, dict):
        answer["invite"]["code"] = code
    return answer


async def list_(desk: Desk, caller: Caller, query: c.ListInvites) -> Answer:
    state = await visible_space(desk, caller, query.space)
    if isinstance(state, Refusal):
        return state
    if not (caller.operator or may(state.role(caller.by), "invite.list")):
        return NO_RIGHT
    frames = {id_: {**invite_frame(id_, invite), "joined": []} for id_, invite in state.invites.items()}
    joined: dict[str, list[Any]] = {id_: frame["joined"] for id_, frame in frames.items()}
    for row in await desk.reader.let_in(query.space, JOINED_SHOWN):
        if (invite := row.pop("invite")) in joined:
            joined[invite].append(row)
    return {"invites": list(frames.values())}


async def revoke(desk: Desk, caller: Caller, command: c.RevokeInvite) -> Answer:
    found = await desk.reader.invite_code(hashed(command.code)) or await desk.reader.invite(command.code)
    found = found or {"space": desk.new_id(), "invite": ""}  # refused there, like that of a hidden space
    return await desk.ask(
        space_stream(found["space"]), RevokeInviteById(found["invite"]), desk.context(caller)
    )


async def accept(desk: Desk, caller: Caller, command: c.AcceptInvite) -> Answer:
    if caller.account is None:
        return Refusal("forbidden", "an operator is no member; accept with an account's token")
    lead = await lead_of(desk, command.code)
    entering = JoinByInvite(lead.invite, caller.account, owner=caller.owner, creator_inactive=lead.maker_out)
    return await desk.ask(space_stream(lead.space), entering, desk.context(caller))
