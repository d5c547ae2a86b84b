"""What streams decide when an account is deleted."""

from __future__ import annotations

import pytest

from chatd.contract.account import UpdateAccount
from chatd.contract.account_admin import CreateAccount
from chatd.contract.errors import Refusal
from chatd.domain.account import decide as account
from chatd.domain.account.state import AccountState
from chatd.domain.decision import Context, Decision
from chatd.domain.internal import DisableForDeletion, FinishDeletion, RemoveDeletedAccount
from chatd.domain.policy.bots import effective_role
from chatd.domain.policy.roles import RANK
from chatd.domain.space import decide as space
from chatd.domain.space.state import SpaceState

NOW = Context("operator:0", 1, operator=True)


def carry_out(state: AccountState, command: object) -> list[str]:
    decision = account.decide(state, command, NOW)
    assert isinstance(decision, Decision)
    for fact in decision.facts:
        account.apply(state, fact)
    return [fact.type for fact in decision.facts]


def test_every_step_can_be_given_again_and_then_does_nothing() -> None:
    state = AccountState("01ABCDEFGH")
    carry_out(state, CreateAccount("ann"))
    assert carry_out(state, DisableForDeletion()) == ["account.updated"]
    assert carry_out(state, DisableForDeletion()) == []
    assert carry_out(state, FinishDeletion()) == ["account.deleted"]
    assert carry_out(state, FinishDeletion()) == carry_out(state, DisableForDeletion()) == []


def test_a_stub_remembers_nothing() -> None:
    state = AccountState("01ABCDEFGH")
    for command in (CreateAccount("ann", admin=True), UpdateAccount(about="hello"), FinishDeletion()):
        carry_out(state, command)
    stub = AccountState("01ABCDEFGH", 3, "deleted-abcdefgh", "Deleted account", disabled=True, deleted=True)
    assert state == stub
    assert not state.exists
    assert isinstance(account.decide(state, UpdateAccount(about="again"), NOW), Refusal)


def test_a_space_whose_last_owner_is_deleted_goes_to_whoever_stands_highest() -> None:
    members = {"ann": "owner", "bob": "member", "cy": "admin", "rex": "admin"}
    state = SpaceState("s", 9, members=dict(members), bots={"rex": "ann"})
    decision = space.decide(state, RemoveDeletedAccount("ann"), NOW)
    assert isinstance(decision, Decision)
    assert [(fact.seq, fact.type, fact.data["account"]) for fact in decision.facts] == [
        (10, "member.left", "ann"),
        (11, "member.left", "rex"),
        (12, "member.role_set", "cy"),
    ]
    for fact in decision.facts:
        space.apply(state, fact)
    assert state.members == {"bob": "member", "cy": "owner"}
    assert state.bots == {}
    assert space.decide(state, RemoveDeletedAccount("ann"), NOW) == Decision()


@pytest.mark.parametrize("role", RANK)
@pytest.mark.parametrize("owners", RANK)
def test_a_bots_role_is_the_lower_of_both(role: str, owners: str) -> None:
    assert RANK[effective_role(role, owners) or ""] == min(RANK[role], RANK[owners])
    assert effective_role(role, None) is None
