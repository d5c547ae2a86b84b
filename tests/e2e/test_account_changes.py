"""What operators change of accounts: who administers, and what somebody is called."""

from __future__ import annotations

import time
from threading import Thread
from typing import Any

import pytest

from .conftest import Serve
from .talking import Client
from .town import Town, absent_id

PASSWORD = "a lantern over seven still ponds"


def facts(town: Town, account: str, type_: str) -> list[dict[str, Any]]:
    page = town.operator.ask("event.list", after=0, stream=f"account/{account}", limit=200)
    return [event for event in page["events"] if event["event"] == type_]


def test_a_promoted_account_may_what_an_operator_may_and_a_demoted_one_no_more(town: Town) -> None:
    keeper, account = town.account("keeper"), town.account("ann")
    town.operator.ask("account.set_admin", account=keeper.id, admin=True)
    before = town.open(account)
    assert before.refusal("account.list")["code"] == "forbidden"
    made = town.operator.ask("account.set_admin", account=account.id, admin=True, reason="on call")
    assert made["account"]["admin"] is True
    assert before.wait_closed(5) == 1001, "it reconnects, and has its rights"
    admin = town.open(account)
    assert admin.ask("account.list")["accounts"]
    taken = town.operator.ask("account.set_admin", account=account.id, admin=False, reason="off duty")
    assert taken["account"]["admin"] is False
    assert admin.wait_closed(5) == 1001
    assert town.open(account).refusal("account.list")["code"] == "forbidden"
    logged = facts(town, account.id, "account.updated")
    assert [event["data"] for event in logged] == [
        {"admin": True, "reason": "on call"},
        {"admin": False, "reason": "off duty"},
    ]
    assert all(event["by"].startswith("operator:") for event in logged)
    town.assert_sound()


def test_an_administrator_may_give_up_the_rights_and_hears_so(town: Town) -> None:
    keeper, account = town.account("keeper"), town.account("ann")
    for one in (keeper, account):
        town.operator.ask("account.set_admin", account=one.id, admin=True)
    admin = town.open(account)
    assert admin.ask("account.set_admin", account=account.id, admin=False)["account"]["admin"] is False
    assert admin.wait_closed(5) == 1001


def test_the_last_administrator_stays_one(serve: Serve) -> None:
    town = Town(serve())
    ann, bob = town.account("ann"), town.account("bob")
    assert town.operator.ask("account.set_admin", account=bob.id, admin=False)["account"]["admin"] is False
    town.operator.ask("account.set_admin", account=ann.id, admin=True)
    assert town.operator.refusal("account.set_admin", account=ann.id, admin=False)["code"] == "conflict"
    town.operator.ask("account.set_admin", account=bob.id, admin=True)
    town.operator.ask("account.disable", account=bob.id)
    refusal = town.operator.refusal("account.set_admin", account=ann.id, admin=False)
    assert "last administrator" in refusal["message"], "one that cannot sign in does not count"
    town.operator.ask("account.enable", account=bob.id)

    def demote(client: Client, account: str) -> None:
        client.reply(client.send("account.set_admin", account=account, admin=False))

    for _ in range(5):  # two who demote each other at the same moment
        clients = [Client.operator(town.server) for _ in range(2)]
        threads = [Thread(target=demote, args=pair) for pair in zip(clients, (ann.id, bob.id), strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        accounts = town.operator.ask("account.list")["accounts"]
        assert sum(account["admin"] for account in accounts) == 1
        for one in (ann, bob):
            town.operator.ask("account.set_admin", account=one.id, admin=True)
        for client in clients:
            client.close()
    town.close()


def test_an_account_is_renamed_without_its_own_limit(town: Town) -> None:
    tokens = town.dial().ask("account.sign_up", name="first-name", password=PASSWORD)
    account = tokens["account"]["id"]
    for name in ("second-name", "third-name", "fourth-name", "fifth-name", "sixth-name"):
        made = town.operator.ask("account.set_name", account=account, name=name, reason="married")
        assert made["account"]["name"] == name
    assert (
        town.dial().ask("account.sign_in", name="sixth-name", password=PASSWORD)["account"]["id"] == account
    )
    assert town.dial().refusal("account.sign_up", name="third-name", password=PASSWORD)["code"] == "conflict"
    other = town.account("other")
    assert (
        town.operator.refusal("account.set_name", account=other.id, name="Sixth-Name")["code"] == "conflict"
    )
    assert town.operator.refusal("account.set_name", account=other.id, name="a b")["code"] == "invalid"
    mine = town.dial().open(tokens["access_token"])
    for name in ("own-one", "own-two", "own-three"):
        mine.ask("account.rename", name=name, password=PASSWORD)
    assert mine.refusal("account.rename", name="own-four", password=PASSWORD)["code"] == "rate_limited"
    assert facts(town, account, "account.renamed")[0]["data"]["reason"] == "married"
    town.assert_sound()


def test_accounts_are_found_by_a_part_of_any_name_that_they_have_or_had(town: Town) -> None:
    account = town.operator.ask("account.create", name="zoe-maier", display_name="Zoë Ändermann")["account"]
    town.operator.ask("account.set_name", account=account["id"], name="zoe-huber")
    for part in ("Huber", "MAIER", "oë Än", "zoe-h", "dermann"):
        found = town.operator.ask("account.list", name=part)["accounts"]
        assert [one["id"] for one in found] == [account["id"]], part
    assert town.operator.ask("account.list", name="zoe_")["accounts"] == []
    assert town.operator.ask("account.list", name="%")["accounts"] == []


def test_what_others_see_is_changed(town: Town) -> None:
    ann = town.member(name="ann")
    client = town.open(ann)
    made = town.operator.ask("account.set_display_name", account=ann.id, display_name="Ann", reason="asked")
    assert made["account"]["display_name"] == "Ann"
    event = client.wait_event("account.updated")
    assert event["data"] == {"display_name": "Ann", "reason": "asked"}
    members = town.operator.ask("space.members", space=town.space)["members"]
    assert "Ann" in [member["display_name"] for member in members]
    town.assert_sound()


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("account.set_admin", {"admin": True}),
        ("account.set_name", {"name": "nobody-there"}),
        ("account.set_display_name", {"display_name": "Nobody"}),
    ],
)
def test_changes_are_for_operators_and_for_accounts_that_are_there(
    town: Town, name: str, fields: dict[str, Any]
) -> None:
    member = town.open(town.account())
    assert member.refusal(name, account=town.owner.id, **fields)["code"] == "forbidden"
    assert town.operator.refusal(name, account=absent_id(), **fields)["code"] == "not_found"
    gone = town.account("gone")
    town.operator.ask("account.erase", account=gone.id)
    ends = time.monotonic() + 10
    while not town.operator.ask("account.get", account=gone.id)["account"]["deleted"]:
        assert time.monotonic() < ends
    assert town.operator.refusal(name, account=gone.id, **fields)["code"] == "not_found"


