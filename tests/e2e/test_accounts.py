"""Signing up, in and out; tokens, and what ends them at once."""

from __future__ import annotations

import unicodedata

import pytest

from .conftest import Serve
from .serving import Server
from .talking import Client, Frame, Refused
from .town import Town

PASSWORD = "a lantern over seven still ponds"
OTHER = "eleven grey herons at the weir"


def opened(town: Town, signed_in: Frame) -> Client:
    return town.dial().open(signed_in["access_token"])


def signed_up(town: Town, name: str) -> Frame:
    result: Frame = town.dial().ask("account.sign_up", name=name, password=PASSWORD)
    return result


def test_a_new_account_signs_up_signs_in_and_opens_sessions(town: Town) -> None:
    client = town.dial()
    made = client.ask("account.sign_up", name="ada", password=PASSWORD, display_name="Ada L.")
    assert {"account", "access_token", "refresh_token", "expires_in"} <= made.keys()
    assert made["expires_in"] > 0
    again = client.ask("account.sign_in", name="ada", password=PASSWORD, device="a second one")
    assert again["account"] == made["account"]
    first, second = opened(town, made), opened(town, again)
    assert first.opened["account"] == second.opened["account"]
    assert first.opened["session"] != second.opened["session"]


def test_a_name_is_taken_once_in_any_case(town: Town) -> None:
    signed_up(town, "Grace")
    assert town.dial().refusal("account.sign_up", name="gRACE", password=OTHER)["code"] == "conflict"


@pytest.mark.parametrize("name", ["सीता", "ชัย", "น้ำ", "Adébọ̀wálé"])
def test_a_name_with_the_marks_of_its_script_signs_in_and_is_mentioned_however_it_is_typed(
    town: Town, name: str
) -> None:
    signed_up(town, name)
    typed = unicodedata.normalize("NFD", name)
    session = town.dial().ask("account.sign_in", name=typed, password=PASSWORD)
    named, room = opened(town, session), town.room()
    assert named.opened["account"]["name"] == name
    named.ask("invite.accept", code=town.code)
    named.ask("room.join", room=room)
    ada = town.open(town.member(room, name="ada"))
    seq = ada.post(room, f"hello @{typed}.")["seq"]
    (message,) = ada.ask("room.history", room=room, after=seq - 1, limit=1)["messages"]
    assert message["mentions"] == [session["account"]["id"]]


def test_a_wrong_password_and_an_unknown_name_are_refused_alike(town: Town) -> None:
    signed_up(town, "linus")
    client = town.dial()
    wrong = client.refusal("account.sign_in", name="linus", password=OTHER)
    unknown = client.refusal("account.sign_in", name="nobody-at-all", password=OTHER)
    assert wrong == unknown
    assert wrong["code"] == "unauthenticated"


def test_a_refresh_token_works_once_and_gives_the_next(town: Town) -> None:
    client, first = town.dial(), signed_up(town, "rota")
    second = client.ask("account.refresh", refresh_token=first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    opened(town, second)
    third = client.ask("account.refresh", refresh_token=second["refresh_token"])
    assert (
        client.refusal("account.refresh", refresh_token=first["refresh_token"])["code"] == "unauthenticated"
    )
    assert third["refresh_token"] not in (first["refresh_token"], second["refresh_token"])


def test_a_changed_password_ends_the_other_sessions(town: Town) -> None:
    first = signed_up(town, "margaret")
    second = town.dial().ask("account.sign_in", name="margaret", password=PASSWORD)
    here, there = opened(town, first), opened(town, second)
    assert here.refusal("account.change_password", old="not this one at all", new=OTHER)["code"] in (
        "unauthenticated",
        "forbidden",
    )
    assert here.ask("account.change_password", old=PASSWORD, new=OTHER) == {}
    assert there.wait_closed() == 4002
    here.catch_up()
    client = town.dial()
    assert client.refusal("session.open", token=second["access_token"])["code"] == "unauthenticated"
    assert (
        client.refusal("account.refresh", refresh_token=second["refresh_token"])["code"] == "unauthenticated"
    )
    assert client.refusal("account.sign_in", name="margaret", password=PASSWORD)["code"] == "unauthenticated"
    client.ask("account.sign_in", name="margaret", password=OTHER)


def test_signing_out_ends_the_device_and_its_tokens(town: Town) -> None:
    first = signed_up(town, "barbara")
    second = town.dial().ask("account.sign_in", name="barbara", password=PASSWORD)
    here, there = opened(town, first), opened(town, second)
    asked = here.send("account.sign_out")
    assert here.reply(asked)["result"] == {}
    assert here.wait_closed() == 4002
    there.catch_up()
    client = town.dial()
    assert client.refusal("session.open", token=first["access_token"])["code"] == "unauthenticated"
    assert (
        client.refusal("account.refresh", refresh_token=first["refresh_token"])["code"] == "unauthenticated"
    )


def test_a_disabled_account_is_out_at_once_and_comes_back_when_enabled(town: Town) -> None:
    account = town.account()
    session = town.open(account)
    town.operator.ask("account.disable", account=account.id)
    assert session.wait_closed() == 4002
    assert town.dial().refusal("session.open", token=account.token)["code"] == "unauthenticated"
    town.operator.ask("account.enable", account=account.id)
    token = town.operator.ask("account.token", account=account.id)["token"]
    town.dial().open(token)


def test_an_operator_signs_out_every_device_of_an_account(town: Town) -> None:
    account = town.account()
    first, second = town.open(account), town.open(account)
    town.operator.ask("account.sign_out", account=account.id)
    assert (first.wait_closed(), second.wait_closed()) == (4002, 4002)
    assert town.dial().refusal("session.open", token=account.token)["code"] == "unauthenticated"


def test_a_password_set_by_an_operator_signs_in(town: Town) -> None:
    account = town.account()
    town.operator.ask("account.set_password", account=account.id, password=PASSWORD)
    signed_in = town.dial().ask("account.sign_in", name=account.name, password=PASSWORD)
    assert opened(town, signed_in).opened["account"]["id"] == account.id


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "\u2603"])
def test_a_token_that_is_none_opens_nothing(town: Town, token: str) -> None:
    assert town.dial().refusal("session.open", token=token)["code"] == "unauthenticated"


