"""What taking an import back leaves: nothing that only the import brought, and all that people have used."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from .talking import Client, Frame, Refused
from .test_imports import Importing
from .town import Account, Town

PICTURE = "https://pictures.example.org/{}.png"


@pytest.fixture
def importing(town: Town) -> Importing:
    return Importing(town)


def space_members(town: Town) -> set[str]:
    return {one["account"] for one in town.operator.ask("space.members", space=town.space)["members"]}


def room_members(town: Town, room: str) -> set[str]:
    return {one["account"] for one in town.operator.ask("room.members", room=room)["members"]}


def is_here(importing: Importing, account: Account, key: str = "") -> None:
    """A person of the export is this account."""
    importing.add("people", people=[{"key": key or account.id, "name": "xx", "account": account.id}])


def into(importing: Importing, room: str, *accounts: Account, key: str = "C9") -> None:
    """A room of the export is this one, which is here, with these members."""
    members = [account.id for account in accounts]
    importing.add(
        "rooms", rooms=[{"key": key, "name": "x", "kind": "public", "room": room, "members": members}]
    )


def acts(client: Client, town: Town, room: str, how: str) -> None:
    if how == "wrote and deleted":
        seq = client.ask("message.post", room=room, text="live")["seq"]
        client.ask("message.delete", room=room, seq=seq)
    elif how == "reacted":
        owner = town.open(town.owner)
        seq = owner.ask("message.post", room=room, text="live")["seq"]
        client.ask("reaction.add", room=room, seq=seq, emoji="👍")
    elif how == "said what of it counts":
        client.ask("subscription.update", room=room, level="all")
    else:
        raise AssertionError(how)


def last(importing: Importing) -> Frame:
    """What the last call of taking it back says."""
    while not (answer := importing.ask("undo", **{"import": importing.id}))["done"]:
        pass
    return {name: count for name, count in answer.items() if count and name not in ("done", "erased")}


def test_memberships_that_only_the_import_gave_go_with_it(importing: Importing, town: Town) -> None:
    room, stranger, member = town.room(), town.account("stranger"), town.member(name="member")
    before = space_members(town) - set(importing.people.values()), room_members(town, room)
    is_here(importing, stranger)
    is_here(importing, member)
    into(importing, room, stranger, member)
    own = {"key": "C8", "name": "own", "kind": "private", "members": [stranger.id, member.id]}
    made = importing.add("rooms", rooms=[own])["rooms"][0]["room"]
    importing.say(importing.message("1.1"), room=room)
    assert room_members(town, made) == {stranger.id, member.id}
    assert {stranger.id, member.id} <= room_members(town, room)
    assert last(importing) == {}
    assert room_members(town, room) == before[1]
    assert space_members(town) - set(importing.people.values()) == before[0]
    with pytest.raises(Refused):
        town.open(stranger).ask("room.history", room=room)
    assert town.operator.ask("server.verify")["findings"] == []


def test_who_was_taken_out_so_is_let_in_by_the_next_run(importing: Importing, town: Town) -> None:
    room, stranger = town.room(), town.account("stranger")
    for run in range(3):
        again = importing if run == 0 else Importing(town)
        is_here(again, stranger)
        into(again, room, stranger)
        assert stranger.id in space_members(town) & room_members(town, room)
        again.undo()
        assert stranger.id not in space_members(town) | room_members(town, room)
    assert town.operator.ask("server.verify")["findings"] == []


@pytest.mark.parametrize("how", ["wrote and deleted", "reacted", "said what of it counts"])
def test_who_has_acted_since_stays_where_that_was(importing: Importing, town: Town, how: str) -> None:
    room, other = town.room(), town.room()
    owner = town.open(town.owner)
    owner.ask("room.join", room=other)
    active, idle = town.account("active"), town.account("idle")
    for account in (active, idle):
        is_here(importing, account)
    into(importing, room, active, idle)
    into(importing, other, active, idle, key="C8")
    acts(town.open(active), town, room, how)
    assert last(importing) == {"members_left": 2}
    assert active.id in space_members(town) & room_members(town, room)
    assert active.id not in room_members(town, other)
    assert idle.id not in space_members(town) | room_members(town, room) | room_members(town, other)


def test_who_only_read_there_has_not_acted(importing: Importing, town: Town) -> None:
    room, reader = town.room(), town.account("reader")
    is_here(importing, reader)
    into(importing, room, reader)
    importing.say(importing.message("1.1"), room=room)
    with closing(town.open(reader)) as client:
        seq = client.ask("room.history", room=room)["messages"][-1]["seq"]
        client.ask("read.mark", room=room, seq=seq)
    assert last(importing) == {}
    assert reader.id not in space_members(town) | room_members(town, room)


def test_who_joined_a_room_or_got_a_role_in_the_space_stays_in_it(importing: Importing, town: Town) -> None:
    joined, promoted, let_in = (town.account(name) for name in ("joined", "promoted", "let-in"))
    room, private = town.room(), town.room(private=True)
    for account in (joined, promoted, let_in):
        is_here(importing, account)
    town.open(joined).ask("room.join", room=room)
    town.operator.ask("member.set_role", space=town.space, account=promoted.id, role="moderator")
    town.open(town.owner).ask("room.invite", room=private, account=let_in.id)
    assert last(importing) == {"members_left": 2}
    assert {joined.id, promoted.id, let_in.id} <= space_members(town)
    assert joined.id in room_members(town, room)


def test_who_left_and_came_back_by_themselves_stays(importing: Importing, town: Town) -> None:
    room, back = town.room(), town.account("back")
    is_here(importing, back)
    into(importing, room, back)
    client = town.open(back)
    client.ask("room.leave", room=room)
    client.ask("room.join", room=room)
    assert last(importing) == {"members_left": 1}
    assert back.id in space_members(town) & room_members(town, room)


def test_what_a_later_import_of_the_same_source_has_too_goes_with_that(
    importing: Importing, town: Town
) -> None:
    room, stranger = town.room(), town.account("stranger")
    later = Importing(town)
    for one in (importing, later):
        is_here(one, stranger)
        into(one, room, stranger)
        one.add("emoji", name="wave", image=PICTURE.format(1))
    later.ask("finish", **{"import": later.id})
    later.say(later.message("1.9"), room=room)
    assert last(importing)["stays_with"] == later.id
    assert stranger.id in space_members(town) & room_members(town, room)
    assert emoji(town) == ["wave"]
    assert last(later) == {}
    assert stranger.id not in space_members(town) | room_members(town, room)
    assert town.operator.ask("emoji.list", space=town.space)["emoji"] == []


def test_an_import_that_found_all_there_keeps_nothing_of_the_one_before(
    importing: Importing, town: Town
) -> None:
    room, stranger, right = town.room(), town.account("stranger"), town.account("right")
    for run in range(3):
        again = importing if run == 0 else Importing(town)
        is_here(again, stranger, key="U7")
        into(again, room, stranger)
        again.add("emoji", name="wave", image=PICTURE.format(1))
        again.ask("finish", **{"import": again.id})
    assert last(importing) == {}
    assert stranger.id not in space_members(town) | room_members(town, room)
    assert emoji(town) == []
    is_here(Importing(town), right, key="U7")
    [found] = Importing(town).add("people", people=[{"key": "U7", "name": "xx"}])["people"]
    assert found["account"] == right.id


def test_what_another_source_gave_stays_when_one_goes_and_goes_with_the_last(
    importing: Importing, town: Town
) -> None:
    room, other, stranger = town.room(), town.room(), town.account("stranger")
    beside = Importing(town, "discord:1")
    for one, place in ((importing, room), (beside, other)):
        is_here(one, stranger)
        into(one, place, stranger)
    assert last(importing) == {"members_left": 1}
    assert stranger.id in space_members(town) & room_members(town, other)
    assert stranger.id not in room_members(town, room)
    assert last(beside) == {}
    assert stranger.id not in space_members(town)


def test_who_claimed_a_placeholder_stays_where_the_import_put_it(importing: Importing, town: Town) -> None:
    ada = importing.people["U1"]
    owner = town.open(town.owner)
    owner.ask("room.join", room=importing.room)
    owner.ask("message.post", room=importing.room, text="live")
    town.operator.ask("account.set_password", account=ada, password="quite long and odd 77")
    for left in (
        {"rooms_left": 1, "people_left": 1},
        {"rooms_left": 1},
    ):  # the account is its person's by then
        assert last(importing) == left
        assert ada in space_members(town) & room_members(town, importing.room)


def emoji(town: Town) -> list[str]:
    return [one["name"] for one in town.operator.ask("emoji.list", space=town.space)["emoji"]]


def test_custom_emoji_of_the_import_go_unless_they_are_used(importing: Importing, town: Town) -> None:
    member = town.member()
    room = town.room()
    client = town.open(member)
    client.ask("room.join", room=room)
    owner = town.open(town.owner)
    owner.ask("emoji.add", space=town.space, name="mine", image=PICTURE.format("mine"))
    for name in ("unused", "reacted", "written", "edited", "brought", "replaced", "deleted", "tail"):
        importing.add("emoji", name=name, image=PICTURE.format(name))
    reactions = [{"by": importing.people["U2"], "emoji": ":brought:"}]
    importing.say(importing.message("1.1", "so :brought:", reactions=reactions))
    first = client.ask("message.post", room=room, text="a :written: word, no :tailor:, 12:unused")["seq"]
    client.ask("reaction.add", room=room, seq=first, emoji=":reacted:")
    second = client.ask("message.post", room=room, text="first")["seq"]
    client.ask("message.edit", room=room, seq=second, text="now :edited:")
    gone = client.ask("message.post", room=room, text="not :deleted: any more")["seq"]
    client.ask("message.delete", room=room, seq=gone)
    owner.ask("emoji.remove", space=town.space, name="replaced")
    owner.ask("emoji.add", space=town.space, name="replaced", image=PICTURE.format("other"))
    assert last(importing) == {"emoji_left": 3}
    assert sorted(emoji(town)) == ["edited", "mine", "reacted", "replaced", "written"]
    again = Importing(town)
    again.add("emoji", name="unused", image=PICTURE.format("unused"))
    assert "unused" in emoji(town)
    assert town.operator.ask("server.verify")["findings"] == []


def test_an_emoji_that_is_there_stays_as_it_is_and_no_import_takes_it_away(
    importing: Importing, town: Town
) -> None:
    owner = town.open(town.owner)
    owner.ask("emoji.add", space=town.space, name="mine", image=PICTURE.format("mine"))
    assert importing.add("emoji", name="mine", image=PICTURE.format("other")) == {"made": False}
    assert importing.add("emoji", name="new", image=PICTURE.format("new")) == {"made": True}
    assert importing.add("emoji", name="new", image=PICTURE.format("new")) == {"made": False}
    importing.undo()
    [mine] = town.operator.ask("emoji.list", space=town.space)["emoji"]
    assert (mine["name"], mine["image"]) == ("mine", PICTURE.format("mine"))
    with pytest.raises(Refused, match="taken back"):
        importing.add("emoji", name="late", image=PICTURE.format("late"))


def test_who_is_who_and_which_room_is_which_is_decided_anew_after_the_last_import_is_taken_back(
    importing: Importing, town: Town
) -> None:
    wrong, right = town.account("wrong"), town.account("right")
    here, there = town.room(), town.room()
    is_here(importing, wrong, key="U7")
    into(importing, here)
    importing.say(importing.message("1.1"), room=here)
    importing.undo()
    again = Importing(town)
    is_here(again, right, key="U7")
    into(again, there)
    again.say({"key": "1.1", "by": right.id, "at": 1, "text": "hello"}, room=there)
    with pytest.raises(Refused, match="no such room"):
        again.say({"key": "1.2", "by": right.id, "at": 1, "text": "hello"}, room=here)
    [found] = again.add("people", people=[{"key": "U7", "name": "xx"}])["people"]
    assert found["account"] == right.id


@pytest.mark.parametrize("times", [1, 2])
def test_who_claimed_a_placeholder_is_the_same_person_after_any_number_of_runs(
    importing: Importing, town: Town, times: int
) -> None:
    ada = importing.people["U1"]
    town.operator.ask("account.set_password", account=ada, password="quite long and odd 77")
    one: Any = importing
    for _ in range(times):
        one.undo()
        one = Importing(town)
        assert one.people["U1"] == ada
