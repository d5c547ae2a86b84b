"""New names: the old ones stay their owner's, and none passes for another."""

from __future__ import annotations

import pytest

from .talking import Client, Frame
from .town import Town

PASSWORD = "a lantern over seven still ponds"


def signed_up(town: Town, name: str) -> Client:
    tokens: Frame = town.dial().ask("account.sign_up", name=name, password=PASSWORD)
    return town.dial().open(tokens["access_token"])


def test_one_signs_in_with_the_new_name_and_not_with_the_old(town: Town) -> None:
    session = signed_up(town, "nora")
    assert session.refusal("account.rename", name="norah")["code"] == "invalid"
    assert session.refusal("account.rename", name="norah", password="not that one")["code"] == (
        "unauthenticated"
    )
    renamed = session.ask("account.rename", name="Norah", password=PASSWORD)
    assert renamed["account"]["name"] == "Norah"
    event = session.wait_event("account.renamed")
    assert event["data"] == {"name": "Norah", "before": "nora"}
    visitor = town.dial()
    visitor.ask("account.sign_in", name="norah", password=PASSWORD)
    assert visitor.refusal("account.sign_in", name="nora", password=PASSWORD)["code"] == "unauthenticated"


def test_a_name_that_was_left_is_nobody_elses_and_can_be_taken_back(town: Town) -> None:
    session = signed_up(town, "nadia")
    session.ask("account.rename", name="nadja", password=PASSWORD)
    visitor = town.dial()
    for name in ("nadia", "NADIA", "nadja"):
        assert visitor.refusal("account.sign_up", name=name, password=PASSWORD)["code"] == "conflict"
    other = signed_up(town, "nelly")
    assert other.refusal("account.rename", name="nadia", password=PASSWORD)["code"] == "conflict"
    assert other.ask("account.rename", name="nelli", password=PASSWORD)["account"]["name"] == "nelli"
    session.ask("account.rename", name="nadia", password=PASSWORD)
    town.assert_sound()


def test_who_is_called_by_an_old_name_is_still_meant(town: Town) -> None:
    room = town.room("Names")
    caller, called = town.open(town.member(room)), town.member(room, name="nick")
    town.open(called).ask("account.rename", name=f"{called.name}.new")
    for name in (called.name, f"{called.name}.new"):
        seq = caller.post(room, f"@{name}!")["seq"]
        (message,) = caller.ask("room.history", room=room, after=seq - 1, limit=1)["messages"]
        assert message["mentions"] == [called.id]


def test_names_change_three_times_a_month(town: Town) -> None:
    session = signed_up(town, "nils")
    for number in range(3):
        session.ask("account.rename", name=f"nils-{number}", password=PASSWORD)
    refused = session.refusal("account.rename", name="nils-4", password=PASSWORD)
    assert refused["code"] == "rate_limited"
    assert refused["data"]["retry_after"] > 29 * 86400


@pytest.mark.parametrize(("name", "lookalike"), [("coco", "сосо"), ("ernie", "emie"), ("Noel0", "NoeIO")])
def test_a_name_that_looks_like_anothers_is_taken(town: Town, name: str, lookalike: str) -> None:
    signed_up(town, name)
    visitor = town.dial()
    assert visitor.refusal("account.sign_up", name=lookalike, password=PASSWORD)["code"] == "conflict"
    other = town.open(town.account())
    assert other.refusal("account.rename", name=lookalike)["code"] == "conflict"


@pytest.mark.parametrize("name", ["here", "Room", "everyone", "SYSTEM", "r00m", "ѕуѕтем"])
def test_a_name_that_means_something_is_nobodys(town: Town, name: str) -> None:
    client = town.open(town.account())
    refused = [
        town.dial().refusal("account.sign_up", name=name, password=PASSWORD),
        town.operator.refusal("account.create", name=name),
        client.refusal("account.rename", name=name),
        client.refusal("bot.create", name=name, scopes=["read"]),
    ]
    assert [refusal["code"] for refusal in refused] == ["invalid"] * 4
    assert all("reserved" in refusal["message"] for refusal in refused)


def test_a_name_of_two_alphabets_is_refused(town: Town) -> None:
    visitor = town.dial()
    refused = visitor.refusal("account.sign_up", name="аdmin", password=PASSWORD)
    assert refused["code"] == "invalid"
    assert "alphabet" in refused["message"]


def test_one_of_two_who_want_names_that_look_alike_gets_it(town: Town) -> None:
    visitors = [town.dial() for _ in range(4)]
    names = ("paул", "раuл", "waldo", "wald0")
    asked = [
        visitor.send("account.sign_up", name=name, password=PASSWORD)
        for visitor, name in zip(visitors, names, strict=True)
    ]
    replies = [visitor.reply(id_) for visitor, id_ in zip(visitors, asked, strict=True)]
    assert [reply["error"]["code"] for reply in replies[:2]] == ["invalid", "invalid"]
    assert sorted("result" in reply for reply in replies[2:]) == [False, True]
    town.assert_sound()
