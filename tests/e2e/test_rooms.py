"""Rooms, messages, history and read markers, as two people in a room see them."""

from __future__ import annotations

import json

from .talking import MSGPACK, Client, Frame, history
from .town import Town


def test_an_opened_session_tells_where_one_stands(town: Town) -> None:
    room = town.room("Square", topic="what is new")
    account = town.member(room)
    opened = town.open(account).opened
    assert opened["account"]["id"] == account.id
    assert opened["resumed"] is False
    assert isinstance(opened["epoch"], str)
    assert isinstance(opened["position"], int)
    assert opened["server"]
    assert {"frame", "message", "text", "page", "rate", "open_requests"} <= opened["limits"].keys()
    (space,) = opened["spaces"]
    assert (space["id"], space["role"], space["owner"]) == (town.space, "member", town.owner.id)
    (listed,) = opened["rooms"]
    assert (listed["id"], listed["space"], listed["name"]) == (room, town.space, "Square")
    assert (listed["kind"], listed["private"], listed["archived"]) == ("text", False, False)
    assert (listed["topic"], listed["head"], listed["read"]) == ("what is new", 3, 0)


def test_a_post_reaches_everybody_in_the_room_and_the_history(town: Town) -> None:
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member(room))
    posted = ada.post(room, "hello")
    for client in (ada, bob):
        event = client.wait_event("message.posted", text="hello")
        assert event["stream"] == f"room/{room}"
        assert event["by"] == ada.opened["account"]["id"]
        assert {key: event[key] for key in ("seq", "position", "at")} == posted
    (message,) = bob.ask("room.history", room=room)["messages"]
    assert {key: message[key] for key in ("seq", "position", "at")} == posted
    assert (message["by"], message["text"], message["reply_to"]) == (event["by"], "hello", None)
    answer = bob.post(room, "hello yourself", reply_to=posted["seq"])
    assert ada.wait_event("message.posted", text="hello yourself")["data"]["reply_to"] == posted["seq"]
    assert history(ada, room, posted["seq"])[0]["reply_to"] == posted["seq"]
    assert answer["seq"] == posted["seq"] + 1


def test_history_is_read_before_after_and_around_a_message(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    seqs = [client.post(room, f"message {n}")["seq"] for n in range(10)]

    def page(**where: int) -> tuple[list[int], bool, bool]:
        result = client.ask("room.history", room=room, **where)
        return [message["seq"] for message in result["messages"]], result["more_before"], result["more_after"]

    assert page() == (seqs, False, False)
    assert page(limit=3) == (seqs[-3:], True, False)
    assert page(before=seqs[5], limit=3) == (seqs[2:5], True, True)
    assert page(before=seqs[2], limit=3) == (seqs[:2], False, True)
    assert page(before=seqs[0]) == ([], False, True)
    assert page(after=seqs[5], limit=3) == (seqs[6:9], True, True)
    assert page(after=seqs[7]) == (seqs[8:], True, False)
    assert page(after=0, limit=4) == (seqs[:4], False, True)
    assert page(after=seqs[-1]) == ([], True, False)
    around, before, after = page(around=seqs[5], limit=5)
    assert seqs[5] in around
    assert around == seqs[seqs.index(around[0]) : seqs.index(around[-1]) + 1]
    assert len(around) == 5
    assert (before, after) == (True, True)
    assert client.refusal("room.history", room=room, before=5, after=5)["code"] == "invalid"


def test_a_read_marker_never_goes_back_and_the_other_device_follows(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    here, there = town.open(account), town.open(account)
    seqs = [here.post(room, str(n))["seq"] for n in range(3)]

    def marker() -> int:
        (listed,) = town.open(account).opened["rooms"]
        read: int = listed["read"]
        return read

    here.ask("read.mark", room=room, seq=seqs[1])
    there.wait(lambda: there.signals, "the marker's signal")
    signal = there.signals[-1]
    assert signal["stream"] in (f"room/{room}", f"account/{account.id}")
    assert seqs[1] in signal["data"].values()
    assert marker() == seqs[1]
    here.ask("read.mark", room=room, seq=seqs[0])
    assert marker() == seqs[1]
    here.ask("read.mark", room=room, seq=seqs[2])
    there.wait(lambda: seqs[2] in there.signals[-1]["data"].values(), "the next marker")
    assert marker() == seqs[2]
    assert here.refusal("read.mark", room=room, seq=seqs[2] + 100)["code"] == "invalid"


def test_nobody_else_hears_of_a_read_marker(town: Town) -> None:
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member(room))
    seq = ada.post(room, "x")["seq"]
    ada.ask("read.mark", room=room, seq=seq)
    bob.wait(lambda: bob.signals, "that she has read it")
    bob.catch_up()
    assert [signal["signal"] for signal in bob.signals] == ["receipt"]


def test_who_leaves_hears_no_more_and_who_joins_hears_from_then_on(town: Town) -> None:
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member())
    ada.post(room, "before bob")
    bob.ask("room.join", room=room)
    bob.wait_event("member.joined", f"room/{room}", account=bob.opened["account"]["id"])
    ada.wait_event("member.joined", f"room/{room}", account=bob.opened["account"]["id"])
    ada.post(room, "with bob")
    bob.wait_event("message.posted", text="with bob")
    bob.ask("room.leave", room=room)
    bob.wait_event("member.left", account=bob.opened["account"]["id"])
    ada.post(room, "after bob")
    bob.catch_up()
    assert [event["data"]["text"] for event in bob.posted(room)] == ["with bob"]
    assert bob.refusal("message.post", room=room, text="still here?")["code"] == "forbidden"


