"""Invites: as good as whoever made them, and it is known whom each let in."""

from __future__ import annotations

from contextlib import closing

import pytest

from .talking import Client, Frame
from .town import Town

PASSWORD = "a lantern over seven still ponds"


def wrong_code(client: Client) -> Frame:
    return client.refusal("invite.accept", code="0" * 64)


@pytest.mark.parametrize(
    "fate", ["demoted", "kicked", "banned", "left", "disabled", "deleted", "used", "revoked", "locked"]
)
def test_an_invite_counts_only_while_its_maker_could_still_make_it(town: Town, fate: str) -> None:
    account = town.moderator()
    uses = 1 if fate == "used" else None
    code = town.open(account).ask("invite.create", space=town.space, max_uses=uses)["invite"]["code"]
    with closing(town.dial()) as stranger:
        assert stranger.ask("invite.check", code=code) == {"usable": True}
    early, late = town.open(town.account()), town.open(town.account())
    assert early.ask("invite.accept", code=code)["space"]["id"] == town.space
    whom = {"space": town.space, "account": account.id}
    match fate:
        case "demoted":
            town.operator.ask("member.set_role", **whom, role="member")
        case "kicked":
            town.operator.ask("member.kick", **whom)
        case "banned":
            town.operator.ask("member.ban", **whom)
        case "left":
            town.open(account).ask("space.leave", space=town.space)
        case "disabled":
            town.operator.ask("account.disable", account=account.id)
        case "deleted":
            town.operator.ask("account.erase", account=account.id)
        case "revoked":
            town.operator.ask("invite.revoke", code=code)
        case "locked":
            town.operator.ask("space.lock", space=town.space)
    assert late.refusal("invite.accept", code=code) == wrong_code(late)
    with closing(town.dial()) as stranger:
        data = {"name": f"newcomer-{fate}", "password": PASSWORD}
        refused = stranger.refusal("account.sign_up", **data, invite=code)
        assert refused == stranger.refusal("account.sign_up", **data, invite="0" * 64)
        for ended in (code, "0" * 64):
            assert stranger.ask("invite.check", code=ended) == {"usable": False}
    assert early.ask("invite.accept", code=code)["space"]["id"] == town.space  # who is in, is in


def test_an_invite_of_a_demoted_maker_gives_no_higher_role_than_theirs_and_counts_again_with_it(
    town: Town,
) -> None:
    account = town.moderator(role="admin")
    maker, guest = town.open(account), town.open(town.account())
    high, low = (
        maker.ask("invite.create", space=town.space, role=role)["invite"]["code"]
        for role in ("moderator", "member")
    )
    whom = {"space": town.space, "account": account.id}
    town.operator.ask("member.set_role", **whom, role="moderator")
    assert guest.refusal("invite.accept", code=high) == wrong_code(guest)
    town.open(town.account()).ask("invite.accept", code=low)
    town.operator.ask("member.set_role", **whom, role="admin")
    assert guest.ask("invite.accept", code=high)["space"]["id"] == town.space


def test_no_invite_gives_a_role_that_its_maker_may_not_give(town: Town) -> None:
    judge, admin = town.open(town.moderator()), town.open(town.moderator(role="admin"))
    for maker, role in ((judge, "moderator"), (judge, "admin"), (admin, "admin")):
        refused = maker.refusal("invite.create", space=town.space, role=role)
        assert (refused["code"], "member.set_role" in refused["message"]) == ("forbidden", True)
    for maker, role in ((judge, "guest"), (judge, "member"), (admin, "moderator")):
        code = maker.ask("invite.create", space=town.space, role=role)["invite"]["code"]
        newcomer = town.open(town.account())
        newcomer.ask("invite.accept", code=code)
        assert newcomer.ask("space.get", space=town.space)["space"]["role"] == role


def test_who_was_made_a_guest_stays_one_after_leaving_and_coming_back(town: Town) -> None:
    account = town.member()
    town.operator.ask("member.set_role", space=town.space, account=account.id, role="guest")
    client = town.open(account)
    client.ask("space.leave", space=town.space)
    client.ask("invite.accept", code=town.code)
    assert client.ask("space.get", space=town.space)["space"]["role"] == "guest"


def test_an_invite_of_a_bot_counts_while_its_owner_is_not_shut_out(town: Town) -> None:
    account = town.moderator()
    made = town.open(account).ask("bot.create", name=f"porter-{account.name}", scopes=["join", "manage"])
    bot = town.dial().open(made["token"])
    bot.ask("invite.accept", code=town.code)
    town.operator.ask("member.set_role", space=town.space, account=made["account"]["id"], role="moderator")
    code = bot.ask("invite.create", space=town.space)["invite"]["code"]
    town.open(town.account()).ask("invite.accept", code=code)
    town.operator.ask("account.disable", account=account.id)
    late = town.open(town.account())
    assert late.refusal("invite.accept", code=code) == wrong_code(late)
    town.operator.ask("account.enable", account=account.id)
    late.ask("invite.accept", code=code)


def test_the_list_of_invites_says_whom_each_let_in_the_newest_first(town: Town) -> None:
    owner = town.open(town.owner)
    first, second = (owner.ask("invite.create", space=town.space)["invite"] for _ in range(2))
    people = [town.account() for _ in range(3)]
    for account, invite in zip(people, (first, first, second), strict=True):
        town.open(account).ask("invite.accept", code=invite["code"])
    listed = {row["id"]: row for row in owner.ask("invite.list", space=town.space)["invites"]}
    joined = [row["account"] for row in listed[first["id"]]["joined"]]
    assert joined == [people[1].id, people[0].id]
    times = [row["at"] for row in listed[first["id"]]["joined"]]
    assert times == sorted(times, reverse=True)
    assert [row["account"] for row in listed[second["id"]]["joined"]] == [people[2].id]
    assert listed[first["id"]]["by"] == town.owner.id
