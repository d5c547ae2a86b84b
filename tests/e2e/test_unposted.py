"""A scheduled message that will never be posted is a notification of its author: listed, counted, read."""

from __future__ import annotations

from .conftest import Serve
from .talking import Client, Frame
from .test_hostile_bytes import within
from .test_scheduled import SOON, now, wait_change
from .town import Account, Town


def unposted(town: Town, account: Account, client: Client) -> tuple[str, Frame]:
    """A message is scheduled and its author leaves the room: the room, and the entry."""
    room = town.room()
    client.ask("room.join", room=room)
    entry = client.ask("message.schedule", room=room, text="too late", post_at=now() + SOON)["scheduled"]
    client.ask("room.leave", room=room)
    client.wait_event("notification.created", kind="scheduled", scheduled=entry["id"])
    return room, entry


def listed(client: Client, **data: object) -> list[Frame]:
    rows: list[Frame] = client.ask("notification.list", **data)["notifications"]
    return rows


def test_the_notification_says_which_message_and_why_on_all_devices(town: Town) -> None:
    account = town.member()
    here, there = town.open(account), town.open(account)
    away = town.open(account)
    away.close()
    room, entry = unposted(town, account, here)
    event = there.wait_event("notification.created")
    failed = event["data"]["reason"]
    assert "join" in failed
    here.wait(lambda: wait_change(here, entry["id"])["failed"] == failed, "the same in the signal")
    said = {"kind": "scheduled", "room": room, "from": account.id, "scheduled": entry["id"], "reason": failed}
    id_ = event["data"]["notification"]
    assert event["data"] == {"notification": id_, **said}
    assert town.resume(account, away).wait_event("notification.created")["data"] == event["data"]
    row = {"id": id_, **said, "seq": None, "at": event["at"], "quiet": False, "read": False}
    assert listed(there) == listed(there, unread=True) == [row]
    assert there.ask("notification.list")["unread"] == 1
    [kept] = here.ask("message.scheduled")["scheduled"]
    assert (kept["id"], kept["failed"]) == (entry["id"], failed)
    exported = here.ask("account.export", limit=500)["items"]
    assert [item["data"] for item in exported if item["kind"] == "notification"] == [row]


def test_a_notification_of_what_was_not_posted_is_read_like_others_and_by_nothing_else(town: Town) -> None:
    account = town.member()
    client, other = town.open(account), town.open(town.member())
    room, entry = unposted(town, account, client)
    for each in (client, other):
        each.ask("room.join", room=room)
    seq = other.post(room, f"hello @{account.name}")["seq"]
    assert within(30, lambda: client.ask("notification.list")["unread"] == 2)
    client.ask("read.mark", room=room, seq=seq)
    client.ask("message.unschedule", scheduled=entry["id"])
    client.ask("room.leave", room=room)
    [row] = listed(client, unread=True)
    assert row["scheduled"] == entry["id"]
    client.ask("notification.read", ids=[row["id"]])
    assert within(30, lambda: client.ask("notification.list")["unread"] == 0)
    assert listed(client) == [{**row, "read": True}]


def test_pages_hold_what_was_not_posted_in_its_place_among_the_others(town: Town) -> None:
    account, room = town.member(), town.room()
    client, other = town.open(account), town.open(town.member(room))
    client.ask("room.join", room=room)
    other.post(room, f"one @{account.name}")
    assert within(30, lambda: client.ask("notification.list")["unread"] == 1)
    unposted(town, account, client)
    other.post(room, f"two @{account.name}")
    assert within(30, lambda: client.ask("notification.list")["unread"] == 3)
    for unread in (False, True):
        kinds, after = [], {}
        while True:
            page = client.ask("notification.list", limit=1, unread=unread, **after)
            kinds += [row["kind"] for row in page["notifications"]]
            if page["next"] is None:
                break
            after = {"after": page["next"]}
        assert kinds == ["mention", "scheduled", "mention"]


def test_in_quiet_hours_what_was_not_posted_is_told_quietly(town: Town) -> None:
    account = town.member()
    client = town.open(account)
    client.ask("preferences.update", quiet_from=0, quiet_to=1439)  # all day but for a minute
    unposted(town, account, client)
    assert listed(client)[0]["quiet"]


def test_what_was_not_posted_is_told_once_over_a_restart(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    account = town.member()
    _, entry = unposted(town, account, town.open(account))
    town.close()
    assert server.stop() == 0
    server.start()
    town.reconnect()
    client = town.open(account)
    assert within(30, lambda: [row["scheduled"] for row in listed(client)] == [entry["id"]])
    town.assert_sound()
    town.close()
