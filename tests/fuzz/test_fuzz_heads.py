"""Whatever arrives as the head of an HTTP request is read or refused, and the refusal is an HTTP response."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from random import Random
from typing import Any, cast

from hypothesis import strategies as st

from chatd.gateway.head_checks import HeadChecks
from chatd.gateway.http.server.refusal import BadHead, plain_response
from chatd.gateway.http.server.request_head import HEAD_BYTES, Head, read_head
from chatd.gateway.net.client_address import Proxies
from chatd.gateway.net.own_addresses import OwnAddresses
from chatd.gateway.net.stream import SocketStream
from chatd.gateway.net.warning_throttle import WarningThrottle
from chatd.settings import Settings

from .budget import check_sentence
from .mutation import cut_up

MUTANTS = 40
PIECE = 1 << 14  # bytes that arrive together
TOKENS = (
    b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\0", b" ", b"\t", b":", b": ", b",", b";", b"%00",
    b"%2e%2e/", b"?", b"#",
    b"\xff", b"\xc3\xa9", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/9.9", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"CONNECT a:1",
    b"\r\nContent-Length: 5", b"\r\nContent-Length: 99999999999999999999", b"\r\nContent-Length: -1",
    b"\r\nContent-Length: 1, 2", b"\r\nTransfer-Encoding: chunked", b"\r\nTransfer-Encoding: gzip, chunked",
    b"\r\nUpgrade: h2c", b"\r\nUpgrade: websocket", b"\r\nHost: a", b"\r\nHost:", b"\r\n folded",
    b"\r\nOrigin: null",
    b"\r\nOrigin: https://" + b"a" * 9000, b"\r\nX-Forwarded-For: " + b"1.1.1.1," * 1500, b"A" * HEAD_BYTES,
    b"http://a/ws", b"//", b"/ws", b"*", b"[::1]:80", b"unix:", b"\r\nAuthorization: Bearer ",
    b"\x16\x03\x01\x02\0",
)  # fmt: skip
METHODS = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "get", "X" * 40]
TARGETS = [
    "/",
    "/ws",
    "/setup",
    "/setup?token=1",
    "/metrics",
    "/%6detrics",
    "http://chat.example.org/ws",
    "*",
]
NAMES = [
    "Host", "Origin", "Upgrade", "Connection", "Authorization", "Content-Length", "Content-Type", "Cookie",
    "X-Forwarded-For", "Sec-WebSocket-Version", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol", "Expect",
    "Transfer-Encoding", "X",
]  # fmt: skip
VALUES = [
    "a", "chat.example.org", "https://chat.example.org", "websocket", "Upgrade", "Bearer x", "0", "12",
    "chunked", "192.0.2.1", "192.0.2.1, [2001:db8::1]:4711, 10.0.0.1", "::ffff:1.2.3.4%eth0", "13",
    "chatd.v1.json", "100-continue", "dGhlIHNhbXBsZSBub25jZQ==", "",
]  # fmt: skip

HEADERS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.text(max_size=20)), max_size=8
)
SEEDED = st.tuples(
    st.sampled_from(METHODS), st.sampled_from(TARGETS) | st.text(max_size=30), HEADERS, st.integers(0, 2**32)
)
SETTINGS = Settings(origins=("https://elsewhere.example",), trusted_proxies=("10.0.0.0/8",))
PROXIES = Proxies(SETTINGS.trusted_proxies)


class Quiet(WarningThrottle):
    """The log, which wants a clock."""

    def __init__(self) -> None:
        pass

    def warn(self, event: str, **what: str) -> None:
        pass


CHECKS = HeadChecks(OwnAddresses(SETTINGS), Quiet())


class Place:
    """The socket of a stream, as far as it is asked where it is."""

    def getsockname(self) -> tuple[str, int]:
        return "127.0.0.1", 8400


class Arrived:
    """A stream on which all bytes have arrived, and then the end."""

    socket = Place()

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.unread_head = self.unread_rest = b""

    async def receive_some(self) -> bytes:
        data, self._data = self._data[:PIECE], self._data[PIECE:]
        return data


def heads(drawn: Any) -> Iterator[bytes]:
    method, target, headers, seed = drawn
    random = Random(seed)
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    whole = "\r\n".join(lines).encode() + b"\r\n\r\n"
    yield whole
    for _ in range(MUTANTS):
        yield cut_up(whole, TOKENS, random)


def read(data: bytes) -> Head | None:
    reading = read_head(cast(SocketStream, Arrived(data)))
    try:
        reading.send(None)
    except StopIteration as read:
        return cast(Head | None, read.value)
    raise AssertionError("it waits for something else than bytes")


def meet(data: bytes) -> None:
    try:
        head = read(data)
        if head is None:
            return
        CHECKS.check(head, cast(SocketStream, Arrived(b"")), admin=False)
    except BadHead as bad:
        HTTPStatus(bad.status)
        check_sentence(bad.reason)
        plain_response(bad)
        return
    assert head.bearer is None or head.bearer.strip()
    assert isinstance(head.has_body, bool)
    check_sentence(PROXIES.client("10.0.0.1", head.forwarded))


def test_no_bytes_are_more_than_a_head_or_a_refusal(attack: Callable[..., None]) -> None:
    attack(SEEDED, heads, meet)
