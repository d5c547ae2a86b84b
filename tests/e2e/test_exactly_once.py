"""A nonce is good for one message of its author in its room, for ever."""

from __future__ import annotations

import pytest

from .conftest import Serve
from .talking import MSGPACK, Client, history
from .town import Town


def test_the_same_nonce_again_gives_the_first_result_and_logs_nothing(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    client = town.open(account)
    first = client.post(room, "once", nonce="n1")
    assert client.post(room, "once", nonce="n1") == first
    assert town.open(account, subprotocol=MSGPACK).post(room, "once", nonce="n1") == first
    client.catch_up()
    assert len(client.posted(room)) == len(history(client, room)) == 1


def test_the_same_nonce_in_one_batch_posts_once(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    frames = [client.frame("message.post", {"room": room, "text": "once", "nonce": "n"}) for _ in range(50)]
    client.send_frames(frames)
    results = [client.result(frame["id"]) for frame in frames]
    assert all(result == results[0] for result in results)
    assert results[0]["position"] > 0
    assert len(history(client, room)) == 1


def test_two_devices_racing_with_one_nonce_post_once(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    here, there = town.open(account), town.open(account)
    asked: list[tuple[Client, int]] = []
    for n in range(50):
        for client in (here, there):
            asked.append((client, client.send("message.post", room=room, text=f"{n}", nonce=f"race {n}")))
    results = [client.result(id_) for client, id_ in asked]
    assert results[::2] == results[1::2]
    assert [message["text"] for message in history(here, room)] == [str(n) for n in range(50)]


def test_the_same_nonce_with_another_message_is_a_conflict(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    first = client.post(room, "one", nonce="n")
    assert client.refusal("message.post", room=room, text="two", nonce="n")["code"] == "conflict"
    reply = client.refusal("message.post", room=room, text="one", nonce="n", reply_to=first["seq"])
    assert reply["code"] == "conflict"
    assert client.post(room, "one", nonce="n") == first
    assert len(history(client, room)) == 1
    client.ask("message.delete", room=room, seq=first["seq"])
    assert client.post(room, "two", nonce="n") == first, "nothing is compared with what was erased"


def test_a_nonce_belongs_to_its_author_and_room(town: Town) -> None:
    room, other_room = town.room("One"), town.room("Two")
    ada, bob = town.open(town.member(room, other_room)), town.open(town.member(room))
    seqs = [
        client.post(where, "x", nonce="n") for client, where in ((ada, room), (bob, room), (ada, other_room))
    ]
    assert len({result["position"] for result in seqs}) == 3


def test_messages_without_a_nonce_are_each_their_own(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    assert client.post(room, "x")["seq"] + 1 == client.post(room, "x")["seq"]


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_a_nonce_is_remembered_through_restarts_and_thousands_of_messages(serve: Serve, end: str) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    account = town.member(room)

    def all_as_before(client: Client) -> None:
        assert client.post(room, "an old one", nonce="old") == old
        assert client.post(room, "a new one", nonce="new") == new
        assert client.refusal("message.post", room=room, text="not it", nonce="old")["code"] == "conflict"
        assert client.refusal("message.post", room=room, text="not it", nonce="new")["code"] == "conflict"

    client = town.open(account)
    old = client.post(room, "an old one", nonce="old")
    for start in range(0, 2500, 250):
        frames = [
            client.frame("message.post", {"room": room, "text": f"{n}", "nonce": f"nonce {n}"})
            for n in range(start, start + 250)
        ]
        client.send_frames(frames)
        seqs = [client.result(frame["id"])["seq"] for frame in frames]
        assert seqs == [old["seq"] + n for n in range(start + 1, start + 251)]
    new = client.post(room, "a new one", nonce="new")
    all_as_before(client)
    for _ in range(2):
        getattr(server, end)()
        town.close()
        server.start()
        town.reconnect()
        client = town.open(account)
        all_as_before(client)
        again = client.post(room, "1234", nonce="nonce 1234")
        assert again["seq"] == old["seq"] + 1235
    assert len(history(client, room)) == 2502
    town.assert_sound()
    town.close()
