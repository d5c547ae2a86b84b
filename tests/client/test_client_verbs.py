"""The typed methods: each asks for what its name says, in a way that the server's command table takes."""

from __future__ import annotations

from operator import methodcaller

import pytest
import samples
import trio

from chatd.client import Client, Found, History, Notifications, Preferences, Receipts, Signal, Thread, connect
from chatd.contract.errors import Refusal
from chatd.contract.requests import REQUESTS

CALLS = {
    "post": (("R1", "hi", "n1", 3, 60), "message.post", {"seq": 4, "position": 9, "at": 1}),
    "edit": (("R1", 4, "hi!"), "message.edit", {}),
    "delete": (("R1", 4), "message.delete", {}),
    "message": (("R1", 4), "message.get", {"message": {"seq": 4}}),
    "edits": (("R1", 4), "message.edits", {"versions": [{"text": "hi"}]}),
    "thread": (
        ("R1", 4),
        "thread.history",
        {"messages": [{"seq": 5}], "more_before": True, "more_after": False, "root": {"seq": 4}},
    ),
    "search": (("hi",), "message.search", {"hits": [{"seq": 4}], "next": "c1"}),
    "react": (("R1", 4, "👍"), "reaction.add", {}),
    "unreact": (("R1", 4, "👍"), "reaction.remove", {}),
    "reactors": (("R1", 4, ":party:"), "reaction.list", {"accounts": [{"account": "A1"}], "next": None}),
    "pin": (("R1", 4), "pin.add", {}),
    "unpin": (("R1", 4), "pin.remove", {}),
    "pins": (("R1",), "pin.list", {"pins": [{"seq": 4}]}),
    "schedule": (("R1", "later", 1_800_000_000_000), "message.schedule", {"scheduled": {"id": "M1"}}),
    "unschedule": (("M1",), "message.unschedule", {}),
    "scheduled": ((), "message.scheduled", {"scheduled": [{"id": "M1"}]}),
    "open_direct": ((["A2", "A3"],), "direct.open", {"room": {"id": "R2"}}),
    "mark_read": (("R1", 4), "read.mark", {}),
    "unread": ((), "unread.list", {"rooms": [{"room": "R1", "unread": 2}]}),
    "receipts": (
        ("R1", 4),
        "receipt.list",
        {"delivered": ["A1"], "read": [], "delivered_count": 1, "read_count": 0},
    ),
    "typing": (("R1",), "typing.set", {}),
    "emoji": (("S1",), "emoji.list", {"emoji": [{"name": "party"}]}),
    "add_emoji": (("S1", "party", "https://a.example/p.png"), "emoji.add", {}),
    "remove_emoji": (("S1", "party"), "emoji.remove", {}),
    "set_presence": (("away",), "presence.set", {}),
    "watch_presence": ((["A1"],), "presence.watch", {"presences": [{"account": "A1", "state": "dnd"}]}),
    "notifications": ((), "notification.list", {"notifications": [{"id": "N1"}], "next": "N1", "unread": 5}),
    "read_notifications": ((["N1"],), "notification.read", {}),
    "subscribe": (("R1", "none"), "subscription.update", {}),
    "follow_thread": (("R1", 4), "thread.follow", {}),
    "unfollow_thread": (("R1", 4), "thread.unfollow", {}),
    "preferences": ((), "preferences.get", {"preferences": {"receipts": True}, "subscriptions": []}),
    "set_preferences": ((), "preferences.update", {}),
    "add_bookmark": (("R1", 4, "why"), "bookmark.add", {}),
    "remove_bookmark": (("R1", 4), "bookmark.remove", {}),
    "bookmarks": ((), "bookmark.list", {"bookmarks": [{"seq": 4}], "next": None}),
    "set_draft": (("R1", "so far", 4), "draft.set", {}),
    "drafts": ((), "draft.list", {"drafts": [{"room": "R1"}]}),
}

GIVEN = {
    "edit": None,
    "message": {"seq": 4},
    "edits": [{"text": "hi"}],
    "thread": Thread([{"seq": 5}], True, False, {"seq": 4}),
    "search": Found([{"seq": 4}], "c1"),
    "reactors": [{"account": "A1"}],
    "pins": [{"seq": 4}],
    "schedule": {"id": "M1"},
    "open_direct": {"id": "R2"},
    "unread": [{"room": "R1", "unread": 2}],
    "receipts": Receipts(["A1"], [], 1, 0),
    "emoji": [{"name": "party"}],
    "watch_presence": [{"account": "A1", "state": "dnd"}],
    "notifications": Notifications([{"id": "N1"}], "N1", 5),
    "preferences": Preferences({"receipts": True}, []),
    "bookmarks": [{"seq": 4}],
    "drafts": [{"room": "R1"}],
}

