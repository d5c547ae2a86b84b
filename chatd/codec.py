"""The two wire formats: frames to bytes and back.

A wire message carries one or more frames. Decoding never raises: what cannot be read comes back as a
refusal in the place where its frame stood, so that one bad frame does not take its neighbours along.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Protocol

import msgpack
import msgspec

from chatd.contract.errors import Refusal

Frame = dict[str, Any]

MAX_FRAME: Final = 256 * 1024  # bytes of one frame, as it came
MAX_MESSAGE: Final = 1024 * 1024  # bytes of one wire message
MAX_FRAMES: Final = 1024  # frames in one wire message


class Format(Protocol):
    """One subprotocol."""

    subprotocol: str
    text: bool

    def encode(self, frame: Frame) -> bytes:
        """One frame."""

    def join(self, frames: Iterable[bytes]) -> bytes:
        """Encoded frames as the payload of one wire message."""

    def decode(self, message: str | bytes) -> list[Frame | Refusal]: ...


def _checked(frame: object) -> Frame | Refusal:
    if not isinstance(frame, dict) or not all(type(key) is str for key in frame):
        return Refusal("invalid", "a frame must be a map with string keys")
    return frame


class _Json:
    subprotocol = "chatd.v1.json"
    text = True

    def __init__(self) -> None:
        self.encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder().decode

    def join(self, frames: Iterable[bytes]) -> bytes:
        return b"\n".join(frames)

    def decode(self, message: str | bytes) -> list[Frame | Refusal]:
        if isinstance(message, bytes):
            return [Refusal("invalid", f"{self.subprotocol} takes text messages, this one was binary")]
        lines = [line for line in message.split("\n") if line and not line.isspace()]
        if len(lines) > MAX_FRAMES:
            return [Refusal("too_large", f"at most {MAX_FRAMES} frames in one message")]
        return [self._one(line) for line in lines] or [Refusal("invalid", "the message holds no frame")]

    def _one(self, line: str) -> Frame | Refusal:
        if len(line) > MAX_FRAME or (len(line) * 4 > MAX_FRAME and len(line.encode()) > MAX_FRAME):
            return Refusal("too_large", f"a frame is at most {MAX_FRAME} bytes")
        try:
            return _checked(self._decode(line))
        except (msgspec.DecodeError, RecursionError) as error:
            return Refusal("invalid", f"not a JSON frame: {error}")


class _Msgpack:
    subprotocol = "chatd.v1.msgpack"
    text = False

    def encode(self, frame: Frame) -> bytes:
        packed: bytes = msgpack.packb(frame, default=msgspec.to_builtins)  # objects of the contract
        return packed

    def join(self, frames: Iterable[bytes]) -> bytes:
        return b"".join(frames)

    def decode(self, message: str | bytes) -> list[Frame | Refusal]:
        if isinstance(message, str):
            return [Refusal("invalid", f"{self.subprotocol} takes binary messages, this one was text")]
        unpacker = msgpack.Unpacker(
            max_buffer_size=MAX_MESSAGE,
            max_str_len=MAX_FRAME,
            max_bin_len=0,
            max_ext_len=0,
            max_array_len=1024,
            max_map_len=256,
            strict_map_key=True,
        )
        frames: list[Frame | Refusal] = []
        try:
            unpacker.feed(message)
            start = 0
            for frame in unpacker:
                size, start = unpacker.tell() - start, unpacker.tell()
                if size > MAX_FRAME:
                    frames.append(Refusal("too_large", f"a frame is at most {MAX_FRAME} bytes"))
                else:
                    frames.append(_checked(frame))
                if len(frames) > MAX_FRAMES:
                    return [Refusal("too_large", f"at most {MAX_FRAMES} frames in one message")]
            if start != len(message):
                frames.append(Refusal("invalid", "the message ends in the middle of a frame"))
        except (ValueError, msgpack.UnpackException, RecursionError) as error:
            frames.append(Refusal("invalid", f"not a MessagePack frame: {error or type(error).__name__}"))
        return frames or [Refusal("invalid", "the message holds no frame")]


JSON: Final[Format] = _Json()
MSGPACK: Final[Format] = _Msgpack()
FORMATS: Final = {form.subprotocol: form for form in (JSON, MSGPACK)}
