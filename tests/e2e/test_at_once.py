"""One slot for what several do at once: tabs and helpers that act together do not end each other."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from .conftest import Serve
from .talking import Frame
from .test_recovery import OTHER, PASSWORD, link, submit
from .test_second_factor import App
from .town import Town

LATER = 61_000  # milliseconds; the grace of a refresh token is over


def refreshed(town: Town, tokens: Frame) -> Frame:
    return town.dial().ask("account.refresh", refresh_token=tokens["refresh_token"])


def is_refused(town: Town, tokens: Frame) -> bool:
    refusal = town.dial().refusal("account.refresh", refresh_token=tokens["refresh_token"])
    return refusal["code"] == "unauthenticated"


def pass_time(town: Town) -> None:
    """As if all refreshes had been a minute ago."""
    town.close()
    town.server.stop()
    with closing(sqlite3.connect(town.server.data / "chatd.db")) as file, file:
        file.execute("UPDATE refresh_tokens SET used_at = used_at - ?", (LATER,))
    town.server.start()
    town.reconnect()


@pytest.fixture
def town(serve: Serve) -> Town:
    return Town(serve())


def test_tabs_that_refresh_with_one_token_at_once_all_stay_signed_in(town: Town) -> None:
    first = town.dial().ask("account.sign_up", name="tabby", password=PASSWORD)
    tabs = [refreshed(town, first) for _ in range(3)]
    pass_time(town)
    tabs = [refreshed(town, tab) for tab in reversed(tabs)]
    pass_time(town)
    for tab in tabs:
        town.dial().open(refreshed(town, tab)["access_token"])
    town.close()


def test_a_used_token_is_theft_once_a_successor_was_used(town: Town) -> None:
    first = town.dial().ask("account.sign_up", name="theft", password=PASSWORD)
    second = refreshed(town, first)
    third = refreshed(town, second)
    session = town.dial().open(third["access_token"])
    assert is_refused(town, first)
    assert session.wait_closed() == 4002
    assert is_refused(town, third)
    town.close()


def test_a_used_token_is_theft_a_minute_later(town: Town) -> None:
    first = town.dial().ask("account.sign_up", name="late", password=PASSWORD)
    second = refreshed(town, first)
    pass_time(town)
    assert is_refused(town, first)
    assert is_refused(town, second)
    town.close()


def test_two_tabs_that_switch_the_second_factor_on_get_one_secret(town: Town) -> None:
    tokens = town.dial().ask("account.sign_up", name="totty", password=PASSWORD)
    one, two = (town.dial().open(tokens["access_token"]) for _ in range(2))
    begun = [tab.ask("totp.begin", password=PASSWORD) for tab in (one, two)]
    assert begun[0] == begun[1]
    assert one.ask("totp.confirm", code=App(begun[0]["secret"]).code())["recovery_codes"]
    town.close()


def test_a_secret_that_was_begun_long_ago_is_not_given_again(town: Town) -> None:
    tokens = town.dial().ask("account.sign_up", name="oldie", password=PASSWORD)
    first = town.dial().open(tokens["access_token"]).ask("totp.begin", password=PASSWORD)
    town.close()
    town.server.stop()
    with closing(sqlite3.connect(town.server.data / "chatd.db")) as file, file:
        file.execute("UPDATE second_factors SET used_step = used_step - 20")
    town.server.start()
    town.reconnect()
    second = town.dial().open(tokens["access_token"]).ask("totp.begin", password=PASSWORD)
    assert second["secret"] != first["secret"]
    town.close()


def test_the_recovery_links_of_two_helpers_are_both_good_until_one_is_used(town: Town) -> None:
    account = town.dial().ask("account.sign_up", name="helped", password=PASSWORD)["account"]["id"]
    one, two = link(town, account), link(town, account)
    assert submit(town.server, one, "short")[0] == 400
    assert submit(town.server, two, OTHER)[0] == 200
    assert submit(town.server, one, PASSWORD)[0] == 400
    town.close()
