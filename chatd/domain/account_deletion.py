"""Account deletion: what the rooms, the spaces and the account itself decide.

The handler has checked that the account may be deleted and that the caller may order it. Each command may be
repeated after a crash and then does nothing.
"""

from __future__ import annotations

from typing import Final

import attrs

from chatd.contract.errors import Refusal
from chatd.domain.account.state import AccountState
from chatd.domain.account.state import fact as account_fact
from chatd.domain.decision import Context, Decision, drop_none
from chatd.domain.event import Event, Fact
from chatd.domain.internal import DisableForDeletion, FinishDeletion, RemoveDeletedAccount
from chatd.domain.policy import bots
from chatd.domain.policy.roles import RANK
from chatd.domain.room.state import RoomState
from chatd.domain.room.state import fact as room_fact
from chatd.domain.space.state import SpaceState
from chatd.domain.space.state import fact as space_fact

STUB_NAME: Final = "Deleted account"


# --- decide -------------------------------------------------------------------------------------------


def leave_room(
    state: RoomState, space: SpaceState, command: RemoveDeletedAccount, context: Context
) -> Decision:
    if command.account not in state.members and command.account not in state.people:
        return Decision()
    return Decision((room_fact(state, "member.left", context, {"account": command.account}),))


def leave_space(state: SpaceState, command: RemoveDeletedAccount, context: Context) -> Decision:
    """A space keeps an owner: when no other is left, the member with the highest role becomes owner."""
    if command.account not in state.members:
        return Decision()
    facts = [
        space_fact(state, "member.left", context, {"account": account}, nth)
        for nth, account in enumerate(
            (command.account, *bots.leaving_with(state.bots, command.account, state.members)), 1
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


def disable(state: AccountState, command: DisableForDeletion, context: Context) -> Decision | Refusal:
    if not state.exists or state.disabled:
        return Decision()
    return Decision((account_fact(state, "account.updated", context, {"disabled": True}),))


def finish(state: AccountState, command: FinishDeletion, context: Context) -> Decision | Refusal:
    if not state.exists:
        return Decision()
    data = {"account": state.id, **drop_none(reason=command.reason)}
    return Decision((account_fact(state, "account.deleted", context, data),))


# --- apply --------------------------------------------------------------------------------------------


def apply(state: AccountState, event: Fact | Event) -> None:
    """Resets the account to a stub."""
    stub = AccountState(state.id)
    for field in attrs.fields(AccountState):
        setattr(state, field.name, getattr(stub, field.name))
    state.name, state.display_name = f"deleted-{state.id[-8:].lower()}", STUB_NAME
    state.disabled = state.deleted = True
