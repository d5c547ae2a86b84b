"""Whatever arrives as the body of an HTTP request is read or refused, and never past its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from random import Random
from typing import Any, NamedTuple, cast

from hypothesis import strategies as st

from chatd.gateway.http.server.body_limit import FORM_BODY
from chatd.gateway.http.server.refusal import BadHead
from chatd.gateway.http.server.request_body import RequestBody
from chatd.gateway.http.server.request_head import Head
from chatd.gateway.net.stream import SocketStream

from .budget import check_sentence
from .mutation import cut_up

MUTANTS = 40
PIECES = 1000  # each costs h11 some 50 us, and an input has a quarter of a second
CHUNKED = b"POST /setup HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
BEHIND = b"GET /behind HTTP/1.1\r\nHost: a\r\n\r\n"
TOKENS = (
    b"\r\n", b"\n", b"\r", b"\0", b" ", b";", b";a=b", b';a="\r\n"', b"0\r\n\r\n", b"0\r\n",
    b"-1\r\n", b"+5\r\n", b"0x5\r\n", b"FFFFFFFFFFFFFFFFFFFF\r\n", b"5", b"zz\r\n", b"X: y\r\n",
    b"Content-Length: 5\r\n", b" folded\r\n", b"x" * 5000, b"\xff", BEHIND,
)  # fmt: skip
BODIES = st.tuples(
    st.lists(st.binary(min_size=1, max_size=300), max_size=6), st.integers(1, 2000), st.integers(0, 2**32)
)


class Sent(NamedTuple):
    """What comes after the head, in pieces of this size; the body, where nothing was broken."""

    data: bytes
    piece: int
    body: bytes | None


class Arriving:
    """A stream on which bytes arrive in at most `PIECES` pieces, and then the end."""

    def __init__(self, sent: Sent) -> None:
        self._left, self._piece = sent.data, max(sent.piece, len(sent.data) // PIECES)
        self.unread_head, self.unread_rest = CHUNKED, b""

    async def receive_some(self) -> bytes:
        data, self._left = self._left[: self._piece], self._left[self._piece :]
        return data

    @property
    def behind(self) -> bytes:
        return self.unread_rest + self._left


class WithoutClock(RequestBody):
    """No deadline needs an event loop then."""

    async def _more(self) -> bytes:
        return await cast(Any, self._stream).receive_some()

    async def _pause(self) -> None:
        pass


def chunked(drawn: Any) -> Iterator[Sent]:
    pieces, size, seed = drawn
    random = Random(seed)
    whole = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n" + BEHIND
    yield Sent(whole, size, b"".join(pieces))
    for _ in range(MUTANTS):
        yield Sent(cut_up(whole, TOKENS, random), size, None)


async def read(body: RequestBody) -> bytes:
    read = b""
    while not body.ended:
        read += await body.read()
    return read


def meet(sent: Sent) -> None:
    stream = Arriving(sent)
    head = Head("POST", "/setup", {"transfer-encoding": "chunked"})
    body = WithoutClock(cast(SocketStream, stream), head, 1)
    reading = read(body)
    try:
        reading.send(None)
    except StopIteration as ended:
        read_ = ended.value
        assert len(read_) == body.size <= FORM_BODY
        assert sent.data.endswith(stream.behind), "bytes were lost behind the body"
        assert sent.body is None or (read_, stream.behind) == (sent.body, BEHIND)
    except BadHead as bad:
        HTTPStatus(bad.status)
        check_sentence(bad.reason)
        assert sent.body is None, "a good body was refused"
    else:
        raise AssertionError("it waits for something else than bytes")


def test_no_bytes_are_more_than_a_body_or_a_refusal(attack: Callable[..., None]) -> None:
    attack(BODIES, chunked, meet)
