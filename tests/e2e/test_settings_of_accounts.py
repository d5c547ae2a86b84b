"""What is one person's alone: threads followed, subscriptions, bookmarks, drafts, on all their devices."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Serve
from .talking import MSGPACK, Client, Frame
from .town import Town, absent_id


def own_events(client: Client, *types: str) -> list[Frame]:
    """What came of these types; all of it stands in the account's own stream."""
    found = [event for event in client.events if event["event"] in types]
    assert all(event["stream"] == f"account/{client.opened['account']['id']}" for event in found)
    return found


def signals(client: Client, name: str) -> list[Frame]:
    return [signal for signal in client.signals if signal["signal"] == name]


# --- threads ---------------------------------------------------------------------------------------------


def test_following_by_any_message_of_a_thread_follows_its_root(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    here, there, other = town.open(account), town.open(account), town.open(town.member(room))
    root = other.post(room, "root")["seq"]
    reply = other.post(room, "reply", reply_to=root)["seq"]
    here.ask("thread.follow", room=room, seq=reply)
    assert there.wait_event("thread.followed")["data"] == {"room": room, "seq": root}
    here.ask("thread.follow", room=room, seq=root)
    here.ask("thread.unfollow", room=room, seq=reply)
    here.ask("thread.unfollow", room=room, seq=root)
    for client in (here, there, other):
        client.catch_up()
    heard = own_events(here, "thread.followed", "thread.unfollowed")
    assert [event["event"] for event in heard] == ["thread.followed", "thread.unfollowed"]
    assert own_events(other, "thread.followed", "thread.unfollowed") == []


def test_a_deleted_message_cannot_be_followed_but_its_thread_left(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    root = client.post(room, "root")["seq"]
    client.ask("thread.follow", room=room, seq=root)
    client.ask("message.delete", room=room, seq=root)
    assert client.refusal("thread.follow", room=room, seq=root)["code"] == "not_found"
    client.ask("thread.unfollow", room=room, seq=root)
    assert client.wait_event("thread.unfollowed")["data"] == {"room": room, "seq": root}


# --- subscriptions and preferences -----------------------------------------------------------------------


def test_a_subscription_is_changed_field_by_field(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    here, there = town.open(account), town.open(account)

    def subscription() -> Frame:
        (listed,) = there.ask("preferences.get")["subscriptions"]
        assert listed["room"] == room
        return listed

    here.ask("subscription.update", room=room, level="mentions")
    assert subscription()["level"] == "mentions"
    assert not subscription()["muted_until"]
    here.ask("subscription.update", room=room, mute_for=3600)
    there.catch_up()
    event = own_events(there, "subscription.updated")[-1]
    assert event["data"]["muted_until"] == event["at"] + 3_600_000
    assert (subscription()["level"], subscription()["muted_until"]) == ("mentions", event["at"] + 3_600_000)
    here.ask("subscription.update", room=room, mute_for=0)
    assert (subscription()["level"], subscription()["muted_until"]) == ("mentions", 0)
    assert here.refusal("subscription.update", room=room)["code"] == "invalid"


def test_preferences_have_defaults_and_follow_what_is_set(town: Town) -> None:
    client = town.open(town.member())
    unset = {"quiet_from": None, "quiet_to": None, "time_zone": None, "receipts": True, "push_preview": True}
    unset |= {name: [] for name in ("favourites", "space_order", "room_order", "quick_reactions")}
    assert client.ask("preferences.get") == {"preferences": unset, "subscriptions": [], "next": None}
    client.ask("preferences.update", quiet_from=1320, time_zone="Europe/Vienna", receipts=False)
    client.ask("preferences.update", quiet_to=420)
    wanted = {"quiet_from": 1320, "quiet_to": 420, "time_zone": "Europe/Vienna", "receipts": False}
    assert client.ask("preferences.get")["preferences"] == {**unset, **wanted}


def test_favourites_and_orders_are_the_same_on_all_devices(town: Town) -> None:
    rooms = [town.room("One"), town.room("Two"), town.room("Three")]
    account = town.member(*rooms)
    here, there = town.open(account), town.open(account, subprotocol=MSGPACK)
    other = town.open(town.member(*rooms))
    here.ask("preferences.update", favourites=rooms[::-1], quick_reactions=["👍", ":party:"])
    assert there.wait_event("preferences.updated")["data"] == {
        "favourites": rooms[::-1],
        "quick_reactions": ["👍", ":party:"],
    }
    there.ask("preferences.update", favourites=rooms[:2], room_order=rooms, space_order=[town.space])
    here.ask("preferences.update", favourites=rooms[:2], push_preview=False)  # one of them is as it was
    here.ask("preferences.update", quick_reactions=[])
    here.catch_up()
    assert [event["data"] for event in own_events(here, "preferences.updated")][1:] == [
        {"favourites": rooms[:2], "room_order": rooms, "space_order": [town.space]},
        {"push_preview": False},
        {"quick_reactions": []},
    ]
    found = there.ask("preferences.get")["preferences"]
    assert (found["favourites"], found["room_order"], found["space_order"]) == (
        rooms[:2],
        rooms,
        [town.space],
    )
    assert (found["quick_reactions"], found["push_preview"], found["receipts"]) == ([], False, True)
    other.catch_up()
    assert own_events(other, "preferences.updated") == []


def test_a_favourite_that_was_left_keeps_its_place(town: Town) -> None:
    room, stays = town.room("Left"), town.room("Stays")
    client = town.open(town.member(room, stays))
    client.ask("preferences.update", favourites=[room, stays])
    client.ask("room.leave", room=room)
    assert client.ask("preferences.get")["preferences"]["favourites"] == [room, stays]


@pytest.mark.parametrize(
    ("field", "most"),
    [("favourites", 100), ("space_order", 200), ("room_order", 500), ("quick_reactions", 12)],
)
def test_lists_of_preferences_are_bounded_and_name_nothing_twice(town: Town, field: str, most: int) -> None:
    client = town.open(town.member())
    full = [f"{n:026}" for n in range(most)]
    client.ask("preferences.update", **{field: full})
    wrong: list[Any] = [[*full, "x"], ["x", "y", "x"], [""], ["x" * 65], ["\0"], "x", [1]]
    for value in wrong:
        refused = client.refusal("preferences.update", **{field: value})
        assert refused["code"] == "invalid"
        assert refused["message"].startswith(field)
    assert client.ask("preferences.get")["preferences"][field] == full


# --- bookmarks -------------------------------------------------------------------------------------------


def bookmark_pages(client: Client, limit: int) -> list[list[Frame]]:
    pages, after = [], None
    while True:
        page = client.ask("bookmark.list", limit=limit, **({"after": after} if after else {}))
        pages.append(page["bookmarks"])
        after = page["next"]
        if after is None:
            return pages


def test_bookmarks_come_newest_first_with_the_message_as_it_is_now(town: Town) -> None:
    rooms = [town.room("One"), town.room("Two")]
    client = town.open(town.member(*rooms))
    first, second = client.post(rooms[0], "first")["seq"], client.post(rooms[1], "second")["seq"]
    client.ask("bookmark.add", room=rooms[1], seq=second)
    client.ask("bookmark.add", room=rooms[0], seq=first, note="look again")
    client.ask("message.edit", room=rooms[0], seq=first, text="first, but better")
    ((newer, older),) = bookmark_pages(client, 50)
    assert (newer["room"], newer["seq"], newer["note"]) == (rooms[0], first, "look again")
    assert newer["message"]["text"] == "first, but better"
    assert newer["message"]["edited_at"]
    assert (older["room"], older["seq"], older["note"]) == (rooms[1], second, None)
    assert older.keys() == {"room", "seq", "note", "at", "message"}
    client.ask("bookmark.remove", room=rooms[1], seq=second)
    assert bookmark_pages(client, 50) == [[newer]]


def test_pages_of_bookmarks_are_full_whatever_is_passed_over(town: Town) -> None:
    owner = town.open(town.owner)
    room = town.room("Kept", by=owner)
    seqs = [owner.post(room, f"message {n}")["seq"] for n in range(12)]
    for n, seq in enumerate(seqs):
        owner.ask("bookmark.add", room=room, seq=seq)
        if n % 3 == 0:
            lost = town.room(f"Lost {n}", by=owner, private=True)
            owner.ask("bookmark.add", room=lost, seq=owner.post(lost, "hidden")["seq"])
            owner.ask("room.leave", room=lost)
    for n in (0, 4, 5, 6, 11):
        owner.ask("message.delete", room=room, seq=seqs[n])
    left = [(room, seqs[n]) for n in (10, 9, 8, 7, 3, 2, 1)]
    for limit in (1, 2, 3, 7, 50):
        pages = bookmark_pages(owner, limit)
        assert [(bookmark["room"], bookmark["seq"]) for page in pages for bookmark in page] == left
        assert all(len(page) == limit for page in pages[:-1])
        assert pages[-1]


def test_a_page_of_long_messages_is_cut_and_goes_on(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    seqs = [client.post(room, "🦊" * 10_000)["seq"] for _ in range(20)]
    for seq in seqs:
        client.ask("bookmark.add", room=room, seq=seq)
    pages = bookmark_pages(client, 50)
    assert len(pages) > 1
    assert [bookmark["seq"] for page in pages for bookmark in page] == seqs[::-1]


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "٣", "9" * 60])
def test_bookmarks_go_on_only_from_where_a_page_ended(town: Town, after: str) -> None:
    client = town.open(town.member())
    assert client.refusal("bookmark.list", after=after)["code"] == "invalid"


# --- drafts ----------------------------------------------------------------------------------------------


def test_a_draft_follows_to_the_other_devices_and_to_nobody_else(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    here, there = town.open(account), town.open(account, subprotocol=MSGPACK)
    other = town.open(town.member(room))
    root = other.post(room, "root")["seq"]
    here.ask("draft.set", room=room, text="I was going to")
    here.ask("draft.set", room=room, thread=root, text="to this")
    there.wait(lambda: len(signals(there, "draft.set")) == 2, "the drafts")
    first, second = signals(there, "draft.set")
    assert (first["stream"], first["by"]) == (f"account/{account.id}", account.id)
    assert {**first["data"], "at": 0} == {"room": room, "thread": None, "text": "I was going to", "at": 0}
    assert second["data"]["thread"] == root
    assert there.ask("draft.list")["drafts"] == [second["data"], first["data"]]
    here.ask("draft.set", room=room, text="I am going to", base=first["data"]["at"])
    there.wait(lambda: len(signals(there, "draft.set")) == 3, "what goes on from it")
    assert signals(there, "draft.set")[-1]["data"]["base"] == first["data"]["at"]
    here.ask("draft.set", room=room, text="")
    there.wait(lambda: signals(there, "draft.set")[-1]["data"]["text"] == "", "the end of the draft")
    assert there.ask("draft.list")["drafts"] == [second["data"]]
    other.catch_up()
    assert signals(other, "draft.set") == []
    assert other.ask("draft.list")["drafts"] == []


def test_what_did_not_change_is_not_told_again(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    client.ask("draft.set", room=room, text="")
    client.ask("draft.set", room=room, text="same")
    client.ask("draft.set", room=room, text="same")
    client.catch_up()
    assert len(signals(client, "draft.set")) == 1


def test_a_draft_of_a_room_that_was_left_can_be_ended(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    client.ask("draft.set", room=room, text="too late")
    client.ask("room.leave", room=room)
    assert client.refusal("draft.set", room=room, text="too late?")["code"] == "forbidden"
    client.ask("draft.set", room=room, text="")
    assert client.ask("draft.list")["drafts"] == []


def test_a_draft_stands_at_the_root_of_a_thread(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    root = client.post(room, "root")["seq"]
    reply = client.post(room, "reply", reply_to=root)["seq"]
    assert client.refusal("draft.set", room=room, thread=reply, text="x")["code"] == "invalid"
    assert client.refusal("draft.set", room=room, thread=1, text="x")["code"] == "not_found"


def test_drafts_have_limits_that_are_announced(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    most = client.opened["limits"]["drafts"]
    asked = [client.send("message.post", room=room, text="x") for _ in range(most + 1)]
    seqs = [client.result(id_)["seq"] for id_ in asked]
    asked = [client.send("draft.set", room=room, thread=seq, text="draft") for seq in seqs]
    replies = [client.reply(id_) for id_ in asked]
    assert all("result" in reply for reply in replies[:most])
    assert replies[most]["error"]["code"] == "conflict"
    client.ask("draft.set", room=room, thread=seqs[0], text="changed")
    client.ask("draft.set", room=room, thread=seqs[1], text="")
    client.ask("draft.set", room=room, thread=seqs[-1], text="now there is room")
    assert len(client.ask("draft.list")["drafts"]) == most


def test_the_drafts_of_an_account_fit_into_one_answer(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    seqs = [client.post(room, "x")["seq"] for _ in range(14)]
    for seq in seqs[:13]:
        client.ask("draft.set", room=room, thread=seq, text="🦊" * 10_000)
    assert client.refusal("draft.set", room=room, thread=seqs[13], text="🦊" * 10_000)["code"] == "too_large"
    client.ask("draft.set", room=room, thread=seqs[0], text="short")
    client.ask("draft.set", room=room, thread=seqs[13], text="🦊" * 10_000)


def test_what_one_keeps_survives_a_kill(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    account = town.member(room)
    client = town.open(account)
    seq = client.post(room, "keep me")["seq"]
    client.ask("draft.set", room=room, text="half a thought")
    client.ask("bookmark.add", room=room, seq=seq)
    client.ask("subscription.update", room=room, level="all")
    before = [client.ask(name) for name in ("draft.list", "bookmark.list", "preferences.get")]
    server.kill()
    server.start()
    again = Client.dial(server).open(account.token)
    assert [again.ask(name) for name in ("draft.list", "bookmark.list", "preferences.get")] == before
    again.close()


# --- who may ---------------------------------------------------------------------------------------------

ABOUT_A_MESSAGE: list[tuple[str, Frame]] = [
    ("thread.follow", {}),
    ("thread.unfollow", {}),
    ("bookmark.add", {}),
]
ABOUT_A_ROOM: list[tuple[str, Frame]] = [
    ("subscription.update", {"level": "all"}),
    ("draft.set", {"text": "x"}),
    ("message.schedule", {"text": "x", "post_at": 0}),
]
ABOUT_ONESELF: list[tuple[str, Frame]] = [
    ("preferences.get", {}),
    ("bookmark.list", {}),
    ("draft.list", {}),
    ("message.scheduled", {}),
    ("message.unschedule", {"scheduled": "x"}),
]


@pytest.mark.parametrize(("name", "more"), [*ABOUT_A_MESSAGE, *ABOUT_A_ROOM])
def test_only_members_of_a_room_keep_something_of_it(town: Town, name: str, more: dict[str, Any]) -> None:
    open_, private = town.room("Open"), town.room("Private", private=True)
    visitor = town.open(town.member())
    seq = {"seq": 1} if (name, more) in ABOUT_A_MESSAGE else {}
    assert visitor.refusal(name, room=open_, **seq, **more)["code"] == "forbidden"
    for room in (private, absent_id()):
        assert visitor.refusal(name, room=room, **seq, **more)["code"] == "not_found"


@pytest.mark.parametrize(("name", "more"), ABOUT_A_MESSAGE)
def test_only_messages_that_stand_are_kept(town: Town, name: str, more: dict[str, Any]) -> None:
    room = town.room()
    client = town.open(town.member(room))
    for seq in (0, 1, 2, 10_000):  # nothing, the room's first events, the future
        assert client.refusal(name, room=room, seq=seq, **more)["code"] == "not_found"


@pytest.mark.parametrize(("name", "more"), [*ABOUT_A_MESSAGE, *ABOUT_A_ROOM, *ABOUT_ONESELF])
def test_an_operator_has_nothing_of_its_own(town: Town, name: str, more: dict[str, Any]) -> None:
    where: Frame = {} if (name, more) in ABOUT_ONESELF else {"room": town.room()}
    seq = {"seq": 1} if (name, more) in ABOUT_A_MESSAGE else {}
    refusal = town.operator.refusal(name, **where, **seq, **more)
    assert refusal["code"] == "forbidden"
    assert "token" in refusal["message"]
