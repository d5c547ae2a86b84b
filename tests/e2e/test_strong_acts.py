"""Strong acts on somebody's account are facts: the log has them with their author, and the person is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .talking import Client, Frame
from .test_accounts import OTHER, PASSWORD
from .town import Account, Town

ACTS: dict[str, Callable[[Client, Account], object]] = {
    "token_made": lambda by, whom: by.ask("account.token", account=whom.id),
    "signed_out": lambda by, whom: by.ask("account.sign_out", account=whom.id),
    "exported": lambda by, whom: by.ask("account.export", account=whom.id),
    "recovery_link": lambda by, whom: by.ask("account.recovery_link", account=whom.id),
    "password": lambda by, whom: by.ask("account.set_password", account=whom.id, password=OTHER),
}


def secured(town: Town, account: str, after: int) -> list[Frame]:
    """What the log holds of it after this position."""
    events = town.operator.ask("event.list", stream=f"account/{account}", after=after)["events"]
    return [event for event in events if event["event"] == "account.secured"]


@pytest.mark.parametrize("by", ["operator", "admin"])
@pytest.mark.parametrize("act", ACTS)
def test_what_the_powerful_do_to_an_account_is_logged_and_told(town: Town, act: str, by: str) -> None:
    admin = town.account("admin", admin=True)
    whom = town.account("whom")
    session = town.open(whom)
    after = session.cursor["position"]
    ACTS[act](town.operator if by == "operator" else town.open(admin), whom)
    (fact,) = secured(town, whom.id, after)
    assert fact["data"]["change"] == act
    assert fact["by"] == admin.id if by == "admin" else fact["by"].startswith("operator:")
    if act in ("signed_out", "password"):
        assert session.wait_closed() == 4002
        session = town.open(whom_again(town, whom), {"epoch": session.cursor["epoch"], "position": after})
    told = session.wait_event("account.secured", change=act)
    assert (told["position"], told["data"]) == (fact["position"], fact["data"])


def whom_again(town: Town, whom: Account) -> Account:
    return Account(whom.id, whom.name, town.operator.ask("account.token", account=whom.id)["token"])


def test_what_one_does_to_oneself_is_no_such_act(town: Town) -> None:
    whom = town.account("self")
    session = town.open(whom)
    after = session.cursor["position"]
    session.ask("account.export")
    assert secured(town, whom.id, after) == []


def test_a_device_that_signs_in_is_told_to_the_others(town: Town) -> None:
    first = town.dial().ask("account.sign_up", name="watchful", password=PASSWORD)
    session = town.dial().open(first["access_token"])
    town.dial().ask("account.sign_in", name="watchful ", password=PASSWORD, device="a stranger's")
    assert session.wait_event("account.secured")["data"] == {"change": "device_added"}
