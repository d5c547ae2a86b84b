"""Messages that come later or go by themselves, through restarts as well."""

from __future__ import annotations

import time

from .conftest import Serve
from .talking import Client, Frame, history
from .test_hostile_bytes import within
from .town import Town, absent_id

SOON = 2000  # milliseconds; a second is the least, and to ask takes some time


def now() -> int:
    return time.time_ns() // 1_000_000


def changes(client: Client) -> list[Frame]:
    return [signal["data"] for signal in client.signals if signal["signal"] == "scheduled.changed"]


def wait_change(client: Client, id_: str, **wanted: object) -> Frame:
    """The newest news of an entry, once it has these values."""

    def fits(entry: Frame) -> bool:
        return entry["id"] == id_ and all(entry.get(key) == value for key, value in wanted.items())

    client.wait(lambda: any(fits(entry) for entry in changes(client)), f"{id_} {wanted}")
    return next(entry for entry in reversed(changes(client)) if fits(entry))


def test_a_scheduled_message_comes_at_its_time_from_its_author(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    here, there, other = town.open(account), town.open(account), town.open(town.member(room))
    root = other.post(room, "a question")["seq"]
    post_at = now() + SOON
    entry = here.ask("message.schedule", room=room, text="the answer", post_at=post_at, reply_to=root)[
        "scheduled"
    ]
    assert entry == {
        "id": entry["id"],
        "room": room,
        "text": "the answer",
        "reply_to": root,
        "expires_in": None,
        "post_at": post_at,
        "created_at": entry["created_at"],
        "failed": None,
        "attachments": [],
    }
    assert wait_change(there, entry["id"]) == entry
    assert there.ask("message.scheduled") == {"scheduled": [entry]}
    assert other.ask("message.scheduled") == {"scheduled": []}
    event = other.wait_event("message.posted", f"room/{room}", text="the answer")
    assert (event["by"], event["data"]["reply_to"], event["data"]["thread"]) == (account.id, root, root)
    assert event["at"] >= post_at
    wait_change(there, entry["id"], gone=True)
    assert there.ask("message.scheduled") == {"scheduled": []}
    assert changes(other) == []


def test_scheduled_messages_come_in_the_order_of_their_times(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    at = now() + SOON
    for n in (3, 1, 2):
        client.ask("message.schedule", room=room, text=f"number {n}", post_at=at + n)
    assert [entry["text"] for entry in client.ask("message.scheduled")["scheduled"]] == [
        "number 1",
        "number 2",
        "number 3",
    ]
    client.wait(lambda: len(client.posted(room)) == 3, "all three")
    assert [event["data"]["text"] for event in client.posted(room)] == ["number 1", "number 2", "number 3"]


def test_what_was_taken_back_does_not_come(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    client, other = town.open(account), town.open(town.member(room))
    at = now() + SOON
    entry = client.ask("message.schedule", room=room, text="rash", post_at=at)["scheduled"]
    client.ask("message.schedule", room=room, text="calm", post_at=at + 1)
    assert other.refusal("message.unschedule", scheduled=entry["id"])["code"] == "not_found"
    client.ask("message.unschedule", scheduled=entry["id"])
    wait_change(client, entry["id"], gone=True)
    client.wait_event("message.posted", text="calm")
    assert [message["text"] for message in history(client, room)] == ["calm"]
    for gone in (entry["id"], absent_id()):
        assert client.refusal("message.unschedule", scheduled=gone)["code"] == "not_found"


def test_only_a_time_between_a_second_and_a_year_ahead_will_do(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    for post_at in (0, now() - 1, now() + 100, now() + 400 * 86_400_000):
        assert client.refusal("message.schedule", room=room, text="x", post_at=post_at)["code"] == "invalid"
    later = now() + 360 * 86_400_000
    client.ask("message.schedule", room=room, text="happy new year", post_at=later)
    wrong = client.refusal("message.schedule", room=room, text="x", post_at=later, reply_to=1)
    assert wrong["code"] == "not_found"


def test_the_number_of_scheduled_messages_has_a_limit_that_is_announced(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    most = client.opened["limits"]["scheduled"]
    at = now() + 3_600_000
    asked = [client.send("message.schedule", room=room, text=f"{n}", post_at=at) for n in range(most + 1)]
    replies = [client.reply(id_) for id_ in asked]
    assert all("result" in reply for reply in replies[:most])
    assert replies[most]["error"]["code"] == "conflict"
    client.ask("message.unschedule", scheduled=replies[0]["result"]["scheduled"]["id"])
    client.ask("message.schedule", room=room, text="now there is room", post_at=at)


def test_the_scheduled_messages_of_an_account_fit_into_one_answer(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    long: Frame = {"room": room, "text": "🦊" * 10_000, "post_at": now() + 3_600_000}
    for _ in range(13):
        client.ask("message.schedule", **long)
    assert client.refusal("message.schedule", **long)["code"] == "too_large"


def test_who_has_left_by_then_is_told_why_it_failed(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    entry = client.ask("message.schedule", room=room, text="bye", post_at=now() + SOON)["scheduled"]
    client.ask("room.leave", room=room)
    client.wait(lambda: any(change["failed"] for change in changes(client)), "the failure")
    (listed,) = client.ask("message.scheduled")["scheduled"]
    assert listed == {**entry, "failed": listed["failed"]} == changes(client)[-1]
    assert "join" in listed["failed"]
    assert history(client, room) == []
    client.ask("message.unschedule", scheduled=entry["id"])
    assert client.ask("message.scheduled") == {"scheduled": []}


def test_a_disabled_account_says_nothing_any_more(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    client, other = town.open(account), town.open(town.member(room))
    at = now() + SOON
    client.ask("message.schedule", room=room, text="from beyond", post_at=at)
    other.ask("message.schedule", room=room, text="from here", post_at=at + 1)
    town.operator.ask("account.disable", account=account.id)
    other.wait_event("message.posted", text="from here")
    assert [message["text"] for message in history(other, room)] == ["from here"]


def test_a_message_for_a_time_goes_by_itself(town: Town) -> None:
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member(room))
    kept = ada.post(room, "for ever")["seq"]
    short = ada.post(room, "for a second", expires_in=1)
    event = bob.wait_event("message.posted", text="for a second")
    assert event["data"]["expires_at"] == short["at"] + 1000
    gone = bob.wait_event("message.deleted", seq=short["seq"])
    assert (gone["by"], gone["data"]) == (
        "system",
        {"seq": short["seq"], "author": ada.opened["account"]["id"], "expired": True},
    )
    assert gone["at"] >= short["at"] + 1000
    messages = {message["seq"]: message for message in history(bob, room)}
    assert messages[kept]["text"] == "for ever"
    assert (messages[short["seq"]]["text"], messages[short["seq"]]["deleted"]) == (None, True)
    town.assert_sound()


def test_a_message_for_a_time_goes_from_a_deleted_room_too(town: Town) -> None:
    room = town.room()
    ada = town.open(town.member(room))
    ada.post(room, "for a moment", expires_in=2)
    town.operator.ask("room.delete", room=room)

    def types() -> list[str]:
        page = town.operator.ask("event.list", after=0, stream=f"room/{room}", limit=500)
        return [event["event"] for event in page["events"]]

    assert within(30, lambda: types()[-2:] == ["room.deleted", "message.deleted"]), types()
    assert "cannot_expire" not in town.server.output()
    town.assert_sound()


def test_the_time_of_a_scheduled_message_begins_when_it_is_posted(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    client.ask("message.schedule", room=room, text="later, shortly", post_at=now() + SOON, expires_in=1)
    posted = client.wait_event("message.posted", text="later, shortly")
    assert posted["data"]["expires_at"] == posted["at"] + 1000
    client.wait_event("message.deleted", seq=posted["seq"])


def test_a_scheduled_message_mentions_whom_it_names_then(town: Town) -> None:
    room = town.room()
    client, named = town.open(town.member(room)), town.member(room)
    client.ask("message.schedule", room=room, text=f"@{named.name} good morning", post_at=now() + SOON)
    event = client.wait_event("message.posted", text=f"@{named.name} good morning")
    assert event["data"]["mentions"] == [named.id]


def test_what_is_due_while_the_server_is_down_happens_once_when_it_is_up(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    account = town.member(room)
    client = town.open(account)
    short = client.post(room, "short", expires_in=1)["seq"]
    for n in range(3):
        client.ask("message.schedule", room=room, text=f"number {n}", post_at=now() + SOON + n)
    far = client.ask("message.schedule", room=room, text="far", post_at=now() + 3_600_000)["scheduled"]
    server.kill()
    for _ in range(2):
        server.start()
        server.kill()
    server.start()
    again = Client.dial(server).open(account.token, client.cursor)
    again.wait_event("message.deleted", seq=short)
    again.wait_event("message.posted", text="number 2")
    assert [message["text"] for message in history(again, room)] == [
        None,
        "number 0",
        "number 1",
        "number 2",
    ]
    assert again.ask("message.scheduled") == {"scheduled": [far]}
    again.close()
    town.reconnect()
    town.assert_sound()
    town.close()
