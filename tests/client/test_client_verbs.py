"""The typed methods: each asks for what its name says, in a way that the server's command table takes."""

from __future__ import annotations

from operator import methodcaller

import pytest
import trio
from msgspec import to_builtins
from samples import sample, wire

from chatd.client import Client, Signal, connect
from chatd.contract.block import Block, BlockPage
from chatd.contract.bookmark import Bookmark, BookmarkPage
from chatd.contract.direct import DirectPage
from chatd.contract.draft import Draft, DraftList
from chatd.contract.emoji import CustomEmoji, EmojiList
from chatd.contract.errors import Refusal
from chatd.contract.message import (
    Message,
    MessagePage,
    MessageResult,
    MessageVersion,
    MessageVersions,
    Posted,
    ScheduledList,
    ScheduledMessage,
    ScheduledResult,
    SearchHit,
    SearchPage,
)
from chatd.contract.notification import Notification, NotificationPage
from chatd.contract.pin import Pin, PinList
from chatd.contract.preferences import Preferences, PreferencesResult
from chatd.contract.presence import AccountPresence, PresenceList
from chatd.contract.reaction import Reactor, ReactorPage
from chatd.contract.receipt import Receipts
from chatd.contract.requests import REQUESTS
from chatd.contract.room import OwnRoom, Room, RoomResult
from chatd.contract.signals import PresenceChanged
from chatd.contract.spec import DONE
from chatd.contract.thread import ThreadPage
from chatd.contract.unread import UnreadList, UnreadRoom

MESSAGE = sample(Message, seq=4, text="hi")
ENTRY = sample(ScheduledMessage, id="M1")
THREAD = sample(ThreadPage, messages=[sample(Message, seq=5)], more_before=True, root=MESSAGE, following=True)
FOUND = sample(SearchPage, hits=[sample(SearchHit, seq=4, highlights=[(0, 2)])], next="c1")
VERSIONS = [sample(MessageVersion, text="hi")]
REACTORS = [sample(Reactor, account="A1")]
PINS = [sample(Pin, message=MESSAGE)]
DIRECT = sample(Room, id="R2", kind="direct", accounts=["A1", "A2"])
OWN_ROOMS = [sample(OwnRoom, id="R2", kind="direct", accounts=["A1", "A2"], request=True)]
BLOCKS = [sample(Block, account="A2")]
UNREAD = [sample(UnreadRoom, room="R1", unread=2)]
RECEIPTS = sample(Receipts, delivered=["A1"], delivered_count=1)
EMOJI = [sample(CustomEmoji, name="party")]
PRESENCES = [sample(AccountPresence, account="A1", state="dnd")]
NOTIFICATIONS = sample(
    NotificationPage, notifications=[sample(Notification, id="N1", from_="A2")], next="N1", unread=5
)
PREFERENCES = sample(PreferencesResult, preferences=sample(Preferences, receipts=True))
BOOKMARKS = [sample(Bookmark, seq=4, message=MESSAGE)]
DRAFTS = [sample(Draft, room="R1")]

