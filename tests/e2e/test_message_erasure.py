"""All that somebody wrote is erased: by whom it may be ordered, what it reaches, and until when it is not."""

from __future__ import annotations

import time
from typing import Any

import pytest

from .conftest import Serve
from .talking import DEADLINE, Client, Frame
from .town import Account, Town

DELAY = 0.4  # seconds


@pytest.fixture(scope="module")
def started_with() -> dict[str, Any]:
    return {"erase_messages_delay": DELAY}


def texts(client: Client, room: str) -> list[str | None]:
    return [message["text"] for message in client.ask("room.history", room=room, limit=500)["messages"]]


def order(client: Client, town: Town, account: Account, **more: object) -> Frame:
    found: Frame = client.ask("member.erase_messages", space=town.space, account=account.id, **more)
    return found


def wait_none(client: Client, town: Town) -> None:
    """Until no order stands any more."""
    deadline = time.monotonic() + DEADLINE
    while client.ask("erasure.list", space=town.space)["erasures"]:
        assert time.monotonic() < deadline, "an order still stands"


def test_all_that_somebody_wrote_before_is_erased_when_the_time_has_come(town: Town) -> None:
    rooms = [town.room(), town.room()]
    owner, bob = town.open(town.owner), town.open(account := town.member(*rooms))
    for room in rooms:
        owner.post(room, "kept")
        for n in range(3):
            bob.post(room, f"spam {n}")
    admin = town.open(town.moderator(*rooms, role="admin"))
    ordered = order(admin, town, account, reason="spam")
    assert ordered["messages"] == 6
    assert {row["room"]: row["messages"] for row in ordered["rooms"]} == dict.fromkeys(rooms, 3)
    bob.post(rooms[0], "later")
    done = owner.wait_event("member.messages_erased")
    assert done["at"] >= ordered["due_at"]
    assert done["data"] == {"account": account.id, "reason": "spam"}
    assert done["by"] == admin.opened["account"]["id"]
    assert texts(owner, rooms[0]) == ["kept", None, None, None, "later"]
    assert texts(owner, rooms[1]) == ["kept", None, None, None]


def test_an_order_takes_an_admin_who_stands_above_also_if_the_account_has_left(town: Town) -> None:
    room = town.room()
    judge, admin = town.moderator(room), town.moderator(room, role="admin")
    bob, second = town.member(room), town.moderator(room, role="admin")
    for account in (bob, second):
        town.open(account).post(room, "mine")
    town.open(second).ask("space.leave", space=town.space)
    asked = {"space": town.space, "account": bob.id}
    for client in (town.open(judge), town.open(town.member(room))):
        for name in ("member.erase_messages", "erasure.cancel"):
            assert client.refusal(name, **asked)["code"] == "forbidden"
        assert client.refusal("member.erase_messages", **asked, dry_run=True)["code"] == "forbidden"
        assert client.refusal("erasure.list", space=town.space)["code"] == "forbidden"
    gone = {"space": town.space, "account": second.id}
    assert town.open(admin).refusal("member.erase_messages", **gone)["code"] == "forbidden"
    assert order(town.open(town.owner), town, second, dry_run=True)["messages"] == 1


def test_a_preview_counts_and_orders_nothing(town: Town) -> None:
    room, empty = town.room(), town.room("Empty")
    owner, bob = town.open(town.owner), town.open(account := town.member(room, empty))
    bob.post(room, "one")
    seen = order(owner, town, account, dry_run=True)
    assert seen == {"messages": 1, "rooms": [{"room": room, "messages": 1}]}
    assert owner.ask("erasure.list", space=town.space) == {"erasures": [], "next": None}
    nothing = town.member(room)
    assert order(owner, town, nothing) == {"messages": 0, "rooms": []}
    assert owner.ask("erasure.list", space=town.space) == {"erasures": [], "next": None}


def test_an_order_reaches_no_further_than_whoever_gave_it_sees(town: Town) -> None:
    public, private = town.room(), town.room(private=True)
    owner, bob = town.open(town.owner), town.open(account := town.member(public))
    owner.ask("room.invite", room=private, account=account.id)
    for room in (public, private):
        bob.post(room, "mine")
    admin = town.open(town.moderator(public, role="admin"))
    assert [row["room"] for row in order(admin, town, account)["rooms"]] == [public]
    owner.wait_event("member.messages_erased")
    assert texts(owner, public) == [None]
    assert texts(owner, private) == ["mine"]
    town.operator.ask("member.erase_messages", space=town.space, account=account.id)
    owner.wait_event("message.deleted", f"room/{private}")
    assert texts(owner, private) == [None]


def test_an_order_lapses_when_whoever_gave_it_may_not_any_more(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(account := town.member(room))
    bob.post(room, "mine")
    admin, stolen = town.moderator(room, role="admin"), town.moderator(room, role="admin")
    order(town.open(admin), town, account)
    town.operator.ask("member.set_role", space=town.space, account=admin.id, role="moderator")
    assert owner.wait_event("member.erasure_cancelled")["by"] == "system"
    order(town.open(stolen), town, account)
    town.operator.ask("account.disable", account=stolen.id)
    wait_none(owner, town)
    assert texts(owner, room) == ["mine"]


def test_who_is_no_admin_learns_of_no_order(town: Town) -> None:
    room = town.room()
    owner, bob = town.open(town.owner), town.open(account := town.member(room))
    judge = town.open(town.moderator(room))
    bob.post(room, "mine")
    order(owner, town, account, reason="secret")
    owner.ask("erasure.cancel", space=town.space, account=account.id)
    judge.catch_up()
    told = [event["data"] for event in judge.events if event["event"].startswith("member.erasure_")]
    assert told == [{}, {}]


def test_an_order_survives_a_crash_and_can_be_taken_back_until_it_is_carried_out(serve: Serve) -> None:
    server = serve(erase_messages_delay=1)
    town = Town(server)
    try:
        room = town.room()
        bob, eve = town.member(room), town.member(room)
        for account in (bob, eve):
            town.open(account).post(room, "mine")
        order(town.open(town.owner), town, eve)
        server.kill()
        server.settings["CHATD_ERASE_MESSAGES_DELAY"] = "3600"
        server.start()
        town.reconnect()
        owner = town.open(town.owner)
        wait_none(owner, town)
        assert texts(owner, room) == ["mine", None]
        due = order(owner, town, bob)["due_at"]
        again = owner.refusal("member.erase_messages", space=town.space, account=bob.id)
        assert again["code"] == "conflict"
        server.kill()
        server.start()
        town.reconnect()
        owner = town.open(town.owner)
        (listed,) = owner.ask("erasure.list", space=town.space)["erasures"]
        assert (listed["account"], listed["by"], listed["due_at"]) == (bob.id, town.owner.id, due)
        owner.ask("erasure.cancel", space=town.space, account=bob.id, reason="a mistake")
        assert owner.ask("erasure.list", space=town.space) == {"erasures": [], "next": None}
        owner.ask("erasure.cancel", space=town.space, account=bob.id)  # there is nothing to take back
        assert texts(owner, room) == ["mine", None]
        town.assert_sound()
    finally:
        town.close()
