"""The one port, spoken to in HTTP: what is served, what is refused, who may upgrade."""

from __future__ import annotations

import re
import socket
import time
from contextlib import suppress

import pytest
from bounds import ENDLESS_BODY_MEMORY
from websockets.exceptions import InvalidStatus

from .conftest import Serve
from .raw import Peer, fetched
from .serving import Server
from .talking import Client
from .town import Town

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/"])
def test_a_server_tells_that_it_lives_and_is_ready(server: Server, path: str) -> None:
    status, _headers, body = fetched(server, path)
    assert status == 200
    assert body


def test_the_plain_page_is_safe_to_show(server: Server) -> None:
    _status, headers, body = fetched(server, "/")
    assert headers["content-type"].startswith("text/html")
    assert headers.get("x-content-type-options") == "nosniff"
    assert b"<html" in body


def test_a_path_that_is_not_there_is_404(server: Server) -> None:
    assert fetched(server, "/no/such/page")[0] == 404


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/healthz", "GET, HEAD"),
        ("/setup", "GET, HEAD, POST"),
        ("/files/tus/upload", "DELETE, GET, HEAD, OPTIONS, PATCH, POST"),
    ],
)
def test_another_method_is_told_all_that_the_path_takes(server: Server, path: str, methods: str) -> None:
    with Peer(server) as peer:
        peer.send(f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
        status, headers, _body = peer.response()
    assert (status, headers["allow"]) == (405, methods)


def test_a_plain_request_for_the_websocket_is_told_to_upgrade(server: Server) -> None:
    assert fetched(server, "/ws")[0] in (400, 426)


@pytest.mark.parametrize("length", ["99999999999", "-1", "many"])
def test_a_body_too_large_to_take_is_refused_by_its_announcement(server: Server, length: str) -> None:
    with Peer(server) as peer:
        peer.get("/", method="POST", headers={"Content-Length": length})
        assert peer.head()[0] == (413 if length.isdigit() else 400)


@pytest.mark.parametrize("path", ["/setup", "/healthz"])
def test_a_body_without_a_length_is_cut_off_when_it_grows_too_large(server: Server, path: str) -> None:
    before, ends = server.memory(), time.monotonic() + 30
    with Peer(server) as peer:
        peer.get(path, method="POST", headers={"Transfer-Encoding": "chunked"})
        with suppress(ConnectionError):
            while time.monotonic() < ends:
                peer.send(b"40000\r\n" + b"x" * 0x40000 + b"\r\n")
    assert time.monotonic() < ends, "it took in whatever came"
    assert server.memory() - before < ENDLESS_BODY_MEMORY.most


def test_a_request_head_too_large_is_refused(server: Server) -> None:
    with Peer(server) as peer, suppress(ConnectionError):
        with suppress(ConnectionError):
            peer.send(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Long: " + b"y" * 10_000_000)
        assert peer.head()[0] in (400, 413, 414, 431)


def test_nonsense_is_no_request(server: Server) -> None:
    with Peer(server) as peer:
        peer.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello TLS\r\n\r\n")
        answer = peer.rest()
        assert not answer or b" 400 " in answer.split(b"\r\n")[0]


@pytest.mark.parametrize("connection", ["Upgrade, HTTP2-Settings", "keep-alive, Upgrade, HTTP2-Settings"])
def test_an_upgrade_to_h2c_is_passed_over(server: Server, connection: str) -> None:
    """Java's own client offers it with every first request (RFC 9110, section 7.8)."""
    with Peer(server) as peer:
        peer.get(
            "/healthz",
            headers={
                "Connection": connection,
                "Upgrade": "h2c",
                "HTTP2-Settings": "AAMAAABkAAQCAAAAAAIAAAAA",
            },
        )
        status, headers, body = peer.response()
        assert (status, headers.get("upgrade"), body) == (200, None, b"ok\n")


def test_http2_with_prior_knowledge_is_not_spoken(server: Server) -> None:
    with Peer(server) as peer:
        peer.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00")
        answer = peer.rest()
        assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 505"))


def test_an_upgrade_that_comes_after_plain_requests_is_served_or_told_to_come_alone(server: Server) -> None:
    with Peer(server) as peer:
        peer.get("/healthz")
        status, headers, _body = peer.response()
        assert status == 200
        if headers.get("connection", "").lower() == "close":
            return
        peer.get("/ws", headers=UPGRADE)
        assert peer.head()[0] in (101, 426)


def test_a_request_pipelined_behind_another_makes_no_half_upgrade(server: Server) -> None:
    with Peer(server) as peer:
        peer.get("/healthz")
        with suppress(ConnectionError):
            peer.get("/ws", headers=UPGRADE)
        answer = peer.head()
        assert answer[0] == 200


@pytest.mark.parametrize("without", ["Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version"])
def test_a_handshake_that_lacks_something_is_refused(server: Server, without: str) -> None:
    with Peer(server) as peer:
        peer.get("/ws", headers={name: value for name, value in UPGRADE.items() if name != without})
        assert peer.head()[0] in (400, 426)


def _handshake(server: Server, origin: str | None) -> int:
    try:
        client = Client.dial(server, headers={"Origin": origin} if origin else {})
    except InvalidStatus as refused:
        return refused.response.status_code
    client.close()
    return 101


@pytest.mark.parametrize(
    "origin",
    [
        "http://elsewhere.example",
        "null",
        "https://127.0.0.1",
        "http://127.0.0.1:1",
        "http://127.0.0.1.evil.example",
    ],
)
def test_a_foreign_origin_is_refused(server: Server, origin: str) -> None:
    assert _handshake(server, origin) == 403


@pytest.mark.parametrize("name", ["rebound.example", "127.0.0.1.rebound.example"])
def test_a_page_under_a_name_that_is_not_ours_is_refused_though_host_and_origin_agree(
    server: Server, name: str
) -> None:
    """DNS rebinding: a name of somebody else leads to this machine."""
    with Peer(server) as peer:
        peer.host = f"{name}:{server.port}"
        peer.get("/ws", headers={**UPGRADE, "Origin": f"http://{peer.host}"})
        status, _, body = peer.response()
    assert (status, b"public_url" in body) == (403, True)


def test_the_same_origin_and_none_at_all_are_welcome(server: Server) -> None:
    assert _handshake(server, f"http://127.0.0.1:{server.port}") == 101
    assert _handshake(server, None) == 101


def test_configured_origins_are_welcome_and_only_they(serve: Serve) -> None:
    server = serve(origins="https://chat.example,https://other.example:8443")
    assert _handshake(server, "https://chat.example") == 101
    assert _handshake(server, "https://other.example:8443") == 101
    assert _handshake(server, f"http://127.0.0.1:{server.port}") == 101
    assert _handshake(server, "https://other.example") == 403
    assert _handshake(server, "http://chat.example") == 403


def test_the_public_address_is_an_own_origin_and_the_log_names_who_is_refused(serve: Serve) -> None:
    server = serve(public_url="https://Chat.example/", origins="https://Other.example:443/")
    for origin in ("https://chat.example", "https://other.example"):
        assert _handshake(server, origin) == 101
    for _ in range(5):
        assert _handshake(server, "https://elsewhere.example") == 403
    assert server.log.read_text().count("elsewhere.example") == 1


@pytest.mark.parametrize("path", ["/setup", "/healthz", "/no/such/page"])
@pytest.mark.parametrize("size", [65_537, 1_000_000])
def test_a_chunked_body_over_the_limit_is_too_large(server: Server, path: str, size: int) -> None:
    with Peer(server) as peer:
        peer.get(path, method="POST", headers={"Transfer-Encoding": "chunked"})
        with suppress(ConnectionError):
            peer.send(b"%x\r\n" % size + b"x" * size + b"\r\n0\r\n\r\n")
        assert peer.response()[0] == 413


@pytest.mark.parametrize(
    ("header", "part"), [("Content-Length: 10", b"code="), ("Transfer-Encoding: chunked", b"5\r\ncode=\r\n")]
)
def test_a_body_that_does_not_come_is_a_timeout(serve: Serve, header: str, part: bytes) -> None:
    server = serve(body_deadline=0.2)
    with Peer(server) as peer:
        name, _, value = header.partition(": ")
        peer.get("/setup", method="POST", headers={name: value})
        peer.send(part)
        assert peer.response()[0] == 408


def test_a_body_that_makes_no_sense_is_the_askers_fault(server: Server) -> None:
    for garbage in (b"zz\r\n", b"5\r\nabcdefghij", b"-1\r\n\r\n", b"5;" + b"x" * 100_000 + b"\r\n"):
        with Peer(server) as peer, suppress(ConnectionError):
            peer.get("/setup", method="POST", headers={"Transfer-Encoding": "chunked"})
            peer.send(garbage)
            assert 400 <= peer.head()[0] < 500
    with Peer(server) as peer:  # half of a body, and then its end
        peer.get("/setup", method="POST", headers={"Content-Length": "10"})
        peer.send(b"half")
        peer.socket.shutdown(socket.SHUT_WR)
        assert peer.head()[0] == 400


def _asked_as(
    server: Server, host: str, path: str, *, version: str = "1.1", more: str = ""
) -> tuple[int, bytes]:
    with Peer(server) as peer:
        peer.send(f"GET {path} HTTP/{version}\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n".encode())
        answer = peer.rest()
    return int(answer.split()[1]), answer


@pytest.mark.parametrize("path", ["/setup", "/setup/", "/recover", "/metrics", "/auth/oidc/start", "/none"])
def test_a_name_that_leads_here_is_given_no_private_answer(server: Server, path: str) -> None:
    """DNS rebinding: a page of evil.example, once its name leads to this machine, is of our origin."""
    status, answer = _asked_as(server, "evil.example:8400", path)
    assert status == 421
    assert b"location" not in answer.lower()
    assert server.log.read_text().count("host_refused") == 1


@pytest.mark.parametrize("path", ["/setup/", "/recover/", "/metrics/", "//setup"])
def test_no_redirect_repeats_what_host_says(server: Server, path: str) -> None:
    for host in ("evil.example", f"127.0.0.1:{server.port}"):
        status, answer = _asked_as(server, host, path)
        assert status in (404, 421)
        assert b"location" not in answer.lower()


def test_a_private_answer_is_given_under_the_names_of_the_server(serve: Serve) -> None:
    server = serve(public_url="https://chat.example", origins="http://inside.example:8400")
    for host in (
        "Chat.example",
        "chat.example:443",
        "inside.example:8400",
        "localhost",
        f"[::1]:{server.port}",
    ):
        assert _asked_as(server, host, "/setup")[0] == 200
    assert _asked_as(server, "evil.example", "/setup")[0] == 421
    for path in ("/", "/healthz", "/readyz"):
        assert _asked_as(server, "evil.example", path)[0] == 200


PASSED_ON = {
    "X-Forwarded-For": "192.0.2.7",
    "X-Forwarded-Proto": "https",
    "X-Real-IP": "192.0.2.7",
    "Forwarded": "for=192.0.2.7",
    "Via": "1.1 proxy",
}


@pytest.mark.parametrize("header", PASSED_ON)
def test_metrics_do_not_answer_through_a_proxy(server: Server, header: str) -> None:
    here = f"127.0.0.1:{server.port}"
    assert _asked_as(server, here, "/metrics")[0] == 200
    assert _asked_as(server, here, "/metrics", more=f"{header}: {PASSED_ON[header]}\r\n")[0] == 403


def test_metrics_do_not_answer_through_a_proxy_that_says_nothing_of_itself(serve: Serve) -> None:
    server = serve(public_url="https://chat.example")
    assert _asked_as(server, "chat.example", "/metrics")[0] == 403
    assert _asked_as(server, f"127.0.0.1:{server.port}", "/metrics", version="1.0")[0] == 403


def test_metrics_answer_through_a_proxy_when_a_setting_says_so(serve: Serve) -> None:
    server = serve(metrics_through_proxy=True, trusted_proxies="127.0.0.1", metrics="192.0.2.7")
    here = f"127.0.0.1:{server.port}"
    assert _asked_as(server, here, "/metrics", more="X-Forwarded-For: 192.0.2.7\r\n")[0] == 200
    assert _asked_as(server, here, "/metrics", more="X-Forwarded-For: 192.0.2.8\r\n")[0] == 403


def test_metrics_say_how_far_the_views_have_followed(server: Server) -> None:
    status, headers, body = fetched(server, "/metrics")
    assert (status, headers["content-type"].partition(";")[0]) == (200, "text/plain")
    assert re.search(rb'^chatd_view_lag_events{view="search"} \d', body, re.MULTILINE)
    assert re.search(rb"^chatd_log_position \d", body, re.MULTILINE)


def test_metrics_are_for_named_addresses(serve: Serve) -> None:
    assert fetched(serve(metrics="10.0.0.0/8"), "/metrics")[0] == 403


# --- several lines of one name are one list (RFC 9110, section 5.3) ---


def _answer_to(server: Server, *lines: str, path: str = "/healthz") -> tuple[int, dict[str, str]]:
    with Peer(server) as peer:
        peer.send("\r\n".join([f"GET {path} HTTP/1.1", f"Host: {peer.host}", *lines, "", ""]).encode())
        return peer.head()


@pytest.mark.parametrize("lines", [("close", "keep-alive"), ("keep-alive", "close")])
def test_a_connection_ends_that_is_to_end_in_any_line(server: Server, lines: tuple[str, ...]) -> None:
    _status, headers = _answer_to(server, *(f"Connection: {line}" for line in lines))
    assert headers["connection"] == "close"


@pytest.mark.parametrize(
    ("path", "subprotocol"), [("/ws", "chatd.v1.json"), ("/api/graphql", "graphql-transport-ws")]
)
@pytest.mark.parametrize("first", [True, False])
def test_a_websocket_is_opened_however_many_lines_its_lists_have(
    server: Server, path: str, subprotocol: str, first: bool
) -> None:
    lists = [
        ("Connection: Upgrade", "Connection: keep-alive"),
        ("Upgrade: websocket", "Upgrade: h2c"),
        (f"Sec-WebSocket-Protocol: {subprotocol}", "Sec-WebSocket-Protocol: another"),
    ]
    lines = [line for pair in lists for line in (pair if first else pair[::-1])]
    own = [f"{name}: {value}" for name, value in UPGRADE.items() if name.startswith("Sec-")]
    status, headers = _answer_to(server, *lines, *own, path=path)
    assert (status, headers["sec-websocket-protocol"]) == (101, subprotocol)


def test_an_entity_that_is_known_is_known_in_any_line(server: Server) -> None:
    tag = _answer_to(server, path="/api/openapi.json")[1]["etag"]
    for lines in ((tag, '"another"'), ('"another"', tag)):
        told = (f"If-None-Match: {line}" for line in lines)
        assert _answer_to(server, *told, path="/api/openapi.json")[0] == 304


@pytest.mark.parametrize(
    ("header", "one", "two", "status"),
    [
        ("Idempotency-Key", '"one"', '"two"', 400),
        ("Idempotency-Key", '"one"', '"one"', 400),
        ("Authorization", "Bearer {token}", "Bearer another", 401),
        ("Content-Type", "application/json", "text/plain", 415),
        ("Content-Encoding", "gzip", "identity", 415),
    ],
)
def test_what_takes_one_value_is_not_guessed_from_two(
    server: Server, town: Town, header: str, one: str, two: str, status: int
) -> None:
    """Whichever comes last: another reader may have taken the other one."""
    room = town.room()
    account = town.member(room)
    path, body = f"/api/v1/rooms/{room}/messages", '{"text": "hello"}'
    usual = {"Authorization": f"Bearer {account.token}", "Content-Type": "application/json"}
    others = [f"{name}: {value}" for name, value in usual.items() if name != header]
    given = [f"{header}: {value.replace('{token}', account.token)}" for value in (one, two)]
    for lines in (given, given[::-1]):
        with Peer(server) as peer:
            head = [f"POST {path} HTTP/1.1", f"Host: {peer.host}", f"Content-Length: {len(body)}"]
            peer.send("\r\n".join([*head, *others, *lines, "", body]).encode())
            assert peer.head()[0] == status
