"""Strangers and members who flood, stall, lie, never read, close half: what they cost everybody else.

A server with the limits as they come. Bounds hold for its memory, for what another member waits for the
answer and the event of a post, and for what lies on the disk.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any

import msgpack
import pytest

from .conftest import ended_well
from .harm import MEBIBYTE, Harm, at_once, measured, pour
from .raw import BINARY, CLOSE, PING, TEXT, Ended, Peer
from .serving import Server
from .talking import Client, Frame, decode, encode
from .test_hostile_bytes import within
from .town import Account, Town

SECONDS = 1.5  # that a storm lasts
WAIT = 1.5  # seconds that another member may wait; a fifth of that on a machine that does nothing else
FEW_REFUSALS = 60  # that a stranger may get
MSGPACK = {"Sec-WebSocket-Protocol": "chatd.v1.msgpack"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    guarded = Server(tmp_path_factory.mktemp("guarded") / "data", rate_limits=True).start()
    yield guarded
    ended_well(guarded)


@pytest.fixture
def town(guarded: Server) -> Iterator[Town]:
    town = Town(guarded)
    yield town
    town.close()


@contextmanager
def peer(server: Server, headers: dict[str, str] | None = None, **options: Any) -> Iterator[Peer]:
    with Peer(server, **options) as peer:
        assert peer.upgrade(headers)[0] == 101
        yield peer


@contextmanager
def member(town: Town, account: Account, **options: Any) -> Iterator[Peer]:
    """An open session in raw bytes."""
    with peer(town.server, **options) as peer_:
        opening = {"id": "open", "command": "session.open", "data": {"token": account.token}}
        peer_.send_frame(TEXT, text([opening]))
        while b'"open"' not in peer_.read_until(TEXT):
            pass
        yield peer_


def text(frames: list[Frame]) -> bytes:
    encoded = encode(frames)
    assert isinstance(encoded, str)
    return encoded.encode()


POST_BYTES = 128 * 1024  # what a post takes on the disk at most, until the next checkpoint


def harmless(harm: Harm, memory: int = 8 * 8 * MEBIBYTE, disk: int = MEBIBYTE) -> None:
    assert harm.wait < WAIT, f"another member waited {harm.wait:.2f} s"
    assert harm.memory < memory, f"the server grew by {harm.memory / MEBIBYTE:.0f} MiB"
    assert harm.disk < disk + harm.posts * POST_BYTES, f"{harm.disk / MEBIBYTE:.1f} MiB more lie on the disk"


def ends(peer_: Peer, seconds: float = 30.0) -> None:
    """The server ends the connection, though this side only reads."""
    peer_.socket.settimeout(seconds)
    peer_.rest()


def close_code(peer_: Peer) -> int:
    peer_.socket.settimeout(30)
    return peer_.read_close()


# --- they flood and never read ----------------------------------------------------------------------------

HUGE_KEY = json.dumps({"id": 1, "query": "space.list", "x" * 255_000: 1}).encode()
WIDE_KEY = json.dumps({"id": 1, "query": "space.list", "\x01" * 40_000: 1}).encode()
SPACES: list[Frame] = [{"id": n, "query": "space.list"} for n in range(1000)]
LISTS = b'{"id":1,"query":"space.list","data":{"x":[' + b",".join([b"[]"] * 80_000) + b"]}}"


@pytest.mark.parametrize(
    "frames",
    [b"\n".join([HUGE_KEY] * 4), b"\n".join([WIDE_KEY] * 4), b"\n".join([LISTS] * 4), b"{}\n" * 1000],
)
def test_strangers_who_flood_and_never_read_cost_no_memory(
    guarded: Server, town: Town, frames: bytes
) -> None:
    with measured(town) as harm, ExitStack() as strangers:
        crowd = [strangers.enter_context(peer(guarded, receive_buffer=4096)) for _ in range(8)]
        at_once(*(partial(pour, one, one.frame(TEXT, frames), SECONDS) for one in crowd))
    harmless(harm)


@pytest.mark.parametrize(
    "frames", [b"\n".join([HUGE_KEY] * 4), b"\n".join([LISTS] * 4), text([{"id": 1, "query": "x"}] * 1000)]
)
def test_members_who_flood_and_never_read_cost_no_memory(town: Town, frames: bytes) -> None:
    with measured(town) as harm, ExitStack() as members:
        crowd = [members.enter_context(member(town, town.account(), receive_buffer=4096)) for _ in range(6)]
        at_once(*(partial(pour, one, one.frame(TEXT, frames), SECONDS) for one in crowd))
    harmless(harm)


def full_room(town: Town) -> str:
    room = town.room()
    writer = town.open(town.member(room))
    for number in range(100):
        writer.post(room, f"{number} " + "x" * 8000)
    writer.close()
    return room


def test_long_answers_that_nobody_reads_are_not_made(town: Town) -> None:
    room = full_room(town)
    asking = [{"id": n, "query": "room.history", "data": {"room": room, "limit": 100}} for n in range(300)]
    with measured(town) as harm, ExitStack() as members:
        crowd = [
            members.enter_context(member(town, town.member(room), receive_buffer=4096)) for _ in range(4)
        ]
        at_once(*(partial(pour, one, one.frame(TEXT, text(asking)), SECONDS) for one in crowd))
    harmless(harm, memory=4 * 8 * MEBIBYTE)  # a page is half a mebibyte of texts, and four are under way


# --- they flood and read ----------------------------------------------------------------------------------


def drain(peer_: Peer) -> list[Frame]:
    """Everything that came until the server closed."""
    frames: list[Frame] = []
    peer_.socket.settimeout(30)
    with suppress(Ended, ConnectionError):
        while True:
            opcode, payload = peer_.read_frame()
            if opcode == CLOSE:
                break
            frames += decode(payload.decode() if opcode == TEXT else payload)
    return frames


@pytest.mark.parametrize(
    "frame", [b"{}", b"[]", b"nonsense", b'{"id":[]}', b'{"id":1.5,"query":"space.list"}']
)
def test_frames_without_an_id_are_bad_frames_and_the_sixteenth_is_the_last(
    guarded: Server, frame: bytes
) -> None:
    with peer(guarded) as rude:
        rude.send_frame(TEXT, b"\n".join([frame] * 1000))
        answers = []
        for _ in range(16):
            opcode, payload = rude.read_frame()
            if opcode == CLOSE:
                break
            answers += decode(payload.decode())
        else:
            payload = rude.read_until(CLOSE)
        assert int.from_bytes(payload[:2], "big") == 4003
        assert len(answers) == 16
        assert all(answer["id"] is None and answer["error"]["code"] == "invalid" for answer in answers)


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_a_stranger_gets_a_few_dozen_refusals_and_then_the_door(guarded: Server, opcode: int) -> None:
    payload = text(SPACES) if opcode == TEXT else b"".join(msgpack.packb(frame) for frame in SPACES)
    with peer(guarded, MSGPACK if opcode == BINARY else None) as stranger:
        stranger.send_frame(opcode, payload)
        stranger.socket.settimeout(30)
        answers: list[Frame] = []
        while True:
            kind, payload = stranger.read_frame()
            if kind == CLOSE:
                break
            answers += decode(payload.decode() if kind == TEXT else payload)
        assert int.from_bytes(payload[:2], "big") == 4003
        assert 24 <= len(answers) <= FEW_REFUSALS
        assert {answer["error"]["code"] for answer in answers} == {"unauthenticated"}


def test_floods_of_strangers_keep_nobody_waiting(guarded: Server, town: Town) -> None:
    def storm(message: bytes) -> None:
        for _ in range(3):
            with peer(guarded) as stranger, suppress(ConnectionError):
                stranger.send(stranger.frame(TEXT, message) * (900_000 // len(message)))
                drain(stranger)

    with measured(town) as harm:
        at_once(*(partial(storm, message) for message in (b"{}\n" * 1000, b"{}", text(SPACES))))
    harmless(harm)


@pytest.mark.parametrize(
    "frame", [{"id": 1, "query": "no.such"}, {"id": 1, "query": "space.list", "data": {"x": 1}}]
)
def test_a_member_who_floods_is_read_slowly_and_keeps_nobody_waiting(town: Town, frame: Frame) -> None:
    answered = [0, 0, 0]
    with measured(town) as harm, ExitStack() as members:
        crowd = [members.enter_context(member(town, town.account())) for _ in answered]

        def storm(which: int) -> None:
            one, deadline = crowd[which], time.monotonic() + SECONDS
            flood = one.frame(TEXT, text([frame] * 1000)) * 20
            at_once(partial(pour, one, flood, SECONDS), partial(listen, which, deadline))

        def listen(which: int, deadline: float) -> None:
            with suppress(TimeoutError):
                while time.monotonic() < deadline:
                    answered[which] += len(decode(crowd[which].read_until(TEXT).decode()))

        at_once(*(partial(storm, which) for which in range(len(crowd))))
    harmless(harm)
    assert 0 < max(answered) <= 2000 + 200 * (SECONDS + 3), answered


def test_pings_and_fragments_between_messages_keep_nobody_waiting(guarded: Server, town: Town) -> None:
    def storm(account: Account, flood: bytes) -> None:
        with member(town, account, receive_buffer=4096) as rude:
            pour(rude, flood, SECONDS)

    with Peer(guarded) as idle:
        query = idle.frame(TEXT, text([{"id": 1, "query": "x"}]))
        pings = (idle.frame(PING, b"x") * 500 + query) * 50
        pieces = (idle.frame(TEXT, b"", fin=False) + idle.frame(0, b"", fin=False) * 500 + idle.frame(0)) * 50
    storms = [(town.account(), flood) for flood in (pings, pieces) * 2]
    with measured(town) as harm:
        at_once(*(partial(storm, account, flood) for account, flood in storms))
    harmless(harm)


def test_whoever_is_honest_beside_them_at_the_same_address_is_served(guarded: Server, town: Town) -> None:
    """A burst as of somebody who comes back, from one session, while strangers are shown the door."""
    account = town.account()
    with ExitStack() as strangers:
        for _ in range(20):
            stranger = strangers.enter_context(peer(guarded))
            stranger.send(stranger.frame(TEXT, b"{}\n" * 100))
        client = town.open(account)
        frames = [client.frame("space.list", {}) for _ in range(400)]
        client.send_frames(frames)
        assert [client.result(frame["id"])["spaces"] for frame in frames] == [[]] * 400


# --- they lie about lengths, stall, close half ------------------------------------------------------------


def test_promises_of_more_than_comes_cost_what_has_come(guarded: Server, town: Town) -> None:
    with measured(town) as harm, ExitStack() as liars:
        for _ in range(8):
            liar = liars.enter_context(peer(guarded))
            liar.send(liar.frame(TEXT, b'{"id":1,"x":"' + b"x" * 500_000, length=MEBIBYTE))
            promised = liars.enter_context(peer(guarded))
            with suppress(ConnectionError):
                promised.send(promised.frame(TEXT, b"x" * 1000, length=1 << 60))
        for head in (
            b"\xdb\xff\xff\xff\xff",
            b"\xdd\xff\xff\xff\xff",
            b"\xdf\xff\xff\xff\xff",
            b"\xc6\xff\xff\xff\xff",
        ):
            packed = liars.enter_context(peer(guarded, MSGPACK))
            packed.send_frame(BINARY, b"\x82\xa2id\x07\xa1x" + head + b"\x01" * 1000)
            (answer,) = decode(packed.read_until(BINARY))
            assert answer["id"] == 7
            assert answer["error"]["code"] == "invalid"
            assert "lost" in answer["error"]["message"]
    harmless(harm)


def test_closing_with_answers_unread_crashes_nothing(guarded: Server, town: Town) -> None:
    """Each way of going away while the server still has to send: reset, half closed, a close frame."""
    room = full_room(town)
    asking = text([{"id": n, "query": "room.history", "data": {"room": room}} for n in range(20)])
    accounts = [town.member(room) for _ in range(4)]

    def leave(way: str, account: Account) -> None:
        for _ in range(3):
            with member(town, account, receive_buffer=4096) as leaver:
                flood = leaver.frame(TEXT, asking)
                with suppress(TimeoutError, ConnectionError):
                    leaver.socket.settimeout(0.3)
                    leaver.send(flood)
                    leaver.socket.recv(1)  # answers are on their way
                    if way == "close":
                        leaver.send(leaver.frame(CLOSE, struct.pack("!H", 1000)))
                    elif way == "half":
                        leaver.socket.shutdown(socket.SHUT_WR)
                        leaver.rest()
                    elif way == "reset":
                        leaver.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with measured(town) as harm:
        at_once(
            *(
                partial(leave, way, one)
                for way, one in zip(("close", "half", "reset", "go"), accounts, strict=True)
            )
        )
    harmless(harm)
    assert "crashed" not in guarded.log.read_text()


def test_closing_politely_and_reading_nothing_crashes_nothing(guarded: Server, town: Town) -> None:
    room = full_room(town)
    asking = text([{"id": n, "query": "room.history", "data": {"room": room}} for n in range(20)])
    account = town.member(room)

    def gone() -> bool:
        devices = town.operator.ask("account.devices", account=account.id)["devices"]
        return not any(device["connected"] for device in devices)

    with member(town, account, receive_buffer=4096) as deaf:
        assert not gone()
        deaf.send(deaf.frame(TEXT, asking) + deaf.frame(CLOSE, struct.pack("!H", 1000)))
        assert within(30, gone)
    assert "crashed" not in guarded.log.read_text()


def test_who_never_reads_is_cut_off_soon_after_the_server_closed(guarded: Server, town: Town) -> None:
    account = town.account()
    with member(town, account, receive_buffer=4096) as deaf:
        pour(deaf, deaf.frame(TEXT, b"\n".join([HUGE_KEY] * 4)), 0.5)
        town.operator.ask("account.disable", account=account.id)
        deadline = time.monotonic() + 10

        def cut_off() -> bool:
            with suppress(TimeoutError):
                try:
                    deaf.socket.settimeout(0.1)
                    deaf.send(b"\x8a\x80\0\0\0\0" * 10_000)
                except ConnectionError:
                    return True
            return False

        while not cut_off():
            assert time.monotonic() < deadline, "it is still connected"


# --- what is refused says what to do, and tells the truth -------------------------------------------------


def test_what_a_peer_sent_is_shortened_before_it_is_echoed(town: Town) -> None:
    client = town.open(town.account())
    long, wide = "x" * 100_000, "\x01" * 100_000
    for key in (long, wide):
        frames: list[Frame] = [
            {"id": 1, "query": "space.list", key: 1},
            {"id": 2, "query": key},
            {"id": 3, "query": "space.list", "data": {key: 1}},
            {"id": 4, "query": "notification.list", "data": {"after": key}},
            {"id": 5, "command": "presence.set", "data": {"state": key}},
        ]
        for frame in frames:
            client.send_frames([frame])
            error = client.reply(frame["id"])["error"]
            assert len(error["message"]) < 300
            assert "\x01" not in error["message"]
            assert "\\x01" not in error["message"]


def test_a_wait_that_is_promised_is_true(town: Town) -> None:
    client = town.open(town.account())
    frames = [client.frame("space.list", {}) for _ in range(1200)]
    client.send_frames(frames[:600])
    client.send_frames(frames[600:])
    replies = [client.reply(frame["id"]) for frame in frames]
    waits = [reply["error"]["data"]["retry_after"] for reply in replies if "error" in reply]
    assert len(waits) > 400
    assert max(waits) <= 0.022, "a token comes every 0.02 s"


def test_half_an_emoji_is_answered_by_id_and_costs_no_session(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    for number in range(900, 940):  # a draft, kept at each key
        client.send_message(
            f'{{"id":{number},"command":"draft.set","data":{{"room":"{room}","text":"cut \\ud83d"}}}}'
        )
        error = client.reply(number)["error"]
        assert error["code"] == "invalid"
        assert "surrogate" in error["message"]


def test_long_pastes_are_too_large_by_id_and_cost_no_session(town: Town) -> None:
    room = town.room()
    client = town.open(town.member(room))
    for _ in range(20):
        error = client.refusal("message.post", room=room, text="x" * 300_000)
        assert error["code"] == "too_large"
    client.post(room, "and I am still here")


def test_a_stranger_who_waits_as_told_gets_in(guarded: Server) -> None:
    client = Client.dial(guarded)
    for _ in range(10):
        assert client.refusal("session.open", token="nonsense")["code"] == "unauthenticated"
    client.ask("account.sign_up", name=f"late{time.monotonic_ns()}", password="seven quiet herons wade")
    client.close()
