"""Block lists: who is on one is silent for its owner, and gets the same answers as before."""

from __future__ import annotations

import attrs
import pytest

from .talking import Client, Frame, history
from .test_direct_requests import listed
from .town import Account, Town, absent_id


@attrs.frozen
class Scene:
    """Bob has blocked Ada; both are in a room, and Cleo with them."""

    town: Town
    ada: Account
    bob: Account
    rude: Client
    calm: Client
    friend: Client
    room: str


@pytest.fixture
def scene(town: Town) -> Scene:
    room = town.room()
    ada, bob, cleo = (town.member(room, name=name) for name in ("ada", "bob", "cleo"))
    rude, calm, friend = (town.open(account) for account in (ada, bob, cleo))
    calm.ask("block.add", account=ada.id)
    return Scene(town, ada, bob, rude, calm, friend, room)


def notifications_of(scene: Scene, room: str) -> list[int]:
    """The seqs of messages in the room that Bob was notified of, once all so far have been looked at."""
    last = scene.friend.post(scene.room, f"@{scene.bob.name}")["seq"]
    scene.calm.wait_event("notification.created", room=scene.room, seq=last)
    return [
        event["data"]["seq"]
        for event in scene.calm.events
        if event["event"] == "notification.created"
        and event["data"]["room"] == room
        and (room, event["data"]["seq"]) != (scene.room, last)
    ]


def unread(client: Client, room: str) -> Frame | None:
    rows = [row for row in client.ask("unread.list")["rooms"] if row["room"] == room]
    return rows[0] if rows else None


# --- the list ----------------------------------------------------------------------------------------------


def test_the_list_is_added_to_and_taken_from_and_has_pages(town: Town) -> None:
    client = town.open(town.member())
    others = sorted(town.account().id for _ in range(5))
    for other in (*others, others[0]):
        client.ask("block.add", account=other)
    page = client.ask("block.list", limit=3)
    rest = client.ask("block.list", limit=3, after=page["next"])
    assert [block["account"] for block in page["blocks"] + rest["blocks"]] == others
    assert rest["next"] is None
    client.ask("block.remove", account=others[0])
    client.ask("block.remove", account=others[0])
    assert [block["account"] for block in client.ask("block.list")["blocks"]] == others[1:]
    client.catch_up()
    types = [event["event"] for event in client.events if event["event"].startswith("block.")]
    assert types == ["block.added"] * 5 + ["block.removed"]


def test_one_blocks_who_exists_and_is_not_oneself(town: Town) -> None:
    account = town.member()
    client = town.open(account)
    assert client.refusal("block.add", account=absent_id())["code"] == "not_found"
    assert client.refusal("block.add", account=account.id)["code"] == "conflict"
    assert client.ask("block.list") == {"blocks": [], "next": None}
    assert town.operator.refusal("block.list")["code"] == "forbidden"


def test_nobody_else_learns_of_a_block(scene: Scene) -> None:
    for client in (scene.rude, scene.friend, scene.town.open(scene.town.owner)):
        client.catch_up()
        assert "block" not in str(client.events)
    assert scene.town.open(scene.bob).ask("block.list")["blocks"][0]["account"] == scene.ada.id


# --- what is silent ----------------------------------------------------------------------------------------


def test_a_blocked_account_does_not_notify_by_mentions_or_replies(scene: Scene) -> None:
    own = scene.calm.post(scene.room, "mine")["seq"]
    scene.rude.post(scene.room, f"@{scene.bob.name} @room look here")
    scene.rude.post(scene.room, "and here", reply_to=own)
    heard = scene.friend.post(scene.room, "yes?", reply_to=own)["seq"]
    assert notifications_of(scene, scene.room) == [heard]


def test_what_a_blocked_account_writes_counts_as_nothing_unread(scene: Scene) -> None:
    scene.rude.post(scene.room, f"@{scene.bob.name}")
    seq = scene.friend.post(scene.room, "hello")["seq"]
    scene.rude.post(scene.room, "@room")
    row = unread(scene.calm, scene.room)
    assert row is not None
    assert (row["unread"], row["mentions"], row["first_unread"]) == (1, 0, seq)
    scene.calm.ask("block.remove", account=scene.ada.id)
    row = unread(scene.calm, scene.room)
    assert row is not None
    assert (row["unread"], row["mentions"]) == (3, 0)  # no mention was told, so none counts


