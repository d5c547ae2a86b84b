"""Where one is signed in, and how to end that from elsewhere."""

from __future__ import annotations

from .talking import Client, Frame
from .town import Town, absent_id

PASSWORD = "a lantern over seven still ponds"


def signed_in(town: Town, name: str, device: str | None = None) -> tuple[Frame, Client]:
    """Tokens and an open session; without a device it signs up."""
    request = {"name": name, "password": PASSWORD} | ({"device": device} if device else {})
    tokens: Frame = town.dial().ask("account.sign_in" if device else "account.sign_up", **request)
    return tokens, town.dial().open(tokens["access_token"])


def device_called(client: Client, name: str) -> Frame:
    (device,) = (one for one in client.ask("device.list")["devices"] if one["name"] == name)
    found: Frame = device
    return found


def test_one_sees_on_which_devices_one_is_signed_in_and_nothing_secret(town: Town) -> None:
    _, here = signed_in(town, "dora")
    _, there = signed_in(town, "dora", "the phone")
    mine, phone = device_called(here, ""), device_called(here, "the phone")
    assert phone.keys() == {
        *("id", "name", "created_at", "expires_at", "last_seen", "current", "connected"),
    }
    assert (mine["current"], mine["connected"]) == (True, True)
    assert (phone["current"], phone["connected"]) == (False, True)
    assert phone["last_seen"] == phone["created_at"]
    assert device_called(there, "the phone")["current"]
    there.close()
    here.ask("device.revoke", device=mine["id"])
    assert here.wait_closed() == 4002
    _, again = signed_in(town, "dora", "the desk")
    assert not device_called(again, "the phone")["connected"]


def test_a_device_that_took_new_tokens_was_seen_then(town: Town) -> None:
    tokens, here = signed_in(town, "dana")
    before = device_called(here, "")
    here.ask("account.refresh", refresh_token=tokens["refresh_token"])
    after = device_called(here, "")
    assert after["id"] == before["id"]
    assert after["last_seen"] >= before["last_seen"] == before["created_at"]


def test_a_revoked_device_is_out_at_once_and_its_tokens_are_void(town: Town) -> None:
    _, here = signed_in(town, "della")
    lost, there = signed_in(town, "della", "lost")
    device = device_called(here, "lost")["id"]
    assert here.ask("device.revoke", device=device) == {}
    assert there.wait_closed() == 4002
    visitor = town.dial()
    assert visitor.refusal("session.open", token=lost["access_token"])["code"] == "unauthenticated"
    assert (
        visitor.refusal("account.refresh", refresh_token=lost["refresh_token"])["code"] == "unauthenticated"
    )
    here.catch_up()
    assert [one["name"] for one in here.ask("device.list")["devices"]] == [""]
    assert here.refusal("device.revoke", device=device)["code"] == "not_found"


def test_to_revoke_the_device_one_speaks_from_is_to_sign_out(town: Town) -> None:
    tokens, here = signed_in(town, "dinah")
    here.send("device.revoke", device=device_called(here, "")["id"])
    assert here.wait_closed() == 4002
    assert town.dial().refusal("session.open", token=tokens["access_token"])["code"] == "unauthenticated"


def test_somebody_elses_device_does_not_exist(town: Town) -> None:
    _, hers = signed_in(town, "doris")
    stranger = town.open(town.account(admin=True))
    device = device_called(hers, "")["id"]
    absent = stranger.refusal("device.revoke", device=absent_id())
    assert stranger.refusal("device.revoke", device=device) == absent
    assert absent["code"] == "not_found"
    hers.catch_up()


def test_operators_see_the_devices_of_an_account_and_others_do_not(town: Town) -> None:
    account = town.account()
    session = town.open(account)
    (device,) = town.operator.ask("account.devices", account=account.id)["devices"]
    assert (device["name"], device["connected"], device["current"]) == ("token", True, False)
    assert device["last_seen"] is None
    assert session.refusal("account.devices", account=account.id)["code"] == "forbidden"
    assert town.operator.refusal("account.devices", account=absent_id())["code"] == "not_found"
    town.operator.ask("device.revoke", device=device["id"])
    assert session.wait_closed() == 4002


def test_all_other_devices_end_and_the_one_that_asks_stays(town: Town) -> None:
    tokens = town.dial().ask("account.sign_up", name="tidy", password=PASSWORD)
    here = town.dial().open(tokens["access_token"])
    elsewhere = town.dial().ask("account.sign_in", name="tidy", password=PASSWORD)
    there = town.dial().open(elsewhere["access_token"])
    bearer = town.operator.ask("account.token", account=tokens["account"]["id"])["token"]
    assert here.ask("device.revoke_others") == {}
    assert there.wait_closed() == 4002
    for token in (elsewhere["access_token"], bearer):
        assert town.dial().refusal("session.open", token=token)["code"] == "unauthenticated"
    assert [device["current"] for device in here.ask("device.list")["devices"]] == [True]
    town.dial().ask("account.refresh", refresh_token=tokens["refresh_token"])