def test_a_bot_is_no_administrator(town: Town) -> None:
    bot = town.operator.ask("bot.create", owner=town.owner.id, name="rex-the-bot", scopes=["read"])[
        "account"
    ]["id"]
    assert town.operator.refusal("account.set_admin", account=bot, admin=True)["code"] == "conflict"


def test_the_last_administrator_is_not_disabled(serve: Serve) -> None:
    town = Town(serve())
    ann, bob = town.account("ann"), town.account("bob")
    town.operator.ask("account.set_admin", account=ann.id, admin=True)
    refusal = town.operator.refusal("account.disable", account=ann.id)
    assert (refusal["code"], "last administrator" in refusal["message"]) == ("conflict", True)
    town.operator.ask("account.set_admin", account=bob.id, admin=True)
    town.operator.ask("account.disable", account=ann.id, reason="on leave")
    town.operator.ask("account.disable", account=ann.id)
    assert facts(town, ann.id, "account.updated")[-1]["data"] == {"disabled": True, "reason": "on leave"}
    assert town.operator.refusal("account.disable", account=bob.id)["code"] == "conflict"
    town.operator.ask("account.enable", account=ann.id, reason="back")
    assert facts(town, ann.id, "account.updated")[-1]["data"] == {"disabled": False, "reason": "back"}


def test_white_space_around_a_name_is_no_part_of_it(town: Town) -> None:
    made = town.operator.ask("account.create", name=" spaced\u00a0")["account"]
    assert made["name"] == "spaced"
    assert town.operator.ask("account.get", name="spaced ")["account"]["id"] == made["id"]
    named = town.operator.ask("account.set_name", account=made["id"], name=" apart ")["account"]
    assert named["name"] == "apart"


def test_who_comes_with_the_token_of_a_disabled_account_is_told_so(town: Town) -> None:
    account = town.account("lin")
    town.operator.ask("account.disable", account=account.id)
    refusal = town.dial().refusal("session.open", token=account.token)
    assert (refusal["code"], "is disabled" in refusal["message"]) == ("unauthenticated", True)
    town.operator.ask("account.enable", account=account.id)
    assert town.dial().refusal("session.open", token=account.token)["code"] == "unauthenticated"
