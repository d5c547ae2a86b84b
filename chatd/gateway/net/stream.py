"""One accepted socket, as everything above it sees it: trio-websocket, Hypercorn, and our own writers.

It owns a non-blocking socket, so that events can be written straight from wherever they come up,
without waking a task for each member of a room. All bytes out go through one queue in whole pieces:
control frames, replies and events never cut into each other. What the kernel does not take is sent by a
task that lives only while something waits, and a peer that takes nothing for too long is dropped.
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

import trio
from trio.lowlevel import ParkingLot

from chatd.gateway.websocket.frame_parser import FrameParser
from chatd.wakeup import Wakeup

RECEIVE_BYTES: Final = 16 * 1024
SEND_BYTES: Final = 256 * 1024  # joined for one call to the kernel
_CLOSE_FRAME: Final = 0x88

Spawn = Callable[[Callable[[], Awaitable[object]]], None]
LINGER: Final = 1.0  # seconds for the peer to read our last words
LINGER_BYTES: Final = 4 * 1024 * 1024


class Flusher:
    """Writes, once per turn of the loop, what was queued for any connection in that turn.

    It waits one more turn than it must, so that the answer to a post and the event that it caused go
    out in one call.
    """

    def __init__(self) -> None:
        self._dirty: list[SocketStream] = []
        self._sleeping = Wakeup()

    def add(self, stream: SocketStream) -> None:
        self._dirty.append(stream)
        self._sleeping.wake()

    async def run(self) -> None:
        while True:
            if not self._dirty:
                await self._sleeping.wait()
            await trio.lowlevel.cancel_shielded_checkpoint()
            dirty, self._dirty = self._dirty, []
            for stream in dirty:
                stream.flush()


class SocketStream(trio.abc.Stream):
    """A stream over a connected, non-blocking socket.

    `before` and `beyond` are bytes that were read already and stand before what the socket still holds.
    `sieve` takes messages out of all but `before`. `spawn` starts the task that sends
    what the kernel did not take.
    """

    def __init__(self, sock: socket.socket, flusher: Flusher, write_deadline: float) -> None:
        self.socket = sock
        self.queued = 0  # bytes that are not with the kernel yet
        self.closing = False  # a close frame has been queued: no message may follow
        self.broken = False
        self.framed = False  # what goes through `send_all` are whole WebSocket frames
        self.flush_replies: Callable[[], None] | None = (
            None  # queues what was only noted down; called by `flush`
        )
        self.last_words: Callable[[], bytes] | None = None  # for a peer that was not told why it ends
        self._ending = False
        self.last_heard = trio.current_time()
        self.before = self.beyond = b""
        self.frame_parser: FrameParser | None = None
        self.spawn: Spawn | None = None
        self._flusher = flusher
        self._write_deadline = write_deadline
        self._queue: deque[bytes | memoryview] = deque()
        self._dirty = False
        self._sending = False
        self._more = False  # the last read filled its buffer
        self._moved = ParkingLot()

    # --- for those who never wait

    def write(self, data: bytes, at_once: bool = False) -> None:
        """Queues whole messages. They leave at the end of this turn of the loop together with what else
        comes in it, or `at_once` when nothing waits, or as the peer reads."""
        if self.broken or self.closing or not data:
            return
        self._queue.append(data)
        self.queued += len(data)
        if at_once and not self._dirty:
            self.flush()
        else:
            self.touch()

    def touch(self) -> None:
        """Has `flush` called at the end of this turn of the loop."""
        if not self._dirty:
            self._dirty = True
            self._flusher.add(self)

    def flush(self) -> None:
        """Hands the kernel what it takes now; the rest is left to a task."""
        if self.flush_replies is not None:
            self.flush_replies()
        self._dirty = False
        if self._sending or self.broken:
            return
        self._push()
        if self._queue:
            assert self.spawn is not None
            self._sending = True
            self.spawn(self._send_rest)

    async def drained(self, below: int) -> None:
        """Returns when fewer than `below` bytes wait. Raises BrokenResourceError when they never will."""
        while self.queued >= below and not self.broken:
            await self._moved.park()
        if self.broken:
            raise trio.BrokenResourceError("the peer is gone")

    def abort(self) -> None:
        """The end, now: whoever waits on this stream finds out."""
        if not self.broken:
            self.broken = True
            self._queue.clear()
            self.queued = 0
            trio.lowlevel.notify_closing(self.socket)
            self.socket.close()
            self._moved.unpark_all()
            if self.frame_parser is not None:
                self.frame_parser.end()

    async def linger(self) -> None:
        """Ends our side, reads away what the peer still sends, then closes: closing a socket with unread
        bytes resets the connection, and the peer would lose what we said last."""
        if self._ending or self.broken:
            return
        if self.last_words is not None and not self.closing:
            self.write(self.last_words())
        self.flush()
        with trio.move_on_after(LINGER):
            try:
                await self.drained(1)
                self.socket.shutdown(socket.SHUT_WR)
                self._ending = True
                trio.lowlevel.notify_closing(self.socket)  # whoever reads on leaves the rest to us
                left = LINGER_BYTES
                while left > 0 and (data := await self._receive(RECEIVE_BYTES)):
                    left -= len(data)
            except (OSError, trio.BrokenResourceError, trio.ClosedResourceError):
                pass  # gone already
        self.abort()

    # --- trio.abc.Stream, for trio-websocket and Hypercorn

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await trio.lowlevel.checkpoint_if_cancelled()
        if self.broken:
            raise trio.ClosedResourceError("this stream is closed")
        if len(data):
            closes = self.framed and data[0] == _CLOSE_FRAME
            if closes and self.flush_replies is not None:
                self.flush_replies()  # what was only noted down comes before the last word
            self._queue.append(bytes(data))
            self.queued += len(data)
            self.closing = self.closing or closes
            if not self._sending:
                self._push()
        while self._queue and not self._sending and not self.broken:
            await self._send_rest()
        if self._sending:
            await self.drained(1)
        if self.broken:
            raise trio.BrokenResourceError("the peer is gone")

    async def wait_send_all_might_not_block(self) -> None:
        await self.drained(1)

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        await trio.lowlevel.checkpoint_if_cancelled()
        if self.broken:
            raise trio.ClosedResourceError("this stream is closed")
        if self._ending:
            raise trio.ClosedResourceError("this stream is ending")
        if self.before:
            before, self.before = self.before, b""
            return before
        frame_parser = self.frame_parser
        while True:
            if self.beyond:
                data, self.beyond = self.beyond, b""
            else:
                data = await self._receive(max_bytes or RECEIVE_BYTES)
            self.last_heard = trio.current_time()
            if frame_parser is None:
                return data
            if not data:
                frame_parser.end()
                return data
            if rest := frame_parser.feed(data):
                return rest
            await frame_parser.room()

    async def aclose(self) -> None:
        try:
            await self.linger()
        finally:
            self.abort()

    # --- the socket

    async def _receive(self, max_bytes: int) -> bytes:
        while True:
            if self.broken:
                raise trio.ClosedResourceError("this stream is closed")
            if not self._more:  # a call that would most likely fail costs as much as one that does not
                await trio.lowlevel.wait_readable(self.socket)
            self._more = False
            try:
                data = self.socket.recv(max_bytes)
                self._more = len(data) == max_bytes
                return data
            except BlockingIOError:
                continue
            except OSError as error:
                self.abort()
                raise trio.BrokenResourceError("the peer is gone") from error

    def _push(self) -> None:
        """Sends until the queue is empty or the kernel takes no more."""
        queue = self._queue
        while queue:
            piece = queue[0] if len(queue) == 1 or len(queue[0]) >= SEND_BYTES else self._join()
            try:
                sent = self.socket.send(piece)
            except BlockingIOError:
                return
            except OSError:
                self.abort()
                return
            self.queued -= sent
            if self._moved:
                self._moved.unpark_all()
            if sent < len(piece):
                queue[0] = memoryview(piece)[sent:]
            else:
                queue.popleft()

    def _join(self) -> bytes:
        pieces, size = [], 0
        while self._queue and size < SEND_BYTES:
            piece = self._queue.popleft()
            pieces.append(piece)
            size += len(piece)
        joined = b"".join(pieces)
        self._queue.appendleft(joined)
        return joined

    async def _send_rest(self) -> None:
        self._sending = True
        try:
            while self._queue and not self.broken:
                with trio.move_on_after(self._write_deadline) as patience:
                    await trio.lowlevel.wait_writable(self.socket)
                if patience.cancelled_caught:
                    self.abort()
                    return
                self._push()
        except trio.ClosedResourceError:
            self.abort()
        finally:
            self._sending = False
            self._moved.unpark_all()
