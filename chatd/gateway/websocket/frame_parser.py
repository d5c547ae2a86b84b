"""Takes ordinary messages out of the byte stream before trio-websocket sees them (RFC 6455, section 5).

Nearly all that clients send is one masked, final text or binary frame; such a frame is decoded here, for
a tenth of the price. Everything else (control frames, messages in pieces, and whatever breaks a rule)
goes on to trio-websocket untouched and is answered there. Frames are counted on the way: trio-websocket
bounds a message by its length in characters, but one may come in a million empty pieces.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import Final

import trio

from chatd.wakeup import Wakeup

INBOX: Final = 64  # messages read ahead of the session
FRAMES_A_MESSAGE: Final = 1024
CONTROLS_IN_A_ROW: Final = 1024
_TEXT, _BINARY, _CLOSE = 0x81, 0x82, 0x88  # final frames


class Mark(Enum):
    """What stands in the inbox besides messages."""

    FRAGMENTED = "the next message comes out of trio-websocket"
    END = "there will be no more"


class FrameParser:
    """Fed with all bytes after the handshake; `inbox` is what they said, in order.

    `verdict` is the close code and reason when the peer sent more than any client would.
    """

    def __init__(self, max_message: int) -> None:
        self.verdict: tuple[int, str] | None = None
        self._inbox: deque[str | bytes | Mark] = deque()
        self._arrived = Wakeup()
        self._taken = Wakeup()
        self._max_message = max_message
        self._rest = b""  # an ordinary frame that is not complete yet
        self._passing = 0  # payload bytes still to come of a frame that goes on
        self._in_pieces = False
        self._over = False
        self._deaf = False
        self._frames = self._size = self._controls = 0

    # --- the session's side

    async def take(self) -> str | bytes | Mark:
        """The next message, or a mark. END stays."""
        while not self._inbox:
            await self._arrived.wait()
        if self._inbox[0] is Mark.END:
            return Mark.END
        self._taken.wake()
        return self._inbox.popleft()

    def end(self) -> None:
        """Nothing comes any more; what is here can still be taken."""
        self._put(Mark.END)

    def stop_reading(self) -> None:
        """The same, and what still comes is thrown away, so that the reader goes on to the closing frame."""
        self.end()
        self._deaf = True
        self._taken.wake()

    # --- the stream's side

    async def room(self) -> None:
        """Waits until the session has taken enough."""
        while len(self._inbox) >= INBOX and not self._deaf:
            await self._taken.wait()

    def feed(self, data: bytes) -> bytes:
        """Takes out what is ordinary; returns the rest. Raises trio.BrokenResourceError with a verdict."""
        if self._rest:
            data = self._rest + data
            self._rest = b""
        passed: list[bytes] = []
        at, end = 0, len(data)
        while at < end:
            if self._passing:
                step = min(self._passing, end - at)
                self._passing -= step
                passed.append(data[at : at + step])
                at += step
                continue
            size, length = _measure(data, at)
            if not size:
                break
            self._count(data[at], length)
            if not self._ordinary(data, at, size, length):
                passed.append(data[at : at + size])
                self._pass(data[at], length)
                at += size
            elif at + size + length > end:
                break  # counted again when it is complete: a final frame leaves nothing in the counts
            elif self._decode(data, at, size, length):
                at += size + length
            else:
                passed.append(data[at : at + size + length])
                self._pass(data[at], 0)
                at += size + length
        self._rest = data[at:]
        return b"".join(passed)

    def _ordinary(self, data: bytes, at: int, size: int, length: int) -> bool:
        whole = data[at] == _TEXT or data[at] == _BINARY
        shortest = size == (6 if length < 126 else 8 if length < 65536 else 14)
        return whole and shortest and not self._in_pieces and not self._over

    def _decode(self, data: bytes, at: int, size: int, length: int) -> bool:
        start = at + size
        mask = data[start - 4 : start] * (length // 4 + 1)
        masked = int.from_bytes(data[start : start + length], "big")
        payload = (masked ^ int.from_bytes(mask[:length], "big")).to_bytes(length, "big")
        if data[at] == _BINARY:
            self._put(payload)
            return True
        try:
            self._put(payload.decode())
        except UnicodeDecodeError:
            return False  # trio-websocket knows how to say that
        return True

    def _pass(self, first: int, length: int) -> None:
        """A frame goes on to trio-websocket; what it means for the order is noted."""
        self._passing = length
        if first == _CLOSE:
            self._over = True
            self._put(Mark.END)
        elif first & 0x08 == 0:
            self._in_pieces = not first & 0x80
            if not self._in_pieces:
                self._put(Mark.FRAGMENTED)

    def _count(self, first: int, length: int) -> None:
        if first & 0x08:
            self._controls += 1
            if self._controls > CONTROLS_IN_A_ROW:
                self._refuse(1008, "too many control frames without a message")
            return
        self._frames += 1
        self._size += length
        if self._size > self._max_message:
            self._refuse(1009, f"a message is at most {self._max_message} bytes")
        if self._frames > FRAMES_A_MESSAGE:
            self._refuse(1009, f"a message is at most {FRAMES_A_MESSAGE} frames")
        if first & 0x80:
            self._frames = self._size = self._controls = 0

    def _refuse(self, code: int, reason: str) -> None:
        self.verdict = code, reason
        self.end()
        raise trio.BrokenResourceError(reason)

    def _put(self, letter: str | bytes | Mark) -> None:
        if self._deaf:
            return
        self._inbox.append(letter)
        self._arrived.wake()


def _measure(data: bytes, at: int) -> tuple[int, int]:
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
