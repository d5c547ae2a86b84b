"""Mutes, slow mode, locks and overrides: who may be heard, and how often."""

from __future__ import annotations

from typing import Any

from .town import Town

HOUR = 3600


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
    assert typing["message"].startswith("you may not post in this room, so nobody is shown that you type: ")
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
    for number, client in enumerate((bob, bot), 1):
        client.ask("room.create", space=town.space, name=f"calm words {number}")
