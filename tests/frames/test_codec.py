"""Refused before the id is read: decoding never raises, and a bad frame keeps its id if it can be found."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Iterable
from typing import Any

import msgpack
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.frames.codec import JSON, MAX_FRAME, MAX_FRAMES, MSGPACK, BadFrame

SOON = 0.3  # seconds of the processor, of which one walk takes some thousandths


class Said(msgspec.Struct):
    """As the objects of the contract."""

    text: str


scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)
frames = st.dictionaries(st.text(), values, max_size=5)


@given(batch=st.lists(frames, min_size=1, max_size=5))
def test_what_is_encoded_is_decoded_again(batch: list[dict[str, Any]]) -> None:
    for form in (JSON, MSGPACK):
        payload = form.join([form.encode(frame) for frame in batch])
        assert list(form.decode(payload.decode() if form.text else payload)) == batch


@given(frame=frames, end=st.sampled_from("\x85\u2028\u2029"))
def test_a_json_frame_is_one_line_whatever_its_reader_takes_for_the_end_of_one(
    frame: dict[str, Any], end: str
) -> None:
    [line] = JSON.encode({**frame, "text": f"a{end}b"}).decode().splitlines()
    assert next(iter(JSON.decode(line))) == {**frame, "text": f"a{end}b"}


def test_a_name_of_the_system_s_that_is_no_utf_8_can_be_told() -> None:
    """Paths stand in answers to operators, and their names are bytes (os.fsdecode)."""
    for form in (JSON, MSGPACK):
        told = form.encode({"id": 1, "result": Said(os.fsdecode(b"caf\xe9 \xc3\xa9"))})
        [frame] = form.decode(told.decode() if form.text else told)
        assert frame == {"id": 1, "result": {"text": "caf? \xe9"}}


@given(text=st.text())
def test_no_text_makes_json_raise(text: str) -> None:
    for frame in JSON.decode(text):
        assert isinstance(frame, dict | BadFrame)


@given(data=st.binary())
def test_no_bytes_make_msgpack_raise(data: bytes) -> None:
    for frame in MSGPACK.decode(data):
        assert isinstance(frame, dict | BadFrame)


def codes(decoded: Iterable[Any]) -> list[str]:
    return [frame.refusal.code if isinstance(frame, BadFrame) else "ok" for frame in decoded]


def only(decoded: Iterable[Any]) -> BadFrame:
    (frame,) = decoded
    assert isinstance(frame, BadFrame)
    assert frame.refusal.message
    return frame


def test_one_bad_frame_leaves_its_neighbours_alone() -> None:
    assert codes(JSON.decode('{"id":1}\nnonsense\n{"id":2}')) == ["ok", "invalid", "ok"]


@pytest.mark.parametrize("bad", ["[1]", "7", '{"a":NaN}', '"\\ud800"', '{"a":' * 5000, "{}x"])
def test_what_is_no_frame_is_invalid(bad: str) -> None:
    assert codes(JSON.decode(bad)) == ["invalid"]


@pytest.mark.parametrize(
    "bad",
    [
        msgpack.packb([1]),
        msgpack.packb({1: 2}),
        msgpack.packb({"a": b"bytes"}),
        msgpack.packb({"a": msgpack.ExtType(1, b"x")}),
        b"\x91" * 100_000,
        b"\xdb\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\x81\xa1a\xa1\xff",
        b"",
    ],
)
def test_what_is_no_msgpack_frame_is_invalid(bad: bytes) -> None:
    assert codes(MSGPACK.decode(bad)) == ["invalid"]


def test_a_frame_and_a_batch_have_a_limit() -> None:
    assert codes(JSON.decode('{"id":"' + "x" * MAX_FRAME + '"}')) == ["too_large"]
    assert codes(JSON.decode('{"id":"' + "😀" * (MAX_FRAME // 4) + '"}')) == ["too_large"]
    assert codes(JSON.decode("{}\n" * (MAX_FRAMES + 1))) == ["too_large"]
    assert "too_large" in codes(MSGPACK.decode(b"\x80" * (MAX_FRAMES + 1)))


def test_each_format_takes_its_own_kind_of_message() -> None:
    assert codes(JSON.decode(b"{}")) == ["invalid"]
    assert codes(MSGPACK.decode("{}")) == ["invalid"]


def test_frames_are_read_when_they_are_asked_for() -> None:
    for form in (JSON, MSGPACK):
        payload = form.join([form.encode({"id": 1}), form.encode({"id": 2})])
        frames = form.decode(payload.decode() if form.text else payload)
        assert next(frames) == {"id": 1}
        assert next(frames) == {"id": 2}


# --- what is wrong, and whose request it was --------------------------------------------------------------

DEEP = "[" * 20_000 + "]" * 20_000  # Python 3.13 reads some ten thousand


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (r'{"id":7,"data":{"text":"cut \ud83d"}}', "surrogate"),
        (r'{"data":{"text":"cut \ud83d and on"},"id":7}', "surrogate"),
        (r'{"id":7,"data":{"text":"\ude00"}}', "surrogate"),
        ('{"id":7,"data":{"x":1e999}}', "out of range"),
        ('{"data":{"x":-1e999},"id":7}', "out of range"),
        ('{"id":7,"data":{"x":' + "9" * 5000 + "}}", "out of range"),
        ('{"id":7,"data":' + DEEP + "}", "nested too deep"),
        ('{"id":7,"data":"' + "x" * MAX_FRAME + '"}', "at most"),
        ('{"data":"' + "x" * MAX_FRAME + '","id":7}', "at most"),
    ],
)
def test_a_bad_json_frame_says_what_to_mend_and_keeps_its_id(line: str, says: str) -> None:
    bad = only(JSON.decode(line))
    assert bad.id == 7
    assert says in bad.refusal.message
    assert len(bad.refusal.message) < 200
    assert not bad.rude
    seven = only(JSON.decode(line.replace('"id":7', '"id":"seven"')))
    assert seven.id == "seven"


@pytest.mark.parametrize(
    "line", ['{"id":7', '{"x":"id":7}', "{'id':7}", '{"id":07}', "nonsense", "[]", '{"id":[]}' * 2]
)
def test_what_is_no_json_has_no_id_and_is_rude(line: str) -> None:
    bad = only(JSON.decode(line))
    assert bad.id is None
    assert bad.rude


@pytest.mark.parametrize("indent", [0, 2, "\t"])
def test_a_json_frame_on_several_lines_is_told_that_it_is_to_be_one(indent: int | str) -> None:
    """As libraries write it that indent unless they are told not to (json::write of Tcl)."""
    first = next(iter(JSON.decode(json.dumps({"id": 7, "query": "space.list"}, indent=indent))))
    assert isinstance(first, BadFrame)
    assert "one line" in first.refusal.message


@pytest.mark.parametrize("begins", ["", '{"id":1,"x":"', "["])
def test_what_is_wrong_in_a_long_frame_is_found_in_one_walk(begins: str) -> None:
    """Where a string without an end began anew at each quote, one frame held up everybody for minutes."""
    for repeated in map("".join, itertools.product('"\\{}[]:,N1 -', repeat=2)):
        line = begins + repeated * (16 * 1024 // 2)
        before = time.thread_time()
        assert isinstance(only(JSON.decode(line)), BadFrame)
        assert time.thread_time() - before < SOON, repeated


def test_an_escaped_backslash_is_no_surrogate() -> None:
    assert list(JSON.decode(r'{"id":1,"x":"\\ud83d"}')) == [{"id": 1, "x": r"\ud83d"}]
    assert "surrogate" not in only(JSON.decode(r'{"id":1,"x":"\\ud83d}')).refusal.message


BAD_INSIDE = {
    "bytes": msgpack.packb({"id": 7, "a": b"bytes"}),
    "ext": msgpack.packb({"id": 7, "a": msgpack.ExtType(1, b"x")}),
    "timestamp": msgpack.packb({"id": 7, "a": msgpack.Timestamp(1)}),
    "keys of a map": msgpack.packb({"id": 7, 1: 2}),
    "list has at most": msgpack.packb({"id": 7, "a": [0] * 1025}),
    "map has at most": msgpack.packb({"id": 7, "a": {str(n): n for n in range(300)}}),
    "UTF-8": b"\x82\xa2id\x07\xa1a\xa1\xff",
    "at most": msgpack.packb({"id": 7, "a": "x" * MAX_FRAME}),
}
BAD_BYTES = {
    "does not use": b"\x82\xa2id\x07\xa1a\xc1",
    "too deep": b"\x82\xa2id\x07\xa1a" + b"\x91" * 2000,
    "in the middle": b"\x82\xa2id\x07\xa1a\xdb\xff\xff\xff\xff",
    "middle of a frame": b"\x82\xa2id\x07\xa1a\xdf\xff\xff\xff\xff",
}
GOOD = msgpack.packb({"id": 8})


@pytest.mark.parametrize("says", BAD_INSIDE)
def test_something_wrong_in_a_msgpack_frame_costs_only_that_frame(says: str) -> None:
    first, bad, last = MSGPACK.decode(GOOD + BAD_INSIDE[says] + GOOD)
    assert first == last == {"id": 8}
    assert isinstance(bad, BadFrame)
    assert bad.id == 7
    assert says in bad.refusal.message
    assert "lost" not in bad.refusal.message


@pytest.mark.parametrize("says", BAD_BYTES)
def test_msgpack_that_ends_in_doubt_says_why_and_that_the_rest_is_lost(says: str) -> None:
    first, bad = MSGPACK.decode(GOOD + BAD_BYTES[says] + GOOD)
    assert first == {"id": 8}
    assert isinstance(bad, BadFrame)
    assert bad.id == 7
    assert says in bad.refusal.message
    assert "lost" in bad.refusal.message


@given(good=frames, bad=st.binary(max_size=40))
def test_frames_before_a_bad_one_are_always_read(good: dict[str, Any], bad: bytes) -> None:
    assert next(MSGPACK.decode(MSGPACK.encode(good) + bad)) == good
