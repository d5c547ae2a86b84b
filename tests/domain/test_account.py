"""Account names and profiles."""

from __future__ import annotations

import pytest

from chatd.contract.account import RenameAccount, UpdateAccount
from chatd.contract.account_admin import CreateAccount, DisableAccount
from chatd.contract.errors import Refusal
from chatd.contract.preferences import UpdatePreferences
from chatd.contract.sign_in import SignUp
from chatd.domain.account import decide as account
from chatd.domain.account.state import AccountState
from chatd.domain.decision import Context, Decision
from chatd.domain.event import Fact, payload


@pytest.mark.parametrize("name", ["ann", "Ann.Lee", "李明", "o_o", "josé-2"])
def test_good_names_are_taken(name: str) -> None:
    assert isinstance(account.decide(AccountState("a"), CreateAccount(name), Context("a", 1)), Decision)


@pytest.mark.parametrize("name", ["a b", "-x", "a/b", "@ann", "a\u200bb", "line\nbreak", "😀😀"])
def test_names_that_could_mislead_are_refused(name: str) -> None:
    outcome = account.decide(AccountState("a"), CreateAccount(name), Context("a", 1))
    assert isinstance(outcome, Refusal)
    assert outcome.code == "invalid"


@pytest.mark.parametrize(
    "command", [CreateAccount("Here"), SignUp("r00m", "secret"), account.MakeBot("b", "system", [])]
)
def test_no_account_is_called_what_means_something(command: object) -> None:
    state = AccountState("a", 1, "ann") if isinstance(command, account.MakeBot) else AccountState("a")
    outcome = account.decide(state, command, Context("a", 1))
    assert outcome == account.RESERVED_NAME
    assert account.decide(AccountState("a", 1, "ann"), RenameAccount("everyone"), Context("a", 1)) == outcome


def test_an_account_of_an_older_log_keeps_such_a_name() -> None:
    state = AccountState("a")
    account.apply(state, Fact("account/a", 1, "account.created", 1, "a", {"account": "a", "name": "here"}))
    assert state.name == "here"
    changed = account.decide(state, UpdateAccount(about="hello"), Context("a", 2))
    assert isinstance(changed, Decision)


def test_settings_stand_where_they_can_be_erased() -> None:
    state = AccountState("a", 1, "ann")
    command = UpdatePreferences(quiet_from=1, quiet_to=2, time_zone="Asia/Tokyo", receipts=False)
    outcome = account.decide(state, command, Context("a", 1))
    assert isinstance(outcome, Decision)
    (fact,) = outcome.facts
    assert fact.data == {}
    settings = {"quiet_from": 1, "quiet_to": 2, "time_zone": "Asia/Tokyo", "receipts": False}
    assert payload(fact) == settings
    account.apply(state, fact)
    assert state.settings.preferences == settings


def test_settings_of_an_older_log_are_read() -> None:
    state = AccountState("a", 1, "ann")
    account.apply(state, Fact("account/a", 2, "preferences.updated", 1, "a", {"quiet_from": 7}))
    assert state.settings.preferences == {"quiet_from": 7}


def test_a_profile_changes_only_where_asked() -> None:
    state = AccountState("a")
    for command in (
        CreateAccount("ann", admin=True),
        UpdateAccount(about="hello"),
        DisableAccount("a"),
    ):
        outcome = account.decide(state, command, Context("a", 1))
        assert isinstance(outcome, Decision)
        for fact in outcome.facts:
            account.apply(state, fact)
    assert state == AccountState("a", 3, "ann", "ann", "hello", admin=True, disabled=True, created_at=1)


def test_disabling_twice_logs_once() -> None:
    state = AccountState("a", 2, "ann", disabled=True)
    outcome = account.decide(state, DisableAccount("a"), Context("o", 1))
    assert isinstance(outcome, Decision)
    assert outcome.facts == ()


def renamed(state: AccountState, name: str, at: int) -> Decision | Refusal:
    outcome = account.decide(state, RenameAccount(name), Context("a", at))
    if isinstance(outcome, Decision):
        for fact in outcome.facts:
            account.apply(state, fact)
    return outcome


def test_a_name_changes_three_times_a_month() -> None:
    state = AccountState("a", 1, "ann")
    for number in range(account.MAX_RENAMES):
        assert isinstance(renamed(state, f"ann-{number}", number), Decision)
    refused = renamed(state, "too-soon", account.RENAME_WINDOW - 1500)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.data) == ("rate_limited", {"retry_after": 2})
    assert state.name == "ann-2"
    assert isinstance(renamed(state, "in-time", account.RENAME_WINDOW), Decision)
    assert state.name == "in-time"


def test_a_clock_that_is_a_little_behind_as_on_another_node_gives_no_names_more() -> None:
    state = AccountState("a", 1, "ann")
    for number in range(account.MAX_RENAMES):
        assert isinstance(renamed(state, f"ann-{number}", 100_000), Decision)
    assert isinstance(renamed(state, "too-soon", 0), Refusal)


def test_the_same_name_again_is_no_change() -> None:
    state = AccountState("a", 1, "ann")
    outcome = renamed(state, "ａｎｎ", 1)
    assert isinstance(outcome, Decision)
    assert outcome.facts == ()
    assert state.renamed_at == []


def test_a_new_name_says_what_the_old_one_was_where_it_can_be_erased() -> None:
    outcome = renamed(AccountState("a", 1, "ann"), "Anna", 1)
    assert isinstance(outcome, Decision)
    (fact,) = outcome.facts
    assert fact.data == {}
    assert payload(fact) == {"name": "Anna", "before": "ann"}
