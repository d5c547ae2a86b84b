"""Refused before the id is read: whatever is wrong with a frame, its sender is answered by the id it sent,
and by no other."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatd.contract.fields import MAX_ID
from chatd.frames.codec import JSON, MAX_FRAME, MSGPACK, BadFrame

# Python 3.13 does not read that any more, and it is within what is looked through for an id.
DEEP = "[" * 9_990 + "]" * 9_990
# What is wrong, in JSON: behind the id and before it.
WRONG = {
    "half of a surrogate pair": r'{"text":"cut \ud83d"}',
    "the other half": r'{"text":"\ude00 cut"}',
    "NaN": '{"x":NaN}',
    "Infinity": "[1,-Infinity]",
    "a number out of range": "1e999",
    "a number with a zero before it": "007",
    "a word": "undefined",
    "a constant of Python": "None",
    "an escape that is none": r'"\x41 \u12"',
    "a tab in a string": '"a\tb"',
    "a comma too much": "[1,2,],",
    "a comma too few": '{"a":1 "b":2}',
    "an id that is deeper": '{"id":8,"x":NaN,"y":{"id":9}}',
    "an id in a text": r'"\"id\":8,","x":NaN',
    "too deep": DEEP,
    "too large": '"' + "x" * MAX_FRAME + '"',
}
NO_JSON = {  # with an id such frames are answered, but 16 of them end the session
    *("a number with a zero before it", "a word", "a constant of Python", "an escape that is none"),
    *("a tab in a string", "a comma too much", "a comma too few"),
}
IDS = {
    "7": 7,
    "-1": -1,
    "0": 0,
    str(2**64 - 1): 2**64 - 1,
    "7.0": 7.0,
    "-1.795978496219e+12": -1795978496219.0,
    f"{2**53}.0": 2.0**53,
    '"seven"': "seven",
    '""': "",
    '"\U0001f600"': "\U0001f600",
    r'"\ud83d\ude00"': "\U0001f600",
    r'"\ufffd"': "\ufffd",
    r'"a\\ud83d"': r"a\ud83d",
    r'"a\"b, }"': 'a"b, }',
}


def bad(frames: Iterable[object]) -> BadFrame:
    (frame,) = frames
    assert isinstance(frame, BadFrame)
    return frame


@pytest.mark.parametrize("wrong", WRONG)
def test_a_broken_json_frame_is_answered_by_its_id(wrong: str) -> None:
    for written, id_ in IDS.items():
        for line in (
            f'{{"id":{written},"command":"draft.set","data":{WRONG[wrong]}}}',
            f' {{ "command" : "draft.set", "data" : {WRONG[wrong]}, "id" : {written} }} ',
        ):
            frame = bad(JSON.decode(line))
            assert (frame.id, frame.rude) == (id_, wrong in NO_JSON), line[:200]


@pytest.mark.parametrize(
    ("line", "id_"),
    [
        ('{"id":7,', 7),
        ('{"id":7,"command":"message.po', 7),
        ('{"id":"seven"', "seven"),
        ('{"id":7}x', 7),
        ('{"id":7}{"id":8}', 7),
        ('{"id":7]', None),
        (r'{"\u0069d":7,"x":NaN}', 7),
        ('{"id":7,"id":8,"x":NaN}', 8),
        # no id that could be sent back as it came
        ('{"id":7', None),
        (r'{"id":"a\ud83d"}', None),
        (r'{"id":"a\ude00b","x":1}', None),
        (r'{"id":"\ud83d\ud83d\ude00"}', None),
        ('{"id":NaN}', None),
        ('{"id":7.5,"x":NaN}', None),
        ('{"id":1e3,"x":NaN}', 1000),
        ('{"id":1e16,"x":NaN}', None),
        ('{"id":1e999,"x":NaN}', None),
        ('{"id":7.,"x":NaN}', None),
        ('{"id":true,"x":NaN}', None),
        ('{"id":[7],"x":NaN}', None),
        ('{"id":{"id":7},"x":NaN}', None),
        ('{"id":18446744073709551616,"x":NaN}', None),
        ('{"id":"' + "x" * (MAX_ID + 1) + '","x":NaN}', None),
        ('{"data":{"id":7,"x":NaN}}', None),
        ('{"data":{"id":7,"x":NaN},', None),
        ('{"data":"id","x":NaN,"id"', None),
        ('{"data":["id",7,NaN]}', None),
        ('[{"id":7,"x":NaN}]', None),
        ('"id":7,', None),
    ],
)  # fmt: skip
def test_only_the_id_that_was_sent_counts(line: str, id_: int | str | None) -> None:
    assert bad(JSON.decode(line)).id == id_


@given(st.text(max_size=8), st.text(alphabet='{}[],:"\\ab1\ud83d', max_size=30))
def test_no_breakage_behind_the_id_hides_it(id_: str, broken: str) -> None:
    line = f'{{"id":{json.dumps(id_)},"data":[{broken}'
    for frame in JSON.decode(line.replace("\n", " ")):
        found = frame.id if isinstance(frame, BadFrame) else frame["id"]
        assert found == id_ or '"id"' in broken or "}" in broken


def packed(*parts: object) -> bytes:
    """A map of keys and values; bytes stand for themselves."""
    items = b"".join(part if isinstance(part, bytes) else msgpack.packb(part) for part in parts)
    return bytes([0x80 + len(parts) // 2]) + items


NOT_UTF8 = b"\xa3a\xffb"
HALF = b"\xa4a\xed\xa0\xbd"
WRONG_PACKED = {
    "a string that is not UTF-8": NOT_UTF8,
    "half of a surrogate pair": HALF,
    "bytes": msgpack.packb(b"\xff"),
    "a timestamp": msgpack.packb(msgpack.Timestamp(1)),
    "a list that is too long": msgpack.packb([0] * 1025),
    "a map that is too large": msgpack.packb({str(number): number for number in range(300)}),
    "keys that are no strings": msgpack.packb({1: 2}),
    "an id that is deeper": msgpack.packb({"id": 8, "x": b"x"}),
    "too deep": b"\x91" * 2000 + b"\xc0",
    "too large": msgpack.packb("x" * MAX_FRAME),
}


@pytest.mark.parametrize("wrong", WRONG_PACKED)
def test_a_broken_msgpack_frame_is_answered_by_its_id(wrong: str) -> None:
    for id_ in IDS.values():
        for frame in (
            packed("id", id_, "command", "draft.set", "data", WRONG_PACKED[wrong]),
            packed("command", "draft.set", "data", WRONG_PACKED[wrong], "id", id_),
            packed(WRONG_PACKED[wrong], 1, "id", id_),
        ):
            answer = next(frame for frame in MSGPACK.decode(frame) if isinstance(frame, BadFrame))
            assert (answer.id, answer.rude) == (id_, False)


@pytest.mark.parametrize(
    ("frame", "id_"),
    [
        (packed("id", 7, b"\xc4\x00", 1), 7),
        (packed("id", 7, "data", b"\xdb\x00\x00\x10\x00cut"), 7),
        (packed("id", 7, "data", b"\xc1"), 7),
        (packed("id", 7, "id", 8, 1, 1), 8),
        (b"\xde\x00\x02\xd9\x02id\xcc\x07\x01\x01", 7),
        (packed("id", NOT_UTF8), None),
        (packed("id", HALF, "data", b"\xc1"), None),
        (packed(b"\xa3id\xff", 7, "data", b"\xc1"), None),
        (packed("id", msgpack.packb(b"7"), "data", b"\xc1"), None),
        (packed("id", 7.5, "data", b"\xc1"), None),
        (packed("id", 2.0**53 + 2, "data", b"\xc1"), None),
        (packed("id", float("nan"), "data", b"\xc1"), None),
        (packed("id", float("-inf"), "data", b"\xc1"), None),
        (packed("id", True, "data", b"\xc1"), None),
        (packed("id", "x" * (MAX_ID + 1), "data", b"\xc1"), None),
        (packed("id", [7], "data", b"\xc1"), None),
        (packed("data", {"id": 7}, "x", b"\xc1"), None),
        (packed("data", b"\xc1", "id", 7), None),
        (packed("id", b"\xcd\x07"), None),
        (packed("id", b"\xa5sev"), None),
        (msgpack.packb([{"id": 7}]), None),
        (b"\x81", None),
    ],
)
def test_only_the_id_that_was_packed_counts(frame: bytes, id_: int | str | None) -> None:
    assert next(frame for frame in MSGPACK.decode(frame) if isinstance(frame, BadFrame)).id == id_


def test_json_in_the_wrong_kind_of_message_is_answered_by_its_ids() -> None:
    lines = '{"id":7,"query":"room.list"}\n\n{"id":"\u00e9"}\n{}'
    for form, message in ((MSGPACK, lines), (JSON, lines.encode())):
        frames = list(form.decode(message))
        assert [frame.id for frame in frames if isinstance(frame, BadFrame)] == [7, "\u00e9"]
    assert bad(JSON.decode(b'{"id":"a\xff"}')).id is None
    assert bad(JSON.decode(msgpack.packb({"id": 7}))).id is None


@pytest.mark.parametrize("piece", ["[", "{", '"', "\\", '"",', '{"id":', "[]", ",", ":", "1"])
def test_looking_for_an_id_takes_linear_time(piece: str) -> None:
    begun = time.process_time()
    bad(JSON.decode('{"x":' + piece * (MAX_FRAME // len(piece) - 9)))
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("piece", [b"\x91", b"\x81\x01", b"\x01", b"\xdf\xff\xff\xff\xff", b"\xa0"])
def test_looking_for_a_packed_id_takes_linear_time(piece: bytes) -> None:
    begun = time.process_time()
    frames = MSGPACK.decode(b"\xdf\x00\x0f\xff\xff\xa1x" + piece * (MAX_FRAME // len(piece) - 9))
    assert isinstance(next(frames), BadFrame)
    assert time.process_time() - begun < 1
