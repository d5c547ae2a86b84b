"""Whom a message has reached and who has read it, as people in the room are told."""

from __future__ import annotations

import itertools

from .conftest import Serve
from .talking import MSGPACK, Client, Frame
from .town import Account, Town, absent_id

_ids = itertools.count()


def query(client: Client, **data: object) -> Frame:
    """The reply to `receipt.list`, whole."""
    id_ = f"receipts {next(_ids)}"
    client.send_frames([{"id": id_, "query": "receipt.list", "data": data}])
    return client.reply(id_)


def receipts(client: Client, room: str, seq: int) -> tuple[set[str], set[str]]:
    """Whom it was delivered to, and who has read it."""
    result = query(client, room=room, seq=seq)["result"]
    assert result.keys() == {"delivered", "read", "delivered_count", "read_count"}
    delivered, read = set(result["delivered"]), set(result["read"])
    assert (len(delivered), len(read)) == (result["delivered_count"], result["read_count"])
    assert read <= delivered
    return delivered, read


def refused(client: Client, **data: object) -> str:
    return str(query(client, **data)["error"]["code"])


def signals(client: Client, name: str) -> list[tuple[str, str, Frame]]:
    return [(s["stream"], s["by"], s["data"]) for s in client.signals if s["signal"] == name]


def people(town: Town, room: str, number: int) -> list[Account]:
    return [town.member(room) for _ in range(number)]


def test_a_message_is_delivered_to_who_is_there_and_read_by_who_says_so(town: Town) -> None:
    room = town.room()
    ada, bob, cy = people(town, room, 3)
    adas, bobs = town.open(ada), town.open(bob)
    seq = adas.post(room, "hello")["seq"]
    bobs.catch_up()
    assert receipts(adas, room, seq) == ({bob.id}, set())
    bobs.ask("read.mark", room=room, seq=seq)
    assert receipts(adas, room, seq) == receipts(bobs, room, seq) == ({bob.id}, {bob.id})
    cys = town.open(cy)
    cys.catch_up()
    assert receipts(adas, room, seq) == ({bob.id, cy.id}, {bob.id})
    later = adas.post(room, "are you there?")["seq"]
    for client in (bobs, cys):
        client.catch_up()
    cys.ask("read.mark", room=room, seq=later)
    assert receipts(adas, room, later) == ({bob.id, cy.id}, {cy.id})
    assert receipts(adas, room, seq) == ({bob.id, cy.id}, {bob.id, cy.id}), "what comes before it, too"


def test_who_came_after_a_message_is_not_in_its_receipts(town: Town) -> None:
    room = town.room()
    ada = town.open(town.member(room))
    seq = ada.post(room, "alone")["seq"]
    bob = town.open(town.member(room))
    bob.catch_up()
    bob.ask("read.mark", room=room, seq=seq)
    assert receipts(ada, room, seq)[0] <= {town.owner.id}


