"""Order, as those see it who keep it, those who are shown the door, and those who must not notice."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from .talking import Client, Frame, Refused
from .town import Account, Town, absent_id

HOUR = 3600


def moderator(town: Town, *rooms: str, role: str = "moderator") -> Account:
    account = town.member(*rooms)
    town.operator.ask("member.set_role", space=town.space, account=account.id, role=role)
    return account


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
    assert bob.ask("unread.list") == {"rooms": []}
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


# --- being silent ---


def test_a_muted_member_reads_and_does_not_write(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(account := town.member(room))
    seq = owner.post(room, "hello")["seq"]
    owner.ask("member.mute", space=town.space, account=account.id, reason="enough", **{"for": HOUR})
    refusal = bob.refusal("message.post", room=room, text="but")
    assert refusal["code"] == "forbidden"
    assert "muted" in refusal["message"]
    typing = bob.refusal("typing.set", room=room)
    assert typing["code"] == "forbidden"
    assert typing["message"].startswith("you may not post in this room, so you are not typing in it: ")
    assert "muted" in typing["message"]
    assert bob.refusal("reaction.add", room=room, seq=seq, emoji="👍")["code"] == "forbidden"
    assert bob.ask("room.history", room=room)["messages"]
    owner.ask("member.unmute", space=town.space, account=account.id)
    bob.post(room, "thanks")


def test_slow_mode_says_when_to_try_again_and_does_not_bind_moderators(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(town.member(room))
    owner.ask("room.update", room=room, slow_mode=60)
    bob.post(room, "one")
    refusal = bob.refusal("message.post", room=room, text="two")
    assert refusal["code"] == "rate_limited"
    assert 50 < refusal["data"]["retry_after"] <= 60
    owner.post(room, "one")
    owner.post(room, "two")
    assert bob.ask("room.get", room=room)["room"]["slow_mode"] == 60


def test_a_locked_room_is_for_moderators_until_it_is_unlocked(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(town.member(room))
    owner.ask("room.lock", room=room, reason="calm down")
    assert bob.refusal("message.post", room=room, text="x")["code"] == "forbidden"
    owner.post(room, "x")
    owner.ask("room.unlock", room=room)
    bob.post(room, "x")


def test_the_lock_of_a_space_stops_invites_and_guests_and_slows_the_rest(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(town.member(room))
    guest = town.member()
    town.operator.ask("member.set_role", space=town.space, account=guest.id, role="guest")
    owner.ask("room.invite", room=room, account=guest.id)
    gus, eve = town.open(guest), town.open(town.account("eve"))
    owner.ask("space.lock", space=town.space, reason="raid")
    assert gus.refusal("message.post", room=room, text="x")["code"] == "forbidden"
    assert eve.refusal("invite.accept", code=town.code)["code"] == "not_found"
    assert owner.refusal("invite.create", space=town.space)["code"] == "forbidden"
    bob.post(room, "one")
    assert bob.refusal("message.post", room=room, text="two")["code"] == "rate_limited"
    owner.ask("space.unlock", space=town.space)
    bob.post(room, "two")
    gus.post(room, "x")
    eve.ask("invite.accept", code=town.code)


def test_overrides_allow_and_deny_and_say_before_whom_they_change(town: Town) -> None:
    room = town.room(kind="announcement")
    owner, bob = town.open(town.owner), town.open(account := town.member(room))
    assert bob.refusal("message.post", room=room, text="x")["code"] == "forbidden"
    what = {"room": room, "right": "message.announce", "account": account.id, "allow": True}
    assert owner.ask("room.override", **what, dry_run=True)["gains"] == [account.id]
    assert bob.refusal("message.post", room=room, text="x")["code"] == "forbidden"
    owner.ask("room.override", **what)
    bob.post(room, "x")
    owner.ask("room.override", **{**what, "allow": None})
    nobody = {**what, "account": town.account().id}
    assert owner.refusal("room.override", **nobody)["code"] == "not_found"
    assert bob.refusal("message.post", room=room, text="x")["code"] == "forbidden"


# --- messages of others ---


def test_a_moderator_erases_all_that_somebody_wrote(town: Town) -> None:
    rooms = [town.room(), town.room()]
    owner, bob = town.open(town.owner), town.open(account := town.member(*rooms))
    for room in rooms:
        owner.post(room, "kept")
        for n in range(3):
            bob.post(room, f"spam {n}")
    judge = town.open(moderator(town, *rooms))
    assert judge.ask("member.erase_messages", space=town.space, account=account.id)["erased"] == 6
    for room in rooms:
        messages = judge.ask("room.history", room=room)["messages"]
        assert [message["text"] for message in messages] == ["kept", None, None, None]


def test_a_moderator_does_not_delete_what_an_owner_wrote(town: Town) -> None:
    room = town.room()
    owner, judge = town.open(town.owner), town.open(moderator(town, room))
    seq = owner.post(room, "the rules")["seq"]
    assert judge.refusal("message.delete", room=room, seq=seq)["code"] == "forbidden"


def test_reports_reach_the_moderators_and_nobody_else(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(town.member(room))
    judge = town.open(moderator(town, room))
    seq = owner.post(room, "rude")["seq"]
    bob.ask("message.report", room=room, seq=seq, reason="rude")
    assert bob.refusal("report.list", space=town.space)["code"] == "forbidden"
    (report,) = judge.ask("report.list", space=town.space)["reports"]
    assert (report["room"], report["seq"], report["reason"]) == (room, seq, "rude")
    judge.catch_up()
    assert not [event for event in judge.events if event["event"].startswith("message.reported")]
    judge.ask("report.resolve", report=report["id"], reason="talked to")
    assert judge.ask("report.list", space=town.space)["reports"] == []
    (report,) = judge.ask("report.list", space=town.space, open=False)["reports"]
    assert report["resolution"] == "talked to"


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


# --- who did what, and who may what ---


def test_the_audit_tells_who_did_what_and_why_and_pages_are_full(town: Town) -> None:
    room = town.room()
    owner, account = town.open(town.owner), town.member(room)
    for n in range(5):
        owner.ask("member.mute", space=town.space, account=account.id, reason=f"reason {n}", **{"for": HOUR})
        owner.post(room, "noise")
    page = owner.ask("audit.list", space=town.space, type="member.muted", limit=3)
    assert [entry["data"]["reason"] for entry in page["entries"]] == ["reason 4", "reason 3", "reason 2"]
    rest = owner.ask("audit.list", space=town.space, type="member.muted", limit=3, before=page["next"])
    assert [entry["data"]["reason"] for entry in rest["entries"]] == ["reason 1", "reason 0"]
    assert rest["next"] is None
    about = owner.ask("audit.list", space=town.space, account=account.id)["entries"]
    assert {entry["type"] for entry in about} == {"member.joined", "member.muted"}
    with pytest.raises(Refused):
        town.open(account).ask("audit.list", space=town.space)


def test_access_is_explained(town: Town) -> None:
    private = town.room(private=True)
    account = town.member()
    told = town.operator.ask("access.explain", account=account.id, room=private)
    assert told["sees"]["allowed"] is False
    assert "private" in told["sees"]["because"]
    town.open(town.owner).ask("room.invite", room=private, account=account.id)
    told = town.operator.ask("access.explain", account=account.id, room=private)
    assert told["sees"]["allowed"] is True
    assert told["rights"]["message.post"]["allowed"] is True


def test_what_is_explained_is_what_comes_of_it(town: Town) -> None:
    news, account = town.room(kind="announcement"), town.member()
    where = {"account": account.id, "room": news}

    def explained() -> tuple[bool, str]:
        told = town.operator.ask("access.explain", **where)["rights"]["message.post"]
        return told["allowed"], told["because"]

    client = town.open(account)
    assert explained() == (False, "it has not joined the room")
    assert client.refusal("message.post", room=news, text="x")["code"] == "forbidden"
    client.ask("room.join", room=news)
    assert explained() == (False, "its role is member, and message.announce takes moderator")
    assert client.refusal("message.post", room=news, text="x")["code"] == "forbidden"
    town.operator.ask("member.set_role", space=town.space, account=account.id, role="moderator")
    assert explained()[0] is True
    client.post(news, "x")
    town.operator.ask("account.disable", account=account.id)
    assert explained() == (False, "the account is disabled")


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


def test_who_saw_a_room_is_known_for_any_past_moment(town: Town) -> None:
    private = town.room(private=True)
    owner, account = town.open(town.owner), town.member()

    def who(**at: int) -> set[str]:
        listed = town.operator.ask("access.list", room=private, **at)["accounts"]
        return {row["account"] for row in listed if row["member"]}

    owner.ask("room.invite", room=private, account=account.id)
    inside = owner.wait_event("member.joined", account=account.id)["at"]
    assert who() == {town.owner.id, account.id}
    owner.ask("room.remove", room=private, account=account.id)
    assert who() == {town.owner.id}
    assert who(at=inside) in ({town.owner.id, account.id}, {town.owner.id})
    assert who(at=1) == set()


# --- invites, and who made them ---

PASSWORD = "a lantern over seven still ponds"


def wrong_code(client: Client) -> Frame:
    return client.refusal("invite.accept", code="0" * 64)


@pytest.mark.parametrize("fate", ["demoted", "kicked", "banned", "left", "disabled", "deleted"])
def test_an_invite_counts_only_while_its_maker_could_still_make_it(town: Town, fate: str) -> None:
    account = moderator(town)
    code = town.open(account).ask("invite.create", space=town.space, role="moderator")["invite"]["code"]
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
    assert late.refusal("invite.accept", code=code) == wrong_code(late)
    with closing(town.dial()) as stranger:
        data = {"name": f"newcomer-{fate}", "password": PASSWORD}
        refused = stranger.refusal("account.sign_up", **data, invite=code)
        assert refused == stranger.refusal("account.sign_up", **data, invite="0" * 64)
    assert early.ask("invite.accept", code=code)["space"]["id"] == town.space  # who is in, is in


def test_an_invite_of_a_demoted_maker_gives_no_higher_role_than_theirs_and_counts_again_with_it(
    town: Town,
) -> None:
    account = moderator(town, role="admin")
    maker, guest = town.open(account), town.open(town.account())
    high, low = (
        maker.ask("invite.create", space=town.space, role=role)["invite"]["code"]
        for role in ("admin", "member")
    )
    whom = {"space": town.space, "account": account.id}
    town.operator.ask("member.set_role", **whom, role="moderator")
    assert guest.refusal("invite.accept", code=high) == wrong_code(guest)
    town.open(town.account()).ask("invite.accept", code=low)
    town.operator.ask("member.set_role", **whom, role="admin")
    assert guest.ask("invite.accept", code=high)["space"]["id"] == town.space


def test_an_invite_of_a_bot_counts_while_its_owner_is_not_shut_out(town: Town) -> None:
    account = moderator(town)
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


# --- bad days ---


def test_while_a_space_is_locked_everything_is_slow_and_no_room_is_made(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(town.member(room))
    seq = bob.post(room, "before")["seq"]
    owner.ask("space.lock", space=town.space)
    attempts: tuple[tuple[str, dict[str, Any]], ...] = (
        ("message.edit", {"text": "otherwise"}),
        ("reaction.add", {"emoji": "👍"}),
        ("pin.add", {}),
    )
    for name, data in attempts:
        refused = bob.refusal(name, room=room, seq=seq, **data)
        assert refused["code"] == "rate_limited", name
        assert 0 < refused["data"]["retry_after"] <= 30
        owner_seq = owner.post(room, "quick")["seq"]
        owner.ask(name, room=room, seq=owner_seq, **data)
    refused = bob.refusal("room.create", space=town.space, name="Refuge")
    assert refused["code"] == "forbidden"
    assert "locked" in refused["message"]
    owner.ask("room.create", space=town.space, name="Office")
    owner.ask("space.unlock", space=town.space)
    for name, data in attempts:
        bob.ask(name, room=room, seq=seq, **data)
    bob.ask("room.create", space=town.space, name="Refuge")


def test_in_a_locked_space_a_reaction_counts_like_a_post(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(town.member(room))
    seq = owner.post(room, "hello")["seq"]
    owner.ask("space.lock", space=town.space)
    bob.ask("reaction.add", room=room, seq=seq, emoji="👍")
    bob.ask("reaction.add", room=room, seq=seq, emoji="👍")  # is there already
    bob.ask("reaction.remove", room=room, seq=seq, emoji="👍")
    for name, data in (("reaction.add", {"seq": seq, "emoji": "🎉"}), ("message.post", {"text": "x"})):
        assert bob.refusal(name, room=room, **data)["code"] == "rate_limited"  # type: ignore[arg-type]


def test_the_slow_mode_of_a_room_alone_is_about_posts(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(town.member(room))
    owner.ask("room.update", room=room, slow_mode=60)
    seq = owner.post(room, "hello")["seq"]
    bob.ask("reaction.add", room=room, seq=seq, emoji="👍")
    own = bob.post(room, "one")["seq"]
    bob.ask("message.edit", room=room, seq=own, text="won")
    bob.ask("pin.add", room=room, seq=own)
    bob.ask("reaction.add", room=room, seq=own, emoji="👍")
    assert bob.refusal("message.post", room=room, text="two")["code"] == "rate_limited"


def test_a_muted_member_makes_no_rooms_nor_do_its_bots(town: Town) -> None:
    account = town.member()
    bob = town.open(account)
    made = bob.ask("bot.create", name=f"helper-{account.name}", scopes=["join", "manage"])
    bot = town.dial().open(made["token"])
    bot.ask("invite.accept", code=town.code)
    town.operator.ask("member.mute", space=town.space, account=account.id)
    for client in (bob, bot):
        for private in (True, False):
            refused = client.refusal("room.create", space=town.space, name="loud words", private=private)
            assert refused["code"] == "forbidden"
            assert "muted" in refused["message"]
    town.operator.ask("member.unmute", space=town.space, account=account.id)
    for client in (bob, bot):
        client.ask("room.create", space=town.space, name="calm words")


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


def test_the_same_report_is_filed_once_until_it_is_dealt_with(town: Town) -> None:
    room = town.room()
    owner, bob, eve = town.open(town.owner), town.open(town.member(room)), town.open(town.member(room))
    seq = owner.post(room, "rude")["seq"]
    answers = [bob.ask("message.report", room=room, seq=seq, reason=reason) for reason in ("rude", "really")]
    assert answers[0] == answers[1]
    eve.ask("message.report", room=room, seq=seq, reason="me too")
    reports = owner.ask("report.list", space=town.space)["reports"]
    assert [report["reason"] for report in reports] == ["rude", "me too"]
    owner.ask("report.resolve", report=reports[0]["id"])
    bob.ask("message.report", room=room, seq=seq, reason="still there")
    reports = owner.ask("report.list", space=town.space)["reports"]
    assert [report["reason"] for report in reports] == ["me too", "still there"]


def test_the_audit_is_asked_for_types_that_there_are(town: Town) -> None:
    for asker in (town.operator, town.open(town.owner)):
        refused = asker.refusal("audit.list", space=town.space, type="member.bannd")
        assert refused["code"] == "invalid"
        assert "type" in refused["message"]


# --- what a room lets one do ---


def test_a_room_tells_what_one_may_do_in_it_and_its_overrides_to_those_who_set_them(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(account := town.member(room))
    owner.ask("room.override", room=room, right="pin.set", role="member", allow=False)
    owner.ask("room.override", room=room, right="message.announce", account=account.id, allow=True)
    shown = bob.ask("room.get", room=room)["room"]
    assert shown["rights"] == {
        "message.post": True,
        "message.announce": True,
        "mention.loud": True,
        "reaction.add": True,
        "pin.set": False,
    }
    assert "overrides" not in shown
    overrides = [
        {"role": "member", "right": "pin.set", "allow": False},
        {"account": account.id, "right": "message.announce", "allow": True},
    ]
    assert owner.ask("room.get", room=room)["room"]["overrides"] == overrides
    by_operator = town.operator.ask("room.get", room=room)["room"]
    assert by_operator["overrides"] == overrides
    assert "rights" not in by_operator
    owner.ask("member.mute", space=town.space, account=account.id)
    assert not any(bob.ask("room.get", room=room)["room"]["rights"].values())
    direct = bob.ask("direct.open", accounts=[town.owner.id])["room"]["id"]
    assert "overrides" not in owner.ask("room.get", room=direct)["room"]
    assert bob.ask("room.get", room=direct)["room"]["rights"]["message.post"] is True
