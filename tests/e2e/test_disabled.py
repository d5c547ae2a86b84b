"""Members see who is disabled: a flag in every list, told as it changes, and nobody offers or mentions them.

To those who share a space or direct room with the account, at once and on resume, both ways; of bots with
their owner; and after a crash between the account's own event and what its places say.
"""

from __future__ import annotations

import pytest

from .conftest import Serve
from .talking import Client, Frame
from .town import Account, Town


def member_flags(client: Client, account: str, **place: str) -> list[bool]:
    kind = "space" if "space" in place else "room"
    members = client.ask(f"{kind}.members", **place)["members"]
    return [one["disabled"] for one in members if one["account"] == account]


def direct_flags(client: Client, room: str) -> list[list[str]]:
    listed = [one for one in client.ask("direct.list")["rooms"] if one["id"] == room]
    again = client.ask("direct.open", accounts=listed[0]["accounts"])["room"]
    return [listed[0]["disabled"], client.ask("room.get", room=room)["room"]["disabled"], again["disabled"]]


def told(client: Client, account: str) -> list[tuple[str, str]]:
    client.catch_up()
    kinds = ("member.disabled", "member.enabled")
    return [
        (event["event"].removeprefix("member."), event["stream"].partition("/")[0])
        for event in client.events
        if event["event"] in kinds and event["data"].get("account") == account
    ]


def test_lists_and_events_say_who_is_disabled_and_who_is_no_longer(town: Town) -> None:
    room, away = town.room(), town.member(name="away")
    ann, bob = town.open(town.owner), town.open(other := town.member(room, name="bob"))
    ann.ask("room.invite", room=room, account=away.id)
    direct = bob.ask("direct.open", accounts=[away.id])["room"]["id"]
    bob.post(direct, "hello")
    town.open(away).close()
    for disabled, verb in ((True, "disable"), (False, "enable"), (True, "disable")):
        town.operator.ask(f"account.{verb}", account=away.id)
        for place in ({"space": town.space}, {"room": room}):
            assert member_flags(ann, away.id, **place) == [disabled]
            assert member_flags(ann, other.id, **place) == [False]
        assert member_flags(bob, away.id, room=direct) == [disabled]
        assert direct_flags(bob, direct) == 3 * [[away.id] if disabled else []]
        opened = town.open(other).opened["rooms"]
        assert [one["disabled"] for one in opened if one["id"] == direct] == [[away.id] if disabled else []]
        seen = ann.ask("access.list", room=room)["accounts"]
        assert [one["disabled"] for one in seen if one["account"] == away.id] == [disabled]
    changes = ["disabled", "enabled", "disabled"]
    assert told(ann, away.id) == [(change, "space") for change in changes]
    assert sorted(told(bob, away.id)) == sorted(
        (change, kind) for change in changes for kind in ("room", "space")
    )
    town.assert_sound()


def test_resume_brings_what_changed_meanwhile(town: Town) -> None:
    away, bob = town.member(name="away"), town.member(name="bob")
    client = town.open(bob)
    client.catch_up()
    client.close()
    town.operator.ask("account.disable", account=away.id)
    back = town.resume(bob, client)
    assert told(back, away.id) == [("disabled", "space")]
    back.close()
    town.operator.ask("account.enable", account=away.id)
    assert told(town.resume(bob, back), away.id) == [("enabled", "space")]


def test_repeating_it_tells_nothing_new_and_who_is_elsewhere_hears_nothing(town: Town) -> None:
    away, bob, stranger = town.member(name="away"), town.open(town.member()), town.open(town.account())
    for verb in ("disable", "disable", "enable", "enable"):
        town.operator.ask(f"account.{verb}", account=away.id)
    assert told(bob, away.id) == [("disabled", "space"), ("enabled", "space")]
    stranger.catch_up()
    assert away.id not in repr(stranger.events)


def test_the_bots_of_who_is_disabled_are_disabled_with_them(town: Town) -> None:
    room = town.room()
    owner, ann = town.member(room, name="owner"), town.open(town.owner)
    made = town.open(owner).ask("bot.create", name=f"b{owner.name}", scopes=["join"])
    bot = town.dial().open(made["token"])
    bot.ask("invite.accept", code=town.code)
    town.operator.ask("account.disable", account=owner.id)
    assert member_flags(ann, made["account"]["id"], space=town.space) == [True]
    town.operator.ask("account.enable", account=owner.id)
    assert member_flags(ann, made["account"]["id"], space=town.space) == [False]
    assert told(ann, made["account"]["id"]) == [("disabled", "space"), ("enabled", "space")]


