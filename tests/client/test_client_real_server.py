"""The library against chatd itself, which is killed and started again underneath it."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager

import trio
from e2e.serving import Server

from chatd.client import Tokens, connect, sign_in
from chatd.contract.presence import AccountPresence
from chatd.contract.signals import ReadReceipt
from chatd.contract.subscription import Subscription

MESSAGES = 200
KILL_AT = (50, 120)  # after so many events were seen


@asynccontextmanager
async def serving(data, port=0):
    """A server that is killed in the end."""
    server = Server(data)
    server.port = port
    try:
        yield await trio.to_thread.run_sync(server.start)
    finally:
        server.kill()


async def a_town(data, name="ada"):
    """An account with a token and a password."""
    async with connect(data / "admin.sock") as operator:
        made = await operator.request("account.create", name=name, password="correct horse 9!")
        token = (await operator.request("account.token", account=made["account"]["id"]))["token"]
    return made["account"]["id"], token


async def test_posts_are_once_and_events_gapless_over_kills(tmp_path):
    data = tmp_path / "data"
    seen = []
    async with trio.open_nursery() as nursery:
        async with serving(data) as server:
            url = f"http://127.0.0.1:{server.port}"
            _, token = await a_town(data)
            stop = trio.Event()
            marks = {mark: trio.Event() for mark in KILL_AT}
            rooms = []

            async def write_and_read():
                async with connect(url, token) as client:
                    space = await client.create_space("team")
                    room = await client.create_room(space.id, "general")
                    rooms.append(room.id)
                    async with trio.open_nursery() as posting:
                        for lane in range(10):
                            posting.start_soon(post, client, room.id, lane)
                        await read(client)
                    stop.set()

            async def post(client, room, lane):
                for number in range(lane, MESSAGES, 10):
                    await client.post(room, f"message {number}")

            async def read(client):
                async for event in client.events():
                    if event.event == "message.posted":
                        seen.append(event)
                        if len(seen) in marks:
                            marks[len(seen)].set()
                        if len(seen) == MESSAGES:
                            return

            nursery.start_soon(write_and_read)
            await marks[KILL_AT[0]].wait()
        assert len(seen) < KILL_AT[1]  # the kill came while messages were under way
        async with serving(data, server.port) as server:
            await marks[KILL_AT[1]].wait()
        async with serving(data, server.port):
            await stop.wait()
            async with connect(url, token, format="json") as client:
                history = (await client.history(rooms[0], limit=500)).messages
    assert sorted(event.data.text for event in seen) == sorted(f"message {n}" for n in range(MESSAGES))
    assert [event.seq for event in seen] == list(range(seen[0].seq, seen[0].seq + MESSAGES))
    assert [(m.seq, m.text) for m in history] == [(e.seq, e.text) for e in seen]


async def test_signing_in_refreshing_and_signing_out(tmp_path):
    async with serving(tmp_path / "data") as server:
        url = f"http://127.0.0.1:{server.port}"
        account, _ = await a_town(tmp_path / "data")
        first = await sign_in(url, "ada", "correct horse 9!", device="test")
        assert first.account == account
        told = []
        stale = Tokens("not a token", first.refresh_token, expires_in=900)
        async with connect(url, stale, on_refresh=told.append) as client:
            assert client.account == account
            assert client.opened.account.name == "ada"
        async with connect(url, told[0]) as client:
            assert client.account == account


async def heard(items, wanted):
    """The first of these events or signals that is wanted."""
    with trio.fail_after(30):
        while not wanted(item := await anext(items)):
            pass
    return item


async def test_the_typed_methods_and_the_server_mean_the_same(tmp_path):
    async with serving(tmp_path / "data") as server:
        url = f"http://127.0.0.1:{server.port}"
        ada_id, ada_token = await a_town(tmp_path / "data")
        bob_id, bob_token = await a_town(tmp_path / "data", "bob")
        async with connect(url, ada_token) as ada, connect(url, bob_token) as bob:
            space = (await ada.create_space("team")).id
            room = (await ada.create_room(space, "general")).id
            await bob.accept_invite((await ada.create_invite(space)).code)
            await bob.join(room)
            await messages(ada, bob, room, space)
            await attention(ada, bob, room, ada_id, bob_id)
            await saved(ada, room)
            direct = await ada.open_direct([bob_id])
            assert (await bob.open_direct([ada_id])).id == direct.id
            assert direct.accounts == sorted([ada_id, bob_id])


async def messages(ada, bob, room, space):
    await ada.add_emoji(space, "party", "https://a.example/party.png")
    assert [emoji.name for emoji in await bob.emoji(space)] == ["party"]
    root = (await ada.post(room, "helo @bob https://a.example")).seq
    reply = (await bob.post(room, "a reply", reply_to=root)).seq
    await ada.edit(room, root, "hello @bob https://a.example")
    for emoji in ("👍", ":party:"):
        await bob.react(room, root, emoji)
    await bob.unreact(room, root, "👍")
    await ada.pin(room, root)
    assert [row.name for row in await ada.reactors(room, root, ":party:")] == ["bob"]
    message = await bob.message(room, root)
    assert (message.text, message.pinned) == ("hello @bob https://a.example", True)
    assert [one.emoji for one in message.reactions] == [":party:"]
    assert [pin.message for pin in await bob.pins(room)] == [message]
    assert [version.text[:5] for version in await ada.edits(room, root)] == ["helo ", "hello"]
    thread = await ada.thread(room, reply)
    assert (thread.root, [one.seq for one in thread.messages]) == (message, [reply])
    found = await bob.search("hello", room=room, has_link=True)
    assert ([hit.seq for hit in found.hits], found.next) == ([root], None)
    await ada.unpin(room, root)
    await bob.delete(room, reply)
    assert (await ada.message(room, reply)).deleted
    assert await bob.edits(room, reply) == []
    entry = await ada.schedule(room, "tomorrow", time.time_ns() // 1_000_000 + 86_400_000)
    assert await ada.scheduled() == [entry]
    await ada.unschedule(entry.id)
    assert await ada.scheduled() == []


async def attention(ada, bob, room, ada_id, bob_id):
    await bob.set_preferences(quiet_from=60, quiet_to=60, time_zone="Asia/Tokyo")
    await bob.subscribe(room, "all")
    await bob.subscribe(room, mute_for=3600)
    await bob.subscribe(room, mute_for=0)
    preferences = await bob.preferences()
    assert preferences.preferences.time_zone == "Asia/Tokyo"
    assert preferences.subscriptions == [Subscription(room=room, level="all", muted_until=0)]
    seq = (await ada.post(room, "do you hear?")).seq
    told = await heard(
        bob.events(), lambda event: event.event == "notification.created" and event.data.seq == seq
    )
    assert told.data.from_ == ada_id
    page = await bob.notifications(unread=True)
    assert page.notifications[0].id == told.data.notification
    await bob.read_notifications([told.data.notification])
    assert (await bob.notifications()).unread == page.unread - 1
    await ada.follow_thread(room, seq)
    await ada.unfollow_thread(room, seq)
    assert (await bob.unread())[0].first_unread is not None
    await bob.mark_read(room, seq)
    assert (await bob.unread())[0].unread == 0
    receipt = await heard(ada.signals(), lambda signal: signal.signal == "receipt")
    assert (receipt.by, receipt.data) == (bob_id, ReadReceipt(read=seq))
    assert (await ada.receipts(room, seq)).read == [bob_id]
    online = AccountPresence(account=bob_id, state="online", last_seen=None)
    assert await ada.watch_presence([bob_id]) == [online]
    await bob.set_presence("dnd")
    signal = await heard(ada.signals(), lambda signal: signal.signal == "presence")
    assert (signal.by, signal.data.state) == (bob_id, "dnd")
    await bob.typing(room)
    signal = await heard(ada.signals(), lambda signal: signal.signal == "typing")
    assert (signal.by, signal.stream) == (bob_id, f"room/{room}")


async def saved(ada, room):
    seq = (await ada.post(room, "worth keeping", expires_in=86_400)).seq
    await ada.add_bookmark(room, seq, "why")
    (bookmark,) = await ada.bookmarks()
    assert (bookmark.note, bookmark.message.text) == ("why", "worth keeping")
    await ada.remove_bookmark(room, seq)
    assert await ada.bookmarks() == []
    await ada.set_draft(room, "so far")
    assert [draft.text for draft in await ada.drafts()] == ["so far"]
    await ada.set_draft(room, "")
    assert await ada.drafts() == []
