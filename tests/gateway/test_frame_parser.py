"""Ordinary messages are taken out, everything else goes on, and frames are counted, however they are cut."""

from __future__ import annotations

import struct

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from chatd.auth.rate_limits import TokenBucket
from chatd.gateway.websocket.bounds import MAX_CONTROL_FRAMES, MAX_FRAGMENTS
from chatd.gateway.websocket.frame_parser import (
    INBOX_BYTES,
    INBOX_SIZE,
    STRANGERS_BYTES,
    STRANGERS_MESSAGE,
    TOO_LONG_FOR_STRANGERS,
    FrameParser,
    Sentinel,
)
from chatd.settings import Rate

FIN, TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 0x80, 0x1, 0x2, 0x0, 0x8, 0x9, 0xA


def masked(opcode: int, payload: bytes, mask: bytes = b"\0\0\0\0") -> bytes:
    size = len(payload)
    if size < 126:
        header = struct.pack("!BB", opcode, 0x80 | size)
    elif size < 65536:
        header = struct.pack("!BBH", opcode, 0x80 | 126, size)
    else:
        header = struct.pack("!BBQ", opcode, 0x80 | 127, size)
    return header + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))


def feed(frame_parser: FrameParser, data: bytes, cuts: list[int]) -> bytes:
    """Everything that went on."""
    start, passed = 0, b""
    for cut in [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]:
        passed += frame_parser.feed(data[start:cut])
        start = cut
    return passed


def drain(frame_parser: FrameParser) -> list[str | bytes | Sentinel]:
    items = [item for item, _ in frame_parser._inbox]
    frame_parser._inbox.clear()
    return items


sizes = st.one_of(st.integers(0, 200), st.integers(125, 127), st.integers(65_530, 65_540))
cuttings = st.lists(st.integers(0, 1_000_000), max_size=30)


