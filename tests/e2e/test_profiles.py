"""People see the names of those they meet, and of nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chatd.contract.profile import MAX_PROFILES

from .serving import Server
from .talking import Client
from .town import Account, Town, absent_id


@pytest.fixture(scope="module")
def town(server: Server) -> Iterator[Town]:
    town = Town(server)
    yield town
    town.close()


def seen(client: Client, *accounts: Account) -> list[str]:
    found = client.ask("profile.list", accounts=[account.id for account in accounts])["profiles"]
    names = {account.id: account.name for account in accounts}
    assert all(profile["name"] == names[profile["account"]] for profile in found)
    return [profile["account"] for profile in found]


def test_members_of_a_space_see_each_other_and_themselves_once(town: Town) -> None:
    ann, ben, stranger = town.member(), town.member(), town.account()
    assert seen(town.open(ann), ben, ann, ben, stranger) == sorted([ann.id, ben.id])
    assert seen(town.open(stranger), ann, ben, stranger) == [stranger.id]
    assert seen(town.operator, ann, stranger) == sorted([ann.id, stranger.id])


def test_a_profile_shows_what_its_account_says_of_itself(town: Town) -> None:
    ann, ben = town.member(), town.member()
    said = {"display_name": "Ann A.", "about": "Gardens.", "avatar": "https://example.org/ann.png"}
    town.open(ann).ask("account.update", **said)
    (profile,) = town.open(ben).ask("profile.list", accounts=[ann.id])["profiles"]
    assert profile == {
        "account": ann.id,
        "name": ann.name,
        **said,
        "bot": False,
        "disabled": False,
        "deleted": False,
    }


def test_who_wrote_in_a_room_and_left_keeps_a_name_there(town: Town) -> None:
    room = town.room("Porch")
    ann, ben = town.member(room), town.member(room)
    outside = town.member()
    leaver = town.open(ann)
    leaver.post(room, "bye")
    leaver.ask("space.leave", space=town.space)
    assert seen(town.open(ben), ann) == [ann.id]
    assert seen(town.open(outside), ann) == []


def test_an_id_of_nobody_is_left_out_and_none_or_too_many_are_refused(town: Town) -> None:
    ann = town.open(town.member())
    assert ann.ask("profile.list", accounts=[absent_id()]) == {"profiles": []}
    for number in (0, MAX_PROFILES + 1):
        refusal = ann.refusal("profile.list", accounts=[absent_id() for _ in range(number)])
        assert refusal["code"] == "invalid"
