"""Counts WebSocket frames as they come in, before anything expensive looks at them.

trio-websocket bounds a message by its length, but a message may come in a million empty pieces, and a
text message is measured in characters. This walks frame headers only (RFC 6455, section 5.2).
"""

from __future__ import annotations

from typing import Final

import trio

FRAMES_A_MESSAGE: Final = 1024
CONTROLS_IN_A_ROW: Final = 1024


class Inspector:
    """Fed with every piece of the byte stream after the handshake. Raises trio.BrokenResourceError when
    the peer sends more than any client would; `verdict` is the close code and reason then."""

    def __init__(self, max_message: int) -> None:
        self.verdict: tuple[int, str] | None = None
        self._max_message = max_message
        self._header = bytearray()
        self._skip = 0  # payload bytes still to come
        self._frames = 0
        self._controls = 0
        self._size = 0

    def __call__(self, data: bytes) -> None:
        at, end = 0, len(data)
        while at < end:
            if self._skip:
                step = min(self._skip, end - at)
                self._skip -= step
                at += step
                continue
            if self._header or end - at < 14:
                at = self._collect(data, at)
                continue
            at += self._frame(data[at : at + 14])

    def _collect(self, data: bytes, at: int) -> int:
        """Headers cut by the edges of pieces are put together byte by byte."""
        while at < len(data):
            self._header.append(data[at])
            at += 1
            if len(self._header) >= 2 and len(self._header) >= _header_size(self._header):
                self._frame(bytes(self._header))
                self._header.clear()
                break
        return at

    def _frame(self, header: bytes) -> int:
        """Accounts for a frame and returns the size of its header."""
        size = _header_size(header)
        short = header[1] & 0x7F
        length = short
        if short == 126:
            length = int.from_bytes(header[2:4], "big")
        elif short == 127:
            length = int.from_bytes(header[2:10], "big")
        self._skip = length
        if header[0] & 0x08:
            self._controls += 1
            if self._controls > CONTROLS_IN_A_ROW:
                raise self._too_much(1008, "too many control frames without a message")
            return size
        self._frames += 1
        self._size += length
        if self._size > self._max_message:
            raise self._too_much(1009, f"a message is at most {self._max_message} bytes")
        if self._frames > FRAMES_A_MESSAGE:
            raise self._too_much(1009, f"a message is at most {FRAMES_A_MESSAGE} frames")
        if header[0] & 0x80:
            self._frames = self._size = self._controls = 0
        return size

    def _too_much(self, code: int, reason: str) -> trio.BrokenResourceError:
        self.verdict = code, reason
        return trio.BrokenResourceError(reason)


def _header_size(header: bytes | bytearray) -> int:
    extended = {126: 2, 127: 8}.get(header[1] & 0x7F, 0)
    return 2 + extended + (4 if header[1] & 0x80 else 0)
