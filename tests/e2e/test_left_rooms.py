"""Personal rows that point to what one sees no more are passed over and not counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .talking import Client, Frame
from .test_hostile_bytes import within
from .town import Account, Town

Leave = Callable[[Town, Client, Account, str], Frame]
WAYS: dict[str, Leave] = {
    "left": lambda town, own, who, room: own.ask("room.leave", room=room),
    "removed": lambda town, own, who, room: town.operator.ask("room.remove", room=room, account=who.id),
    "deleted": lambda town, own, who, room: town.operator.ask("room.delete", room=room),
    "kicked": lambda town, own, who, room: town.operator.ask("member.kick", space=town.space, account=who.id),
    "banned": lambda town, own, who, room: town.operator.ask("member.ban", space=town.space, account=who.id),
}


def unread(session: Client) -> int:
    count: int = session.ask("notification.list", unread=True)["unread"]
    return count


@pytest.mark.parametrize("way", WAYS)
def test_who_is_out_of_a_room_is_not_reminded_of_it(town: Town, way: str) -> None:
    room = town.room(f"Way out: {way}")
    who = town.member(room)
    owner, session = town.open(town.owner), town.open(who)
    owner.ask("room.join", room=room)
    owner.ask("message.post", room=room, text=f"@{who.name} hello")
    session.ask("draft.set", room=room, text="I was about to say")
    assert within(30, lambda: unread(session) == 1)
    WAYS[way](town, session, who, room)
    assert unread(session) == 0
    assert session.ask("notification.list")["notifications"] == []
    assert session.ask("unread.list")["rooms"] == []
    assert session.ask("draft.list")["drafts"] == []
    session.close()
    owner.close()


def test_who_comes_back_finds_the_draft_and_no_news(town: Town) -> None:
    room = town.room("Revolving door")
    who = town.member(room)
    owner, session = town.open(town.owner), town.open(who)
    owner.ask("room.join", room=room)
    owner.ask("message.post", room=room, text=f"@{who.name} hello")
    session.ask("draft.set", room=room, text="I was about to say")
    assert within(30, lambda: unread(session) == 1)
    session.ask("room.leave", room=room)
    session.ask("room.join", room=room)
    assert unread(session) == 0
    (told,) = session.ask("notification.list")["notifications"]
    assert told["read"]
    (draft,) = session.ask("draft.list")["drafts"]
    assert draft["text"] == "I was about to say"
    session.close()
    owner.close()
