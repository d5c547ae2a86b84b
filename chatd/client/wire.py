"""Frames to WebSocket messages and back. No I/O.

The two formats are the subprotocols `chatd.v1.json` (texts joined by newlines) and `chatd.v1.msgpack`
(objects one after another).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, Protocol, cast

import msgpack
import msgspec

from chatd.client.errors import Refused
from chatd.contract.requests import REQUESTS

Frame = dict[str, Any]
Message = str | bytes
FormatName = Literal["json", "msgpack"]


class Format(Protocol):
    """One of the two ways to write frames down."""

    @property
    def subprotocol(self) -> str: ...
    def encode(self, frame: Frame) -> bytes:
        """Raises Refused: it holds what no frame of this format can."""

    def join(self, frames: Iterable[bytes]) -> Message:
        """One WebSocket message of encoded frames."""

    def decode(self, message: Message) -> list[Frame]:
        """The frames of a message. Raises ValueError when it is not of this format."""


class _Json:
    subprotocol = "chatd.v1.json"

    def encode(self, frame: Frame) -> bytes:
        return msgspec.json.encode(frame)

    def join(self, frames: Iterable[bytes]) -> Message:
        return b"\n".join(frames).decode()

    def decode(self, message: Message) -> list[Frame]:
        text = message if isinstance(message, str) else message.decode()
        return [_a_frame(msgspec.json.decode(line)) for line in text.split("\n") if line]


class _Msgpack:
    subprotocol = "chatd.v1.msgpack"

    def encode(self, frame: Frame) -> bytes:
        try:
            return cast(bytes, msgpack.packb(frame))
        except OverflowError:
            raise Refused("invalid", "a number is out of range; numbers have at most 64 bits") from None

    def join(self, frames: Iterable[bytes]) -> Message:
        return b"".join(frames)

    def decode(self, message: Message) -> list[Frame]:
        if isinstance(message, str):
            raise ValueError("a text message in a MessagePack session")
        unpacker = msgpack.Unpacker(max_buffer_size=len(message))
        unpacker.feed(message)
        frames: list[Frame] = []
        end = 0
        for value in unpacker:
            frames.append(_a_frame(value))
            end = unpacker.tell()
        if end != len(message):
            raise ValueError("the last frame is cut off")
        return frames


def _a_frame(value: Any) -> Frame:
    if not isinstance(value, dict):
        raise ValueError("a frame is a map")
    return value


FORMATS: dict[FormatName, Format] = {"json": _Json(), "msgpack": _Msgpack()}


def request_frame(number: int, name: str, data: dict[str, Any]) -> Frame:
    """The frame that asks for `name`. What the contract does not know is taken for a command."""
    row = REQUESTS.get(name)
    return {"id": number, "command" if row is None else row.kind: name, "data": data}
