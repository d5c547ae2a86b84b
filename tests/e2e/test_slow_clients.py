"""A client that does not read costs nobody anything, and loses nothing."""

from __future__ import annotations

import socket

from bounds import MEBIBYTE, NEVER_READING_DELAY, NEVER_READING_MEMORY, UNREAD_ANSWERS_MEMORY

from .conftest import Serve
from .serving import Server
from .talking import JSON, MSGPACK, Client, Frame
from .test_hostile_bytes import within
from .timing import waiting
from .town import Account, Town

LONG = "x" * 8000


def never_reading(town: Town, account: Account, subprotocol: str = JSON) -> Client:
    """A session whose connection takes in a few messages and then no more until it is asked to."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 * 1024)
    narrow.connect(("127.0.0.1", town.server.port))
    client = town.open(account, subprotocol=subprotocol, sock=narrow, max_queue=2)
    client.polite = False
    return client


def flood(poster: Client, room: str, count: int, at_once: int = 40) -> list[Frame]:
    """Posts `count` long messages; gives the results."""
    results: list[Frame] = []
    for start in range(0, count, at_once):
        frames = [
            poster.frame("message.post", {"room": room, "text": f"{n} {LONG}"})
            for n in range(start, min(start + at_once, count))
        ]
        poster.send_frames(frames)
        results += [poster.result(frame["id"]) for frame in frames]
    return results


def test_a_client_that_never_reads_disturbs_nobody_costs_no_memory_and_gets_everything(serve: Serve) -> None:
    server: Server = serve()
    town = Town(server)
    room = town.room()
    poster = town.open(town.member(room), subprotocol=MSGPACK)
    listener = town.open(town.member(room), subprotocol=MSGPACK)
    flood(poster, room, 400)  # what a busy server takes for its caches
    listener.catch_up()
    accounts = [town.member(room) for _ in range(6)]
    stuck = [never_reading(town, account, (JSON, MSGPACK)[n % 2]) for n, account in enumerate(accounts)]
    before = server.memory()
    results = flood(poster, room, 4000)  # 32 MB, to each of six who do not read
    listener.wait_position(results[-1]["position"])
    grown = server.memory() - before
    assert grown < NEVER_READING_MEMORY.most, f"memory grew by {grown / MEBIBYTE:.0f} MiB"
    expected = listener.posted(room)[-4000:]
    assert [event["position"] for event in expected] == [result["position"] for result in results]
    for client in stuck:
        client.wait_position(results[-1]["position"])
        assert client.posted(room) == expected
        client.catch_up()
    town.close()


def test_others_are_answered_as_quickly_as_ever_beside_clients_that_never_read(town: Town) -> None:
    room = town.room()
    for n in range(8):
        never_reading(town, town.member(room), (JSON, MSGPACK)[n % 2])
    poster, listener = town.open(town.member(room)), town.open(town.member(room))
    flood(poster, room, 600)
    listener.catch_up()
    took: list[float] = []
    for n in range(50):
        waited = waiting(town.server)
        poster.post(room, f"{n} {LONG}")
        listener.wait_event("message.posted", text=f"{n} {LONG}")
        took.append(waited())
    assert sorted(took)[45] < NEVER_READING_DELAY.most, f"one in ten took more than {sorted(took)[45]:.3f} s"


def test_a_client_that_asks_and_never_reads_its_answers_is_held_back(server: Server, town: Town) -> None:
    room = town.room()
    account = town.member(room)
    flood(town.open(account, subprotocol=MSGPACK), room, 200)
    before = server.memory()
    greedy = never_reading(town, account)
    greedy.connection.socket.settimeout(1)
    frames = [greedy.frame("room.history", {"room": room, "limit": 100}) for _ in range(400)]
    for frame in frames:
        greedy.send_frames([frame])  # 400 answers of 800 kB, none of them read
    town.open(account).catch_up()
    grown = server.memory() - before
    assert grown < UNREAD_ANSWERS_MEMORY.most, f"memory grew by {grown / MEBIBYTE:.0f} MiB"


def test_a_stalled_connection_is_dropped_at_the_write_deadline_and_its_client_resumes(serve: Serve) -> None:
    town = Town(serve(write_deadline=1))
    room = town.room()
    account = town.member(room)
    poster = town.open(town.member(room), subprotocol=MSGPACK)
    stuck = never_reading(town, account)
    sessions = town.operator.ask("server.status")["sessions"]
    results = flood(poster, room, 1500)
    assert within(30, lambda: town.operator.ask("server.status")["sessions"] == sessions - 1)
    stuck.close()
    back = town.resume(account, stuck)
    back.wait_position(results[-1]["position"])
    seen = [event["position"] for event in stuck.posted(room) + back.posted(room)]
    assert seen == [result["position"] for result in results]
    town.close()
