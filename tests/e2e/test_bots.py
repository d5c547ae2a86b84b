"""Bots: accounts of somebody's own, that may what their scopes say, and never more than their owner now."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from websockets.exceptions import ConnectionClosed

from chatd.contract.requests import REQUESTS

from .talking import Client, Refused
from .town import Account, Town

ALL = ["join", "manage", "moderate", "post", "react", "read"]


@attrs.frozen
class Pair:
    """A member of the town and its bot, both in a room."""

    owner: Account
    master: Client
    bot: Account
    client: Client
    room: str


def refusal(client: Client, name: str, /, **data: Any) -> str:
    with pytest.raises(Refused) as refused:
        client.ask(name, **data)
    return refused.value.code


def make_bot(master: Client, name: str, scopes: list[str] | None = None) -> Account:
    made = master.ask("bot.create", name=name, scopes=ALL if scopes is None else scopes)
    return Account(made["account"]["id"], name, made["token"])


def closed_with(client: Client) -> int:
    """The code with which the server ends the connection."""
    with pytest.raises(ConnectionClosed) as closed:
        client.wait(lambda: False, "the end")
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def pair(town: Town, name: str, scopes: list[str] | None = None) -> Pair:
    room = town.room()
    owner = town.member(room, name="master")
    master = town.open(owner)
    bot = make_bot(master, name)
    client = town.open(bot)
    client.ask("invite.accept", code=town.code)
    client.ask("room.join", room=room)
    if scopes is not None:
        master.ask("bot.update", account=bot.id, scopes=scopes)
        closed_with(client)
        client = town.open(bot)
    return Pair(owner, master, bot, client, room)


# --- made, listed, taken back ------------------------------------------------------------------------------


def test_a_bot_is_an_account_with_an_owner(town: Town) -> None:
    owner = town.member(name="master")
    master = town.open(owner)
    made = master.ask("bot.create", name="rex", display_name="Rex", scopes=["read", "post", "read"])
    account = made["account"]
    assert (account["bot"], account["owner"], account["name"]) == (True, owner.id, "rex")
    listed = {"account": account["id"], "name": "rex", "display_name": "Rex", "scopes": ["post", "read"]}
    listed["created_at"] = account["created_at"]
    assert master.ask("bot.list") == {"bots": [listed]}
    created = master.wait_event("bot.created", bot=account["id"])
    assert created["data"] == {"bot": account["id"], "scopes": ["post", "read"]}
    opened = town.open(Account(account["id"], "rex", made["token"])).opened
    assert opened["account"] == account
    assert not master.opened["account"]["bot"]
    assert refusal(master, "bot.create", name="rex", scopes=[]) == "conflict"
    assert refusal(master, "bot.create", name="max", scopes=["everything"]) == "invalid"


def test_members_see_who_is_a_bot(town: Town) -> None:
    two = pair(town, "visible")
    rows = two.master.ask("room.members", room=two.room)["members"]
    assert {row["account"]: row["bot"] for row in rows}[two.bot.id] is True
    assert {row["account"]: row["bot"] for row in rows}[two.owner.id] is False


def test_a_new_token_ends_the_one_before(town: Town) -> None:
    two = pair(town, "renewed")
    token = two.master.ask("bot.token", account=two.bot.id)["token"]
    assert closed_with(two.client) == 4002
    with pytest.raises(Refused) as refused:
        town.open(two.bot)
    assert refused.value.code == "unauthenticated"
    town.open(attrs.evolve(two.bot, token=token)).post(two.room, "here again")


def test_a_deleted_bot_is_gone_and_what_it_wrote_stays(town: Town) -> None:
    two = pair(town, "leaver")
    seq = two.client.post(two.room, "remember me")["seq"]
    two.master.ask("bot.delete", account=two.bot.id)
    assert closed_with(two.client) == 4002
    two.master.wait_event("member.left", account=two.bot.id)
    assert two.master.ask("bot.list") == {"bots": []}
    message = two.master.ask("message.get", room=two.room, seq=seq)["message"]
    assert (message["by"], message["text"]) == (two.bot.id, "remember me")
    with pytest.raises(Refused) as refused:
        town.open(two.bot)
    assert refused.value.code == "unauthenticated"


def test_a_bot_is_nobodys_but_its_owners(town: Town) -> None:
    two, other = pair(town, "loyal"), town.open(town.member())
    for name, data in (("bot.update", {"scopes": []}), ("bot.token", {}), ("bot.delete", {})):
        assert refusal(other, name, account=two.bot.id, **data) == "not_found"
    assert other.ask("bot.list") == {"bots": []}


def test_an_operator_makes_bots_for_others(town: Town) -> None:
    owner = town.member(name="master")
    made = town.operator.ask("bot.create", name="given", scopes=["read"], owner=owner.id)["account"]
    assert made["owner"] == owner.id
    assert town.operator.ask("bot.list", owner=owner.id) == town.open(owner).ask("bot.list")
    assert refusal(town.operator, "bot.create", name="nobodys", scopes=[]) == "invalid"
    assert refusal(town.open(town.member()), "bot.list", owner=owner.id) == "forbidden"
    town.operator.ask("bot.delete", account=made["id"])
    assert town.operator.ask("bot.list", owner=owner.id) == {"bots": []}


# --- scopes ------------------------------------------------------------------------------------------------


def test_a_bot_asks_only_what_its_scopes_cover(town: Town) -> None:
    two = pair(town, "reader", ["read"])
    two.client.ask("room.history", room=two.room)
    assert refusal(two.client, "message.post", room=two.room, text="may I?") == "forbidden"
    two.master.ask("bot.update", account=two.bot.id, scopes=["read", "post"])
    assert closed_with(two.client) == 1001
    again = town.open(two.bot)
    again.post(two.room, "I may")
    assert refusal(again, "reaction.add", room=two.room, seq=1, emoji="👍") == "forbidden"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bot.create", {"name": "child", "scopes": []}),
        ("bot.list", {}),
        ("account.change_password", {"old": "x", "new": "a right horse with a battery"}),
        ("account.delete", {"password": "x"}),
        ("account.export", {}),
        ("space.create", {"name": "Mine"}),
        ("account.list", {}),
    ],
)
def test_some_things_are_for_no_bot(town: Town, name: str, data: dict[str, Any]) -> None:
    client = pair(town, f"n{name.replace('.', '')}").client
    assert refusal(client, name, **data) == "forbidden"


def test_a_bot_does_not_sign_in_with_a_password(town: Town) -> None:
    two = pair(town, "unwitting")
    password = "a right horse with a battery"
    assert refusal(town.operator, "account.set_password", account=two.bot.id, password=password) == "conflict"
    assert refusal(town.operator, "account.recovery_link", account=two.bot.id) == "conflict"
    assert refusal(town.dial(), "account.sign_in", name="unwitting", password=password) == "unauthenticated"


def test_what_is_an_operators_or_about_accounts_is_for_no_bot() -> None:
    for row in REQUESTS.values():
        if row.asker == "operator" or row.noun in ("account", "bot", "server", "identity"):
            allowed = {"account.update": "manage", "account.sign_out": "always"}
            assert row.scope == allowed.get(row.name, "never")


# --- never more than its owner -----------------------------------------------------------------------------


def test_a_bot_enters_no_space_and_room_before_its_owner(town: Town) -> None:
    master = town.open(town.account("outsider"))
    bot = make_bot(master, "eager")
    client = town.open(bot)
    assert refusal(client, "invite.accept", code=town.code) == "forbidden"
    master.ask("invite.accept", code=town.code)
    client.ask("invite.accept", code=town.code)
    room = town.room()
    assert refusal(client, "room.join", room=room) == "forbidden"
    owner = town.open(town.owner)
    assert refusal(owner, "room.invite", room=room, account=bot.id) == "forbidden"
    master.ask("room.join", room=room)
    client.ask("room.join", room=room)
    client.post(room, "with permission")


@pytest.mark.parametrize("how", ["leaves", "is kicked", "is banned"])
def test_a_bots_access_ends_with_its_owners(town: Town, how: str) -> None:
    two = pair(town, f"shadow{how.split()[-1]}")
    owner = town.open(town.owner)
    if how == "leaves":
        two.master.ask("space.leave", space=town.space)
    else:
        command = {"is kicked": "member.kick", "is banned": "member.ban"}[how]
        owner.ask(command, space=town.space, account=two.owner.id)
    owner.ask("room.join", room=two.room)
    owner.post(two.room, "not for the bot")
    two.client.catch_up()
    assert "not for the bot" not in [event["data"].get("text") for event in two.client.events]
    assert refusal(two.client, "room.history", room=two.room) == "not_found"
    assert refusal(two.client, "message.post", room=two.room, text="still here?") == "not_found"
    assert refusal(two.client, "space.get", space=town.space) == "not_found"


def test_a_bot_leaves_a_room_with_its_owner(town: Town) -> None:
    two = pair(town, "roommate")
    owner = town.open(town.owner)
    owner.ask("room.join", room=two.room)
    two.master.ask("room.leave", room=two.room)
    owner.wait_event("member.left", account=two.bot.id)
    owner.post(two.room, "they are gone")
    two.client.catch_up()
    assert "they are gone" not in [event["data"].get("text") for event in two.client.events]


def test_a_bots_role_is_never_higher_than_its_owners(town: Town) -> None:
    two = pair(town, "climber")
    owner = town.open(town.owner)
    other = town.member(two.room)
    seq = town.open(other).post(two.room, "delete me if you can")["seq"]
    owner.ask("member.set_role", space=town.space, account=two.bot.id, role="moderator")
    assert refusal(two.client, "message.delete", room=two.room, seq=seq) == "forbidden"
    assert refusal(two.client, "member.kick", space=town.space, account=other.id) == "forbidden"
    owner.ask("member.set_role", space=town.space, account=two.owner.id, role="moderator")
    two.client.ask("message.delete", room=two.room, seq=seq)
    owner.ask("member.set_role", space=town.space, account=two.owner.id, role="guest")
    assert refusal(two.client, "member.kick", space=town.space, account=other.id) == "forbidden"
    assert (
        refusal(owner, "member.set_role", space=town.space, account=two.bot.id, role="owner") == "forbidden"
    )


def test_a_bot_is_told_the_role_that_counts_wherever_it_is_told_one(town: Town) -> None:
    both, owner = pair(town, "clerk"), town.open(town.owner)
    space = town.space
    for who, role in ((both.bot, "admin"), (both.owner, "guest")):
        owner.ask("member.set_role", space=space, account=who.id, role=role)
    assert both.client.ask("space.get", space=space)["space"]["role"] == "guest"
    assert [one["role"] for one in both.client.ask("space.list")["spaces"]] == ["guest"]
    opened = town.open(both.bot).opened
    assert [one["role"] for one in (*opened["spaces"], *opened["rooms"])] == ["guest", "guest"]
    owner.ask("member.set_role", space=space, account=both.owner.id, role="owner")
    opened = town.open(both.bot).opened
    assert [one["role"] for one in (*opened["spaces"], *opened["rooms"])] == ["admin", "admin"]


def test_who_sees_a_room_names_bots_of_guests_only_where_they_are_in(town: Town) -> None:
    two = pair(town, "lurker")
    other = town.room("Elsewhere")
    owner = town.open(town.owner)

    def seers(room: str) -> dict[str, str]:
        return {row["account"]: row["role"] for row in owner.ask("access.list", room=room)["accounts"]}

    assert seers(other)[two.bot.id] == "member"
    owner.ask("member.set_role", space=town.space, account=two.owner.id, role="guest")
    assert refusal(two.client, "room.get", room=other) == "not_found"
    assert two.bot.id not in seers(other)
    assert seers(two.room)[two.bot.id] == "guest"


def test_a_bot_is_silent_while_its_owner_is_muted(town: Town) -> None:
    two = pair(town, "echo")
    owner = town.open(town.owner)
    owner.ask("member.mute", space=town.space, account=two.owner.id)
    assert refusal(two.client, "message.post", room=two.room, text="for my master") == "forbidden"
    owner.ask("member.unmute", space=town.space, account=two.owner.id)
    two.client.post(two.room, "free again")


def test_a_bot_talks_alone_with_nobody_but_its_owner(town: Town) -> None:
    two = pair(town, "private")
    other = town.open(town.member(two.room))
    assert refusal(other, "direct.open", accounts=[two.bot.id]) == "forbidden"
    direct = two.master.ask("direct.open", accounts=[two.bot.id])["room"]["id"]
    two.client.post(direct, "yes?")


def test_disabling_an_owner_ends_the_bots_sessions(town: Town) -> None:
    two = pair(town, "orphan")
    town.operator.ask("account.disable", account=two.owner.id)
    assert closed_with(two.client) == 4002
    with pytest.raises(Refused) as refused:
        town.open(two.bot)
    assert refused.value.code == "forbidden"
    town.operator.ask("account.enable", account=two.owner.id)
    town.open(two.bot).post(two.room, "back")


def test_deleting_an_owner_deletes_the_bots(town: Town) -> None:
    two = pair(town, "heirless")
    seq = two.client.post(two.room, "who will feed me?")["seq"]
    done = town.operator.ask("account.erase", account=two.owner.id)
    assert done["done"]
    assert done["erased"]["bots"] == 1
    assert closed_with(two.client) == 4002
    shown = {row["id"]: row for row in town.operator.ask("account.list", limit=500)["accounts"]}
    assert all(shown[account.id]["deleted"] for account in (two.bot, two.owner))
    message = town.operator.ask("message.get", room=two.room, seq=seq)["message"]
    assert message["deleted"]
    town.assert_sound()
