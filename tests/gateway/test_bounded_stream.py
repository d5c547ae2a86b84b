"""What is bounded where trio-websocket reads a connection alone: the frames of a message, and their pace."""

from __future__ import annotations

from typing import Any, cast

import pytest
import trio
import trio.testing
from hypothesis import given
from hypothesis import strategies as st

from chatd.auth.rate_limits import TokenBucket
from chatd.gateway.websocket.bounds import (
    MAX_CONTROL_FRAMES,
    MAX_FRAGMENTS,
    BoundedStream,
    MessageBounds,
)
from chatd.settings import Rate

MAX_MESSAGE = 10_000
HEAD = b"GET /api/graphql HTTP/1.1\r\n\r\n"
TEXT, CONTINUATION, PING = 0x1, 0x0, 0x9


def frame(opcode: int, payload: bytes = b"", final: bool = True) -> bytes:
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return bytes([(0x80 if final else 0) | opcode]) + length + bytes(4) + payload


class Peer:
    """A stream that gives these pieces, and nothing more."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        await trio.lowlevel.checkpoint()
        return self._pieces.pop(0) if self._pieces else b""


async def read(bounds: MessageBounds, *pieces: bytes, pace: TokenBucket | None = None) -> bytes:
    stream = BoundedStream(cast(Any, Peer([HEAD, *pieces])), bounds, pace)
    whole = b""
    while data := await stream.receive_some():
        whole += data
    return whole


async def violation(*pieces: bytes) -> int | None:
    bounds = MessageBounds(MAX_MESSAGE)
    try:
        await read(bounds, *pieces)
    except trio.BrokenResourceError:
        assert bounds.violation is not None
        return bounds.violation[0]
    assert bounds.violation is None
    return None


async def test_a_message_has_so_many_frames_and_bytes() -> None:
    begin, end = frame(TEXT, final=False), frame(CONTINUATION)
    empty = frame(CONTINUATION, final=False)
    assert await violation(*[begin, empty * (MAX_FRAGMENTS - 2), end] * 2) is None
    assert await violation(begin, empty * (MAX_FRAGMENTS - 1), end) == 1009
    assert await violation(frame(TEXT, b"x" * MAX_MESSAGE)) is None
    assert await violation(frame(TEXT, b"x" * (MAX_MESSAGE + 1))) == 1009
    assert await violation(frame(TEXT, b"x" * MAX_MESSAGE, final=False), frame(CONTINUATION, b"x")) == 1009


async def test_control_frames_are_not_without_end() -> None:
    pings = frame(PING, b"hello") * MAX_CONTROL_FRAMES
    assert await violation(*[pings, frame(TEXT, b"hello")] * 3) is None
    assert await violation(pings, frame(PING)) == 1008


@given(st.lists(st.sampled_from([b"", b"hello", b"x" * 200]), max_size=8), st.integers(1, 40))
def test_however_frames_are_cut_up_they_are_counted_alike(payloads: list[bytes], size: int) -> None:
    whole = b"".join(frame(TEXT, payload) for payload in payloads)
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]

    async def seconds() -> float:
        pace = TokenBucket(Rate(1, 1))
        pace.spend(1, trio.current_time())
        begun = trio.current_time()
        assert await read(MessageBounds(MAX_MESSAGE), *pieces, pace=pace) == HEAD + whole
        return trio.current_time() - begun

    clock = trio.testing.MockClock(autojump_threshold=0)
    assert trio.run(seconds, clock=clock) == pytest.approx(len(payloads))
