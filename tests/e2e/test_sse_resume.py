"""From the id of an event on: what a WebSocket gets, without gap or repeat, wherever the stream was cut."""

from __future__ import annotations

import random

import pytest

from .conftest import Serve
from .serving import Server
from .streaming import PATH, Streamed
from .talking import MSGPACK, Client, Frame
from .test_resume import post_many
from .test_slow_clients import LONG, flood
from .town import Account, Town


def eventful(
    town: Town,
    room: str,
    account: Account,
    poster: Client,
    other_device: Client,
    both: list[Client | Streamed],
) -> int:
    """Acts of many kinds, some of which change what the account may see; gives the last position."""
    seq = poster.post(room, "first")["seq"]
    poster.ask("message.edit", room=room, seq=seq, text="edited")
    poster.ask("reaction.add", room=room, seq=seq, emoji="👍")
    other = town.room()
    other_device.ask("room.join", room=other)
    poster.ask("room.join", room=other)
    gone = poster.post(other, "to be deleted")
    for one in both:  # who comes later gets no text
        one.wait_position(gone["position"])
    poster.ask("message.delete", room=other, seq=gone["seq"])
    other_device.ask("room.leave", room=other)
    poster.post(other, "unheard")
    other_device.ask("account.update", about="moved on")
    town.operator.ask("member.set_role", space=town.space, account=account.id, role="moderator")
    poster.post(room, "middle")
    return int(poster.post(room, "last")["position"])


def test_a_stream_that_resumes_gets_what_a_websocket_gets(server: Server, town: Town) -> None:
    room = town.room()
    account, poster = town.member(room), town.open(town.member(room))
    beside, other_device = town.open(account, subprotocol=MSGPACK), town.open(account)
    with Streamed(server, account.token) as stream:
        began = stream.opened
        start = stream.id
        last = eventful(town, room, account, poster, other_device, [stream, beside])
        stream.wait_position(last)
        beside.wait_position(last)
        expected = [event for event in beside.events if event["position"] > began["position"]]
        assert stream.events == expected
        assert len({event["event"] for event in expected}) >= 8
    cursor = {"epoch": began["epoch"], "position": began["position"]}
    later = town.open(account, cursor)  # some of it reads otherwise today, and the same for both
    later.wait_position(last)
    with Streamed(server, account.token, start) as resumed:
        assert resumed.opened["resumed"] is True
        resumed.wait_position(last)
        assert resumed.events == later.events


def collect(server: Server, token: str, last: str, upto: int, draw: random.Random) -> tuple[list[Frame], str]:
    """Follows from `last` to the position `upto` through connections that are cut anywhere: in the head, in
    the snapshot, within an event, between two."""
    events: list[Frame] = []
    while not events or events[-1]["position"] < upto:
        with Streamed(server, token, last) as stream:
            assert stream.status == 200
            left = draw.choice((0, 1, 40, 300, 3000, 20_000))
            while left > 0 and (came := stream.receive(0.3, min(left, draw.randint(1, 4096)))):
                left -= came
        events += stream.events
        last = stream.id
    return events, last


@pytest.mark.parametrize("seed", range(3))
def test_no_gap_and_no_repeat_wherever_the_connection_is_cut(server: Server, town: Town, seed: int) -> None:
    draw = random.Random(seed)
    room = town.room()
    account, poster = town.member(room), town.open(town.member(room))
    beside = town.open(account, subprotocol=MSGPACK)
    with Streamed(server, account.token) as stream:
        assert stream.opened
    got: list[Frame] = []
    last = stream.id
    for n in range(4):
        position = post_many(poster, room, draw.randint(1, 60), f"round {n}")
        events, last = collect(server, account.token, last, position, draw)
        got += events
    beside.wait_position(position)
    assert got == [event for event in beside.events if event["position"] > stream.opened["position"]]


def test_no_gap_and_no_repeat_over_kills_of_the_server(serve: Serve) -> None:
    draw = random.Random(7)
    server = serve()
    town = Town(server)
    room = town.room()
    account, author = town.member(room), town.member(room)
    with Streamed(server, account.token) as stream:
        last = stream.id
        assert stream.opened
    got: list[Frame] = []
    posted: list[str] = []
    for n in range(3):
        texts = [f"{n}: {i}" for i in range(draw.randint(5, 30))]
        poster = town.open(author)
        position = [poster.post(room, text)["position"] for text in texts][-1]
        posted += texts
        with Streamed(server, account.token, last) as stream:
            stream.receive(0.5, draw.randint(1, 6000))
            server.kill()
        got += stream.events
        last = stream.id
        town.close()
        server.start()
        town.reconnect()
        if not got or got[-1]["position"] < position:
            events, last = collect(server, account.token, last, position, draw)
            got += events
    assert [event["data"]["text"] for event in got if event["event"] == "message.posted"] == posted
    seqs = [event["seq"] for event in got if event["stream"] == f"room/{room}"]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    town.close()


def test_the_cursor_may_stand_in_the_address_and_the_header_is_newer(server: Server, town: Town) -> None:
    room = town.room()
    account, poster = town.member(room), town.open(town.member(room))
    with Streamed(server, account.token) as stream:
        for text in ("one", "two", "three"):
            last = poster.post(room, text)["position"]
        stream.wait_position(last)
        ids = [
            id_ for kind, id_, data in stream.seen if kind == "event" and data["event"] == "message.posted"
        ]
    path = f"{PATH}?cursor={ids[0]}"
    with Streamed(server, account.token, path=path) as by_address:
        by_address.wait_position(last)
        assert by_address.posted(room) == ["two", "three"]
    with Streamed(server, account.token, ids[1], path=path) as by_header:
        by_header.wait_position(last)
        assert by_header.posted(room) == ["three"]


@pytest.mark.parametrize(
    "cursor",
    [
        "01JANOTHEREPOCH0000000000A.7.5f0c9e1b7a42",
        "{epoch}.9000000000.5f0c9e1b7a42",
        "{epoch}.{position}.000000000000",
    ],
)
def test_a_cursor_that_is_not_known_begins_anew_and_says_so(server: Server, town: Town, cursor: str) -> None:
    room = town.room()
    account, poster = town.member(room), town.open(town.member(room))
    poster.post(room, "before")
    with Streamed(server, account.token) as stream:
        opened = stream.opened
    asked = cursor.format(epoch=opened["epoch"], position=opened["position"])
    with Streamed(server, account.token, asked) as stream:
        assert stream.opened["resumed"] is False
        stream.wait_position(poster.post(room, "after")["position"])
        assert stream.posted(room) == ["after"]


def test_a_slow_reader_costs_no_memory_and_gets_everything(serve: Serve) -> None:
    server = serve()
    town = Town(server)
    room = town.room()
    poster = town.open(town.member(room), subprotocol=MSGPACK)
    account = town.member(room)
    flood(
        poster, room, 2000
    )  # what a server keeps anyway, it keeps by then, but for what the views are about
    with Streamed(server, account.token, receive_buffer=32 * 1024) as stream:
        assert stream.opened
        before = server.memory()
        results = flood(poster, room, 4000)  # 32 MB
        assert server.memory() - before < 20 * 2**20
        stream.wait_position(results[-1]["position"], 20)
        assert stream.posted(room) == [f"{n} {LONG}" for n in range(4000)]
    town.close()
