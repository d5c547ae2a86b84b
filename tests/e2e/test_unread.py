"""Mentions, and what is unread after any mix of posts, changes, reads on several devices and restarts."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Serve
from .talking import Client, Frame
from .town import Account, Town


def unread(client: Client, room: str) -> Frame:
    (row,) = [row for row in client.ask("unread.list")["rooms"] if row["room"] == room]
    return {name: row[name] for name in ("unread", "mentions", "first_unread")}


def counted(unread: int, mentions: int = 0, first: int | None = None) -> Frame:
    return {"unread": unread, "mentions": mentions, "first_unread": first}


def mentioned(client: Client, room: str, text: str) -> list[str]:
    """Whom a text mentions, when this client posts it."""
    seq = client.post(room, text)["seq"]
    names: list[str] = client.ask("message.get", room=room, seq=seq)["message"]["mentions"]
    assert client.wait_event("message.posted", text=text)["data"].get("mentions", []) == names
    return names


# --- mentions ----------------------------------------------------------------------------------------------


def test_a_mention_names_a_member_of_the_room_however_it_is_written(town: Town) -> None:
    room = town.room()
    ann, bob = town.member(room, name="Ann.Müller"), town.member(room)
    outside = town.member()
    client = town.open(bob)
    for text in (
        f"@{ann.name}",
        f"hello @{ann.name.upper()}!",
        f"(@{ann.name.lower()}.)",
        f"@{ann.name}, @{ann.name}",
        f"*@{ann.name}*",
    ):
        assert mentioned(client, room, text) == [ann.id], text
    for text in (
        f"`@{ann.name}`",
        f"```\n@{ann.name}\n```",
        f"mail@{ann.name}",
        f"https://example.org/@{ann.name}",
        f"@{outside.name}",
        "@nobody-of-this-name",
        "@",
    ):
        assert mentioned(client, room, text) == [], text
    assert set(mentioned(client, room, f"@{ann.name} and me, @{bob.name}")) == {ann.id, bob.id}


def test_here_means_those_who_are_there_and_room_means_all(town: Town) -> None:
    there, hidden, author = (town.open(town.member()) for _ in range(3))
    room = town.room(by=author)
    for client in (there, hidden):
        client.ask("room.join", room=room)
    hidden.ask("presence.set", state="invisible")
    assert set(mentioned(author, room, "@here, look")) == {"here", there.opened["account"]["id"]}
    assert mentioned(author, room, "@room, look") == ["room"]
    for client, expected in ((there, 2), (hidden, 1)):
        assert unread(client, room)["mentions"] == expected
    assert unread(author, room) == counted(0)


def test_guests_are_not_loud(town: Town) -> None:
    code = town.operator.ask("invite.create", space=town.space, role="guest")["invite"]["code"]
    account, owner = town.account("guest"), town.open(town.owner)
    guest = town.open(account)
    guest.ask("invite.accept", code=code)
    public = town.room(by=owner)
    town.operator.ask("room.invite", room=public, account=account.id)
    assert mentioned(guest, public, "@room") == []
    public = town.room(by=owner)
    assert guest.refusal("room.join", room=public)["code"] == "not_found"


def test_who_joins_later_was_not_mentioned(town: Town) -> None:
    room = town.room()
    late, author = town.member(), town.open(town.member(room))
    assert mentioned(author, room, f"@{late.name} @room") == ["room"]
    client = town.open(late)
    client.ask("room.join", room=room)
    assert unread(client, room) == counted(0)
    seq = author.post(room, f"now @{late.name}")["seq"]
    assert unread(client, room) == counted(1, 1, seq)


# --- counts ------------------------------------------------------------------------------------------------


def test_unread_is_what_others_said_since_and_did_not_take_back(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    ada, bob = town.open(town.member(room)), town.open(account)
    assert unread(bob, room) == counted(0)
    seqs = [ada.post(room, f"{n}")["seq"] for n in range(5)]
    assert unread(bob, room) == counted(5, 0, seqs[0])
    assert unread(ada, room) == counted(0)
    bob.post(room, "mine")
    ada.ask("reaction.add", room=room, seq=seqs[0], emoji="👍")
    ada.ask("message.edit", room=room, seq=seqs[1], text="changed")
    assert unread(bob, room) == counted(5, 0, seqs[0])
    ada.ask("message.delete", room=room, seq=seqs[0])
    ada.ask("message.delete", room=room, seq=seqs[3])
    assert unread(bob, room) == counted(3, 0, seqs[1])
    bob.ask("read.mark", room=room, seq=seqs[2])
    assert unread(bob, room) == counted(1, 0, seqs[4])
    ada.ask("message.delete", room=room, seq=seqs[1])
    assert unread(bob, room) == counted(1, 0, seqs[4])
    ada.ask("message.delete", room=room, seq=seqs[4])
    assert unread(bob, room) == counted(0)


def test_mentions_follow_what_a_message_says_now(town: Town) -> None:
    room = town.room()
    account = town.member(room, name="bob")
    ada, bob = town.open(town.member(room)), town.open(account)
    first, second, third = (ada.post(room, text)["seq"] for text in (f"@{account.name}", "nobody", "@room"))
    assert unread(bob, room) == counted(3, 2, first)
    ada.ask("message.edit", room=room, seq=first, text="nobody")
    assert unread(bob, room) == counted(3, 1, first)
    ada.ask("message.edit", room=room, seq=second, text=f"@{account.name} and @room")
    assert unread(bob, room) == counted(3, 2, first)
    ada.ask("message.delete", room=room, seq=third)
    assert unread(bob, room) == counted(2, 1, first)
    bob.ask("read.mark", room=room, seq=second)
    assert unread(bob, room) == counted(0)


def test_all_devices_of_an_account_agree_on_what_is_read(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    ada, here, there = town.open(town.member(room)), town.open(account), town.open(account)
    seqs = [ada.post(room, f"{n}")["seq"] for n in range(6)]
    here.ask("read.mark", room=room, seq=seqs[3])
    there.wait(lambda: there.signals, "the marker")
    assert there.signals[-1]["data"] == {"seq": seqs[3]}
    there.ask("read.mark", room=room, seq=seqs[1])
    assert unread(here, room) == unread(there, room) == counted(2, 0, seqs[4])


def test_each_room_is_counted_by_itself(town: Town) -> None:
    rooms = [town.room(f"Room {n}") for n in range(3)]
    account = town.member(*rooms[:2])
    ada, bob = town.open(town.member(*rooms)), town.open(account)
    direct = ada.ask("direct.open", accounts=[account.id])["room"]["id"]
    for count, room in enumerate((*rooms, direct), 1):
        for n in range(count):
            last = ada.post(room, f"{n}")
    rows = {row["room"]: row for row in bob.ask("unread.list")["rooms"]}
    assert {room: row["unread"] for room, row in rows.items()} == {rooms[0]: 1, rooms[1]: 2, direct: 4}
    assert (rows[direct]["head"], rows[direct]["read"]) == (last["seq"], 0)


def test_what_came_before_one_joined_or_while_one_had_left_is_not_unread(town: Town) -> None:
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member())
    ada.post(room, "before")
    bob.ask("room.join", room=room)
    assert unread(bob, room) == counted(0)
    ada.post(room, "with")
    bob.ask("room.leave", room=room)
    assert bob.ask("unread.list")["rooms"] == []
    ada.post(room, "without")
    bob.ask("room.join", room=room)
    assert unread(bob, room) == counted(0)
    seq = ada.post(room, "again")["seq"]
    assert unread(bob, room) == counted(1, 0, seq)


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_counts_survive_a_restart(serve: Serve, end: str) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    account, author = town.member(room, name="bob"), town.member(room)

    def looked(of: Account) -> Any:
        with_rooms = town.open(of)
        return with_rooms.ask("unread.list")

    ada, bob = town.open(author), town.open(account)
    seqs = [ada.post(room, f"{n} @{account.name}")["seq"] for n in range(4)]
    bob.ask("read.mark", room=room, seq=seqs[0])
    ada.ask("message.delete", room=room, seq=seqs[1])
    assert unread(bob, room) == counted(2, 2, seqs[2])
    before = looked(account), looked(author)
    getattr(server, end)()
    town.close()
    server.start()
    town.reconnect()
    assert (looked(account), looked(author)) == before
    town.close()


def test_a_marker_that_would_move_back_is_shown_to_nobody(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    ada, here, there = town.open(town.member(room)), town.open(account), town.open(account)
    seqs = [ada.post(room, f"{n}")["seq"] for n in range(4)]
    for seq in (seqs[2], seqs[1], seqs[2], seqs[3]):
        here.ask("read.mark", room=room, seq=seq)
    there.catch_up()
    marked = [s["data"]["seq"] for s in there.signals if s["signal"] == "read.marked"]
    assert marked == [seqs[2], seqs[3]]
    town.server.kill()
    town.close()
    town.server.start()
    town.reconnect()
    here, there = town.open(account), town.open(account)
    here.ask("read.mark", room=room, seq=seqs[0])
    there.catch_up()
    assert not [s for s in there.signals if s["signal"] == "read.marked"]


def test_a_session_is_told_of_each_room_what_the_list_says(town: Town) -> None:
    room, quiet = town.room(), town.room()
    ann = town.open(town.member(room, quiet))
    ann.post(room, "before bob came")
    bob = town.member(room, quiet)
    first = ann.post(room, "hello")["seq"]
    told = {one["id"]: one["first_unread"] for one in town.open(bob).opened["rooms"]}
    assert told == {room: first, quiet: None}
