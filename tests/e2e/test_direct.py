"""Direct rooms: who is in them is what they are."""

from __future__ import annotations

from .talking import Client, history
from .town import Town, absent_id


def opened(client: Client, *accounts: str) -> str:
    room: str = client.ask("direct.open", accounts=list(accounts))["room"]["id"]
    return room


def test_the_same_people_always_reach_the_same_room(town: Town) -> None:
    accounts = [town.account(name) for name in ("ada", "bob", "cleo")]
    ada, bob, cleo = (town.open(account) for account in accounts)
    a, b, c = (account.id for account in accounts)
    pair = opened(ada, b)
    assert {opened(ada, b, a, b), opened(bob, a), opened(bob, b, a)} == {pair}
    group = opened(cleo, a, b)
    assert {opened(ada, c, b), opened(bob, a, c)} == {group}
    assert len({pair, group, opened(ada), opened(ada, c), opened(bob, c), opened(bob)}) == 6


def test_a_direct_room_shows_who_is_in_it(town: Town) -> None:
    accounts = [town.account(name) for name in ("ada", "bob")]
    ids = sorted(account.id for account in accounts)
    ada = town.open(accounts[0])
    room = ada.ask("direct.open", accounts=[accounts[1].id])["room"]
    assert (room["kind"], room["space"], room["name"]) == ("direct", None, "")
    assert (room["private"], room["accounts"]) == (True, ids)
    got = ada.ask("room.get", room=room["id"])["room"]
    assert (got["accounts"], got["kind"]) == (ids, "direct")
    (listed,) = town.open(accounts[1]).opened["rooms"]
    assert (listed["id"], listed["kind"], listed["space"]) == (room["id"], "direct", None)
    members = ada.ask("room.members", room=room["id"])["members"]
    assert [(member["account"], member["role"]) for member in members] == [(id_, None) for id_ in ids]


def test_people_who_share_no_space_talk_in_a_direct_room_at_once(town: Town) -> None:
    accounts = [town.account(name) for name in ("ada", "bob")]
    ada, bob = (town.open(account) for account in accounts)
    room = opened(ada, accounts[1].id)
    assert bob.wait_event("member.joined", f"room/{room}", account=accounts[1].id)
    seq = ada.post(room, "hello")["seq"]
    bob.wait_event("message.posted", f"room/{room}", text="hello")
    bob.post(room, "hello yourself", reply_to=seq)
    ada.wait_event("message.posted", f"room/{room}", text="hello yourself")
    bob.ask("reaction.add", room=room, seq=seq, emoji="👍")
    bob.ask("pin.add", room=room, seq=seq)
    ada.ask("message.edit", room=room, seq=seq, text="hello!")
    (first, _) = history(bob, room)
    assert (first["text"], first["pinned"], first["thread"]["replies"]) == ("hello!", True, 1)


def test_one_can_write_to_oneself(town: Town) -> None:
    account = town.account("ada")
    ada = town.open(account)
    room = opened(ada)
    assert opened(ada, account.id) == room
    ada.post(room, "milk, bread")
    there = town.open(account)
    assert [message["text"] for message in history(there, room)] == ["milk, bread"]
    assert there.ask("room.get", room=room)["room"]["accounts"] == [account.id]
    (unread,) = there.ask("unread.list")["rooms"]
    assert unread["unread"] == 0


def test_a_direct_room_is_never_widened_narrowed_or_changed(town: Town) -> None:
    accounts = [town.account(name) for name in ("ada", "bob", "cleo")]
    ada, bob, cleo = (town.open(account) for account in accounts)
    room = opened(ada, accounts[1].id)
    ada.post(room, "between us")
    for name, data in (("room.leave", {}), ("room.update", {"name": "x"}), ("room.archive", {})):
        for client in (ada, bob, town.operator):
            expected = {"result": {}} if client is town.operator and name == "room.leave" else None
            reply = client.reply(client.send(name, room=room, **data))
            assert reply.get("error", {}).get("code") == (None if expected else "forbidden"), (name, reply)
    ada.ask("room.join", room=room)
    assert town.operator.refusal("room.join", room=room)["code"] == "forbidden"
    for name in ("room.join", "room.leave", "room.get", "room.history", "room.members"):
        assert cleo.refusal(name, room=room)["code"] == "not_found"
    assert opened(cleo, accounts[0].id, accounts[1].id) != room
    assert len(ada.ask("room.members", room=room)["members"]) == 2


def test_a_direct_room_is_in_no_space(town: Town) -> None:
    account = town.member()
    ada, owner = town.open(account), town.open(town.owner)
    room = opened(ada, town.owner.id)
    owner.wait_event("member.joined", f"room/{room}")
    for client in (ada, owner, town.operator):
        assert room not in str(client.ask("room.list", space=town.space))
    beside = town.open(town.member())
    ada.post(room, "nobody hears")
    beside.catch_up()
    assert room not in str(beside.events)


def test_the_owner_of_a_space_is_nobody_special_in_a_direct_room(town: Town) -> None:
    ada, owner = town.open(town.member()), town.open(town.owner)
    room = opened(ada, town.owner.id)
    seq = ada.post(room, "mine")["seq"]
    ada.ask("message.edit", room=room, seq=seq, text="still mine")
    assert owner.refusal("message.delete", room=room, seq=seq)["code"] == "forbidden"
    assert owner.refusal("message.edits", room=room, seq=seq)["code"] == "forbidden"


def test_opening_it_again_logs_nothing_however_many_ask_at_once(town: Town) -> None:
    accounts = [town.account(name) for name in ("ada", "bob")]
    clients = [town.open(accounts[n % 2]) for n in range(6)]
    ids = [account.id for account in accounts]
    asked = [(client, client.send("direct.open", accounts=ids)) for client in clients for _ in range(5)]
    rooms = [client.result(id_)["room"] for client, id_ in asked]
    assert len({room["id"] for room in rooms}) == 1
    events = town.operator.ask("event.list", after=0, stream=f"room/{rooms[0]['id']}")["events"]
    assert [event["event"] for event in events] == ["room.created", "member.joined", "member.joined"]


def test_a_direct_room_needs_people_who_exist_and_not_too_many(town: Town) -> None:
    ada = town.open(town.account("ada"))
    assert ada.refusal("direct.open", accounts=[absent_id()])["code"] == "not_found"
    assert ada.refusal("direct.open", accounts=[absent_id() for _ in range(50)])["code"] == "invalid"
    assert town.operator.refusal("direct.open", accounts=[town.owner.id])["code"] == "forbidden"
    ada.catch_up()
    assert {event["event"] for event in ada.events} == {"account.updated"}
