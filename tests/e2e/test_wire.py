"""Frames and handshakes: what is accepted, what is refused, and that each request is answered once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from .serving import Server
from .talking import JSON, MSGPACK, Client
from .town import Town

ROOM: Any = object()  # stands for the room's id in the lists below


@pytest.mark.parametrize("subprotocol", [JSON, MSGPACK])
def test_a_request_that_needs_to_say_nothing_has_data_empty_null_or_not_at_all(
    town: Town, subprotocol: str
) -> None:
    client = town.open(town.member(), subprotocol=subprotocol)
    frames = [client.frame("space.list", {}) for _ in range(3)]
    frames[1]["data"] = None
    del frames[2]["data"]
    client.send_frames(frames)
    first, *others = [client.result(frame["id"]) for frame in frames]
    assert others == [first, first]


@pytest.mark.parametrize("subprotocol", [JSON, MSGPACK])
def test_data_that_is_an_empty_list_is_told_to_be_left_out(town: Town, subprotocol: str) -> None:
    """As PHP and Lua write a map without keys."""
    client = town.open(town.member(), subprotocol=subprotocol)
    frame = {**client.frame("space.list", {}), "data": []}
    client.send_frames([frame])
    error = client.reply(frame["id"])["error"]
    assert error["code"] == "invalid"
    assert "leave it out" in error["message"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("message.pots", {"room": ROOM, "text": "x"}),
        ("", {}),
        ("message.post", {"room": ROOM, "text": "x", "colour": "red"}),
        ("message.post", {"room": ROOM}),
        ("message.post", {"room": ROOM, "text": None}),
        ("message.post", {"room": ROOM, "text": 5}),
        ("message.post", {"room": ROOM, "text": ""}),
        ("message.post", {"room": ROOM, "text": ["x"]}),
        ("message.post", {"room": {"id": ROOM}, "text": "x"}),
        ("message.post", {"room": ROOM, "text": "x", "nonce": 7}),
        ("message.post", {"room": ROOM, "text": "x", "nonce": ""}),
        ("message.post", {"room": ROOM, "text": "x", "reply_to": "3"}),
        ("message.post", {"room": ROOM, "text": "x", "reply_to": 10**6}),
        ("message.post", {"room": ROOM, "text": "x", "reply_to": -1}),
        ("message.post", {"room": ROOM, "text": "x", "reply_to": 1.5}),
        ("room.history", {"room": ROOM, "limit": 0}),
        ("room.history", {"room": ROOM, "limit": 10**6}),
        ("room.history", {"room": ROOM, "limit": True}),
        ("room.history", {"room": ROOM, "before": -1}),
        ("room.history", {"room": ROOM, "before": 2**70}),
        ("room.create", {"space": "x", "name": "y", "kind": "swimming"}),
        ("space.create", {"name": ""}),
        ("read.mark", {"room": ROOM, "seq": None}),
        ("session.open", {"cursor": {"epoch": "x"}}),
    ],
)
def test_a_request_that_is_not_one_is_invalid(town: Town, name: str, data: dict[str, Any]) -> None:
    room = town.room()
    client = town.open(town.member(room))
    fields = json.loads(json.dumps(data, default=lambda _: room))
    refused = client.refusal(name, **fields)
    assert refused["code"] == "invalid"
    assert refused["message"]
    client.post(room, "and I am still here")


def test_a_text_may_be_as_long_as_announced_and_no_longer(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    longest = "𒀀" * client.opened["limits"]["text"]
    client.post(room, longest)
    client.wait_event("message.posted", text=longest)
    assert client.refusal("message.post", room=room, text=longest + "x")["code"] in ("invalid", "too_large")


@pytest.mark.parametrize(
    "frame",
    [
        {"id": 1},
        {"command": "space.list", "data": {}},
        {"id": 1, "command": "space.list", "query": "space.list", "data": {}},
        {"id": 1, "query": "space.list", "data": []},
        {"id": 1, "query": "space.list", "data": "x"},
        {"id": 1, "query": 5, "data": {}},
        {"id": 1, "command": "space.list", "data": {}},
        {"id": 1, "query": "account.sign_out", "data": {}},
        {"id": 1.5, "query": "space.list", "data": {}},
        {"id": [1], "query": "space.list", "data": {}},
        {"id": None, "query": "space.list", "data": {}},
        {"id": 1, "query": "space.list", "data": {}, "more": 1},
        {"id": 1, "event": "message.posted", "data": {}},
        {"id": 1, "result": {}},
    ],
)
def test_a_frame_of_the_wrong_shape_is_invalid(town: Town, frame: dict[str, Any]) -> None:
    client = town.open(town.account())
    client.replies.clear()
    client.send_frames([frame])
    client.wait(lambda: client.replies, "a reply")
    (reply,) = client.replies.values()
    assert reply["error"]["code"] == "invalid"
    client.replies.clear()
    client.catch_up()


def test_an_id_is_any_integer_or_string_and_comes_back_as_it_was(town: Town) -> None:
    for subprotocol in (JSON, MSGPACK):
        client = town.open(town.account(), subprotocol=subprotocol)
        for id_ in (0, -1, 2**53, 7.0, 1795978496219.0, "", "seven", "☃" * 20):
            client.send_frames([{"id": id_, "query": "space.list", "data": {}}])
            reply = client.reply(id_)
            assert reply == {"id": id_, "result": {"spaces": [], "next": None}}
            assert type(reply["id"]) is type(id_)


def test_frames_are_batched_both_ways(town: Town) -> None:
    room = town.room()
    for subprotocol in (JSON, MSGPACK):
        client = town.open(town.member(room), subprotocol=subprotocol)
        frames = [client.frame("message.post", {"room": room, "text": f"{n}"}) for n in range(200)]
        client.send_frames(frames)
        received = 0
        while len(client.replies) + len(client.posted(room)) < 400:
            client.receive()
            received += 1
        seqs = [client.replies[frame["id"]]["result"]["seq"] for frame in frames]
        assert seqs == list(range(seqs[0], seqs[0] + 200))
        assert received < len(client.replies) + len(client.events), "the server never batched"


def test_one_bad_frame_does_not_take_its_neighbours_along(town: Town) -> None:
    client = town.open(town.account())
    first, second = (client.frame("space.list", {}) for _ in range(2))
    client.send_message(f"{json.dumps(first)}\n{{nonsense\n{json.dumps(second)}")
    assert client.result(first["id"]) == client.result(second["id"]) == {"spaces": [], "next": None}
    assert client.reply(None)["error"]["code"] == "invalid"


def test_five_hundred_pipelined_posts_are_answered_once_each_and_logged_in_order(town: Town) -> None:
    room = town.room()
    client, other = town.open(town.member(room)), town.open(town.member(room))
    most = client.opened["limits"]["open_requests"]
    ids: list[int] = []
    for n in range(500):
        if n >= most:
            client.wait(lambda due=ids[n - most]: due in client.replies, "a reply")  # type: ignore[misc]
        ids.append(client.send("message.post", room=room, text=f"post {n}"))
    seqs = [client.result(id_)["seq"] for id_ in ids]
    assert seqs == list(range(seqs[0], seqs[0] + 500))
    client.catch_up()
    other.catch_up()
    assert client.replies == {}
    assert [event["data"]["text"] for event in other.posted(room)] == [f"post {n}" for n in range(500)]


def test_more_than_may_be_open_at_once_is_refused_or_waits_but_is_answered(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    count = client.opened["limits"]["open_requests"] * 3
    frames = [client.frame("message.post", {"room": room, "text": str(n)}) for n in range(count)]
    for start in range(0, count, 500):
        client.send_frames(frames[start : start + 500])
    replies = [client.reply(frame["id"]) for frame in frames]
    for reply in replies:
        assert "result" in reply or reply["error"]["code"] == "overloaded"
    client.catch_up()
    taken = [frame["data"]["text"] for frame, reply in zip(frames, replies, strict=True) if "result" in reply]
    assert [event["data"]["text"] for event in client.posted(room)] == taken


def test_without_a_subprotocol_one_speaks_json(town: Town) -> None:
    client = town.dial()
    assert client.connection.subprotocol is None
    client.open(town.account().token)


def test_an_unknown_subprotocol_is_refused_at_the_handshake(server: Server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        Client.dial(server, "chatd.v99.xml")
    assert refused.value.response.status_code == 400


def test_of_several_subprotocols_a_known_one_is_taken(town: Town) -> None:
    client = town.dial("chatd.v99.xml", MSGPACK)
    assert client.connection.subprotocol == MSGPACK
    client.open(town.account().token)


def test_a_bearer_token_in_the_handshake_serves_as_well(town: Town) -> None:
    account = town.account()
    client = town.dial(token=account.token).open()
    assert client.opened["account"]["id"] == account.id
    assert client.ask("space.list") == {"spaces": [], "next": None}


def test_a_bad_bearer_token_in_the_handshake_opens_nothing(town: Town) -> None:
    assert town.dial(token="nonsense").refusal("session.open")["code"] == "unauthenticated"


def test_a_lone_surrogate_is_refused_and_hurts_nobody(town: Town) -> None:
    room = town.room()
    client, other = town.open(town.member(room)), town.open(town.member(room), subprotocol=MSGPACK)
    for text in ("\\ud800", "\\udfff and", "x\\ud83d"):
        client.send_message(
            f'{{"id": "s", "command": "message.post", "data": {{"room": "{room}", "text": "{text}"}}}}'
        )
        client.wait(lambda: client.replies, "a reply")
        (reply,) = client.replies.values()
        client.replies.clear()
        assert reply["error"]["code"] == "invalid"
    client.post(room, "fine")
    other.wait_event("message.posted", text="fine")
    assert len(other.posted(room)) == 1
