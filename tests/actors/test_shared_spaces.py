"""Who in a direct room still shares a space: asked once, and again only after somebody came or left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from chatd.actors.runtime.shared_spaces import SharedSpaces
from chatd.domain.event import Event
from chatd.domain.room.state import RoomState


class Reader:
    """Answers that everybody but `ann` is apart; counts what it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def apart(self, people: Sequence[str], guests: bool) -> list[dict[str, Any]]:
        self.asked += 1
        return [{"account": who, "apart": who != "ann", "gone": who == "eve"} for who in people]


def event(stream: str, type_: str) -> Event:
    return Event(1, stream, 1, type_, 1, "ann", {"account": "bob"})


async def test_the_store_is_asked_once_however_much_is_written() -> None:
    reader = Reader()
    spaces, room = SharedSpaces(cast(Any, reader), guests=False), RoomState("d", people={"ann", "bob", "eve"})
    for _ in range(100):
        await spaces.learn(room)
        spaces.follow([event("room/d", "message.posted"), event("room/r", "member.joined")])
    assert reader.asked == 1
    assert (room.apart, room.gone) == ({"bob", "eve"}, {"eve"})


async def test_the_store_is_asked_again_after_each_change_of_who_is_in_a_space() -> None:
    reader = Reader()
    spaces, room = SharedSpaces(cast(Any, reader), guests=False), RoomState("d", people={"ann", "bob"})
    await spaces.learn(room)
    changes = ("member.joined", "member.left", "member.kicked", "member.banned", "member.role_set")
    for count, type_ in enumerate((*changes, "space.deleted"), 2):
        spaces.follow([event("space/s", type_)])
        await spaces.learn(room)
        await spaces.learn(room)
        assert reader.asked == count, type_
    spaces.follow([event("account/bob", "account.deleted")])
    await spaces.learn(room)
    assert reader.asked == len(changes) + 3
