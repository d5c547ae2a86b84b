"""Events: in order, each once, whatever happens to the connection and however slow the reader is."""

from __future__ import annotations

import pytest
import trio
from fake_server import hash_at
from msgspec import to_builtins

from chatd.client import RELOADED, Cursor, Disconnected, Refused, SessionEnded, Signal, Tokens, connect
from chatd.client.inbox import EVENTS_BOUND
from chatd.client.link import PING_EVERY, LinkLost
from chatd.contract.room_events import MessageEdited, MessagePosted
from chatd.contract.shared_payloads import Nothing
from chatd.contract.signals import Typing


async def take(client, count):
    found = []
    async for event in client.events():
        found.append(event)
        if len(found) == count:
            return found
    return found


def texts(events):
    return [event.text for event in events]


async def test_an_event_carries_what_the_wire_says(server):
    async with connect(server, "good") as client:
        await server.tell(server.happened("hello"))
        (event,) = await take(client, 1)
    assert (event.event, event.room, event.seq, event.position) == ("message.posted", "R1", 1, 1)
    assert (event.by, event.at, event.data) == ("A2", 1_763_714_400_001, MessagePosted(text="hello"))
    assert to_builtins(event.frame()) == server.log[0]


async def test_events_go_on_after_a_break_without_gap_or_repeat(server, autojump_clock):
    async with connect(server, "good") as client:
        await server.tell(server.happened("one"))
        assert texts(await take(client, 1)) == ["one"]
        server.happened("two, told to nobody")
        await server.drop()
        assert texts(await take(client, 1)) == ["two, told to nobody"]
        await server.tell(server.log[1], server.happened("three"))  # the first is a repeat
        assert texts(await take(client, 1)) == ["three"]
    assert server.opens[1]["cursor"] == {"epoch": "E1", "position": 1, "hash": hash_at(1)}


async def test_events_that_wait_unread_are_not_asked_for_again(server, autojump_clock):
    async with connect(server, "good") as client:
        await server.tell(server.happened("one"), server.happened("two"))
        await trio.testing.wait_all_tasks_blocked()
        await server.drop()
        server.happened("three")
        assert texts(await take(client, 3)) == ["one", "two", "three"]
    assert server.opens[1]["cursor"] == {"epoch": "E1", "position": 2, "hash": hash_at(2)}


async def test_the_cursor_is_the_last_event_that_was_taken(server):
    async with connect(server, "good") as client:
        assert client.cursor == Cursor("E1", 0, hash_at(0))
        await server.tell(server.happened("one"), server.happened("two"))
        await take(client, 1)
        assert client.cursor == Cursor("E1", 1, hash_at(1))


async def test_a_kept_cursor_gives_what_happened_meanwhile(server):
    for text in ("one", "two", "three"):
        server.happened(text)
    async with connect(server, "good", cursor=Cursor("E1", 1)) as client:
        assert texts(await take(client, 2)) == ["two", "three"]


async def test_another_epoch_is_told_in_the_stream_of_events(server, autojump_clock):
    async with connect(server, "good") as client:
        await server.tell(server.happened("one"))
        await take(client, 1)
        server.epoch, server.log = "E2", []
        server.happened("restored")
        await server.drop()
        (marker,) = await take(client, 1)
        assert (marker.event, marker.data.epoch) == (RELOADED, "E2")
        assert client.cursor == Cursor("E2", 1, hash_at(1))
        await server.tell(server.happened("two"))
        assert texts(await take(client, 1)) == ["two"]


async def test_a_reader_that_stands_still_stops_the_socket(server):
    async with connect(server, "good") as client:
        async with trio.open_nursery() as nursery:
            for _ in range(3):
                batch = [server.happened("x") for _ in range(EVENTS_BOUND)]
                nursery.start_soon(server.tell, *batch)
                await trio.testing.wait_all_tasks_blocked()
            assert len(client._session._events._items) == EVENTS_BOUND
            events = await take(client, 3 * EVENTS_BOUND)
        assert [event.position for event in events] == list(range(1, 3 * EVENTS_BOUND + 1))
    assert server.dials == 1


async def test_a_reply_does_not_wait_behind_unread_events(server, autojump_clock):
    async with connect(server, "good") as client:
        async with trio.open_nursery() as nursery:
            for _ in range(3):
                batch = [server.happened("x") for _ in range(EVENTS_BOUND)]
                nursery.start_soon(server.tell, *batch)
                await trio.testing.wait_all_tasks_blocked()
            posted = await client.post("R1", "answered")
        assert len(client._session._events._items) <= 2 * EVENTS_BOUND
        events = await take(client, posted.position)
        assert [event.position for event in events] == list(range(1, posted.position + 1))
    assert server.dials > 1


async def test_reconnecting_backs_off_and_does_not_give_up(server, autojump_clock):
    async with connect(server, "good") as client:
        server.down = 12
        began = trio.current_time()
        await server.drop()
        server.happened("after a long night")
        assert texts(await take(client, 1)) == ["after a long night"]
        assert trio.current_time() - began > 1
    assert server.dials == 14


async def test_a_dead_connection_is_noticed_by_its_silence(server, autojump_clock):
    async with connect(server, "good") as client:
        server.hear_nothing_more()
        server.happened("heard on the second connection")
        began = trio.current_time()
        assert texts(await take(client, 1)) == ["heard on the second connection"]
        assert trio.current_time() - began >= PING_EVERY
    assert server.dials == 2


