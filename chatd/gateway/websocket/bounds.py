"""How many frames a peer may send, and how fast: what is bounded whoever reads the messages.

trio-websocket limits a message by its length, but a message may have a million empty fragments, and a
connection any number of control frames.
"""

from __future__ import annotations

from typing import Final

import trio

from chatd.auth.rate_limits import TokenBucket
from chatd.gateway.net.stream import SocketStream

MAX_FRAGMENTS: Final = 1024  # frames of one message
MAX_CONTROL_FRAMES: Final = 1024  # in a row


class MessageBounds:
    """Counts the frames of one message after another. `violation`: close code and reason, once there were
    more frames or bytes than are allowed. `size`: bytes of a message whose last fragment is still to come."""

    def __init__(self, max_message: int) -> None:
        self.violation: tuple[int, str] | None = None
        self._max_message = max_message
        self._frames = self.size = self._controls = 0

    def count(self, first: int, length: int) -> None:
        """A frame with this first byte and this length of its payload. Raises trio.BrokenResourceError."""
        if first & 0x08:
            self._controls += 1
            if self._controls > MAX_CONTROL_FRAMES:
                self._refuse(1008, "too many control frames without a message")
            return
        self._frames += 1
        self.size += length
        if self.size > self._max_message:
            self._refuse(1009, f"a message is at most {self._max_message} bytes")
        if self._frames > MAX_FRAGMENTS:
            self._refuse(1009, f"a message is at most {MAX_FRAGMENTS} frames")
        if first & 0x80:
            self._frames = self.size = self._controls = 0

    def _refuse(self, code: int, reason: str) -> None:
        self.violation = code, reason
        raise trio.BrokenResourceError(reason)


class BoundedStream(trio.abc.Stream):
    """A stream whose WebSocket is trio-websocket's from the handshake on, which the stream holds as its head.
    `pace`: the bucket of all frames; beyond it they are read later."""

    def __init__(self, stream: SocketStream, bounds: MessageBounds, pace: TokenBucket | None) -> None:
        self._stream = stream
        self._bounds = bounds
        self._pace = pace
        self._begun = False  # the handshake was read
        self._rest = b""  # the beginning of a frame's header
        self._payload_left = 0

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        data = await self._stream.receive_some(max_bytes)
        if not self._begun:
            self._begun = True
            return data
        frames = self._counted(data)
        if frames and self._pace is not None:
            await trio.sleep(self._pace.spend(frames, trio.current_time()))
        return data

    def _counted(self, data: bytes) -> int:
        """The frames that begin in `data`. Raises trio.BrokenResourceError."""
        data = self._rest + data
        at = frames = 0
        while at < len(data):
            step = min(self._payload_left, len(data) - at)
            self._payload_left -= step
            at += step
            size, length = measure(data, at)
            if not size:
                break
            self._bounds.count(data[at], length)
            self._payload_left = length
            frames += 1
            at += size
        self._rest = data[at:]
        return frames

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await self._stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self._stream.wait_send_all_might_not_block()

    async def aclose(self) -> None:
        await self._stream.aclose()


def measure(data: bytes, at: int) -> tuple[int, int]:
    """Sizes of the header at `at` and of its payload; 0 when the header is not complete."""
    available = len(data) - at
    if available < 2:
        return 0, 0
    short = data[at + 1] & 0x7F
    size = (2 if short < 126 else 4 if short == 126 else 10) + (4 if data[at + 1] & 0x80 else 0)
    if available < size:
        return 0, 0
    if short < 126:
        return size, short
    return size, int.from_bytes(data[at + 2 : at + (4 if short == 126 else 10)], "big")