def test_before_its_session_a_connection_may_ask_for_nothing(town: Town) -> None:
    client = town.dial()
    for name, data in (
        ("space.list", {}),
        ("account.sign_out", {}),
        ("message.post", {"room": "x", "text": "y"}),
    ):
        assert client.refusal(name, **data)["code"] == "unauthenticated"


def test_operator_requests_are_for_operators_and_admins(town: Town) -> None:
    somebody, admin = town.open(town.account()), town.open(town.account(admin=True))
    for name in ("account.list", "server.status", "server.verify", "event.list"):
        assert somebody.refusal(name)["code"] == "forbidden"
        admin.ask(name)


def test_accounts_are_listed_page_by_page(town: Town) -> None:
    made = {town.account().id for _ in range(5)}
    found: list[str] = []
    after: Frame = {}
    while True:
        page = town.operator.ask("account.list", limit=2, **after)
        found += [account["id"] for account in page["accounts"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert made <= set(found)
    assert len(found) == len(set(found))


def test_sign_up_takes_an_invite_by_default_and_can_be_closed(serve: Serve) -> None:
    closed: Server = serve(sign_up="closed")
    client = Client.dial(closed)
    assert client.refusal("account.sign_up", name="ada", password=PASSWORD)["code"] == "forbidden"
    client.close()
    closed.stop()
    by_default: Server = serve()
    del by_default.settings["CHATD_SIGN_UP"]
    by_default.stop()
    invited = Town(by_default.start())
    client = invited.dial()
    assert client.refusal("account.sign_up", name="ada", password=PASSWORD)["code"] == "forbidden"
    assert client.refusal("account.sign_up", name="ada", password=PASSWORD, invite="no such code")[
        "code"
    ] in (
        "not_found",
        "forbidden",
    )
    made = client.ask("account.sign_up", name="ada", password=PASSWORD, invite=invited.code)
    assert invited.space in [space["id"] for space in opened(invited, made).opened["spaces"]]
    invited.close()


def test_a_token_ends_when_it_said_it_would(town: Town) -> None:
    account = town.account()
    short = town.operator.ask("account.token", account=account.id, expires_in=5)
    session = town.dial().open(short["token"])
    assert session.opened["account"]["id"] == account.id
    long = town.operator.ask("account.token", account=account.id, expires_in=3600)
    assert long["expires_at"] > short["expires_at"]


def test_an_invite_opens_the_space_as_often_as_it_says(town: Town) -> None:
    code = town.operator.ask("invite.create", space=town.space, max_uses=1, role="guest")["invite"]["code"]
    first, second = town.open(town.account()), town.open(town.account())
    assert first.ask("invite.accept", code=code)["space"]["id"] == town.space
    with pytest.raises(Refused, match="not_found"):
        second.ask("invite.accept", code=code)
    assert second.ask("space.list") == {"spaces": [], "next": None}
    (listed,) = first.ask("space.list")["spaces"]
    assert (listed["id"], listed["role"]) == (town.space, "guest")


def test_a_revoked_invite_opens_nothing(town: Town) -> None:
    invite = town.operator.ask("invite.create", space=town.space)["invite"]
    listed = town.operator.ask("invite.list", space=town.space)["invites"]
    assert invite["id"] in [one["id"] for one in listed]
    assert not any("code" in one for one in listed)
    town.operator.ask("invite.revoke", code=invite["code"])
    refused = town.open(town.account()).refusal("invite.accept", code=invite["code"])
    absent = town.open(town.account()).refusal("invite.accept", code="no-such-code-was-ever-made")
    assert refused == absent
    assert refused["code"] == "not_found"