def test_a_new_public_room_is_announced_to_its_space_and_a_private_one_is_not(town: Town) -> None:
    ada, bob = town.open(town.member()), town.open(town.member())
    private = town.room("Attic", by=ada, private=True)
    public = town.room("Garden", by=ada)
    bob.wait_event("room.created", f"space/{town.space}", room=public)
    assert not any(private in json.dumps(event) for event in bob.events)
    assert {room["id"] for room in bob.ask("room.list", space=town.space)["rooms"]} == {public}
    assert {room["id"] for room in ada.ask("room.list", space=town.space)["rooms"]} == {public, private}


def test_members_are_listed_page_by_page(town: Town) -> None:
    room = town.room()
    accounts = {town.member(room).id for _ in range(4)} | {town.owner.id}
    client = town.open(town.owner)
    for name, where in (("room.members", {"room": room}), ("space.members", {"space": town.space})):
        found: list[str] = []
        after: Frame = {}
        while True:
            page = client.ask(name, limit=2, **where, **after)
            found += [member["account"] for member in page["members"]]
            if page["next"] is None:
                break
            after = {"after": page["next"]}
        assert set(found) == accounts
        assert len(found) == len(accounts)


def test_an_archived_room_is_read_and_not_written(town: Town) -> None:
    room = town.room()
    owner = town.open(town.owner)
    owner.post(room, "the last word")
    owner.ask("room.archive", room=room)
    owner.wait_event("room.archived")
    assert owner.refusal("message.post", room=room, text="one more")["code"] == "forbidden"
    assert [message["text"] for message in history(owner, room)] == ["the last word"]


def test_a_room_is_renamed_by_its_moderators_only(town: Town) -> None:
    room = town.room()
    owner, member = town.open(town.owner), town.open(town.member(room))
    assert member.refusal("room.update", room=room, name="mine")["code"] == "forbidden"
    owner.ask("room.update", room=room, name="Market", topic="fruit")
    assert member.wait_event("room.updated")["data"] == {"name": "Market", "topic": "fruit"}
    got = member.ask("room.get", room=room)["room"]
    assert (got["name"], got["topic"]) == ("Market", "fruit")


def test_sessions_in_json_and_in_messagepack_see_the_same(town: Town) -> None:
    room = town.room()
    as_json, as_msgpack = town.open(town.member(room)), town.open(town.member(room), subprotocol=MSGPACK)
    texts = [
        "plain",
        "naïve 🦊",
        "👩\u200d👩\u200d👧\u200d👦",
        "tab\tnew\nline\r\n",
        "\x00\x01\x7f",
        "\u202eright to left",
        "𒀀 \ufeff\u2028",
        '"\\/',
    ]
    for n, text in enumerate(texts):
        (as_json, as_msgpack)[n % 2].post(room, text)
    as_json.catch_up()
    as_msgpack.catch_up()
    assert as_json.posted(room) == as_msgpack.posted(room)
    assert [event["data"]["text"] for event in as_json.posted(room)] == texts
    assert history(as_json, room) == history(as_msgpack, room)
    assert [message["text"] for message in history(as_json, room)] == texts


def test_two_sessions_of_one_account_see_one_order(town: Town) -> None:
    rooms = [town.room(f"Room {n}") for n in range(3)]
    account, posters = town.member(*rooms), [town.open(town.member(*rooms)) for _ in range(4)]
    here, there = town.open(account), town.open(account, subprotocol=MSGPACK)
    asked: list[tuple[Client, int]] = []
    for n in range(60):
        for poster in posters:
            asked.append((poster, poster.send("message.post", room=rooms[n % 3], text=f"number {n}")))
    positions = [client.result(id_)["position"] for client, id_ in asked]
    assert len(set(positions)) == 240
    for client in (here, there):
        client.wait_position(max(positions))
    assert here.events == there.events
    assert [event["position"] for event in here.events] == sorted(positions)