def test_events_of_a_blocked_account_are_delivered_in_rooms_that_both_are_in(scene: Scene) -> None:
    scene.rude.post(scene.room, "still delivered")
    scene.calm.wait_event("message.posted", f"room/{scene.room}", text="still delivered")
    assert history(scene.calm, scene.room)[-1]["text"] == "still delivered"


def test_a_direct_room_of_a_blocked_account_is_not_listed_and_does_not_notify(scene: Scene) -> None:
    room = scene.rude.ask("direct.open", accounts=[scene.bob.id])["room"]["id"]
    scene.rude.post(room, "hello")
    assert notifications_of(scene, room) == []
    assert listed(scene.calm) == {}
    fresh = scene.town.open(scene.bob)
    assert room not in str(fresh.opened["rooms"])
    assert unread(scene.calm, room) is None
    scene.calm.ask("block.remove", account=scene.ada.id)
    assert listed(scene.calm) == {room: True}


def test_in_a_direct_room_of_several_others_are_heard(scene: Scene) -> None:
    people = [scene.bob.id, scene.friend.opened["account"]["id"]]
    room = scene.rude.ask("direct.open", accounts=people)["room"]["id"]
    scene.rude.post(room, "hello")
    assert listed(scene.calm) == {}
    seq = scene.friend.post(room, "hello")["seq"]
    scene.calm.wait_event("notification.created", room=room, seq=seq)
    assert listed(scene.calm) == {room: True}
    assert notifications_of(scene, room) == [seq]


def test_a_room_that_was_left_is_not_brought_back_by_a_blocked_account(scene: Scene) -> None:
    room = scene.calm.ask("direct.open", accounts=[scene.ada.id])["room"]["id"]
    scene.calm.post(room, "never again")
    assert listed(scene.calm) == {room: False}
    scene.calm.ask("direct.leave", room=room)
    scene.rude.post(room, "please")
    assert listed(scene.calm) == {}


def test_a_blocked_account_brings_nobody_into_a_room_and_is_answered_as_before(scene: Scene) -> None:
    private = scene.town.room(by=scene.rude, private=True)
    assert scene.rude.ask("room.invite", room=private, account=scene.bob.id) == {}
    assert scene.calm.refusal("room.get", room=private)["code"] == "not_found"
    outsider = scene.town.account()
    refused = scene.rude.refusal("room.invite", room=private, account=outsider.id)
    scene.town.open(outsider).ask("block.add", account=scene.ada.id)
    assert scene.rude.refusal("room.invite", room=private, account=outsider.id) == refused
    scene.calm.ask("block.remove", account=scene.ada.id)
    scene.rude.ask("room.invite", room=private, account=scene.bob.id)
    scene.calm.wait_event("member.joined", f"room/{private}", account=scene.bob.id)


def test_a_blocked_account_is_silent_with_its_bots(scene: Scene) -> None:
    made = scene.rude.ask("bot.create", name="rover", scopes=["join", "post", "read"])
    helper = scene.town.open(Account(made["account"]["id"], "rover", made["token"]))
    helper.ask("invite.accept", code=scene.town.code)
    helper.ask("room.join", room=scene.room)
    helper.post(scene.room, f"@{scene.bob.name}")
    assert notifications_of(scene, scene.room) == []


# --- and nobody can tell -----------------------------------------------------------------------------------


def everything(client: Client, other: str, room: str) -> list[object]:
    """What an account is answered that writes to another one, without what names places and times."""
    opened = client.ask("direct.open", accounts=[other])["room"]
    posted = client.post(opened["id"], "hello")
    answers: list[object] = [
        (opened["accounts"].index(other) >= 0, opened["head"]),
        posted["seq"],
        len(client.ask("room.members", room=opened["id"])["members"]),
        client.ask("receipt.list", room=opened["id"], seq=posted["seq"]),
        client.ask("room.get", room=opened["id"])["room"]["rights"],
        client.ask("typing.set", room=opened["id"]),
        client.ask("reaction.add", room=opened["id"], seq=posted["seq"], emoji="👍"),
    ]
    client.catch_up()
    events = [event for event in client.events if event["stream"] == f"room/{opened['id']}"]
    answers += [(event["event"], event["seq"], sorted(event["data"])) for event in events]
    return answers


def test_who_is_blocked_sees_the_same_as_who_is_not(town: Town) -> None:
    room = town.room()
    writer, sent = town.open(town.member(room)), []
    for blocks in (False, True):
        target = town.member(room)
        if blocks:
            visit = town.open(target)
            visit.ask("block.add", account=writer.opened["account"]["id"])
            visit.close()
        sent.append(everything(writer, target.id, room))
    assert sent[0] == sent[1]
