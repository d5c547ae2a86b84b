"""Account names and profiles."""

from __future__ import annotations

import pytest

from chatd.domain import account
from chatd.domain import command as c
from chatd.domain.account import AccountState
from chatd.domain.decision import Context, Decision
from chatd.domain.refusal import Refusal


@pytest.mark.parametrize("name", ["ann", "Ann.Lee", "李明", "o_o", "josé-2"])
def test_good_names_are_taken(name: str) -> None:
    assert isinstance(account.decide(AccountState("a"), c.CreateAccount(name), Context("a", 1)), Decision)


@pytest.mark.parametrize("name", ["a b", "-x", "a/b", "@ann", "a\u200bb", "line\nbreak", "😀😀"])
def test_names_that_could_mislead_are_refused(name: str) -> None:
    outcome = account.decide(AccountState("a"), c.CreateAccount(name), Context("a", 1))
    assert isinstance(outcome, Refusal)
    assert outcome.code == "invalid"


def test_a_profile_changes_only_where_asked() -> None:
    state = AccountState("a")
    for command in (
        c.CreateAccount("ann", admin=True),
        c.UpdateAccount(about="hello"),
        c.DisableAccount("a"),
    ):
        outcome = account.decide(state, command, Context("a", 1))
        assert isinstance(outcome, Decision)
        for fact in outcome.facts:
            account.apply(state, fact)
    assert state == AccountState("a", 3, "ann", "ann", "hello", admin=True, disabled=True, created_at=1)


def test_disabling_twice_logs_once() -> None:
    state = AccountState("a", 2, "ann", disabled=True)
    outcome = account.decide(state, c.DisableAccount("a"), Context("o", 1))
    assert isinstance(outcome, Decision)
    assert outcome.facts == ()
