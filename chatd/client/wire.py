"""Frames to WebSocket messages and back, and which requests are queries. No I/O.

The two formats are the subprotocols `chatd.v1.json` (texts joined by newlines) and `chatd.v1.msgpack`
(objects one after another).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, Protocol, cast

import msgpack
import msgspec

Frame = dict[str, Any]
Message = str | bytes
FormatName = Literal["json", "msgpack"]

# A query changes nothing: it may be asked again when its answer was lost. Everything else is a command.
QUERIES = frozenset(
    {
        "space.list",
        "space.get",
        "space.members",
        "invite.list",
        "emoji.list",
        "room.list",
        "room.get",
        "room.members",
        "room.history",
        "thread.history",
        "message.get",
        "message.edits",
        "message.search",
        "message.scheduled",
        "reaction.list",
        "pin.list",
        "unread.list",
        "receipt.list",
        "notification.list",
        "preferences.get",
        "bookmark.list",
        "draft.list",
        "ban.list",
        "report.list",
        "audit.list",
        "access.explain",
        "access.list",
        "file.get",
        "view.list",
        "account.get",
        "account.list",
        "account.export",
        "account.devices",
        "bot.list",
        "device.list",
        "identity.list",
        "identity.provider",
        "totp.get",
        "event.list",
        "server.status",
        "server.top",
        "server.check",
        "server.verify",
    }
)
# And a command that may be given again: it says nothing that it did not say the first time.
REPEATABLE = QUERIES | {"presence.watch"}


class Format(Protocol):
    """One of the two ways to write frames down."""

    @property
    def subprotocol(self) -> str: ...
    def encode(self, frame: Frame) -> bytes: ...
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
        return cast(bytes, msgpack.packb(frame))

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
    """The frame that asks for `name`, as the query or command that it is."""
    return {"id": number, "query" if name in QUERIES else "command": name, "data": data}
