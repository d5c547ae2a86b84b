"""Two views of one thing obey one rule: what is listed as a mention counts as one."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from .conftest import Serve
from .talking import Client
from .town import Account, Town


@attrs.define
class Scene:
    """Bob is in the room, Ann writes; a bell rings when the notifier has come to where it rang."""

    town: Town
    bob: Account
    room: str
    ann: Client
    ear: Client
    ringer: Client
    bell: str

    @classmethod
    def of(cls, town: Town) -> Scene:
        ann = town.open(town.owner)
        room = town.room(by=ann)
        bob = town.member(room, name="bob")
        ringer, ear = town.open(town.member()), town.open(bob)
        bell = ringer.ask("direct.open", accounts=[bob.id])["room"]["id"]
        return cls(town, bob, room, ann, ear, ringer, bell)

    def post(self, text: str, **more: Any) -> int:
        seq: int = self.ann.ask("message.post", room=self.room, text=text, **more)["seq"]
        return seq

    def edit(self, seq: int, text: str) -> None:
        self.ann.ask("message.edit", room=self.room, seq=seq, text=text)

    def hear(self, **how: Any) -> None:
        self.ear.ask("subscription.update", room=self.room, **how)

    def settle(self) -> None:
        """Until the notifier has looked at all that was said, and the list shows what it made of it."""
        seq = self.ringer.post(self.bell, "ding")["seq"]
        told = self.ear.wait_event("notification.created", room=self.bell, seq=seq)["data"]["notification"]
        while all(row["id"] != told for row in self.ear.ask("notification.list")["notifications"]):
            self.ear.catch_up()

    def mentions(self) -> list[int]:
        """The seqs of unread mentions, newest first: the other list counts as many."""
        self.settle()
        rows = self.ear.ask("notification.list", unread=True)["notifications"]
        seqs = [row["seq"] for row in rows if (row["room"], row["kind"]) == (self.room, "mention")]
        [counted] = [row for row in self.ear.ask("unread.list")["rooms"] if row["room"] == self.room]
        assert counted["mentions"] == len(seqs)
        return seqs

    def kinds(self, seq: int) -> list[str]:
        rows = self.ear.ask("notification.list", unread=True)["notifications"]
        return [row["kind"] for row in rows if (row["room"], row["seq"]) == (self.room, seq)]

    def rung(self, seq: int) -> int:
        """How many notifications of the message came."""
        return sum(
            event["event"] == "notification.created"
            and (event["data"]["room"], event["data"]["seq"]) == (self.room, seq)
            for event in self.ear.events
        )


@pytest.fixture
def scene(town: Town) -> Scene:
    return Scene.of(town)


@pytest.mark.parametrize("name", ["@{bob}", "@room", "@here"])
def test_a_mention_edited_in_and_out_and_in_again_is_told_once(scene: Scene, name: str) -> None:
    named = name.format(bob=scene.bob.name)
    seq = scene.post("can somebody look?")
    assert scene.mentions() == []
    scene.edit(seq, f"{named} can you look?")
    assert scene.mentions() == [seq]
    scene.edit(seq, "never mind")
    assert scene.mentions() == []
    scene.edit(seq, f"{named} please do")
    scene.edit(seq, f"@{scene.bob.name} and @room, please do")
    assert scene.mentions() == [seq]
    assert scene.rung(seq) == 1
    scene.ear.ask("read.mark", room=scene.room, seq=seq)
    assert scene.mentions() == []
    scene.ann.ask("message.delete", room=scene.room, seq=seq)
    assert scene.mentions() == []


@pytest.mark.parametrize(
    ("how", "back"), [({"level": "none"}, {"level": "all"}), ({"mute_for": 900}, {"mute_for": 0})]
)
def test_what_comes_while_the_room_is_not_heard_counts_in_neither_list(
    scene: Scene, how: dict[str, Any], back: dict[str, Any]
) -> None:
    heard = scene.post(f"@{scene.bob.name} before")
    scene.hear(**how)
    assert scene.mentions() == [heard]
    unheard = scene.post(f"@{scene.bob.name} meanwhile")
    edited = scene.post("meanwhile too")
    scene.edit(edited, "@room meanwhile too")
    scene.edit(heard, f"@{scene.bob.name} before, edited")
    assert scene.mentions() == [heard]
    scene.hear(**back)
    scene.edit(unheard, f"@{scene.bob.name} after")
    assert scene.mentions() == [heard]
    assert scene.rung(unheard) == 0


def test_a_reply_in_a_followed_thread_is_told_as_a_mention_too_once_it_is_one(scene: Scene) -> None:
    root = scene.ear.post(scene.room, "mine")["seq"]
    reply = scene.post("an answer", reply_to=root)
    assert scene.mentions() == []
    scene.edit(reply, f"@{scene.bob.name} an answer")
    assert scene.mentions() == [reply]
    assert scene.kinds(reply) == ["mention", "thread"]
    scene.edit(reply, "an answer")
    assert scene.mentions() == []
    assert scene.kinds(reply) == ["thread"]


def test_in_a_direct_room_an_edit_does_not_tell_again(scene: Scene) -> None:
    room = scene.ann.ask("direct.open", accounts=[scene.bob.id])["room"]["id"]
    seq = scene.ann.post(room, "hello")["seq"]
    scene.ann.ask("message.edit", room=room, seq=seq, text=f"hello @{scene.bob.name}")
    scene.settle()
    rows = scene.ear.ask("notification.list")["notifications"]
    assert [row["kind"] for row in rows if row["room"] == room] == ["direct"]


def test_who_came_later_or_came_back_is_not_told_of_what_was_there(scene: Scene) -> None:
    early = scene.post("early")
    scene.ear.ask("room.leave", room=scene.room)
    scene.ear.ask("room.join", room=scene.room)
    scene.edit(early, f"@{scene.bob.name} early")
    assert scene.mentions() == []
    assert scene.rung(early) == 0


def test_a_block_passes_over_what_was_told_and_its_end_brings_that_back(scene: Scene) -> None:
    before = scene.post(f"@{scene.bob.name} before")
    assert scene.mentions() == [before]
    scene.ear.ask("block.add", account=scene.town.owner.id)
    during = scene.post(f"@{scene.bob.name} meanwhile")
    assert scene.mentions() == []
    scene.ear.ask("block.remove", account=scene.town.owner.id)
    assert scene.mentions() == [before]
    assert scene.rung(during) == 0


def test_a_mention_that_an_edit_brought_is_told_once_over_a_kill(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    scene = Scene.of(town)
    seqs = [scene.post("one"), scene.post("two")]
    for seq in seqs:
        scene.edit(seq, f"@{scene.bob.name} {seq}")
    server.kill()
    town.close()
    server.start()
    town.reconnect()
    scene.ear, scene.ringer = town.open(scene.bob), town.open(town.member())
    scene.bell = scene.ringer.ask("direct.open", accounts=[scene.bob.id])["room"]["id"]
    assert scene.mentions() == seqs[::-1]
    town.assert_sound()
    town.close()
