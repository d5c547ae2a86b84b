"""What is read of JSON that is right, huge, cut or wrong."""

from __future__ import annotations

import io
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imports.memory import at_most

from chatctl.imports import json_text
from chatctl.imports.json_decoding import NotJson, decoded
from chatctl.imports.json_text import ANY, Shape, elements, lines
from chatctl.imports.problems import Problems

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


class Slow(io.RawIOBase):
    """Gives few bytes at a time, so that every border falls somewhere."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data, self._step, self._at = data, step, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._data[self._at : self._at + min(self._step, len(buffer))]
        self._at += len(piece)
        buffer[: len(piece)] = piece
        return len(piece)


def stream(data: bytes, step: int = 1 << 20) -> io.BufferedReader:
    return io.BufferedReader(Slow(data, step), 1 << 16)  # type: ignore[arg-type]


@given(st.lists(VALUES, max_size=6), st.sampled_from([None, 1]), st.integers(1, 9), st.booleans())
def test_the_elements_of_an_array_are_found(
    values: list[Any], indent: int | None, step: int, ascii_only: bool
) -> None:
    raw = json.dumps(values, indent=indent, ensure_ascii=ascii_only).encode()
    problems = Problems()
    assert [json.loads(one) for _, one in elements(stream(raw, step), "x", problems)] == values
    assert not problems.by_kind


def test_what_is_opened_is_entered_and_the_rest_is_given_whole() -> None:
    raw = (
        b'{"about": {"a": [1]}, "chats": {"list": [{"id": 1, "messages": [{}, 2]}, {"messages": []}]}, "n":3}'
    )
    opened: dict[tuple[str, ...], Shape] = {
        (): "object",
        ("chats",): "object",
        ("chats", "list"): "list",
        ("chats", "list", ANY): "object",
        ("chats", "list", ANY, "messages"): "list",
    }
    assert list(elements(stream(raw, 3), "x", Problems(), opened)) == [
        (("about",), b'{"a": [1]}'),
        (("chats", "list", ANY, "id"), b"1"),
        (("chats", "list", ANY, "messages", ANY), b"{}"),
        (("chats", "list", ANY, "messages", ANY), b"2"),
        (("n",), b"3"),
    ]


@pytest.mark.parametrize("cut", [1, 5, 9, 12, 20, 25])
def test_all_before_a_cut_is_given(cut: int) -> None:
    raw = b'[{"a": 1}, {"a": "\\""}, {"a": 3}]'
    problems = Problems()
    found = [one for _, one in elements(stream(raw[:cut]), "day.json", problems)]
    assert found == [b'{"a": 1}', b'{"a": "\\""}'][: len(found)]
    assert len(found) == (cut >= 9) + (cut > 22)
    assert problems.by_kind["unreadable"].places[0].startswith("day.json: it ends too early after")


@pytest.mark.parametrize("raw", [b"]", b"[}", b"<html>", b'{"a" 1}', b"{1:2}", b"\x00\xff" * 50, b"[1,"])
def test_what_is_no_json_is_told(raw: bytes) -> None:
    problems = Problems()
    for _, one in elements(stream(raw), "x", problems):
        with pytest.raises(NotJson):
            decoded(one, msgspec.json.Decoder(dict[str, int]))
    assert problems.by_kind["unreadable"].count == 1


def test_a_value_that_is_too_large_is_left_out_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "DOCUMENT", 1 << 20)
    for huge in (b'"' + b'x\\"' * 2_000_000 + b'"', b'{"a": [' + b"1," * 3_000_000 + b'"]"]}'):
        problems = Problems()
        source = stream(b"[1, " + huge + b", 2]", 100_000)
        with at_most(12):
            found = [one for _, one in elements(source, "x", problems)]
        assert found == [b"1", b"2"]
        assert problems.by_kind["unreadable"].places == ["x value 2: larger than 1 MiB"]


def test_a_line_that_is_too_long_is_left_out_and_the_next_is_read() -> None:
    problems = Problems()
    with at_most(40):
        found = list(lines(io.BufferedReader(_Endless(1_000_000_000)), "posts.jsonl", problems))
    assert found == [(2, b"last")]
    assert problems.by_kind["unreadable"].places == ["posts.jsonl line 1: longer than 16 MiB"]


class _Endless(io.RawIOBase):
    """One line of so many bytes, and a short one."""

    def __init__(self, length: int) -> None:
        self._left, self._last = length, b"\nlast"

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._left > 0:
            count = min(len(buffer), self._left)
            buffer[:count] = b"a" * count
            self._left -= count
            return count
        count = len(self._last)
        buffer[:count], self._last = self._last, b""
        return count


def test_lines_are_numbered_as_an_editor_does() -> None:
    raw = b"\xef\xbb\xbf{}\r\n\n[]\nlast"
    assert list(lines(stream(raw, 2), "x", Problems())) == [(1, b"{}\r"), (3, b"[]"), (4, b"last")]


def test_what_json_does_not_allow_is_decoded_where_it_can_be() -> None:
    class One(msgspec.Struct):
        text: str = ""
        count: int = 0
        rest: Any = None

    decoder = msgspec.json.Decoder(One)
    assert decoded(b'{"text": "a\\ud800b"}', decoder).text == "a\ufffdb"
    assert decoded(b'{"text": "\\ud83d\\ude00 \\\\ud83d \\ude00\\u00e9", "count": "1"}', decoder) == One(
        "\U0001f600 \\ud83d \ufffd\u00e9", 1
    )
    lost: list[str] = []
    assert decoded(b'{"text": 5, "count": [], "rest": 1e999}', decoder, lost.append) == One("5")
    assert lost == ["count"]
    assert decoded(b'{"text": "a\xff"}', decoder).text == "a\ufffd"
    assert decoded(b'{"count": "12"}', decoder).count == 12
    assert decoded(b'{"text": "a", "rest": NaN}', decoder).text == "a"
    deep = b"[" * 200_000 + b"]" * 200_000
    for wrong in (b"[]", b'{"rest": ' + deep + b"}", b"", b'{"count": 1' + b"0" * 5000 + b"}"):
        with pytest.raises(NotJson):
            decoded(wrong, decoder)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"5", ["x: it is no object"]),
        (b"null", ["x: it is no object"]),
        (b"[1, {}]", ["x: it is no object"]),
        (b'{"a": {"b": 1}}', ["x: `a` is no list"]),
        (b'{"a": "b"}', ["x: `a` is no list"]),
        (b'{"a": null}', []),
    ],
)
def test_what_has_another_shape_than_it_should_is_told_and_left_out(raw: bytes, told: list[str]) -> None:
    problems = Problems()
    assert list(elements(stream(raw), "x", problems, {(): "object", ("a",): "list"})) == []
    assert [place for problem in problems.by_kind.values() for place in problem.places] == told
