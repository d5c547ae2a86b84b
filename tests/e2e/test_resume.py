"""From a cursor on: every later event one may see, in order, without gap or repeat."""

from __future__ import annotations

from .conftest import Serve
from .serving import Server
from .talking import MSGPACK, Client, Frame
from .town import Account, Town


def post_many(client: Client, room: str, count: int, text: str = "missed") -> int:
    """Posts `count` messages; gives the position of the last."""
    position = 0
    for start in range(0, count, 250):
        frames = [
            client.frame("message.post", {"room": room, "text": f"{text} {n}"})
            for n in range(start, min(start + 250, count))
        ]
        client.send_frames(frames)
        for frame in frames:
            position = client.result(frame["id"])["position"]
    return position


def resumed(
    town: Town, account: Account, cursor: Frame, position: int, subprotocol: str = MSGPACK
) -> list[Frame]:
    """What a session that resumes at `cursor` gets, up to `position`."""
    client = town.open(account, cursor, subprotocol)
    assert client.opened["resumed"] is True
    assert client.opened["epoch"] == cursor["epoch"]
    if position > cursor["position"]:
        client.wait_position(position, 20)
    client.catch_up()
    mark = client.events.pop()
    assert mark["event"] == "account.updated"
    client.close()
    return [event for event in client.events if event["event"] != "account.updated"]


def test_five_thousand_missed_events_come_in_order_through_reconnect_restart_and_crash(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    account, poster = town.member(room), town.member(room)
    away = town.open(account)
    away.catch_up()
    cursor = away.cursor
    away.close()
    watching = town.open(poster, subprotocol=MSGPACK)
    last = post_many(watching, room, 5000)
    watching.wait_position(last)
    expected = watching.posted(room)
    assert [event["data"]["text"] for event in expected] == [f"missed {n}" for n in range(5000)]
    assert resumed(town, account, cursor, last) == expected
    for end in (server.stop, server.kill):
        end()
        town.close()
        server.start()
        town.reconnect()
        assert resumed(town, account, cursor, last) == expected
    middle = {"epoch": cursor["epoch"], "position": expected[3210]["position"]}
    assert resumed(town, account, middle, last) == expected[3211:]
    at_the_end = {"epoch": cursor["epoch"], "position": last}
    assert resumed(town, account, at_the_end, last, "chatd.v1.json") == []
    town.close()


def test_a_resume_amid_live_posts_has_no_gap_and_no_repeat(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    poster = town.open(town.member(room))
    left = town.open(account)
    left.catch_up()
    post_many(poster, room, 1000, "before")
    ids = [poster.send("message.post", room=room, text=f"during {n}") for n in range(200)]
    back = town.resume(account, left)
    ids += [poster.send("message.post", room=room, text=f"during {n}") for n in range(200, 400)]
    last = max(poster.result(id_)["position"] for id_ in ids)
    back.wait_position(last)
    expected = [f"before {n}" for n in range(1000)] + [f"during {n}" for n in range(400)]
    assert [event["data"]["text"] for event in back.posted(room)] == expected
    seqs = [event["seq"] for event in back.posted(room)]
    assert seqs == list(range(seqs[0], seqs[0] + 1400))


def test_a_cursor_of_another_epoch_does_not_resume(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    town.open(account).post(room, "seen before")
    client = town.open(account, {"epoch": "01JANOTHEREPOCH0000000000A", "position": 0})
    assert client.opened["resumed"] is False
    client.catch_up()
    assert client.posted(room) == []
    client.post(room, "seen after")
    client.catch_up()
    assert [event["data"]["text"] for event in client.posted(room)] == ["seen after"]


def test_a_cursor_beyond_the_head_is_not_believed(town: Town) -> None:
    room = town.room()
    account = town.member(room)
    opened = town.open(account).opened
    client = town.dial()
    ahead = {"epoch": opened["epoch"], "position": opened["position"] + 10**6}
    reply = client.reply(client.send("session.open", token=account.token, cursor=ahead))
    if "error" in reply:
        assert reply["error"]["code"] == "invalid"
        return
    assert reply["result"]["resumed"] is False
    client.post(room, "live")
    client.wait_event("message.posted", text="live")


def test_a_resume_shows_rooms_for_exactly_the_time_of_membership(town: Town) -> None:
    joined, left, both, never = (town.room(name) for name in ("Joined", "Left", "Both", "Never"))
    account = town.member(left)
    poster = town.open(town.owner)
    away = town.open(account)
    away.catch_up()
    cursor = away.cursor
    away.close()
    other_device = town.open(account)
    for step in ("first", "second", "third"):
        for room in (joined, left, both, never):
            poster.post(room, step)
        if step == "first":
            other_device.ask("room.join", room=joined)
            other_device.ask("room.join", room=both)
        if step == "second":
            other_device.ask("room.leave", room=left)
            other_device.ask("room.leave", room=both)
    last = poster.post(joined, "last")["position"]
    got = resumed(town, account, cursor, last)
    other_device.wait_position(last)
    live = [event for event in other_device.events if event["position"] <= last]
    assert got == live

    def seen(room: str) -> list[str]:
        return [e["data"].get("text", e["event"]) for e in got if e["stream"] == f"room/{room}"]

    assert seen(joined) == ["member.joined", "second", "third", "last"]
    assert seen(left) == ["first", "second", "member.left"]
    assert seen(both) == ["member.joined", "second", "member.left"]
    assert seen(never) == []


def test_spaces_entered_while_away_are_seen_from_their_entering_on(town: Town) -> None:
    account = town.account()
    away = town.open(account)
    away.catch_up()
    cursor = away.cursor
    away.close()
    town.member()
    visit = town.open(account)
    visit.ask("invite.accept", code=town.code)
    later = town.member()
    visit.catch_up()
    got = resumed(town, account, cursor, 0)
    assert got == [event for event in visit.events if event["event"] != "account.updated"]
    joined = [e["data"]["account"] for e in got if e["stream"] == f"space/{town.space}"]
    assert joined == [account.id, later.id]


def test_a_session_that_just_opened_without_a_cursor_starts_at_its_position(
    server: Server, town: Town
) -> None:
    room = town.room()
    account = town.member(room)
    poster = town.open(town.owner)
    before = poster.post(room, "old news")
    client = town.open(account)
    assert client.opened["position"] >= before["position"]
    poster.post(room, "new")
    client.catch_up()
    assert [event["data"]["text"] for event in client.posted(room)] == ["new"]
    assert all(event["position"] > client.opened["position"] for event in client.events)
