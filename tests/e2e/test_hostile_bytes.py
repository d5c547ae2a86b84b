"""Peers that break the rules are closed with a clear code, and nobody else notices."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from .conftest import Serve, ended_well
from .raw import BINARY, CLOSE, PING, PONG, TEXT, Ended, Peer
from .serving import Server
from .talking import Client, encode
from .timing import waiting
from .town import Town


@contextmanager
def peer(server: Server, **options: float) -> Iterator[Peer]:
    """An upgraded connection that has said nothing yet."""
    with Peer(server, **options) as peer:  # type: ignore[arg-type]
        assert peer.upgrade()[0] == 101
        yield peer


def ends(peer: Peer) -> None:
    """The server ends the TCP connection, though this side never closes it."""
    peer.socket.settimeout(15)  # in half a minute it would end for want of a session
    peer.rest()


@contextmanager
def others_undisturbed(town: Town, most: float) -> Iterator[None]:
    """While the body runs, two others post and hear each other, and no answer takes longer than `most`."""
    room = town.room()
    ada, bob = town.open(town.member(room)), town.open(town.member(room))
    ada.catch_up()
    worst, count = 0.0, 0
    over, failed = threading.Event(), []

    def chat() -> None:
        nonlocal worst, count
        try:
            while not over.is_set() or count < 5:
                waited = waiting(town.server)
                ada.post(room, f"number {count}")
                bob.wait_event("message.posted", text=f"number {count}")
                worst, count = max(worst, waited()), count + 1
                over.wait(0.005)
        except Exception as error:
            failed.append(error)

    talk = threading.Thread(target=chat)
    talk.start()
    try:
        yield
    finally:
        over.set()
        talk.join()
    assert not failed, failed
    assert worst < most, f"an answer took {worst:.2f} s"


def test_a_million_empty_fragments_are_cut_off_early_and_nobody_waits(server: Server, town: Town) -> None:
    with others_undisturbed(town, 1.0), peer(server) as evil:
        flood = evil.frame(TEXT, fin=False) + evil.frame(0, fin=False) * 1_000_000
        with suppress(ConnectionError):
            evil.send(flood)
        ends(evil)


def test_a_flood_of_pings_is_no_way_to_stop_the_server(server: Server, town: Town) -> None:
    with others_undisturbed(town, 1.0), peer(server) as evil, suppress(ConnectionError, TimeoutError):
        evil.socket.settimeout(2)
        evil.send(evil.frame(PING, b"x" * 125) * 50_000)


def test_an_oversized_message_is_answered_1009_and_the_connection_ends(server: Server, town: Town) -> None:
    limits = town.open(town.account()).opened["limits"]
    for opcode in (TEXT, BINARY):
        with peer(server) as evil:
            with suppress(ConnectionError):
                evil.send_frame(opcode, b"x" * (limits["message"] + 1))
            assert evil.read_close() == 1009
            ends(evil)


def test_before_a_session_is_open_a_message_is_shorter_unless_it_waits_for_it(
    server: Server, town: Town
) -> None:
    half = b"\n".join([b'{"id":2,"query":"space.list"}' + b" " * 200_000] * 3)
    opening = {"id": 1, "command": "session.open", "data": {"token": town.account().token}}
    with peer(server) as evil:
        evil.send_frame(TEXT, json.dumps(opening).encode())
        evil.send_frame(TEXT, half)
        while b'"id":2' not in evil.read_frame()[1]:
            pass
    with peer(server) as evil:
        with suppress(ConnectionError):
            evil.send(evil.frame(TEXT, half[:100], length=len(half)))
        assert evil.read_close() == 1009
        ends(evil)


def test_a_message_oversized_in_fragments_is_answered_1009(server: Server, town: Town) -> None:
    piece = town.open(town.account()).opened["limits"]["message"] // 4
    with peer(server) as evil:
        with suppress(ConnectionError):
            evil.send_frame(TEXT, b"x" * piece, fin=False)
            for _ in range(4):
                evil.send_frame(0, b"x" * piece, fin=False)
        assert evil.read_close() == 1009
        ends(evil)


def test_a_message_oversized_in_bytes_but_not_in_characters_is_answered_1009(
    server: Server, town: Town
) -> None:
    limit = town.open(town.account()).opened["limits"]["message"]
    with peer(server) as evil:
        with suppress(ConnectionError):
            evil.send_frame(TEXT, "𒀀".encode() * (limit // 4 + 1))
        assert evil.read_close() == 1009
        ends(evil)


def test_a_frame_that_promises_an_exabyte_is_refused_before_it_comes(server: Server) -> None:
    with peer(server) as evil:
        evil.send(evil.frame(TEXT, b"x" * 100, length=1 << 60))
        assert evil.read_close() in (1002, 1009)
        ends(evil)


def test_invalid_utf8_is_answered_1007(server: Server) -> None:
    with peer(server) as evil:
        evil.send_frame(TEXT, b'{"id": 1, "query": "\xc3\x28"}')
        assert evil.read_close() == 1007
        ends(evil)


def test_an_unmasked_frame_is_answered_1002(server: Server) -> None:
    with peer(server) as evil:
        evil.send_frame(TEXT, b"{}", masked=False)
        assert evil.read_close() == 1002
        ends(evil)


@pytest.mark.parametrize("opcode", [3, 11, 0])
def test_a_frame_of_no_known_kind_is_answered_1002(server: Server, opcode: int) -> None:
    with peer(server) as evil:
        evil.send_frame(opcode, b"x")
        assert evil.read_close() == 1002
        ends(evil)


def test_malformed_frames_get_an_answer_and_in_the_end_4003(town: Town) -> None:
    client = town.open(town.account())
    answers: list[str] = []

    def misbehave() -> None:
        for n in range(2000):
            client.send_message(f'{{"id": {n}, "query": ')
            answers.append(client.reply(n)["error"]["code"])

    with pytest.raises(ConnectionClosed) as closed:
        misbehave()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4003
    assert set(answers) == {"invalid"}


def test_a_ping_is_answered_while_requests_run(server: Server, town: Town) -> None:
    room = town.room()
    account = town.member(room)
    with peer(server) as busy:
        opening = {"id": 0, "command": "session.open", "data": {"token": account.token}}
        busy.send_frame(TEXT, encode([opening]).encode())  # type: ignore[union-attr]
        busy.read_until(TEXT)
        posts = [
            {"id": n, "command": "message.post", "data": {"room": room, "text": f"{n}"}}
            for n in range(1, 101)
        ]
        busy.send_frames((TEXT, encode(posts).encode()), (PING, b"are you there"))  # type: ignore[union-attr]
        assert busy.read_until(PONG) == b"are you there"


def test_a_close_is_answered_with_a_close(server: Server) -> None:
    with peer(server) as polite:
        polite.send_frame(CLOSE, (1000).to_bytes(2, "big"))
        assert polite.read_close() == 1000
        ends(polite)


def test_a_connection_with_an_odd_handshake_is_like_any_other(server: Server) -> None:
    with Peer(server) as odd:
        status, headers = odd.upgrade({"X-Nothing": ""})
        assert (status, headers["upgrade"].lower()) == (101, "websocket")
        odd.send_frame(TEXT, b'{"id":1,"query":"space.list","data":{}}')
        assert b'"id":1' in odd.read_until(TEXT)
        odd.send_frame(PING, b"here?")
        assert odd.read_until(PONG) == b"here?"
        odd.send_frame(CLOSE, (1000).to_bytes(2, "big"))
        assert odd.read_close() == 1000
        ends(odd)


def test_what_was_fragmented_stands_between_what_was_not(server: Server) -> None:
    """Also where trio-websocket is made only then."""
    asked = [b'{"id":%d,"query":"space.list","data":{}}' % number for number in range(3)]
    with peer(server) as mixed:
        mixed.send(
            mixed.frame(TEXT, asked[0])
            + mixed.frame(TEXT, asked[1][:9], fin=False)
            + mixed.frame(0, asked[1][9:])
            + mixed.frame(TEXT, asked[2])
        )
        heard = b""
        while heard.count(b'"id":') < 3:
            heard += mixed.read_until(TEXT)
        assert [heard.index(b'"id":%d' % number) for number in range(3)] == sorted(
            heard.index(b'"id":%d' % number) for number in range(3)
        )


def test_a_peer_that_vanishes_half_way_leaves_nothing_behind(server: Server, town: Town) -> None:
    before = town.operator.ask("server.status")["connections"]
    for _ in range(20):
        with peer(server) as evil:
            evil.send(evil.frame(TEXT, b"x" * 1000)[:500])
    with Peer(server) as evil:
        evil.send(b"GET /ws HT")

    def gone() -> bool:
        return bool(town.operator.ask("server.status")["connections"] <= before)

    assert within(30, gone)


def within(seconds: float, happened: Callable[[], object]) -> bool:
    """Asks again and again, for what can only be asked."""
    pause, deadline = threading.Event(), time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.02)
    return True


# --- deadlines: a server in a hurry ---


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    hurried = Server(
        tmp_path_factory.mktemp("hurried") / "data",
        auth_deadline=1.5,  # who is quick must be in time on a busy machine, too
        head_deadline=0.5,
        body_deadline=0.5,
        ping_interval=0.4,
        ping_timeout=2,
    ).start()
    yield hurried
    ended_well(hurried)


def test_who_opens_no_session_in_time_is_closed_4001(hurried: Server) -> None:
    with peer(hurried) as silent:
        assert silent.read_close() == 4001
        ends(silent)


def test_failing_to_sign_in_does_not_buy_time(hurried: Server) -> None:
    client = Client.dial(hurried)
    for _ in range(3):
        assert client.refusal("session.open", token="nonsense")["code"] == "unauthenticated"
    assert client.wait_closed() == 4001
    client.close()


def test_a_request_head_that_dribbles_in_is_cut_off(hurried: Server) -> None:
    with Peer(hurried) as slow:
        pause = threading.Event()
        with suppress(ConnectionError):
            for byte in b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"y" * 20_000:
                slow.send(bytes([byte]))
                pause.wait(0.02)
            pytest.fail("it took in whatever came")
        ends(slow)


def test_a_connection_that_says_nothing_at_all_is_cut_off(hurried: Server) -> None:
    with Peer(hurried) as silent:
        ends(silent)


def test_a_body_that_does_not_come_is_not_waited_for(hurried: Server) -> None:
    with Peer(hurried) as slow:
        slow.get("/setup", method="POST", headers={"Content-Length": "100"})
        slow.send(b"code=")
        ends(slow)


def test_a_peer_that_answers_no_pings_is_dropped(hurried: Server) -> None:
    town = Town(hurried)
    account = town.account()
    with peer(hurried) as dead:
        opening = {"id": 0, "command": "session.open", "data": {"token": account.token}}
        dead.send_frame(TEXT, encode([opening]).encode())  # type: ignore[union-attr]
        dead.read_until(PING)
        with suppress(Ended, ConnectionError):
            while dead.read_frame()[0] != CLOSE:
                pass
        ends(dead)
    town.close()


def test_a_session_that_answers_pings_lives_on_in_silence(hurried: Server) -> None:
    town = Town(hurried)
    account = town.account()
    with peer(hurried) as quiet:
        opening = {"id": 0, "command": "session.open", "data": {"token": account.token}}
        quiet.send_frame(TEXT, encode([opening]).encode())  # type: ignore[union-attr]
        for _ in range(4):
            quiet.send_frame(PONG, quiet.read_until(PING))
        quiet.send_frame(TEXT, encode([{"id": 1, "query": "space.list", "data": {}}]).encode())  # type: ignore[union-attr]
        assert b'"spaces"' in quiet.read_until(TEXT)
    town.close()


def test_a_full_house_says_so_and_still_lets_operators_in(serve: Serve) -> None:
    server = serve(max_connections=4)
    with ExitStack() as guests:
        first = guests.enter_context(peer(server))
        for _ in range(3):
            guests.enter_context(peer(server))
        with Peer(server) as late:
            assert late.upgrade()[0] == 503
        operator = Client.operator(server)
        assert operator.ask("server.status")["ready"] is True
        operator.close()
        first.send_frame(CLOSE, (1000).to_bytes(2, "big"))
        ends(first)

        def welcome() -> bool:
            with Peer(server) as next_one:
                return next_one.upgrade()[0] == 101

        assert within(30, welcome)


def test_requests_above_the_rate_are_refused_with_a_time_to_wait(serve: Serve, tmp_path: Path) -> None:
    town = Town(serve(rate_limits=True, rate_per_second=5, rate_burst=20))
    room = town.room()
    eager, calm = town.open(town.member(room)), town.open(town.member(room))
    assert eager.opened["limits"]["rate"] == {"per_second": 5, "burst": 20}
    frames = [eager.frame("message.post", {"room": room, "text": f"{n}"}) for n in range(60)]
    eager.send_frames(frames)
    replies = [eager.reply(frame["id"]) for frame in frames]
    refused = [reply["error"] for reply in replies if "error" in reply]
    assert 30 <= len(refused) <= 45
    assert {error["code"] for error in refused} == {"rate_limited"}
    assert all(0 < error["data"]["retry_after"] < 60 for error in refused)
    calm.post(room, "unhurried")
    town.close()
