"""HTTP connections that carry many requests: what ends them, what does not, and what is refused on them."""

from __future__ import annotations

import json
import re
import socket
import threading
from contextlib import ExitStack, suppress

import pytest

from .conftest import Serve
from .raw import CLOSE, TEXT, Ended, Peer, fetched
from .serving import Server
from .test_http_edge import UPGRADE

HERE = "Host: 127.0.0.1\r\n"
COUNTED, CHUNKED = "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"


def test_a_connection_carries_one_request_after_another(server: Server) -> None:
    with Peer(server) as peer:
        for path, expected in (("/healthz", 200), ("/no/such/page", 404), ("/", 200), ("/ws", 426)):
            peer.get(path)
            status, headers, body = peer.response()
            assert (status, bool(body)) == (expected, True)
        assert headers["connection"] == "close", "a refusal of the gateway ends the connection"


def test_requests_that_come_at_once_are_answered_in_order(server: Server) -> None:
    with Peer(server) as peer:
        peer.send(f"GET /healthz HTTP/1.1\r\n{HERE}\r\nGET /readyz HTTP/1.1\r\n{HERE}\r\n".encode() * 50)
        for _ in range(50):
            assert peer.response()[2] == b"ok\n"
            assert b"ready" in peer.response()[2]


def test_a_form_and_what_follows_it(server: Server) -> None:
    with Peer(server) as peer:
        for _ in range(3):
            peer.get("/setup", method="POST", headers={"Content-Length": "9"})
            peer.send(b"code=nope\r\n")  # some clients send one empty line too many
            assert peer.response()[0] == 400
        peer.get("/healthz")
        assert peer.response()[0] == 200


def test_an_upgrade_comes_after_plain_requests_as_behind_a_proxy(server: Server) -> None:
    with Peer(server) as peer:
        for _ in range(3):
            peer.get("/healthz")
            assert peer.response()[0] == 200
        assert peer.upgrade({"Sec-WebSocket-Protocol": "chatd.v1.json"})[0] == 101
        peer.send_frame(TEXT, b'{"id":1,"query":"space.list","data":{}}')
        assert b"unauthenticated" in peer.read_until(TEXT)


def test_an_upgrade_that_is_sent_before_the_answer_to_a_plain_request_waits_for_it(server: Server) -> None:
    with Peer(server) as peer:
        peer.get("/healthz")
        peer.get("/ws", headers=UPGRADE)
        assert peer.response()[0] == 200
        assert peer.head()[0] == 101


@pytest.mark.parametrize(
    "request_",
    [
        "GET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        f"GET / HTTP/1.1\r\n{HERE}Connection: close\r\n\r\n",
        f"GET / HTTP/1.1\r\n{HERE}Connection: foo, Close\r\n\r\n",
    ],
)
def test_who_asks_once_sees_the_end_within_a_second(server: Server, request_: str) -> None:
    with Peer(server, seconds=1) as peer:
        peer.send(request_.encode())
        answer = peer.rest()
    assert b"connection: close\r\n" in answer
    assert answer.rstrip().endswith((b"</html>", b"</main>"))  # the client, or the page where there is none


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/healthz", "/readyz", "/setup", "/no/such/page"),
        *("/api/graphql", "/api/graphql?query=%7Bserver_about%7Bname%7D%7D"),
    ],
)
def test_head_says_what_get_would(server: Server, path: str) -> None:
    with Peer(server) as peer:
        peer.get(path)
        status, headers, body = peer.response()
        peer.get(path, method="HEAD")
        head = peer.head()
        assert head[0] == status
        assert head[1]["content-length"] == headers["content-length"] == str(len(body))
        peer.get("/healthz")
        assert peer.response()[2] == b"ok\n"


def test_every_answer_has_a_date_and_is_kept_by_nobody(server: Server) -> None:
    with Peer(server) as peer:
        # `/`, which the browser client answers where it is built, has rules of its own: `test_web_client.py`
        for path in ("/healthz", "/readyz", "/setup", "/recover", "/metrics", "/no/such/page"):
            peer.get(path)
            _, headers, _ = peer.response()
            assert headers["date"].endswith(" GMT")
            assert headers["cache-control"] == "no-store"
            assert headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in headers["content-security-policy"]


