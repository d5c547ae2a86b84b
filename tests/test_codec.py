"""Decoding never raises: each frame that cannot be read is a refusal in its place."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.codec import JSON, MAX_FRAME, MAX_FRAMES, MSGPACK
from chatd.contract.errors import Refusal

scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)
frames = st.dictionaries(st.text(), values, max_size=5)


@given(batch=st.lists(frames, min_size=1, max_size=5))
def test_what_is_encoded_is_decoded_again(batch: list[dict[str, Any]]) -> None:
    for form in (JSON, MSGPACK):
        payload = form.join([form.encode(frame) for frame in batch])
        assert form.decode(payload.decode() if form.text else payload) == batch


@given(text=st.text())
def test_no_text_makes_json_raise(text: str) -> None:
    for frame in JSON.decode(text):
        assert isinstance(frame, dict | Refusal)


@given(data=st.binary())
def test_no_bytes_make_msgpack_raise(data: bytes) -> None:
    for frame in MSGPACK.decode(data):
        assert isinstance(frame, dict | Refusal)


def codes(decoded: list[Any]) -> list[str]:
    return [frame.code if isinstance(frame, Refusal) else "ok" for frame in decoded]


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