CALLS = {
    "post": (("R1", "hi", "n1", 3, 60), "message.post", sample(Posted, seq=4)),
    "edit": (("R1", 4, "hi!"), "message.edit", DONE),
    "delete": (("R1", 4), "message.delete", DONE),
    "message": (("R1", 4), "message.get", MessageResult(message=MESSAGE)),
    "edits": (("R1", 4), "message.edits", MessageVersions(versions=VERSIONS, next=None)),
    "thread": (("R1", 4), "thread.history", THREAD),
    "search": (("hi",), "message.search", FOUND),
    "react": (("R1", 4, "👍"), "reaction.add", DONE),
    "unreact": (("R1", 4, "👍"), "reaction.remove", DONE),
    "reactors": (("R1", 4, ":party:"), "reaction.list", ReactorPage(accounts=REACTORS, next=None)),
    "pin": (("R1", 4), "pin.add", DONE),
    "unpin": (("R1", 4), "pin.remove", DONE),
    "pins": (("R1",), "pin.list", PinList(pins=PINS, next=None)),
    "schedule": (("R1", "later", 1_800_000_000_000), "message.schedule", ScheduledResult(scheduled=ENTRY)),
    "unschedule": (("M1",), "message.unschedule", DONE),
    "scheduled": ((), "message.scheduled", ScheduledList(scheduled=[ENTRY])),
    "open_direct": ((["A2", "A3"],), "direct.open", RoomResult(room=DIRECT)),
    "direct_rooms": ((), "direct.list", DirectPage(rooms=OWN_ROOMS, next=None)),
    "accept_direct": (("R2",), "direct.accept", DONE),
    "decline_direct": (("R2",), "direct.decline", DONE),
    "leave_direct": (("R2",), "direct.leave", DONE),
    "mark_read": (("R1", 4), "read.mark", DONE),
    "mark_unread": (("R1", 4), "read.mark_unread", DONE),
    "unread": ((), "unread.list", UnreadList(rooms=UNREAD, next=None)),
    "receipts": (("R1", 4), "receipt.list", RECEIPTS),
    "typing": (("R1",), "typing.set", DONE),
    "emoji": (("S1",), "emoji.list", EmojiList(emoji=EMOJI)),
    "add_emoji": (("S1", "party", "https://a.example/p.png"), "emoji.add", DONE),
    "remove_emoji": (("S1", "party"), "emoji.remove", DONE),
    "set_presence": (("away",), "presence.set", DONE),
    "watch_presence": ((["A1"],), "presence.watch", PresenceList(presences=PRESENCES)),
    "notifications": ((), "notification.list", NOTIFICATIONS),
    "read_notifications": ((["N1"],), "notification.read", DONE),
    "subscribe": (("R1", "none"), "subscription.update", DONE),
    "follow_thread": (("R1", 4), "thread.follow", DONE),
    "unfollow_thread": (("R1", 4), "thread.unfollow", DONE),
    "preferences": ((), "preferences.get", PREFERENCES),
    "set_preferences": ((), "preferences.update", DONE),
    "block": (("A2",), "block.add", DONE),
    "unblock": (("A2",), "block.remove", DONE),
    "blocks": ((), "block.list", BlockPage(blocks=BLOCKS, next=None)),
    "add_bookmark": (("R1", 4, "why"), "bookmark.add", DONE),
    "remove_bookmark": (("R1", 4), "bookmark.remove", DONE),
    "bookmarks": ((), "bookmark.list", BookmarkPage(bookmarks=BOOKMARKS, next=None)),
    "set_draft": (("R1", "so far", 4), "draft.set", DONE),
    "drafts": ((), "draft.list", DraftList(drafts=DRAFTS)),
}

GIVEN = {
    "post": sample(Posted, seq=4),
    "edit": None,
    "message": MESSAGE,
    "edits": VERSIONS,
    "thread": THREAD,
    "search": FOUND,
    "reactors": REACTORS,
    "pins": PINS,
    "schedule": ENTRY,
    "scheduled": [ENTRY],
    "open_direct": DIRECT,
    "direct_rooms": OWN_ROOMS,
    "blocks": BLOCKS,
    "unread": UNREAD,
    "receipts": RECEIPTS,
    "emoji": EMOJI,
    "watch_presence": PRESENCES,
    "notifications": NOTIFICATIONS,
    "preferences": PREFERENCES,
    "bookmarks": BOOKMARKS,
    "drafts": DRAFTS,
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
        {"quiet_from": 0, "quiet_to": 360, "time_zone": "Europe/Vienna", "receipts": False}
        | {"favourites": ["R1"], "space_order": ["S1"], "room_order": ["R1"], "quick_reactions": ["👍"]}
        | {"push_preview": False},
    ),
}


@pytest.mark.parametrize("method", CALLS)
async def test_a_method_asks_as_the_command_table_says(server, method):
    arguments, name, result = CALLS[method]
    asked = []
    server.answers[name] = lambda data: asked.append(data) or to_builtins(result)
    async with connect(server, "good") as client:
        given = await methodcaller(method, *arguments)(client)
    assert len(asked) == 1
    assert not isinstance(REQUESTS[name].read(asked[0]), Refusal)
    if method in GIVEN:
        assert given == GIVEN[method]


@pytest.mark.parametrize("method", KEYWORDS)
async def test_what_a_method_is_given_by_name_is_what_it_asks_with(server, method):
    name, arguments, options = KEYWORDS[method]
    asked = []
    server.answers[name] = lambda data: asked.append(data) or wire(REQUESTS[name].result)
    async with connect(server, "good") as client:
        await methodcaller(method, *arguments, **options)(client)
    assert asked[0].items() >= options.items()
    assert not isinstance(REQUESTS[name].read(asked[0]), Refusal)


def test_every_method_about_conversations_is_tried_here():
    older = {"create_room", "rooms", "room", "members", "join", "leave", "create_space", "spaces"}
    older |= {
        "space_members",
        "create_invite",
        "accept_invite",
        "all_pages",
        "ask",
        "request",
        "events",
        "signals",
    }
    methods = {name for name, value in vars(Client).items() if not name.startswith("_") and callable(value)}
    assert methods - older == CALLS.keys() | KEYWORDS.keys()


def test_a_thread_is_a_page_of_history_with_its_root():
    assert issubclass(ThreadPage, MessagePage)


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
        assert (await client.watch_presence(["A2", "A9"]))[0].state == "online"
        await server.drop()
        with trio.fail_after(60):
            signal = await anext(client.signals())
    expected = PresenceChanged(state="offline", last_seen=None)
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
