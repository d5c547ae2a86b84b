"""Whatever a peer sends as frames, each is a typed request or a refusal, and the answer can be written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import msgpack
from hypothesis import strategies as st

from chatd.actors.sessions.request_frame import BAD_ID, request_data, request_type
from chatd.contract.errors import Refusal
from chatd.frames.codec import JSON, MSGPACK, BadFrame, Format
from chatd.frames.ids import valid_id

from .budget import check_refusal
from .mutation import MAX_MESSAGE, cut_up, mutated
from .requests_drawn import drawn_frames

Drawn = tuple[list[dict[str, Any]], int]
MUTANTS = 24

SEEDED: st.SearchStrategy[Drawn] = st.tuples(
    st.lists(drawn_frames(), min_size=1, max_size=3), st.integers(0, 2**32)
)
JSON_TOKENS = (
    *'{}[]",:\\-.eE0', "\n", "\t", "\r", " ", "\0", "\ufeff", "\u2028", "\\u0000", "\\ud800", "\\udc00",
    "\\x", "\\", "1e999", "-", "9" * 40, "9" * 5000, "NaN", "Infinity", "null", "true", '"a":', '"id":1,',
    "[" * 100, '{"a":' * 100, "[" * 9000, "//", "/*", "'", "{}", "\U0010ffff",
)  # fmt: skip
MSGPACK_CODES = """
    c0 c1 c2 c3 80 81 8f 90 91 9f a0 a1 bf c400 c401ff c5ffff c6ffffffff c70001 c7ff01 c8ffff01 c9ffffffff01
    ca7fc00000 cb7ff8000000000000 ccff cdffff ceffffffff cfffffffffffffffff d0ff d1ffff d2ffffffff
    d38000000000000000 d4ff00 d5ff0000 d6ffffffffff d7ffffffffffffffffff d8ff d9ff daffff dbffffffff dcffff
    ddffffffff deffff dfffffffff e0 ff 00 7f a26964 a3eda080 a1ff 81a0 810102 9191919191919191
"""
MSGPACK_TOKENS = tuple(map(bytes.fromhex, MSGPACK_CODES.split()))


def answer(form: Format, message: str | bytes) -> None:
    """What a session does with a message before anything is decided, and how it answers."""
    decoded = list(form.decode(message))
    assert decoded, "a message without any answer"
    for frame in decoded:
        id_ = frame.id if isinstance(frame, BadFrame) else valid_id(frame.get("id"))
        read = frame.refusal if isinstance(frame, BadFrame) else BAD_ID if id_ is None else understood(frame)
        error = {}
        if isinstance(read, Refusal):
            check_refusal(read)
            error = {"error": read.frame()}
        reply = form.encode({"id": id_, **error})
        again = list(form.decode(reply.decode() if form.text else reply))
        assert again == [{"id": id_, **error}]


def understood(frame: dict[str, Any]) -> Any:
    request = request_type(frame)
    return request if isinstance(request, Refusal) else request_data(request, frame)


def json_messages(drawn: Drawn) -> Iterator[str]:
    frames, seed = drawn
    random = Random(seed)
    yield _json(frames, random)
    for _ in range(MUTANTS):
        broken = [mutated(frame, random) if random.random() < 0.6 else frame for frame in frames]
        message = _json(broken, random)
        yield cut_up(message, JSON_TOKENS, random) if random.random() < 0.5 else message


def _json(frames: list[Any], random: Random) -> str:
    plain = random.random() < 0.5
    try:
        written = "\n".join(json.dumps(frame, ensure_ascii=plain, default=repr) for frame in frames)
    except (RecursionError, TypeError):  # deeper than the json module goes; a key of bytes
        written = '{"a":' * 5000
    return written.encode(errors="replace").decode()  # a WebSocket message has no lone surrogates


def msgpack_messages(drawn: Drawn) -> Iterator[bytes]:
    frames, seed = drawn
    random = Random(seed)
    yield b"".join(map(_packed, frames))
    for _ in range(MUTANTS):
        broken = [mutated(frame, random) if random.random() < 0.6 else frame for frame in frames]
        message = b"".join(map(_packed, broken))
        yield cut_up(message, MSGPACK_TOKENS, random) if random.random() < 0.5 else message


def _packed(frame: Any) -> bytes:
    try:
        packed: bytes = msgpack.packb(frame, unicode_errors="surrogatepass")
    except (OverflowError, ValueError):  # an integer or a depth that MessagePack has no form for
        packed = b"\x81\xa1a" * 5000
    return packed


def test_no_json_message_is_more_than_requests_and_refusals(attack: Callable[..., None]) -> None:
    attack(SEEDED, json_messages, lambda message: answer(JSON, message[: MAX_MESSAGE // 4]))


def test_no_msgpack_message_is_more_than_requests_and_refusals(attack: Callable[..., None]) -> None:
    attack(SEEDED, msgpack_messages, lambda message: answer(MSGPACK, message[:MAX_MESSAGE]))
