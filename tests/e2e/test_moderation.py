"""Order, as those see it who keep it, those who are shown the door, and those who must not notice."""

from __future__ import annotations

import pytest

from .talking import Client
from .town import Town, absent_id

HOUR = 3600


def heard(client: Client, room: str) -> list[str]:
    return [event["data"]["text"] for event in client.posted(room)]


# --- being shown the door ---


@pytest.mark.parametrize("verb", ["kick", "ban"])
def test_who_is_shown_the_door_hears_nothing_more_and_sees_nothing_more(town: Town, verb: str) -> None:
    room, private = town.room(), town.room(private=True)
    owner, bob = town.open(town.owner), town.open(account := town.member(room))
    owner.ask("room.invite", room=private, account=account.id)
    owner.post(private, "before")
    bob.wait_event("message.posted", text="before")
    owner.ask(f"member.{verb}", space=town.space, account=account.id, reason="spam")
    owner.post(room, "after")
    owner.post(private, "after")
    event = bob.wait_event(f"member.{verb}{'ned' if verb == 'ban' else 'ed'}")
    assert event["data"]["reason"] == "spam"
    bob.catch_up()
    assert heard(bob, room) + heard(bob, private) == ["before"]
    for name, data in (
        ("room.history", {"room": room}),
        ("room.get", {"room": private}),
        ("message.post", {"room": room, "text": "x"}),
        ("space.get", {"space": town.space}),
        ("receipt.list", {"room": private, "seq": 3}),
        ("read.mark", {"room": room, "seq": 1}),
        ("typing.set", {"room": room}),
    ):
        assert bob.refusal(name, **data)["code"] == "not_found", name
    assert bob.ask("message.search", text="before")["hits"] == []
    assert bob.ask("unread.list") == {"rooms": [], "next": None}
    again = town.resume(account, bob)
    again.catch_up()
    assert heard(again, room) + heard(again, private) == []
    assert [r["id"] for r in again.opened["rooms"]] == []


def test_who_was_kicked_comes_back_by_an_invite_but_into_no_room(town: Town) -> None:
    room, private = town.room(), town.room(private=True)
    owner, bob = town.open(town.owner), town.open(account := town.member(room))
    owner.ask("room.invite", room=private, account=account.id)
    owner.ask("member.kick", space=town.space, account=account.id)
    bob.ask("invite.accept", code=town.code)
    assert bob.refusal("room.history", room=private)["code"] == "not_found"
    assert bob.refusal("message.post", room=room, text="x")["code"] == "forbidden"
    owner.post(private, "secret")
    owner.post(room, "public")
    bob.ask("room.join", room=room)
    owner.post(room, "now")
    bob.wait_event("message.posted", text="now")
    assert heard(bob, room) == ["now"]
    assert heard(bob, private) == []
    assert [row["account"] for row in owner.ask("room.members", room=private)["members"]] == [town.owner.id]
    town.server.kill()
    town.close()
    town.server.start()
    town.reconnect()
    bob = town.open(account)
    assert bob.refusal("room.history", room=private)["code"] == "not_found"
    bob.post(room, "still here")


def test_a_ban_keeps_out_until_it_ends_or_is_ended(town: Town) -> None:
    owner, bob = town.open(town.owner), town.open(account := town.member())
    owner.ask("member.ban", space=town.space, account=account.id, **{"for": HOUR})
    refusal = bob.refusal("invite.accept", code=town.code)
    assert refusal == bob.refusal("invite.accept", code="no-such-code")
    (ban,) = owner.ask("ban.list", space=town.space)["bans"]
    assert ban["account"] == account.id
    assert ban["until"] is not None
    owner.ask("member.unban", space=town.space, account=account.id)
    assert owner.ask("ban.list", space=town.space)["bans"] == []
    bob.ask("invite.accept", code=town.code)


