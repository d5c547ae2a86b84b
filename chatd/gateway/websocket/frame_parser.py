"""The frame parser: reads unfragmented messages before trio-websocket sees them (RFC 6455, section 5).

Nearly every message that a client sends is one masked, final text or binary frame. The parser decodes such a
frame at a tenth of the cost. It forwards everything else (control frames, fragments, and whatever violates
the protocol) to trio-websocket, which answers it. All frames are counted (`bounds`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import Final

import trio

from chatd.auth.rate_limits import TokenBucket
from chatd.concurrency.wakeup import Wakeup
from chatd.gateway.websocket.bounds import MessageBounds, measure

INBOX_SIZE: Final = 64  # messages that wait for the session
INBOX_BYTES: Final = 256 * 1024  # of them; the last may go beyond it
# Of who has opened no session: anybody may connect, a thousand times from one address.
STRANGERS_BYTES: Final = 64 * 1024
STRANGERS_MESSAGE: Final = 64 * 1024  # bytes; a longer message is read when the session is open
TOO_LONG_FOR_STRANGERS: Final = (
    1009,
    f"a message is at most {STRANGERS_MESSAGE} bytes while no session is open",
)
_TEXT, _BINARY, _CLOSE, _PONG = 0x81, 0x82, 0x88, 0x8A  # final frames


class Sentinel(Enum):
    """What the inbox holds besides messages."""

    FRAGMENTED = "the next message was fragmented: trio-websocket has it"
    END = "no message follows"


class FrameParser:
    """Is fed with all bytes after the handshake, and puts the messages into an inbox, in order.

    `pace`: the bucket of the frames that are forwarded; the session counts the others. `stranger` says
    whether no session is open.
    """

    def __init__(
        self,
        max_message: int,
        pace: TokenBucket | None = None,
        stranger: Callable[[], bool] = lambda: False,
    ) -> None:
        self._bounds = MessageBounds(max_message)
        self._count = self._bounds.count
        self.pong_due = False  # we have sent a ping: its pong says nothing but that the peer is there
        self._pace = pace
        self._stranger = stranger
        self._held_back = False  # the next message is too long for a stranger
        self._forwarded = 0  # frames that are not paid for yet
        self._inbox: deque[tuple[str | bytes | Sentinel, int]] = deque()  # each with its bytes
        self._waiting = 0  # bytes in the inbox
        self._arrived = Wakeup()
        self.space: Callable[[], None] = lambda: None  # called when a message was taken from a full inbox
        self._rest = b""  # the beginning of a frame
        self._payload_left = 0  # bytes still to come of a frame that is forwarded
        self._fragmented = False
        self._close_received = False
        self._discarding = False

    @property
    def violation(self) -> tuple[int, str] | None:
        """Close code and reason, once the peer has sent more frames or bytes than are allowed."""
        return self._bounds.violation

    # --- the session's side

    async def take(self) -> str | bytes | Sentinel:
        """The next message or sentinel. END stays in the inbox."""
        while True:
            if self._held_back and not self._stranger():
                self._held_back = False
                self.space()
            if self._inbox:
                break
            if self._held_back:  # and nothing has come that opened a session
                self._bounds.violation = TOO_LONG_FOR_STRANGERS
                return Sentinel.END
            await self._arrived.wait()
        item, size = self._inbox[0]
        if item is Sentinel.END:
            return Sentinel.END
        full = self.full
        self._inbox.popleft()
        self._waiting -= size
        if full:
            self.space()
        return item

    def end(self) -> None:
        """No message follows. Those in the inbox can still be taken."""
        self._put(Sentinel.END)

    def stop_reading(self) -> None:
        """As `end`. From now on messages are discarded, so that the reader gets to the peer's close frame."""
        self.end()
        self._discarding = True
        self.space()

    # --- the stream's side

    @property
    def full(self) -> bool:
        """Whether the inbox has no space."""
        full = (
            len(self._inbox) >= INBOX_SIZE
            or self._waiting >= INBOX_BYTES
            or self._held_back
            or (self._waiting >= STRANGERS_BYTES and self._stranger())
        )
        return full and not self._discarding

    def owed(self) -> float:
        """Seconds that the reader has to wait for the sake of the frames that it forwarded: what answers
        them costs more than they do."""
        forwarded, self._forwarded = self._forwarded, 0
        if not forwarded or self._pace is None or self._discarding:
            return 0.0
        return self._pace.spend(forwarded, trio.current_time())

    def feed(self, data: bytes) -> bytes:
        """Takes unfragmented messages out of `data`; returns the rest, which is trio-websocket's.

        Raises trio.BrokenResourceError on a violation.
        """
        if self._rest:
            data = self._rest + data
            self._rest = b""
        forwarded: list[bytes] = []
        at, end = 0, len(data)
        while at < end:
            if self._payload_left:
                step = min(self._payload_left, end - at)
                self._payload_left -= step
                forwarded.append(data[at : at + step])
                at += step
                continue
            size, length = measure(data, at)
            if not size:
                break
            if self.pong_due and data[at] == _PONG and size == 6:
                if at + size + length > end:
                    break
                self.pong_due = False
                at += size + length
                continue
            whole = self._bounds.size + length
            self._count(data[at], length)
            if not self._is_message(data, at, size, length):
                forwarded.append(data[at : at + size])
                self._forward(data[at], length)
                self._hold_back(whole)
                at += size
            elif at + size + length > end:
                self._hold_back(whole)
                break  # it is counted again when it is complete; a final frame resets the counts
            elif self._decode(data, at, size, length):
                at += size + length
            else:
                forwarded.append(data[at : at + size + length])
                self._forward(data[at], 0)
                at += size + length
        self._rest = data[at:]
        return b"".join(forwarded)

    def _is_message(self, data: bytes, at: int, size: int, length: int) -> bool:
        final = data[at] == _TEXT or data[at] == _BINARY
        shortest = size == (6 if length < 126 else 8 if length < 65536 else 14)
        return final and shortest and not self._fragmented and not self._close_received

    def _decode(self, data: bytes, at: int, size: int, length: int) -> bool:
        start = at + size
        mask = data[start - 4 : start] * (length // 4 + 1)
        masked = int.from_bytes(data[start : start + length], "big")
        payload = (masked ^ int.from_bytes(mask[:length], "big")).to_bytes(length, "big")
        if data[at] == _BINARY:
            self._put(payload, length)
            return True
        try:
            self._put(payload.decode(), length)
        except UnicodeDecodeError:
            return False  # trio-websocket answers with close code 1007
        return True

    def _forward(self, first: int, length: int) -> None:
        """A frame goes to trio-websocket; the inbox notes where its message stands among the others."""
        self._payload_left = length
        self._forwarded += 1
        if first == _CLOSE:
            self._close_received = True
            self._put(Sentinel.END)
        elif first & 0x08 == 0:
            self._fragmented = not first & 0x80
            if not self._fragmented:
                self._put(Sentinel.FRAGMENTED)

    def _hold_back(self, size: int) -> None:
        """Of a message of so many bytes a stranger's connection reads no more until its session is open."""
        if size > STRANGERS_MESSAGE and self._stranger():
            self._held_back = True
            self._arrived.wake()

    def _put(self, item: str | bytes | Sentinel, size: int = 0) -> None:
        if self._discarding:
            return
        self._inbox.append((item, size))
        self._waiting += size
        self._arrived.wake()
