"""The two wire formats: frames to bytes and back.

A wire message carries one or more frames. Decoding never raises: what cannot be read comes back as a
`BadFrame` in the place where its frame stood, so that one bad frame does not take its neighbours along. It
is lazy: a frame takes up to twenty times its size in memory, and waits as bytes for its turn.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol

import msgpack
import msgspec

from chatd.contract.errors import Refusal
from chatd.contract.field_errors import shorten
from chatd.frames.ids import RequestId, id_in_json, id_in_msgpack, valid_id

Frame = dict[str, Any]

MAX_FRAME: Final = 256 * 1024  # bytes of one frame, as it came
MAX_MESSAGE: Final = 1024 * 1024  # bytes of one wire message
MAX_FRAMES: Final = 1024  # frames in one wire message
MAX_LIST: Final = 1024  # items of a list in a MessagePack frame
MAX_MAP: Final = 256  # keys of a map in a MessagePack frame


class BadFrame(msgspec.Struct, frozen=True):
    """A frame that cannot be read, and why. `id`: that of the request, if it could be read."""

    refusal: Refusal
    id: RequestId | None = None
    malformed: bool = False  # it is no JSON at all

    @property
    def rude(self) -> bool:
        """No honest client sends such a frame: it is more than a long paste or half an emoji."""
        return self.refusal.code == "invalid" and (self.id is None or self.malformed)


class Format(Protocol):
    """One subprotocol."""

    subprotocol: str
    text: bool

    def encode(self, frame: Frame) -> bytes:
        """One frame."""

    def join(self, frames: Iterable[bytes]) -> bytes:
        """Encoded frames as the payload of one wire message."""

    def decode(self, message: str | bytes) -> Iterator[Frame | BadFrame]:
        """The frames of a message, one after another as they are asked for."""


def _bad(reason: str, id_: RequestId | None = None) -> BadFrame:
    return BadFrame(Refusal("invalid", reason), id_)


def _too_large(id_: RequestId | None) -> BadFrame:
    return BadFrame(Refusal("too_large", f"a frame is at most {MAX_FRAME} bytes; send less at once"), id_)


def _of_other_kind(text: str, reason: str) -> Iterator[BadFrame]:
    """What came in the other kind of WebSocket message, which is JSON perhaps: answers to all its ids."""
    found = [id_ for line in text.split("\n", MAX_FRAMES) if (id_ := id_in_json(line)) is not None]
    yield from (_bad(reason, id_) for id_ in found)
    if not found:
        yield _bad(reason)


_NO_MAP: Final = _bad("a frame must be a map with string keys")
_EMPTY: Final = _bad("the message holds no frame")
_TOO_MANY: Final = f"at most {MAX_FRAMES} frames in one message"
_LOST: Final = "; the rest of the message cannot be read and is lost: send it again"


# --- JSON


_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
# A string without an end is taken, too: each of its quotes would be tried as the beginning of one.
_NO_NUMBER: Final = re.compile(r'("(?:[^"\\]++|\\.)*+"?)|(?<!\w)-?(?:NaN|Infinity)(?!\w)')
_HALF: Final = (
    "a string holds half of a surrogate pair, as if it was cut within an emoji; cut strings between whole"
    " characters"
)
_DEEP: Final = "nested too deep; no request needs more than a few levels"
_CUT: Final = "truncated"  # what msgspec says of JSON that goes on
_ONE_LINE: Final = "; a frame is JSON on one line"
_NAN: Final = "JSON has no NaN and no Infinity; leave such a field out, or send null"


# They may stand in a string as they are, and end a line for Python's `splitlines` and readers made with it.
_LINE_ENDS: Final = tuple((end.encode(), rb"\u%04x" % ord(end)) for end in "\x85\u2028\u2029")
_encode: Final = msgspec.json.Encoder().encode


def json_bytes(value: object) -> bytes:
    """JSON, whatever strings are in it: names of files of the system's may be no UTF-8."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return _encode(_in_unicode(value))


def _in_unicode(value: object) -> Any:
    """The same with a question mark for each half of a surrogate pair, as which Python reads such a byte."""
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False)
    return msgspec.json.decode(text.encode(errors="replace"))


def json_line(value: object) -> bytes:
    """JSON that whoever reads lines takes for one, without an end."""
    line = json_bytes(value)
    if line.isascii():  # most are
        return line
    for end, escaped in _LINE_ENDS:
        line = line.replace(end, escaped)
    return line


class _Json:
    subprotocol = "chatd.v1.json"
    text = True

    def __init__(self) -> None:
        self.encode = json_line
        self._decode = msgspec.json.Decoder().decode

    def join(self, frames: Iterable[bytes]) -> bytes:
        return b"\n".join(frames)

    def decode(self, message: str | bytes) -> Iterator[Frame | BadFrame]:
        if isinstance(message, bytes):
            reason = f"{self.subprotocol} takes text messages, this one was binary"
            yield from _of_other_kind(message.decode(errors="surrogateescape"), reason)
            return
        lines = message.split("\n", 2 * MAX_FRAMES)  # blank lines are no frames, but not without end either
        del message  # what has been read is let go, frame after frame
        if len(lines) > 1:
            lines = [line for line in reversed(lines) if line and not line.isspace()]
        if len(lines) > MAX_FRAMES:
            yield BadFrame(Refusal("too_large", f"{_TOO_MANY}; nothing of this one was carried out"))
            return
        if not lines:
            yield _EMPTY
        while lines:
            yield self._one(lines.pop())

    def _one(self, line: str) -> Frame | BadFrame:
        if len(line) > MAX_FRAME or (len(line) * 4 > MAX_FRAME and len(line.encode()) > MAX_FRAME):
            return _too_large(id_in_json(line))
        try:
            frame = self._decode(line)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            return self._why(line, error)
        return frame if type(frame) is dict else _NO_MAP

    def _why(self, line: str, error: Exception) -> BadFrame:
        """The bad frame, with a reason that says what to mend."""
        id_ = id_in_json(line)
        if not line or line.isspace():
            return _EMPTY
        if isinstance(error, RecursionError):
            return _bad(f"the frame is {_DEEP}", id_)
        if reason := fault_in(line, error):
            return _bad(reason, id_)
        said = shorten(str(error))
        refusal = Refusal("invalid", f"not a JSON frame: {said}{_ONE_LINE if _CUT in said else ''}")
        return BadFrame(refusal, id_, malformed=True)