def clear(refusal: Frame) -> bool:
    return refusal["code"] == "conflict" and "disabled" in refusal["message"]


def test_nobody_invites_or_writes_to_who_is_disabled(town: Town) -> None:
    room, away, ann = town.room(private=True), town.member(name="away"), town.open(town.owner)
    old = town.open(town.owner).ask("direct.open", accounts=[away.id])["room"]["id"]
    town.operator.ask("account.disable", account=away.id)
    for asker in (ann, town.operator):
        assert clear(asker.refusal("room.invite", room=room, account=away.id))
    bob = town.open(town.member(name="bob"))
    assert clear(bob.refusal("direct.open", accounts=[away.id]))
    assert clear(bob.refusal("direct.open", accounts=[away.id, town.owner.id]))
    assert ann.ask("direct.open", accounts=[away.id])["room"]["id"] == old  # what there is stays open
    stranger = town.open(town.account())
    assert stranger.refusal("direct.open", accounts=[away.id])["code"] == "not_found"
    town.operator.ask("account.enable", account=away.id)
    bob.ask("direct.open", accounts=[away.id])
    ann.ask("room.invite", room=room, account=away.id)


@pytest.mark.parametrize("place", ["room", "direct"])
def test_a_mention_of_who_is_disabled_notifies_nobody(town: Town, place: str) -> None:
    ann, away = town.open(town.owner), town.member(name="away")
    room = town.room(private=True)
    if place == "direct":
        room = ann.ask("direct.open", accounts=[away.id])["room"]["id"]
        ann.post(room, "hello")
    else:
        ann.ask("room.invite", room=room, account=away.id)
    town.operator.ask("account.disable", account=away.id)
    seq = ann.post(room, f"@{away.name} are you there?")["seq"]
    ann.ask("message.edit", room=room, seq=seq, text=f"@{away.name} are you still there?")
    assert mentions(ann, room, seq) == []
    town.operator.ask("account.enable", account=away.id)
    back = town.open(again(town, away))
    assert [one["mentions"] for one in back.ask("unread.list")["rooms"] if one["room"] == room] == [0]
    kinds = [one["kind"] for one in back.ask("notification.list")["notifications"]]
    assert "mention" not in kinds
    seq = ann.post(room, f"@{away.name} welcome back")["seq"]
    assert mentions(ann, room, seq) == [away.id]


def mentions(client: Client, room: str, seq: int) -> list[str]:
    found: list[str] = client.ask("message.get", room=room, seq=seq)["message"]["mentions"]
    return found


def again(town: Town, account: Account) -> Account:
    """With a new token: the old ones ended with the account's devices."""
    token = town.operator.ask("account.token", account=account.id)["token"]
    return Account(account.id, account.name, token)


def test_who_comes_into_a_direct_room_while_disabled_is_marked_there(town: Town) -> None:
    away, bob = town.member(name="away"), town.open(town.member(name="bob"))
    direct = bob.ask("direct.open", accounts=[away.id])["room"]["id"]
    town.operator.ask("account.disable", account=away.id)
    bob.post(direct, "hello")
    bob.wait_event("member.disabled", f"room/{direct}", account=away.id)
    assert member_flags(bob, away.id, room=direct) == [True]


def test_a_deletion_is_told_as_a_leaving_and_nothing_else(town: Town) -> None:
    away, bob = town.member(name="away"), town.open(town.member(name="bob"))
    town.operator.ask("account.erase", account=away.id)
    bob.wait_event("member.left", account=away.id)
    assert told(bob, away.id) == []


def test_what_a_crash_kept_from_the_places_is_told_after_the_next_start(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    accounts, bob = [town.member(name="away") for _ in range(8)], town.member(name="bob")
    client = town.open(bob)
    client.catch_up()
    for account in accounts:
        town.operator.send("account.disable", account=account.id)
    client.wait_event("member.disabled")
    server.kill()
    server.start()
    town.reconnect()
    shut = {one["id"] for one in town.operator.ask("account.list", limit=500)["accounts"] if one["disabled"]}
    back = town.open(bob, client.cursor)
    for account_id in shut - {event["data"].get("account") for event in client.events}:
        back.wait_event("member.disabled", account=account_id)
    for account in accounts:
        assert member_flags(back, account.id, space=town.space) == [account.id in shut]
    town.assert_sound()
    town.close()