def test_receipts_survive_a_restart(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    try:
        room = town.room()
        ada, bob, cy, dee = people(town, room, 4)
        adas, bobs, cys = town.open(ada), town.open(bob), town.open(cy)
        dees = town.open(dee)
        dees.close()
        seq = adas.post(room, "hello")["seq"]
        bobs.catch_up()
        cys.catch_up()
        cys.ask("read.mark", room=room, seq=seq)
        bobs.close()
        expected = ({bob.id, cy.id}, {cy.id})
        assert receipts(adas, room, seq) == expected
        assert server.stop() == 0
        server.start()
        town.reconnect()
        adas = town.open(ada)
        assert receipts(adas, room, seq) == expected
        back = town.resume(dee, dees)
        back.wait_event("message.posted", text="hello")
        back.catch_up()
        assert receipts(adas, room, seq) == ({bob.id, cy.id, dee.id}, {cy.id})
        back.close()
        server.kill()
        server.start()
        town.reconnect()
        town.open(dee, back.cursor)  # it says itself how far it got
        assert dee.id in receipts(town.open(ada), room, seq)[0]
    finally:
        town.close()


def test_who_hides_their_receipts_is_in_none_and_may_still_look(town: Town) -> None:
    room = town.room()
    ada, bob, cy = people(town, room, 3)
    adas, bobs, cys = town.open(ada), town.open(bob), town.open(cy)
    bobs.ask("preferences.update", receipts=False)
    seq = adas.post(room, "hello")["seq"]
    for client in (bobs, cys):
        client.catch_up()
        client.ask("read.mark", room=room, seq=seq)
    assert receipts(adas, room, seq) == receipts(bobs, room, seq) == ({cy.id}, {cy.id})
    adas.wait(lambda: signals(adas, "receipt"), "the receipt of cy")
    assert signals(adas, "receipt") == [(f"room/{room}", cy.id, {"read": seq})]
    bobs.ask("preferences.update", receipts=True)
    assert receipts(adas, room, seq) == ({bob.id, cy.id}, {bob.id, cy.id})


def test_the_others_in_a_small_room_are_shown_how_far_one_has_read(town: Town) -> None:
    room = town.room()
    ada, bob = people(town, room, 2)
    adas, packed = town.open(ada), town.open(ada, subprotocol=MSGPACK)
    bobs, bobs_too = town.open(bob), town.open(bob)
    outside = town.open(town.member())
    seqs = [adas.post(room, str(n))["seq"] for n in range(30)]
    for seq in seqs:
        bobs.ask("read.mark", room=room, seq=seq)
    for client in (adas, packed):
        client.wait(
            lambda client=client: (f"room/{room}", bob.id, {"read": seqs[-1]}) in signals(client, "receipt"),
            "the newest receipt",
        )
        told = [data["read"] for _, _, data in signals(client, "receipt")]
        assert told == sorted(set(told)), "never back"
    bobs_too.wait(lambda: len(signals(bobs_too, "read.marked")) == len(seqs), "every move of the marker")
    outside.ask("space.list")
    assert signals(outside, "receipt") == signals(bobs, "receipt") == signals(bobs_too, "receipt") == []


def test_only_members_may_ask_and_what_one_may_not_see_does_not_exist(town: Town) -> None:
    room, secret = town.room(), town.room("Secret", private=True)
    member, guest, owner = town.open(town.member(room)), town.open(town.member()), town.open(town.owner)
    seq, hidden = member.post(room, "hello")["seq"], owner.post(secret, "psst")["seq"]
    assert refused(guest, room=room, seq=seq) == "forbidden"
    assert refused(member, room=secret, seq=hidden) == "not_found"
    assert refused(member, room=absent_id(), seq=1) == "not_found"
    assert refused(member, room=room, seq=seq + 1) == "not_found"
    assert refused(member, room=room, seq=1) == "not_found", "that is the room's making, no message"
    assert refused(member, room=room) == "invalid"
    assert query(town.operator, room=room, seq=seq)["result"]["read"] == []


# --- presence must not show in them ---


def test_what_an_invisible_account_is_given_is_not_delivered_until_it_is_there_again(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    try:
        room = town.room()
        ada, bob = people(town, room, 2)
        adas, bobs = town.open(ada), town.open(bob)
        seen = adas.post(room, "you are there")["seq"]
        bobs.catch_up()
        bobs.ask("presence.set", state="invisible")
        unseen = adas.post(room, "are you there?")["seq"]
        bobs.catch_up()
        assert receipts(adas, room, seen) == ({bob.id}, set())
        assert receipts(adas, room, unseen) == (set(), set())
        back = town.resume(bob, bobs)  # another session, which says how far it came
        bobs.close()
        back.catch_up()
        assert receipts(adas, room, unseen) == (set(), set())
        back.close()
        assert server.stop() == 0
        server.start()
        town.reconnect()
        adas, bobs = town.open(ada), town.open(bob)
        bobs.catch_up()
        assert receipts(adas, room, seen) == ({bob.id}, set())
        assert receipts(adas, room, unseen) == (set(), set())
        bobs.ask("presence.set", state="online")
        assert receipts(adas, room, unseen) == ({bob.id}, set())
    finally:
        town.close()


def test_what_an_invisible_account_has_read_is_shown_when_one_looks_and_not_at_once(town: Town) -> None:
    room = town.room()
    ada, bob, cy = people(town, room, 3)
    adas, bobs, cys = town.open(ada), town.open(bob), town.open(cy)
    seq = adas.post(room, "hello")["seq"]
    bobs.ask("presence.set", state="invisible")
    for client in (bobs, cys):
        client.ask("read.mark", room=room, seq=seq)
    adas.wait(lambda: signals(adas, "receipt"), "the receipt of cy")
    assert {by for _, by, _ in signals(adas, "receipt")} == {cy.id}
    assert receipts(adas, room, seq) == ({bob.id, cy.id}, {bob.id, cy.id})


def test_nobody_is_shown_that_an_invisible_account_is_typing(town: Town) -> None:
    room = town.room()
    ada, bob, cy = people(town, room, 3)
    adas, bobs, cys = town.open(ada), town.open(bob), town.open(cy)
    bobs.ask("presence.set", state="invisible")
    bobs.ask("typing.set", room=room)
    cys.ask("typing.set", room=room)
    adas.wait(lambda: signals(adas, "typing"), "the typing of cy")
    assert {by for _, by, _ in signals(adas, "typing")} == {cy.id}


def test_of_who_has_left_nothing_is_delivered_that_they_have_not_read(town: Town) -> None:
    room = town.room()
    ada, bob, cy = people(town, room, 3)
    adas = town.open(ada)
    seq = adas.post(room, "hello")["seq"]
    for account in (bob, cy):
        town.operator.ask("room.remove", room=room, account=account.id)
    bobs = town.open(bob)  # is somewhere else, which is nobody's business here
    bobs.catch_up()
    assert receipts(adas, room, seq) == (set(), set())