def test_a_post_never_goes_through_after_the_ban_was_acknowledged(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(account := town.member(room))
    asked = [bob.send("message.post", room=room, text=f"{n}") for n in range(50)]
    position = owner.ask("member.ban", space=town.space, account=account.id)
    late = [bob.send("message.post", room=room, text=f"late {n}") for n in range(5)]
    assert position == {}
    for id_ in asked:
        reply = bob.reply(id_)
        assert "result" in reply or reply["error"]["code"] == "not_found"
    for id_ in late:
        assert bob.reply(id_)["error"]["code"] == "not_found"
    texts = [message["text"] for message in owner.ask("room.history", room=room, limit=500)["messages"]]
    assert not [text for text in texts if text.startswith("late")]


# --- who is kept out, and why ---


def test_bans_and_mutes_say_by_whom_since_when_and_why(town: Town) -> None:
    owner, one, other = town.open(town.owner), town.member(), town.member()
    owner.ask("member.ban", space=town.space, account=one.id, reason="first")
    town.operator.ask("member.ban", space=town.space, account=one.id, reason="second", **{"for": HOUR})
    owner.ask("member.mute", space=town.space, account=other.id)
    listed = owner.ask("ban.list", space=town.space)
    (ban,), (mute,) = listed["bans"], listed["mutes"]
    event = town.operator.ask("audit.list", space=town.space, type="member.banned", limit=1)["entries"][0]
    assert ban == {
        "account": one.id,
        "until": event["data"]["until"],
        "by": event["by"],
        "at": event["at"],
        "reason": "second",
    }
    assert ban["by"].startswith("operator:")
    assert (mute["account"], mute["by"], mute["reason"]) == (other.id, town.owner.id, None)


def test_only_an_account_that_there_is_can_be_banned(town: Town) -> None:
    owner, bob = town.open(town.owner), town.open(town.member())
    outsider, gone = town.account(), town.account()
    town.operator.ask("account.erase", account=gone.id)
    for nobody in (absent_id(), gone.id):
        refused = owner.refusal("member.ban", space=town.space, account=nobody)
        assert (refused["code"], refused["message"]) == ("not_found", "there is no such account")
        asked = {"account": nobody}
        assert bob.refusal("member.ban", space=town.space, **asked)["code"] == "forbidden"
        hidden = town.open(outsider).refusal("member.ban", space=town.space, **asked)
        assert hidden == town.open(outsider).refusal("member.ban", space=absent_id(), **asked)
    owner.ask("member.ban", space=town.space, account=outsider.id)
    assert [ban["account"] for ban in owner.ask("ban.list", space=town.space)["bans"]] == [outsider.id]


def test_nobody_sends_themselves_out_of_a_room(town: Town) -> None:
    room, private = town.room(), town.room(private=True)
    for client, id_ in (
        (town.open(town.owner), town.owner.id),
        (town.open(bob := town.member(room)), bob.id),
    ):
        refused = client.refusal("room.remove", room=room, account=id_)
        assert refused["code"] == "invalid"
        assert "room.leave" in refused["message"]
    assert town.open(bob).refusal("room.remove", room=private, account=bob.id)["code"] == "not_found"


# --- messages of others ---


def test_a_moderator_does_not_delete_what_an_owner_wrote(town: Town) -> None:
    room = town.room()
    owner, judge = town.open(town.owner), town.open(town.moderator(room))
    seq = owner.post(room, "the rules")["seq"]
    assert judge.refusal("message.delete", room=room, seq=seq)["code"] == "forbidden"


def test_a_moderator_does_not_delete_what_somebody_wrote_who_was_above_them_and_left(town: Town) -> None:
    room = town.room()
    admin = town.open(town.moderator(room, role="admin"))
    judge, owner = town.open(town.moderator(room)), town.open(town.owner)
    seq = admin.post(room, "the rules")["seq"]
    admin.ask("space.leave", space=town.space)
    asked = {"space": town.space, "account": admin.opened["account"]["id"]}
    assert judge.refusal("message.delete", room=room, seq=seq)["code"] == "forbidden"
    assert judge.refusal("member.ban", **asked)["code"] == "forbidden"
    owner.ask("member.ban", **asked)
    assert judge.refusal("member.unban", **asked)["code"] == "forbidden"
    owner.ask("message.delete", room=room, seq=seq)


# --- reasons ---


def test_a_message_is_deleted_with_a_reason(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(account := town.member(room))
    rude, own = (bob.post(room, text)["seq"] for text in ("rude", "a slip"))
    owner.ask("message.delete", room=room, seq=rude, reason="rude")
    assert bob.wait_event("message.deleted", seq=rude)["data"]["reason"] == "rude"
    bob.ask("message.delete", room=room, seq=own, reason="a slip")
    bob.ask("message.delete", room=room, seq=own, reason="anew")  # changes nothing
    entries = owner.ask("audit.list", space=town.space, account=account.id, type="message.deleted")["entries"]
    assert [entry["data"]["reason"] for entry in entries] == ["a slip", "rude"]
    for reason in ("", "x" * 501):
        assert owner.refusal("message.delete", room=room, seq=rude, reason=reason)["code"] == "invalid"


def test_a_room_is_changed_with_a_reason_that_is_no_part_of_it(town: Town) -> None:
    room = town.room()
    owner = town.open(town.owner)
    owner.ask("room.update", room=room, topic="fruit", slow_mode=60, reason="the harvest")
    owner.ask("room.update", room=room, reason="a reason alone")
    owner.ask("room.update", room=room, topic="fruit", reason="the same again")
    entries = owner.ask("audit.list", space=town.space, type="room.updated")["entries"]
    assert [entry["data"] for entry in entries] == [
        {"topic": "fruit", "slow_mode": 60, "reason": "the harvest"}
    ]
    assert "reason" not in owner.ask("room.get", room=room)["room"]
    assert owner.refusal("room.update", room=room, topic="x", reason="")["code"] == "invalid"


# --- spaces and rooms that end ---


def test_a_deleted_room_is_gone_for_everybody(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(account := town.member(room))
    owner.post(room, "x")
    owner.ask("room.delete", room=room)
    bob.wait_event("room.deleted")
    assert bob.refusal("room.history", room=room)["code"] == "not_found"
    assert owner.refusal("message.post", room=room, text="x")["code"] == "not_found"
    assert room not in [row["id"] for row in town.open(account).opened["rooms"]]
    assert bob.ask("message.search", text="x", space=town.space)["hits"] == []


def test_a_deleted_space_takes_its_rooms_with_it(town: Town) -> None:
    owner = town.open(town.owner)
    space = owner.ask("space.create", name="Short")["space"]["id"]
    room = owner.ask("room.create", space=space, name="r")["room"]["id"]
    owner.post(room, "x")
    owner.ask("space.delete", space=space)
    owner.wait_event("space.deleted")
    assert owner.refusal("room.history", room=room)["code"] == "not_found"
    assert owner.refusal("space.get", space=space)["code"] == "not_found"
    assert space not in [row["id"] for row in town.open(town.owner).opened["spaces"]]


def test_the_last_owner_does_not_leave(town: Town) -> None:
    owner = town.open(town.owner)
    assert owner.refusal("space.leave", space=town.space)["code"] == "conflict"
    heir = town.member()
    owner.ask("member.set_role", space=town.space, account=heir.id, role="owner")
    assert town.open(heir).opened["spaces"][0]["role"] == "owner"


def test_what_one_was_allowed_in_person_ends_with_the_stay(town: Town) -> None:
    news, account = town.room(kind="announcement"), town.member()
    owner, client = town.open(town.owner), town.open(account)
    override = {"right": "message.announce", "account": account.id, "allow": True}
    client.ask("room.join", room=news)
    owner.ask("room.override", room=news, **override)
    client.post(news, "x")
    client.ask("space.leave", space=town.space)
    client.ask("invite.accept", code=town.code)
    client.ask("room.join", room=news)
    assert client.refusal("message.post", room=news, text="x")["code"] == "forbidden"