BAD = {
    "both lengths": (f"POST /setup HTTP/1.1\r\n{HERE}{COUNTED}{CHUNKED}\r\n", 400),
    "two lengths": (f"POST /setup HTTP/1.1\r\n{HERE}{COUNTED}Content-Length: 6\r\n\r\n", 400),
    "a coding that is not known": (f"POST /setup HTTP/1.1\r\n{HERE}Transfer-Encoding: gzip\r\n\r\n", 501),
    "chunks in HTTP/1.0": (f"POST /setup HTTP/1.0\r\n{HERE}{CHUNKED}\r\n", 400),
    "a folded header": (f"GET / HTTP/1.1\r\n{HERE}X: a\r\n b\r\n\r\n", 400),
    "lines without CR": (f"GET / HTTP/1.1\nHost: a\n\nGET /x HTTP/1.1\r\n{HERE}\r\n", 400),
    "lines without CR alone": ("GET / HTTP/1.1\nHost: a\n\n", 400),
    "a packed body": (f"POST /api/v1/spaces HTTP/1.1\r\n{HERE}Content-Encoding: gzip\r\n{COUNTED}\r\n", 415),
    "a packed file": (f"POST /files HTTP/1.1\r\n{HERE}Content-Encoding: br\r\n{CHUNKED}\r\n", 415),
    "chunks without CR": (f"POST /setup HTTP/1.1\r\n{HERE}{CHUNKED}\r\n5\nhello\n0\n\n", 400),
    "a header with CR": (f"GET / HTTP/1.1\r\n{HERE}X: a\rY: b\r\n\r\n", 400),
    "a space before the colon": (f"GET / HTTP/1.1\r\n{HERE}X : a\r\n\r\n", 400),
    "no host": ("GET / HTTP/1.1\r\n\r\n", 400),
    "two hosts": (f"GET / HTTP/1.1\r\n{HERE}Host: b\r\n\r\n", 400),
    "another expectation": (f"POST /setup HTTP/1.1\r\n{HERE}Expect: luck\r\n{COUNTED}\r\n", 417),
    "HTTP/2.0": (f"GET / HTTP/2.0\r\n{HERE}\r\n", 505),
    "a tunnel": (f"CONNECT example.org:443 HTTP/1.1\r\n{HERE}\r\n", 400),
    "no path": (f"GET setup HTTP/1.1\r\n{HERE}\r\n", 400),
    "a path that climbs": (f"GET /a/../metrics HTTP/1.1\r\n{HERE}\r\n", 400),
    "one that climbs in disguise": (f"GET /a/%2e%2E/metrics HTTP/1.1\r\n{HERE}\r\n", 400),
    "a hidden slash": (f"GET /a%2Fb HTTP/1.1\r\n{HERE}\r\n", 400),
    "a backslash": (f"GET /a\\b HTTP/1.1\r\n{HERE}\r\n", 400),
    "a zero byte": (f"GET /a%00b HTTP/1.1\r\n{HERE}\r\n", 400),
    "half an escape": (f"GET /a%2 HTTP/1.1\r\n{HERE}\r\n", 400),
    "bytes that are no text": (f"GET /%ff HTTP/1.1\r\n{HERE}\r\n", 400),
    "another server in the target": (f"GET http://evil.example/metrics HTTP/1.1\r\n{HERE}\r\n", 421),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("before", [0, 1])
def test_what_two_readers_could_understand_in_two_ways_is_refused(
    server: Server, name: str, before: int
) -> None:
    request, expected = BAD[name]
    with Peer(server) as peer:
        for _ in range(before):
            peer.get("/healthz")
            assert peer.response()[0] == 200
        peer.send(request.encode() + f"GET /healthz HTTP/1.1\r\n{HERE}\r\n".encode())
        status, headers, body = peer.response()
        assert (status, headers["connection"]) == (expected, "close")
        assert body
        assert peer.rest() == b"", "what stood behind it was taken for a request"


def test_the_target_may_name_this_server_as_a_proxy_is_asked(server: Server) -> None:
    with Peer(server) as peer:
        peer.send(
            f"GET http://127.0.0.1:{server.port}/healthz?x HTTP/1.1\r\nHost: evil.example\r\n\r\n".encode()
        )
        assert peer.response()[2] == b"ok\n"


def test_those_who_ask_the_api_are_refused_with_a_problem(server: Server) -> None:
    for target, expected in (("/api/v1/none", 404), ("/api/v1/%00", 400)):
        status, headers, body = fetched(server, target)
        assert (status, headers["content-type"]) == (expected, "application/problem+json")
        assert (b'"not_found"' if expected == 404 else b'"invalid"') in body


def test_refusals_are_logged_and_do_not_fill_the_log(serve: Serve) -> None:
    server = serve()
    for _ in range(50):
        with Peer(server) as peer:
            peer.send(BAD["both lengths"][0].encode())
            peer.rest()
    assert server.log.read_text().count("request_refused") == 1


def test_a_full_house_makes_room_by_ending_connections_that_wait(serve: Serve) -> None:
    server = serve(max_connections=3)
    with ExitStack() as opened:
        waiting = [opened.enter_context(Peer(server)) for _ in range(3)]
        for peer in waiting:
            peer.get("/healthz")
            assert peer.response()[0] == 200
        assert fetched(server, "/healthz")[0] == 200
        assert waiting[0].rest() == b""
        waiting[2].get("/healthz")
        assert waiting[2].response()[0] == 200


def test_a_connection_that_waits_too_long_is_ended(serve: Serve) -> None:
    with Peer(serve(idle_deadline=0.3)) as peer:
        peer.get("/healthz")
        assert peer.response()[0] == 200
        assert peer.rest() == b""


def test_connections_that_wait_do_not_hold_up_the_end(serve: Serve) -> None:
    server = serve(drain_deadline=60)
    with ExitStack() as opened:
        for number in range(20):
            peer = opened.enter_context(Peer(server))
            peer.get("/healthz")
            assert peer.response()[0] == 200
            if number % 2:
                peer.send(b"GET /healthz HTTP/1.1\r\n")
        assert server.stop() == 0


def test_who_has_just_connected_is_answered_when_the_server_stops(serve: Serve) -> None:
    """Else a restart that keeps the socket open would refuse somebody after all."""
    server = serve(drain_deadline=60)
    with Peer(server) as peer, Peer(server) as asker, Peer(server) as silent, Peer(server) as kept:
        kept.get("/healthz")  # those who connected before have been accepted then
        assert kept.response()[0] == 200
        assert server.process is not None
        server.process.terminate()
        assert kept.rest() == b"", "it ends when the server stops"
        peer.get("/healthz")
        assert peer.response()[0] == 200
        body = b'{"refresh_token": "none"}'
        about = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        asker.get("/api/v1/account/refresh", method="POST", headers=about)
        asker.send(body)
        assert asker.response()[0] == 401
        assert silent.rest() == b""
        assert server.stop() == 0


def test_whose_session_begins_as_the_server_stops_is_sent_away_as_all_others_are(serve: Serve) -> None:
    """Else the server would wait for it as long as it may, and then hang up on it."""
    server = serve(drain_deadline=60)
    with Peer(server) as client, Peer(server) as reader, Peer(server) as kept:
        kept.get("/healthz")  # those who connected before have been accepted then
        assert kept.response()[0] == 200
        assert server.process is not None
        server.process.terminate()
        assert kept.rest() == b"", "it ends when the server stops"
        reader.get("/api/v1/events", headers={"Authorization": "Bearer x"})
        assert client.upgrade({"Sec-WebSocket-Protocol": "chatd.v1.json"})[0] == 101
        assert client.read_close() == 1001
        client.send_frame(CLOSE, (1001).to_bytes(2, "big"))
        assert reader.response()[0] == 503
        assert server.stop() == 0


def test_half_of_a_request_on_a_kept_connection_is_not_waited_for(serve: Serve) -> None:
    with Peer(serve(head_deadline=0.3)) as peer:
        peer.get("/healthz")
        assert peer.response()[0] == 200
        peer.send(b"GET /healthz HTTP/1.1\r\n")
        assert peer.response()[0] == 408


def test_connections_of_an_address_count_as_long_as_they_last(serve: Serve) -> None:
    server = serve(rate_limits=True, quota_connections=3)
    with ExitStack() as opened:
        for _ in range(3):
            peer = opened.enter_context(Peer(server))
            peer.get("/healthz")
            assert peer.response()[0] == 200
        with Peer(server) as fourth:
            fourth.get("/healthz")
            status, headers, _ = fourth.response()
            assert (status, headers["retry-after"]) == (429, "5")
        peer.socket.shutdown(socket.SHUT_WR)
        assert peer.rest() == b""
        assert fetched(server, "/healthz")[0] == 200


def script_of_the_docs(server: Server) -> str:
    """The path of something large that anybody may have."""
    found = re.search(rb'"(/api/docs/[^"]+bundle\.js)"', fetched(server, "/api/docs")[2])
    assert found
    return found[1].decode()


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_who_asks_once_for_something_large_sees_its_end_within_a_second(server: Server, version: str) -> None:
    path = script_of_the_docs(server)
    with Peer(server, seconds=1) as peer:
        peer.send(f"GET {path} HTTP/{version}\r\n{HERE}Connection: close\r\n\r\n".encode())
        status, headers = peer.head()
        body = peer.rest()
    assert (status, len(body)) == (200, int(headers["content-length"]))
    assert len(body) > 1_000_000


def test_a_download_under_way_is_finished_when_the_server_stops(serve: Serve) -> None:
    server = serve(drain_deadline=10)
    path = script_of_the_docs(server)
    with Peer(server, receive_buffer=4096) as peer:
        for _ in range(10):
            peer.get(path)
        status, headers = peer.head()
        assert (status, headers.get("connection")) == (200, None)
        stopping = threading.Thread(target=server.stop)
        stopping.start()
        sizes = [int(headers["content-length"])]
        peer.take(sizes[0])
        with suppress(Ended, ConnectionError):
            while headers.get("connection") != "close":
                _, headers = peer.head()
                sizes.append(int(headers["content-length"]))
                peer.take(sizes[-1])
        stopping.join()
        assert len(set(sizes)) == 1
        assert peer.rest() == b""


def ask_for_news(peer: Peer) -> None:
    """Asks for what comes after the log's present end, and for half a minute's patience."""
    peer.get("/api/v1/log")
    at = json.loads(peer.response()[2])
    peer.get(f"/api/v1/log?after={at['position']}&hash={at['hash']}&wait=30")


def test_who_waits_for_news_is_answered_when_the_server_stops(serve: Serve) -> None:
    server = serve()
    with Peer(server, seconds=5, admin=True) as peer:
        ask_for_news(peer)
        fetched(server, "/healthz")
        assert server.stop() == 0
        status, headers, body = peer.response()
        assert (status, headers["connection"], json.loads(body)["events"]) == (200, "close", [])


def test_who_waits_for_news_and_leaves_is_waited_for_no_longer(server: Server) -> None:
    with Peer(server, seconds=5, admin=True) as peer:
        ask_for_news(peer)
        peer.socket.shutdown(socket.SHUT_WR)  # it may still read, so it is answered
        status, _, body = peer.response()
        assert (status, json.loads(body)["events"]) == (200, [])


def upgrade_of(**changed: str) -> str:
    """Header lines, where `changed` says so others than usual."""
    lines = {name.lower(): f"{name}: {value}" for name, value in UPGRADE.items()}
    lines |= {name.replace("_", "-"): f"{name.replace('_', '-')}: {value}" for name, value in changed.items()}
    return "".join(f"{line}\r\n" for line in lines.values())


@pytest.mark.parametrize("path", ["/ws", "/api/graphql"])
def test_what_begins_no_websocket_is_told_why(server: Server, path: str) -> None:
    for request, expected in (
        (f"GET {path} HTTP/1.0\r\n{HERE}{upgrade_of()}", 400),
        (f"GET {path} HTTP/1.1\r\n{HERE}{upgrade_of(content_length='6')}", 400),
        (f"GET {path} HTTP/1.1\r\n{HERE}{upgrade_of(sec_websocket_version='12')}", 426),
        (f"GET {path} HTTP/1.1\r\n{HERE}{upgrade_of(sec_websocket_key='short')}", 400),
        (f"GET {path} HTTP/1.1\r\n{HERE}{upgrade_of(connection='close')}", 400),
    ):
        with Peer(server) as peer:
            peer.send(f"{request}\r\n".encode())
            status, headers, body = peer.response()
            assert (status, headers["connection"]) == (expected, "close")
            assert len(body) > 20
            assert headers["x-content-type-options"] == "nosniff"
            if status == 426:
                assert (headers["sec-websocket-version"], headers["upgrade"]) == ("13", "websocket")
            assert peer.rest() == b""


HEADS = {
    f"HEAD /ws HTTP/1.1\r\n{HERE}\r\n": 426,
    f"HEAD /a%2 HTTP/1.1\r\n{HERE}\r\n": 400,
    f"HEAD /setup HTTP/1.1\r\n{HERE}Content-Length: 99999999\r\n\r\n": 413,
    f"HEAD / HTTP/1.1\r\n{HERE}Expect: luck\r\n\r\n": 417,
    "HEAD /api/docs HTTP/1.1\r\nHost: evil.example\r\n\r\n": 421,
    f"HEAD / HTTP/1.1\r\n{HERE}X: {'x' * 17_000}\r\n\r\n": 431,
}  # fmt: skip


@pytest.mark.parametrize("request_", HEADS)
def test_a_refusal_of_head_has_no_body(server: Server, request_: str) -> None:
    with Peer(server) as peer:
        peer.send(request_.encode())
        status, headers = peer.head()
        assert status == HEADS[request_]
        assert int(headers["content-length"]) > 0
        assert peer.rest() == b""


@pytest.mark.parametrize("size", [50_000, 1_000_000])
def test_a_chunk_says_little_besides_its_size(server: Server, size: int) -> None:
    with Peer(server) as peer, suppress(ConnectionError):
        peer.send(f"POST /setup HTTP/1.1\r\n{HERE}{CHUNKED}\r\n5;{'x' * size}\r\nhello\r\n0\r\n\r\n".encode())
        status, headers, _ = peer.response()
        assert status in (400, 431)
        assert headers["connection"] == "close"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("POST /api/v1/spaces", 401),
        ("POST /api/v1/spaces HTTP/1.1\r\nContent-Type: text/plain", 401),
        ("POST /api/v1/account/sign_in HTTP/1.1\r\nContent-Type: text/plain", 415),
        ("POST /api/v1/spaces?x=1 HTTP/1.1\r\nAuthorization: Bearer guessed", 401),
        ("POST /files?name=x", 401),
        ("POST /no/such/page", 404),
        ("POST /healthz", 405),
    ],
)
def test_who_waits_to_be_asked_for_a_body_is_refused_before_it(
    server: Server, request_: str, expected: int
) -> None:
    first, _, more = request_.partition(" HTTP/1.1\r\n")
    lines = f"{first} HTTP/1.1\r\n{HERE}{more}\r\n" if more else f"{first} HTTP/1.1\r\n{HERE}"
    with Peer(server) as peer:
        peer.send(f"{lines}Expect: 100-continue\r\n{COUNTED}\r\n".encode())
        status, headers, _ = peer.response()
        assert (status, headers["connection"]) == (expected, "close")
