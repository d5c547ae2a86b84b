"""Deleting an account: what each of the streams decides about it that had to do with it.

These commands are the server's own: the desk has made sure that the account may go, and whoever orders it
may order it. Each of them can be given again after a crash and then does nothing.
"""

from __future__ import annotations

from typing import Final

import attrs

from chatd.contract.errors import Refusal
from chatd.domain.account.state import AccountState
from chatd.domain.account.state import fact as account_fact
from chatd.domain.decision import Context, Decision, drop_none
from chatd.domain.event import Event, Fact
from chatd.domain.internal import FinishDeletion, RemoveDeleted, ShutOutAccount
from chatd.domain.policy import bots
from chatd.domain.policy.roles import RANK
from chatd.domain.room.state import RoomState
from chatd.domain.room.state import fact as room_fact
from chatd.domain.space.state import SpaceState
from chatd.domain.space.state import fact as space_fact

STUB_NAME: Final = "Deleted account"


# --- decide -------------------------------------------------------------------------------------------


def depart_room(state: RoomState, space: SpaceState, command: RemoveDeleted, context: Context) -> Decision:
    if command.account not in state.members:
        return Decision()
    return Decision((room_fact(state, "member.left", context, {"account": command.account}),))


def depart_space(state: SpaceState, command: RemoveDeleted, context: Context) -> Decision:
    """A space keeps an owner: should nobody else be one by now, who stands highest becomes it."""
    if command.account not in state.members:
        return Decision()
    facts = [
        space_fact(state, "member.left", context, {"account": account}, nth)
        for nth, account in enumerate(
            (command.account, *bots.of(state.bots, command.account, state.members)), 1
        )
    ]
    if (heir := _heir(state, command.account)) is not None:
        data = {"account": heir, "role": "owner", "before": state.members[heir]}
        facts.append(space_fact(state, "member.role_set", context, data, len(facts) + 1))
    return Decision(tuple(facts))


def _heir(state: SpaceState, account: str) -> str | None:
    if not state.last_owner(account):
        return None
    others = [other for other in state.members if other != account and other not in state.bots]
    return max(others, key=lambda other: RANK[state.members[other]], default=None)


def close(state: AccountState, command: ShutOutAccount, context: Context) -> Decision | Refusal:
    if not state.exists or state.disabled:
        return Decision()
    return Decision((account_fact(state, "account.updated", context, {"disabled": True}),))


def end(state: AccountState, command: FinishDeletion, context: Context) -> Decision | Refusal:
    if not state.exists:
        return Decision()
    data = {"account": state.id, **drop_none(reason=command.reason)}
    return Decision((account_fact(state, "account.deleted", context, data),))


# --- apply --------------------------------------------------------------------------------------------


def apply(state: AccountState, event: Fact | Event) -> None:
    """Forgets what the account was."""
    stub = AccountState(state.id)
    for field in attrs.fields(AccountState):
        setattr(state, field.name, getattr(stub, field.name))
    state.name, state.display_name = f"deleted-{state.id[-8:].lower()}", STUB_NAME
    state.disabled = state.deleted = True