@given(sizes=st.lists(sizes, max_size=6), mask=st.binary(min_size=4, max_size=4), cuts=cuttings)
def test_ordinary_messages_are_taken_out_whole_and_in_order(
    sizes: list[int], mask: bytes, cuts: list[int]
) -> None:
    frame_parser, sent, data = FrameParser(100_000), [], b""
    for number, size in enumerate(sizes):
        text = "ü" * (size // 2)
        sent.append(text if number % 2 else text.encode())
        data += masked(FIN | (TEXT if number % 2 else BINARY), text.encode(), mask)
    assert feed(frame_parser, data, cuts) == b""
    assert drain(frame_parser) == sent
    assert frame_parser.violation is None


@given(cuts=cuttings)
def test_what_is_not_ordinary_goes_on_untouched_and_keeps_its_place(cuts: list[int]) -> None:
    pieces = masked(TEXT, b"one") + masked(FIN | PING, b"?") + masked(FIN | CONTINUATION, b"two")
    bad_utf8 = masked(FIN | TEXT, b"\xff\xfe")
    close = masked(FIN | CLOSE, b"\x03\xe8")
    a, b, late = (masked(FIN | TEXT, text) for text in (b"a", b"b", b"late"))
    data = a + pieces + b + bad_utf8 + close + late
    frame_parser = FrameParser(1000)
    assert feed(frame_parser, data, cuts) == pieces + bad_utf8 + close + late
    assert drain(frame_parser)[:5] == ["a", Sentinel.FRAGMENTED, "b", Sentinel.FRAGMENTED, Sentinel.END]


@pytest.mark.parametrize(
    "frame",
    [
        b"\x81\x02hi",  # not masked
        b"\xc1\x82\0\0\0\0hi",  # a reserved bit
        b"\x83\x82\0\0\0\0hi",  # a reserved opcode
        b"\x81\xfe\0\x02\0\0\0\0hi",  # a length in more bytes than it needs
    ],
)
def test_what_breaks_a_rule_is_left_to_the_library(frame: bytes) -> None:
    assert FrameParser(1000).feed(frame) == frame


async def test_a_full_inbox_says_when_it_has_space_again() -> None:
    frame_parser, spaces = FrameParser(1000), []
    frame_parser.space = lambda: spaces.append(frame_parser.full)
    frame_parser.feed(masked(FIN | TEXT, b"x") * INBOX_SIZE)
    assert frame_parser.full
    assert await frame_parser.take() == "x"
    assert spaces == [False]
    await frame_parser.take()
    assert spaces == [False]  # it was not full any more


async def test_an_inbox_is_full_of_bytes_before_it_is_full_of_messages() -> None:
    frame_parser, spaces = FrameParser(2 * INBOX_BYTES), []
    frame_parser.space = lambda: spaces.append(frame_parser.full)
    frame_parser.feed(masked(FIN | BINARY, b"x" * (INBOX_BYTES - 1)))
    assert not frame_parser.full
    frame_parser.feed(masked(FIN | BINARY, b"x"))
    assert frame_parser.full
    await frame_parser.take()
    assert spaces == [False]


async def test_what_is_forwarded_is_paid_for_and_messages_are_the_sessions() -> None:
    frame_parser = FrameParser(1000, TokenBucket(Rate(10, 5)))
    frame_parser.feed(masked(FIN | TEXT, b"x") * 20)
    assert frame_parser.owed() == 0
    frame_parser.feed(masked(FIN | PING, b"x") * 5)
    assert frame_parser.owed() == 0
    frame_parser.feed(masked(TEXT, b"") + masked(CONTINUATION, b"") * 8 + masked(FIN | CONTINUATION, b""))
    assert frame_parser.owed() == pytest.approx(1, abs=0.1)


async def test_after_stop_reading_what_was_there_can_still_be_taken() -> None:
    frame_parser = FrameParser(1000)
    frame_parser.feed(masked(FIN | TEXT, b"before"))
    frame_parser.stop_reading()
    frame_parser.feed(masked(FIN | TEXT, b"after"))
    assert [await frame_parser.take() for _ in range(3)] == ["before", Sentinel.END, Sentinel.END]


@given(cuts=cuttings)
def test_a_message_over_the_size_is_1009_however_it_is_cut(cuts: list[int]) -> None:
    frame_parser = FrameParser(1000)
    data = masked(FIN | TEXT, b"x" * 900) + masked(TEXT, b"x" * 600) + masked(FIN | CONTINUATION, b"x" * 401)
    with pytest.raises(trio.BrokenResourceError):
        feed(frame_parser, data, cuts)
    assert frame_parser.violation is not None
    assert frame_parser.violation[0] == 1009


def test_the_size_is_known_before_the_payload_comes() -> None:
    frame_parser = FrameParser(1000)
    with pytest.raises(trio.BrokenResourceError):
        frame_parser.feed(struct.pack("!BBQ", FIN | TEXT, 0x80 | 127, 2**40) + b"\0\0\0\0")


def test_a_message_in_too_many_pieces_is_1009() -> None:
    frame_parser = FrameParser(1000)
    frame_parser.feed(masked(TEXT, b""))
    with pytest.raises(trio.BrokenResourceError):
        frame_parser.feed(masked(CONTINUATION, b"") * MAX_FRAGMENTS)
    assert frame_parser.violation is not None
    assert frame_parser.violation[0] == 1009


def test_a_flood_of_pings_is_1008() -> None:
    frame_parser = FrameParser(1000)
    frame_parser.feed(masked(FIN | PING, b"hello") * MAX_CONTROL_FRAMES)
    frame_parser.feed(masked(FIN | TEXT, b"hi"))
    with pytest.raises(trio.BrokenResourceError):
        frame_parser.feed(masked(FIN | PING, b"hello") * (MAX_CONTROL_FRAMES + 1))
    assert frame_parser.violation is not None
    assert frame_parser.violation[0] == 1008


@given(cuts=cuttings)
def test_pongs_that_are_due_are_nobodys_work_however_long_a_client_only_listens(cuts: list[int]) -> None:
    frame_parser = FrameParser(1000, TokenBucket(Rate(1, 1)))
    pong = masked(FIN | PONG, b"chatd")
    for _ in range(MAX_CONTROL_FRAMES + 1):
        frame_parser.pong_due = True
        assert feed(frame_parser, pong, cuts) == b""
        assert not frame_parser.pong_due
    assert frame_parser.feed(pong) == pong  # nobody asked
    frame_parser.feed(masked(FIN | TEXT, b"hi"))
    assert drain(frame_parser) == ["hi"]


# --- before a session is open ---

LONG = b"x" * (STRANGERS_MESSAGE + 1)


def of_stranger(opened: list[bool]) -> tuple[FrameParser, list[bool]]:
    """A parser of somebody who is a stranger until `opened` has something in it, and its calls for more."""
    frame_parser = FrameParser(2 * len(LONG), stranger=lambda: not opened)
    spaces: list[bool] = []
    frame_parser.space = lambda: spaces.append(frame_parser.full)
    return frame_parser, spaces


# whole, as the first of several fragments, as the last one
LONG_ONES = [
    masked(FIN | TEXT, LONG),
    masked(TEXT, LONG),
    masked(TEXT, b"x") + masked(FIN | CONTINUATION, LONG),
]


@pytest.mark.parametrize("long", LONG_ONES)
async def test_a_long_message_behind_another_one_waits_for_the_session(long: bytes) -> None:
    opened: list[bool] = []
    frame_parser, spaces = of_stranger(opened)
    frame_parser.feed(masked(FIN | TEXT, b"open") + long[:1000])
    assert frame_parser.full
    assert await frame_parser.take() == "open"
    assert spaces[-1] is True
    opened.append(True)
    with trio.move_on_after(0):
        await frame_parser.take()
    assert spaces[-1] is False
    frame_parser.feed(long[1000:])
    assert not frame_parser.full or drain(frame_parser) == [LONG.decode()]
    assert frame_parser.violation is None


@pytest.mark.parametrize("before", [b"", masked(FIN | TEXT, b"open")])
@pytest.mark.parametrize("long", LONG_ONES)
async def test_a_long_message_is_1009_where_no_session_was_opened(before: bytes, long: bytes) -> None:
    frame_parser, _ = of_stranger([])
    frame_parser.feed(before + long[:1000])
    while await frame_parser.take() is not Sentinel.END:
        pass
    assert frame_parser.violation == TOO_LONG_FOR_STRANGERS


def test_strangers_keep_little() -> None:
    """A thousand may come from one address."""
    assert 1000 * STRANGERS_MESSAGE <= 64 * 1024 * 1024


def test_the_inbox_of_a_stranger_is_full_sooner() -> None:
    opened: list[bool] = []
    frame_parser, _ = of_stranger(opened)
    frame_parser.feed(masked(FIN | BINARY, b"x" * STRANGERS_BYTES))
    assert frame_parser.full
    opened.append(True)
    assert not frame_parser.full


def test_a_long_message_holds_nobody_up_whose_reading_has_stopped() -> None:
    frame_parser, _ = of_stranger([])
    frame_parser.feed(masked(FIN | TEXT, b"open") + masked(FIN | TEXT, LONG)[:1000])
    frame_parser.stop_reading()
    assert not frame_parser.full
