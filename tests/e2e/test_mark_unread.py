"""Marking as unread: one's own marker goes back on all devices; what others saw as read stays read."""

from __future__ import annotations

import attrs
import pytest

from .conftest import Serve
from .talking import Client, Frame
from .test_hostile_bytes import within
from .test_unread import counted, unread
from .town import Account, Town


@attrs.frozen
class Scene:
    """`bob` has read all six messages of `ada`; the third and the last mention him."""

    town: Town
    room: str
    account: Account
    ada: Client
    bob: Client
    seqs: list[int]

    def notifications(self) -> list[tuple[int, bool]]:
        rows = self.bob.ask("notification.list")["notifications"]
        return [(row["seq"], row["read"]) for row in rows]

    def read_by(self, seq: int) -> list[str]:
        found: list[str] = self.ada.ask("receipt.list", room=self.room, seq=seq)["read"]
        return found


@pytest.fixture
def scene(town: Town) -> Scene:
    return played(town)


def played(town: Town) -> Scene:
    room = town.room()
    account = town.member(room, name="bob")
    ada, bob = town.open(town.member(room)), town.open(account)
    texts = [f"@{account.name}" if number in (2, 5) else f"{number}" for number in range(6)]
    seqs = [ada.post(room, text)["seq"] for text in texts]
    assert within(30, lambda: bob.ask("notification.list", unread=True)["unread"] == 2)
    bob.ask("read.mark", room=room, seq=seqs[5])
    return Scene(town, room, account, ada, bob, seqs)


def test_what_came_from_the_message_on_is_unread_again_with_its_notifications(scene: Scene) -> None:
    bob, room, seqs = scene.bob, scene.room, scene.seqs
    assert unread(bob, room) == counted(0)
    assert scene.notifications() == [(seqs[5], True), (seqs[2], True)]
    bob.ask("read.mark_unread", room=room, seq=seqs[3])
    assert unread(bob, room) == counted(3, 1, seqs[3])
    assert scene.notifications() == [(seqs[5], False), (seqs[2], True)]
    assert bob.ask("notification.list", unread=True)["unread"] == 1
    bob.ask("read.mark_unread", room=room, seq=seqs[0])
    assert unread(bob, room) == counted(6, 2, seqs[0])
    bob.ask("read.mark", room=room, seq=seqs[4])
    assert unread(bob, room) == counted(1, 1, seqs[5])
    bob.ask("read.mark", room=room, seq=seqs[5])
    assert unread(bob, room) == counted(0)
    assert scene.notifications() == [(seqs[5], True), (seqs[2], True)]


def test_a_marker_that_is_before_the_message_does_not_move(scene: Scene) -> None:
    bob, room, seqs = scene.bob, scene.room, scene.seqs
    bob.ask("read.mark_unread", room=room, seq=seqs[2])
    before = bob.ask("unread.list")
    bob.catch_up()
    told = len(bob.events)
    for seq in (seqs[2], seqs[4]):
        bob.ask("read.mark_unread", room=room, seq=seq)
    assert bob.ask("unread.list") == before
    bob.catch_up()
    assert [event for event in bob.events[told:] if event["event"] == "read.marked_unread"] == []


def test_all_devices_are_told_and_those_that_were_away_find_it(scene: Scene) -> None:
    bob, room, seqs = scene.bob, scene.room, scene.seqs
    there, away = scene.town.open(scene.account), scene.town.open(scene.account)
    away.close()
    bob.ask("read.mark_unread", room=room, seq=seqs[1])
    for device in (bob, there):
        told = device.wait_event("read.marked_unread")
        assert (told["stream"], told["data"]) == (
            f"account/{scene.account.id}",
            {"room": room, "seq": seqs[1]},
        )
    back = scene.town.resume(scene.account, away)
    assert back.wait_event("read.marked_unread")["position"] == told["position"]
    [row] = [row for row in back.opened["rooms"] if row["id"] == room]
    assert (row["read"], row["unread"]) == (seqs[1] - 1, 5)
    there.ask("read.mark", room=room, seq=seqs[2])
    assert unread(bob, room) == unread(back, room) == counted(3, 1, seqs[3])


def test_to_others_who_has_read_a_message_stays_somebody_who_has(scene: Scene) -> None:
    ada, bob, room, seqs = scene.ada, scene.bob, scene.room, scene.seqs
    ada.wait(lambda: receipts(ada, seqs[5]), "the receipt")
    bob.ask("read.mark_unread", room=room, seq=seqs[0])
    assert all(scene.read_by(seq) == [scene.account.id] for seq in seqs)
    bob.ask("read.mark", room=room, seq=seqs[1])
    seq = ada.post(room, "one more")["seq"]
    bob.ask("read.mark", room=room, seq=seq)
    ada.wait(lambda: receipts(ada, seq), "the next receipt")
    assert receipts(ada, seqs[1]) == []
    assert all(event["stream"].startswith("room/") for event in ada.events if event["by"] == scene.account.id)


def receipts(client: Client, read: int) -> list[Frame]:
    return [signal for signal in client.signals if signal["data"].get("read") == read]


def test_who_may_not_read_a_room_marks_nothing_in_it(scene: Scene) -> None:
    town, room, seqs = scene.town, scene.room, scene.seqs
    data = {"room": room, "seq": seqs[0]}
    assert town.operator.refusal("read.mark_unread", **data)["code"] == "forbidden"
    assert town.open(town.account()).refusal("read.mark_unread", **data)["code"] == "not_found"
    assert town.open(town.member()).refusal("read.mark_unread", **data)["code"] == "forbidden"
    beyond = scene.bob.refusal("read.mark_unread", room=room, seq=seqs[5] + 1000)
    assert (beyond["code"], "last seq" in beyond["message"]) == ("invalid", True)


def test_a_mark_as_unread_holds_over_a_restart(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    scene = played(town)
    scene.bob.ask("read.mark_unread", room=scene.room, seq=scene.seqs[4])
    town.close()
    assert server.stop() == 0
    server.start()
    town.reconnect()
    bob = town.open(scene.account)
    assert unread(bob, scene.room) == counted(2, 1, scene.seqs[4])
    bob.ask("read.mark", room=scene.room, seq=scene.seqs[5])
    assert unread(bob, scene.room) == counted(0)
    town.assert_sound()
    town.close()
