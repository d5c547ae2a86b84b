"""Reads a WebSocket: messages go to the frame parser's inbox, everything else to trio-websocket.

The poller calls `readable`, so that a message wakes one task, its session's. While the inbox is full, or
while trio-websocket works at what was forwarded to it, the socket is left alone, and TCP slows the peer down.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import trio

from chatd.concurrency.wakeup import Wakeup
from chatd.gateway.net.poller import Poller
from chatd.gateway.net.stream import SocketStream
from chatd.gateway.websocket.frame_parser import FrameParser

RECEIVE_BYTES: Final = 16 * 1024


class WebSocketReader:
    """Reads the socket of `stream` (its `chatd.gateway.net.stream.Reader`)."""

    def __init__(self, stream: SocketStream, parser: FrameParser, poller: Poller) -> None:
        self._stream = stream
        self._parser = parser
        self._poller = poller
        self._fd = stream.socket.fileno()
        self._forwarded = b""
        self._failure: Exception | None = None
        self._ended = False  # the peer sends no more
        self._asked = False  # trio-websocket waits for what is forwarded, or will once there is something
        self._has_forwarded: Callable[[], None] = lambda: None
        self._arrived = Wakeup()
        self._dealt_with = Wakeup()
        parser.space = self._go_on

    def start(self, has_forwarded: Callable[[], None]) -> None:
        """Reads before trio-websocket asks. `has_forwarded` is called when there is something for it."""
        self._has_forwarded = has_forwarded
        self._asked = True
        self._take_rest()
        self._go_on()

    async def forwarded(self) -> bytes:
        """What is not a plain message, or nothing once the peer sends no more.

        Raises trio.BrokenResourceError and trio.ClosedResourceError.
        """
        self._asked = True
        self._take_rest()
        self._go_on()
        self._dealt_with.wake()
        while not (self._forwarded or self._failure or self._ended):
            await self._arrived.wait()
        self._asked = False
        if owed := self._parser.owed():
            await trio.sleep(owed)
        if self._forwarded:
            data, self._forwarded = self._forwarded, b""
            return data
        if self._failure is not None:
            raise self._failure
        return b""

    async def settled(self) -> None:
        """Returns when trio-websocket has dealt with all that was forwarded, and answered it if need be."""
        while not ((self._asked and not self._forwarded) or self.over or self._stream.closing):
            await self._dealt_with.wait()

    @property
    def over(self) -> bool:
        """Whether nothing comes any more."""
        return self._ended or self._failure is not None

    def end(self) -> None:
        """Leaves the socket alone: somebody else reads it from now on, or it is to be closed."""
        self._fail(trio.ClosedResourceError("this stream is closed"))

    def readable(self) -> None:
        """Called by the poller."""
        try:
            data = self._stream.socket.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._fail(trio.BrokenResourceError("the peer is gone"))
            self._stream.abort()
            return
        self._stream.last_heard = trio.current_time()
        self._take(data)

    def _take_rest(self) -> None:
        if rest := self._stream.unread_rest:
            self._stream.unread_rest = b""
            self._take(rest)

    def _take(self, data: bytes) -> None:
        if not data:
            self._ended = True
            self._parser.end()
            self._rest()
            self._dealt_with.wake()
            return
        try:
            self._forwarded += self._parser.feed(data)
        except trio.BrokenResourceError as violation:
            self._fail(violation)
            return
        if self._forwarded:
            self._rest()
            self._has_forwarded()
        elif self._parser.full:
            self._poller.discard(self._fd)

    def _go_on(self) -> None:
        """Reads on, unless there is a reason not to."""
        busy = self._forwarded or not self._asked
        if not (busy or self._failure or self._ended or self._parser.full):
            self._poller.add(self._fd, self.readable)

    def _rest(self) -> None:
        """Reads no more until trio-websocket asks."""
        self._poller.discard(self._fd)
        self._arrived.wake()

    def _fail(self, failure: Exception) -> None:
        if self._failure is None:
            self._failure = failure
        self._parser.end()
        self._rest()
        self._dealt_with.wake()
