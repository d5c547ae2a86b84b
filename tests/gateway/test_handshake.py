"""A handshake is read and answered as RFC 6455 says, in however many lines its headers come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.gateway.http.server.h11_head import parse
from chatd.gateway.http.server.plain_head import plain_head
from chatd.gateway.http.server.refusal import BadHead
from chatd.gateway.http.server.request_head import WEBSOCKET, Head
from chatd.gateway.websocket.handshake import answer_handshake, check_subprotocols, check_upgrade
from chatd.gateway.websocket.wire import WIRES

# RFC 6455, section 1.3
KEY, ACCEPT = "dGhlIHNhbXBsZSBub25jZQ==", b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
HEADERS = {
    "Host": "chat.example.org",
    "Connection": "keep-alive, Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": KEY,
}


def head_of(headers: dict[str, str], target: str = "/ws", version: str = "1.1") -> bytes:
    lines = [f"GET {target} HTTP/{version}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def read(headers: dict[str, str]) -> Head:
    plain = plain_head(head_of(headers))
    assert plain is not None
    return Head("GET", plain.path, plain.headers)


def test_the_answer_proves_that_the_key_was_read() -> None:
    handshake = answer_handshake(read(HEADERS))
    assert handshake.response.startswith(b"HTTP/1.1 101 ")
    assert b"\r\nSec-WebSocket-Accept: " + ACCEPT + b"\r\n" in handshake.response
    assert b"Protocol" not in handshake.response.partition(b"\r\n")[2]
    assert handshake.wire is WIRES["chatd.v1.json"]


@pytest.mark.parametrize(
    ("proposed", "chosen"),
    [
        ("chatd.v1.msgpack", "chatd.v1.msgpack"),
        ("chatd.v9.xml, chatd.v1.msgpack,chatd.v1.json", "chatd.v1.msgpack"),
        ("chatd.v1.json", "chatd.v1.json"),
    ],
)
def test_the_first_subprotocol_that_is_known_is_chosen(proposed: str, chosen: str) -> None:
    handshake = answer_handshake(read({**HEADERS, "Sec-WebSocket-Protocol": proposed}))
    assert f"\r\nSec-WebSocket-Protocol: {chosen}\r\n".encode() in handshake.response
    assert handshake.wire is WIRES[chosen]


@pytest.mark.parametrize(
    "change",
    [
        {"Sec-WebSocket-Version": "8"},
        {"Sec-WebSocket-Key": "too short"},
        {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZR=="},  # not what 16 bytes are written as
        {"Connection": "close"},
        {"Sec-WebSocket-Protocol": "chatd.v9.xml"},
    ],
)
def test_what_is_amiss_is_refused(change: dict[str, str]) -> None:
    head = read({**HEADERS, **change})
    check = check_subprotocols if "Sec-WebSocket-Protocol" in change else check_upgrade
    with pytest.raises(BadHead):
        check(head)


@pytest.mark.parametrize(
    "lines",
    [
        ("Connection: Upgrade", "Connection: keep-alive"),
        ("Connection: keep-alive", "Connection: Upgrade"),
        ("Upgrade: h2c", "Upgrade: websocket"),
        ("Upgrade: WebSocket, h2c",),
        ("Sec-WebSocket-Protocol: chatd.v1.msgpack", "Sec-WebSocket-Protocol: chatd.v9.xml"),
        ("Sec-WebSocket-Protocol: chatd.v9.xml", "Sec-WebSocket-Protocol: chatd.v1.msgpack"),
    ],
)
def test_the_lines_of_a_list_are_one_list(lines: tuple[str, ...]) -> None:
    """RFC 9110, section 5.3."""
    given = {line.partition(":")[0] for line in lines}
    others = {name: value for name, value in HEADERS.items() if name not in given}
    head = parse(head_of(others)[:-2] + "\r\n".join([*lines, "", ""]).encode())
    assert WEBSOCKET in head.upgrade
    check_upgrade(head)
    check_subprotocols(head)
    if "Sec-WebSocket-Protocol" in given:
        assert answer_handshake(head).wire is WIRES["chatd.v1.msgpack"]


def test_cookies_that_came_in_lines_of_their_own_stay_apart() -> None:
    """As HTTP/2 sends them, and not every proxy joins them again (RFC 9113, section 8.2.3)."""
    head = parse(head_of({**HEADERS, "Cookie": "one=1", "cookie": "two=2"}))
    assert head.headers["cookie"] == "one=1; two=2"


@pytest.mark.parametrize("name", ["Sec-WebSocket-Key", "Sec-WebSocket-Version"])
def test_what_takes_one_value_is_refused_with_two_even_of_the_same(name: str) -> None:
    head = parse(head_of({**HEADERS, name.lower(): HEADERS[name]}))
    with pytest.raises(BadHead):
        check_upgrade(head)


@pytest.mark.parametrize(
    "received",
    [
        head_of(HEADERS, target="setup"),
        head_of(HEADERS, target="/ws#x"),
        head_of(HEADERS, version="1.0"),
        head_of({name: value for name, value in HEADERS.items() if name != "Host"}),
        head_of({**HEADERS, "host": "another.example.org"}),
        head_of({**HEADERS, "Content-Length": "+5"}),
        head_of({**HEADERS, "Transfer-Encoding": "chunked"}),
        head_of({**HEADERS, "X": ""}),
        head_of({**HEADERS, "X": "é"}),
        head_of(HEADERS).replace(b"\r\nUpgrade", b"\r\n folded\r\nUpgrade"),
        head_of(HEADERS).replace(b"\r\n", b"\n"),
    ],
)
def test_a_head_that_leaves_doubts_is_read_by_h11(received: bytes) -> None:
    assert plain_head(received) is None


NAMES = st.sampled_from(
    [*HEADERS, "host", "Origin", "Cookie", "X-Forwarded-For", "x!", "Expect", "Content-Length"]
)
VALUES = st.sampled_from([*HEADERS.values(), "", "12", "a  b", " a", "a\t", "\0"]) | st.text(max_size=8)


@given(
    more=st.lists(st.tuples(NAMES, VALUES), max_size=4),
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    target=st.sampled_from(["/ws", "/ws?token=1", "/ws#x", "/ws ", "/wss", "/a?b?c", "//", "/?"])
    | st.text(max_size=5),
)
def test_what_is_read_here_h11_reads_alike(more: list[tuple[str, str]], target: str, method: str) -> None:
    lines = [
        f"{method} {target} HTTP/1.1",
        *(f"{name}: {value}" for name, value in [*HEADERS.items(), *more]),
    ]
    received = "\r\n".join([*lines, "", ""]).encode()
    if (plain := plain_head(received)) is not None:
        head = parse(received)
        asked = (head.method, head.raw_path, head.query, dict(head.headers))
        assert asked == (plain.method, plain.path, plain.query, plain.headers)
        assert head.forwarded == plain.headers.get("x-forwarded-for", "")
