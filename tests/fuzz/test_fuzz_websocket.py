"""Whatever arrives after the handshake, the parser says the same however it is cut, and holds little."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from itertools import pairwise
from random import Random

import trio
from hypothesis import strategies as st

from chatd.gateway.websocket.frame_parser import FrameParser, Sentinel

from .budget import check_sentence
from .mutation import cut_up

MUTANTS = 30
MAX_MESSAGE = 70_000
FIRST = [0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x88, 0x89, 0x8A, 0x08, 0x83, 0xC1, 0xFF, 0x8F]
TOKENS = (
    b"\x81\x80\0\0\0\0", b"\x01\x80\0\0\0\0", b"\x00\x80\0\0\0\0", b"\x89\x80\0\0\0\0", b"\x88\x80\0\0\0\0",
    b"\x88\x82\0\0\0\0\x03\xe8", b"\x81\xfe\xff\xff", b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff",
    b"\x82\xff\0\0\0\0\x7f\xff\xff\xff", b"\x81\x05hello", b"\xff\xff", b"\0", b"\x80",
    b"\x81\x81\1\2\3\4\xfe",
    b"\x82\xff\0\0\0\0\0\1\x11\x70", b"\x8a\x80abcd",
)  # fmt: skip
PAYLOADS = st.one_of(st.binary(max_size=40), st.text(max_size=30).map(str.encode), st.just(b"x" * 65_600))
FRAMES = st.lists(st.tuples(st.sampled_from(FIRST), PAYLOADS, st.binary(min_size=4, max_size=4)), max_size=6)
SEEDED = st.tuples(FRAMES, st.integers(0, 2**32))
Stream = tuple[bytes, int]


def masked(first: int, payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", first, 0x80 | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, size)
    key = (mask * (size // 4 + 1))[:size]
    hidden = (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")
    return head + mask + hidden


def streams(drawn: tuple[list[tuple[int, bytes, bytes]], int]) -> Iterator[Stream]:
    """The bytes, and a seed for how they are cut."""
    frames, seed = drawn
    random = Random(seed)
    whole = b"".join(masked(*frame) for frame in frames)
    yield whole, seed
    for _ in range(MUTANTS):
        yield cut_up(whole, TOKENS, random), random.randrange(2**32)


def fed(pieces: list[bytes]) -> tuple[object, ...]:
    """What the parser makes of them: messages, what goes on to trio-websocket, a violation."""
    parser, forwarded = FrameParser(MAX_MESSAGE), b""
    for piece in pieces:
        try:
            forwarded += parser.feed(piece)
        except trio.BrokenResourceError:
            assert parser.violation is not None
            code, reason = parser.violation
            assert code in (1008, 1009)
            check_sentence(reason)
            return ("refused", code, reason)
    held = [item for item, _ in parser._inbox]
    assert all(isinstance(item, str | bytes | Sentinel) for item in held)
    assert len(parser._rest) <= MAX_MESSAGE + 14, "more is held than one message"
    return held, forwarded, parser.violation


def parse(stream: Stream) -> None:
    data, seed = stream
    random = Random(seed)
    cuts = sorted(random.randrange(len(data) + 1) for _ in range(random.randrange(8)))
    edges = [0, *cuts, len(data)]
    pieces = [data[start:end] for start, end in pairwise(edges)]
    assert fed(pieces) == fed([data])


def test_no_bytes_make_the_parser_raise_and_cuts_change_nothing(attack: Callable[..., None]) -> None:
    attack(SEEDED, streams, parse)