@pytest.mark.parametrize("code", [4001, 4002, 4003, 4004])
async def test_a_session_that_the_server_ended_is_not_reopened(server, code):
    async with connect(server, "good") as client:
        await server.close(code, "over")
        with pytest.raises(SessionEnded, match="over") as caught:
            await take(client, 1)
    assert caught.value.code == code
    assert server.dials == 1


async def test_a_server_that_goes_away_is_waited_for(server, autojump_clock):
    async with connect(server, "good") as client:
        await server.close(1001, "restart")
        server.happened("back")
        assert texts(await take(client, 1)) == ["back"]


async def test_events_end_with_the_client(server):
    seen = []
    async with trio.open_nursery() as nursery, connect(server, "good") as client:

        async def read():
            seen.extend(await take(client, 2))

        nursery.start_soon(read)
        await server.tell(server.happened("one"))
        await trio.testing.wait_all_tasks_blocked()
    assert texts(seen) == ["one"]


async def test_signals_come_beside_events(server):
    async with connect(server, "good") as client:
        await server.tell({"signal": "typing", "stream": "room/R1", "by": "A2", "data": {"expires_in": 5}})
        async for signal in client.signals():
            assert signal == Signal("typing", "room/R1", "A2", Typing(expires_in=5))
            break


async def test_what_only_a_newer_server_knows_is_given_as_it_came(server, another_version):
    painted = {**server.happened("x"), "event": "room.painted", "data": {"colour": "red"}}
    kicked = {**server.happened("x"), "event": "member.kicked", "stream": "space/S1", "data": {"bot": "A9"}}
    edited = {**server.happened("x"), "event": "message.edited", "data": {"seq": 1, "text": "y", "by": "z"}}
    server.log.clear()
    async with connect(server, "good") as client:
        await server.tell(painted, kicked, edited)
        await server.tell({"signal": "waving", "stream": "room/R1", "by": "A2", "data": {"hands": 2}})
        events = await take(client, 3)
        signal = await anext(client.signals())
    assert (events[0].event, events[0].data) == ("room.painted", {"colour": "red"})
    assert events[1].data == {"bot": "A9"}
    assert events[2].data == MessageEdited(seq=1, text="y")
    assert (signal.signal, signal.data) == ("waving", {"hands": 2})


async def test_an_event_that_the_account_is_not_shown_has_nothing_in_it(server):
    hidden = {**server.happened("x"), "event": "invite.created", "stream": "space/S1", "data": {}}
    server.log.clear()
    async with connect(server, "good") as client:
        await server.tell(hidden)
        (event,) = await take(client, 1)
    assert event.data == Nothing()


async def test_a_bad_token_is_refused_at_once(server):
    with pytest.raises(Refused) as caught:
        async with connect(server, "bad"):
            pass
    assert caught.value.code == "unauthenticated"


async def test_a_stale_access_token_is_refreshed_at_reconnect(server, autojump_clock):
    server.refresh_tokens = {"r1": "second"}
    told = []
    tokens = Tokens("good", "r1", expires_in=900)
    async with connect(server, tokens, on_refresh=told.append) as client:
        await trio.sleep(1000)
        await server.drop()
        server.happened("refreshed")
        await take(client, 1)
        assert client.tokens.access_token == "second"
    assert [new.access_token for new in told] == ["second"]
    assert [data["token"] for data in server.opens] == ["good", "second"]


async def test_an_access_token_that_the_server_no_longer_takes_is_refreshed(server):
    server.tokens = set()
    server.refresh_tokens = {"r1": "second"}
    async with connect(server, Tokens("good", "r1", expires_in=900)) as client:
        assert client.account == "A1"
    assert [data["token"] for data in server.opens] == ["good", "second"]


async def test_tokens_that_another_client_of_the_sign_in_has_got_come_before_a_refresh(
    server, autojump_clock
):
    """What that one has used up counts as stolen when it comes again."""
    server.refresh_tokens = {"r1": "second", "r2": "fourth"}
    server.tokens |= {"third"}
    tokens = Tokens("good", "r1", expires_in=900)
    newest = [Tokens("third", "r2", expires_in=900)]
    async with connect(server, tokens, newest=lambda: newest[-1]) as client:
        for _ in range(2):
            await trio.sleep(1000)
            await server.drop()
            server.happened("refreshed")
            await take(client, 1)
    assert [data["token"] for data in server.opens] == ["good", "third", "fourth"]
    assert server.refresh_tokens.keys() >= {"r1"}, "which nobody used"


async def test_a_garbled_message_ends_the_session(server):
    async with connect(server, "good") as client:
        await server.connections[0].socket.send_message(b"\xc1")
        with pytest.raises(SessionEnded, match="not a message of"):
            await take(client, 1)


async def test_no_wait_for_a_server_that_is_away_is_longer_than_wanted(server, autojump_clock):
    lost: list[Exception] = []
    async with connect(server, "good", on_lost=lost.append, longest_delay=1.5) as client:
        server.down = 40
        await server.drop()
        gone = trio.current_time()
        await client.post("R1", "back")
        assert trio.current_time() - gone < 41 * 1.5
        assert [type(one) for one in lost] == [LinkLost], "told once, however often it is tried"
    assert server.dials == 42
    assert len(lost) == 1


async def test_who_does_not_try_again_is_told_by_the_failure_alone(server):
    lost: list[Exception] = []
    async with connect(server, "good", patient=False, on_lost=lost.append) as client:
        await server.drop()
        with pytest.raises(Disconnected):
            await client.post("R1", "gone")
    assert lost == []
