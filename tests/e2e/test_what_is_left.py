"""Counts and times are of what is left: a thread promises no reply that was deleted, expired or erased."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .talking import Client, Frame
from .test_conversation import message
from .test_hostile_bytes import within
from .town import Account, Town

Gone = Callable[[Town, Client, Account, str, int], object]
WAYS: dict[str, Gone] = {
    "deleted": lambda town, own, who, room, seq: own.ask("message.delete", room=room, seq=seq),
    "removed by an operator": lambda town, own, who, room, seq: town.operator.ask(
        "message.delete", room=room, seq=seq, reason="spam"
    ),
    "erased with its author": lambda town, own, who, room, seq: town.operator.ask(
        "account.erase", account=who.id
    ),
}


def thread(reader: Client, room: str, root: int) -> Frame | None:
    found: Frame | None = message(reader, room, root)["thread"]
    return found


@pytest.mark.parametrize("way", WAYS)
def test_a_reply_that_is_gone_counts_no_more(town: Town, way: str) -> None:
    room = town.room()
    ada, who = town.open(town.member(room)), town.member(room)
    bob = town.open(who)
    root = ada.post(room, "root")["seq"]
    first = ada.post(room, "stays", reply_to=root)
    last = bob.post(room, "goes", reply_to=root)["seq"]
    assert thread(ada, room, root)["replies"] == 2
    WAYS[way](town, bob, who, room, last)
    left = {"replies": 1, "last_at": first["at"]}
    assert within(30, lambda: ada.ask("message.get", room=room, seq=root)["message"]["thread"] == left)
    assert thread(ada, room, root) == left
    ada.ask("message.delete", room=room, seq=first["seq"])
    assert thread(ada, room, root) in (None, {"replies": 0, "last_at": None})


def test_a_reply_that_expired_counts_no_more(town: Town) -> None:
    room = town.room()
    ada = town.open(town.member(room))
    root = ada.post(room, "root")["seq"]
    first = ada.post(room, "stays", reply_to=root)
    ada.post(room, "goes", reply_to=root, expires_in=2)
    assert thread(ada, room, root)["replies"] == 2
    left = {"replies": 1, "last_at": first["at"]}
    # By one query: of two that `thread` asks, the reply may expire between them.
    assert within(30, lambda: ada.ask("message.get", room=room, seq=root)["message"]["thread"] == left)
    assert thread(ada, room, root) == left


def test_a_reply_in_the_middle_leaves_the_time_of_the_last(town: Town) -> None:
    room = town.room()
    ada = town.open(town.member(room))
    root = ada.post(room, "root")["seq"]
    replies = [ada.post(room, f"reply {n}", reply_to=root) for n in range(3)]
    ada.ask("message.delete", room=room, seq=replies[1]["seq"])
    assert thread(ada, room, root) == {"replies": 2, "last_at": replies[2]["at"]}
    late = ada.post(room, "late", reply_to=replies[1]["seq"])
    assert thread(ada, room, root) == {"replies": 3, "last_at": late["at"]}