KEYWORDS = {
    "delete": ("message.delete", ("R1", 4), {"reason": "rude"}),
    "history": ("room.history", ("R1",), {"before": 7, "limit": 10}),
    "thread": ("thread.history", ("R1", 4), {"after": 7, "limit": 10}),
    "search": (
        "message.search",
        ("hi",),
        {"space": "S1", "room": "R1", "by": "A1", "before": 9, "after": 1, "has_link": True}
        | {"has_file": False, "limit": 10, "cursor": "c1"},
    ),
    "schedule": ("message.schedule", ("R1", "x", 1), {"reply_to": 4, "expires_in": 60}),
    "notifications": ("notification.list", (), {"after": "N1", "unread": True, "limit": 10}),
    "subscribe": ("subscription.update", ("R1",), {"mute_for": 0}),
    "set_preferences": (
        "preferences.update",
        (),
        {"quiet_from": 0, "quiet_to": 360, "time_zone": "Europe/Vienna", "receipts": False},
    ),
}


@pytest.mark.parametrize("method", CALLS)
async def test_a_method_asks_as_the_command_table_says(server, method):
    arguments, name, result = CALLS[method]
    asked = []
    server.answers[name] = lambda data: asked.append(data) or result
    async with connect(server, "good") as client:
        given = await methodcaller(method, *arguments)(client)
    assert len(asked) == 1
    assert not isinstance(REQUESTS[name].read(asked[0]), Refusal)
    if method in GIVEN:
        assert samples.holds(given, GIVEN[method])


@pytest.mark.parametrize("method", KEYWORDS)
async def test_what_a_method_is_given_by_name_is_what_it_asks_with(server, method):
    name, arguments, options = KEYWORDS[method]
    asked = []
    server.answers[name] = lambda data: asked.append(data) or {}
    async with connect(server, "good") as client:
        await methodcaller(method, *arguments, **options)(client)
    assert asked[0].items() >= options.items()
    assert not isinstance(REQUESTS[name].read(asked[0]), Refusal)


def test_every_method_about_conversations_is_tried_here():
    older = {"create_room", "rooms", "room", "members", "join", "leave", "create_space", "spaces"}
    older |= {"space_members", "create_invite", "accept_invite", "all_pages", "request", "events", "signals"}
    methods = {name for name, value in vars(Client).items() if not name.startswith("_") and callable(value)}
    assert methods - older == CALLS.keys() | KEYWORDS.keys()


def test_a_thread_is_a_page_of_history_with_its_root():
    assert issubclass(Thread, History)


async def test_a_message_that_was_erased_comes_without_its_text(server):
    async with connect(server, "good") as client:
        erased = server.happened("soon gone")
        del erased["data"]["text"]
        await server.tell(erased, server.happened("still there"))
        events = client.events()
        assert [(await anext(events)).text for _ in range(2)] == [None, "still there"]


async def test_watching_goes_on_over_a_reconnect(server, autojump_clock):
    states = iter(["online", "offline"])
    watched = []

    def watch(data):
        watched.append(data["accounts"])
        return {"presences": [{"account": "A2", "state": next(states), "last_seen": None}]}

    server.answers["presence.watch"] = watch
    async with connect(server, "good") as client:
        assert (await client.watch_presence(["A2", "A9"]))[0]["state"] == "online"
        await server.drop()
        with trio.fail_after(60):
            signal = await anext(client.signals())
    expected = {"state": "offline", "last_seen": None}
    assert signal == Signal("presence", "account/A2", "A2", expected)
    assert watched == [["A2", "A9"]] * 2


async def test_a_watch_whose_answer_was_lost_is_asked_for_again(server, autojump_clock):
    async def lose_the_first(frame, connection):
        if frame.get("command") == "presence.watch" and len(server.connections) == 1:
            await server.drop()

    server.before_reply = lose_the_first
    server.answers["presence.watch"] = lambda data: {"presences": []}
    async with connect(server, "good") as client:
        assert await client.watch_presence([]) == []
