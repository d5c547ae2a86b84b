"""Frames are counted as they come, however the network cuts them."""

from __future__ import annotations

import struct

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from chatd.gateway.inspector import CONTROLS_IN_A_ROW, FRAMES_A_MESSAGE, Inspector

FIN, TEXT, CONTINUATION, PING = 0x80, 0x1, 0x0, 0x9


def masked(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        header = struct.pack("!BB", opcode, 0x80 | size)
    elif size < 65536:
        header = struct.pack("!BBH", opcode, 0x80 | 126, size)
    else:
        header = struct.pack("!BBQ", opcode, 0x80 | 127, size)
    return header + b"\0\0\0\0" + payload


def feed(inspector: Inspector, data: bytes, cuts: list[int]) -> None:
    start = 0
    for cut in [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]:
        inspector(data[start:cut])
        start = cut


sizes = st.one_of(st.integers(0, 200), st.integers(125, 127), st.integers(65_530, 65_540))


@given(sizes=st.lists(sizes, max_size=6), cuts=st.lists(st.integers(0, 1_000_000), max_size=30))
def test_ordinary_messages_pass_however_they_are_cut(sizes: list[int], cuts: list[int]) -> None:
    inspector = Inspector(100_000)
    feed(inspector, b"".join(masked(FIN | TEXT, b"\x81" * size) for size in sizes), cuts)
    assert inspector.verdict is None


@given(cuts=st.lists(st.integers(0, 1_000_000), max_size=30))
def test_a_message_over_the_size_is_1009_however_it_is_cut(cuts: list[int]) -> None:
    inspector = Inspector(1000)
    data = masked(FIN | TEXT, b"x" * 900) + masked(TEXT, b"x" * 600) + masked(FIN | CONTINUATION, b"x" * 401)
    with pytest.raises(trio.BrokenResourceError):
        feed(inspector, data, cuts)
    assert inspector.verdict is not None
    assert inspector.verdict[0] == 1009


def test_the_size_is_known_before_the_payload_comes() -> None:
    inspector = Inspector(1000)
    with pytest.raises(trio.BrokenResourceError):
        inspector(struct.pack("!BBQ", FIN | TEXT, 0x80 | 127, 2**40) + b"\0\0\0\0")


def test_a_message_in_too_many_pieces_is_1009() -> None:
    inspector = Inspector(1000)
    inspector(masked(TEXT, b""))
    with pytest.raises(trio.BrokenResourceError):
        inspector(masked(CONTINUATION, b"") * FRAMES_A_MESSAGE)
    assert inspector.verdict is not None
    assert inspector.verdict[0] == 1009


def test_a_flood_of_pings_is_1008() -> None:
    inspector = Inspector(1000)
    inspector(masked(FIN | PING, b"hello") * CONTROLS_IN_A_ROW)
    inspector(masked(FIN | TEXT, b"hi"))
    with pytest.raises(trio.BrokenResourceError):
        inspector(masked(FIN | PING, b"hello") * (CONTROLS_IN_A_ROW + 1))
    assert inspector.verdict is not None
    assert inspector.verdict[0] == 1008