def fault_in(text: str, error: Exception) -> str | None:
    """What to mend in a text that a JSON decoder without a type did not take; None: it is no JSON at all."""
    if isinstance(error, RecursionError):
        return f"it is {_DEEP}"
    if isinstance(error, msgspec.ValidationError):  # the only one of a decoder without a type
        return "a number is out of range; numbers have at most 64 bits"
    mended = ((_SURROGATE.sub(r"\\ufffd", text), _HALF), (_NO_NUMBER.sub(_as_null, text), _NAN))
    return next((reason for new, reason in mended if new != text and _is_json(new)), None)


def _as_null(found: re.Match[str]) -> str:
    return found[1] or "null"


def _is_json(line: str) -> bool:
    try:
        msgspec.json.decode(line, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return True


# --- MessagePack

_LIMITS: Final[dict[str, Any]] = {
    "max_str_len": MAX_FRAME,
    "max_bin_len": 0,
    "max_ext_len": 0,
    "max_array_len": MAX_LIST,
    "max_map_len": MAX_MAP,
    "strict_map_key": True,
}
_UNREADABLE: Final = (ValueError, msgpack.UnpackException, RecursionError)
_REASONS: Final = (
    ("max_bin_len", "it holds bytes (bin); send text as str"),
    ("max_ext_len", "it holds an extension (ext), a timestamp perhaps; send times as integers"),
    ("max_array_len", f"a list has at most {MAX_LIST} items"),
    ("max_map_len", f"a map has at most {MAX_MAP} keys"),
    ("map key", "the keys of a map are strings"),
    ("codec can't", "a string is not UTF-8"),
)


class _Msgpack:
    subprotocol = "chatd.v1.msgpack"
    text = False

    def encode(self, frame: Frame) -> bytes:
        packed: bytes
        try:
            packed = msgpack.packb(frame, default=msgspec.to_builtins)  # objects of the contract
        except UnicodeEncodeError:
            packed = msgpack.packb(_in_unicode(frame))
        return packed

    def join(self, frames: Iterable[bytes]) -> bytes:
        return b"".join(frames)

    def decode(self, message: str | bytes) -> Iterator[Frame | BadFrame]:
        if isinstance(message, str):
            yield from _of_other_kind(message, f"{self.subprotocol} takes binary messages, this one was text")
            return
        start = count = 0
        if len(message) <= MAX_FRAME:
            unpacker = msgpack.Unpacker(None, max_buffer_size=MAX_MESSAGE, **_LIMITS)
            try:
                unpacker.feed(message)
                for frame in unpacker:
                    if count == MAX_FRAMES:
                        break
                    count += 1
                    start = unpacker.tell()
                    yield _checked(frame)
            except _UNREADABLE:
                pass  # once more, with care
        if start < len(message):
            yield from self._measured(message, start, count)
        elif not message:
            yield _EMPTY

    def _measured(self, message: bytes, start: int, count: int) -> Iterator[Frame | BadFrame]:
        """The frames from `start` on. Each is measured before it is read, so that something wrong in a frame
        leaves no doubt about where the next one begins."""
        measure = msgpack.Unpacker(None, max_buffer_size=MAX_MESSAGE)
        measure.feed(message[start:])
        first = start
        while start < len(message):
            if count == MAX_FRAMES:
                yield BadFrame(Refusal("too_large", f"{_TOO_MANY}; those behind them are lost"))
                return
            count += 1
            try:
                measure.skip()
            except msgpack.OutOfData:
                yield _bad(
                    f"the message ends in the middle of a frame{_LOST}", id_in_msgpack(message[start:])
                )
                return
            except _UNREADABLE as error:
                deep = isinstance(error, msgpack.StackError)
                reason = "it is nested too deep" if deep else "there is a byte that MessagePack does not use"
                yield _bad(f"not a MessagePack frame: {reason}{_LOST}", id_in_msgpack(message[start:]))
                return
            end = first + measure.tell()
            yield self._one(message[start:end])
            start = end

    def _one(self, piece: bytes) -> Frame | BadFrame:
        if len(piece) > MAX_FRAME:
            return _too_large(id_in_msgpack(piece))
        try:
            return _checked(msgpack.unpackb(piece, **_LIMITS))
        except _UNREADABLE as error:
            said = str(error)
            reason = next(
                (reason for sign, reason in _REASONS if sign in said), shorten(said) or "it is malformed"
            )
            return _bad(f"not a MessagePack frame: {reason}", id_in_msgpack(piece))


def _checked(frame: object) -> Frame | BadFrame:
    if type(frame) is not dict:
        return _NO_MAP
    if not all(type(key) is str for key in frame):
        return BadFrame(_NO_MAP.refusal, valid_id(frame.get("id")))
    return frame


JSON: Final[Format] = _Json()
MSGPACK: Final[Format] = _Msgpack()
FORMATS: Final = {form.subprotocol: form for form in (JSON, MSGPACK)}
