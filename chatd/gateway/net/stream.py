"""The stream of one accepted socket, for trio-websocket, for HTTP, and for writers that never wait.

The socket is non-blocking, so that the bus can write an event to every member of a room without waking a task
for each. All outgoing bytes go through one queue as whole frames: control frames, replies and events never
interleave. A task sends what the kernel does not take; it exists only while bytes are queued, and it aborts
the connection of a peer that reads nothing for too long.
"""

from __future__ import annotations

import socket
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import trio
from trio.lowlevel import ParkingLot

from chatd.concurrency.standstill import stood_still
from chatd.gateway.net.flusher import Flusher

RECEIVE_BYTES: Final = 16 * 1024
SEND_BYTES: Final = 256 * 1024  # joined for one call to the kernel
UNSENT: Final = 128 * 1024  # bytes that the kernel takes beyond what the peer's window lets it send
UNSENT_EVENTS: Final = 1024 * 1024  # the same where events are sent: a burst of them wakes no task
_CLOSE_FRAME: Final = 0x88

Spawn = Callable[[Callable[[], Awaitable[object]]], None]
LINGER: Final = 1.0  # seconds for the peer to read the last frames
LINGER_BYTES: Final = 4 * 1024 * 1024


class Reader(Protocol):
    """Reads the socket in the stream's place."""

    async def forwarded(self) -> bytes:
        """What `receive_some` is to return."""

    def end(self) -> None:
        """Reads no more."""


class SocketStream(trio.abc.Stream):
    """A stream over a connected, non-blocking socket.

    `unread_head` and `unread_rest` were received already and are returned by `receive_some` before what the
    socket holds. `reader` gets everything but `unread_head`. `spawn` starts the task that sends what the
    kernel did not take; None once no task may be started any more: then `linger` sends.
    """

    def __init__(self, sock: socket.socket, flusher: Flusher, write_deadline: float) -> None:
        self.socket = sock
        self.queued = 0  # bytes that are not with the kernel yet
        self.closing = False  # a close frame has been queued: no message may follow
        self.broken = False
        self.framed = False  # what goes through `send_all` are whole WebSocket frames
        self.flush_replies: Callable[[], None] | None = None  # called by `flush`: queues pending replies
        self.final_frame: Callable[[], bytes] | None = None  # for a peer that has got no close frame
        self._ending = False
        self.last_heard = trio.current_time()
        self.unread_head = self.unread_rest = b""
        self.reader: Reader | None = None
        self.spawn: Spawn | None = None
        self._flusher = flusher
        self._write_deadline = write_deadline
        self._queue: deque[bytes | memoryview] = deque()
        self._flush_scheduled = False
        self._sending = False
        self._more_expected = True  # a `recv` will probably find something; a client speaks first
        self._progress = ParkingLot()

    def bound_unsent(self, most: int) -> None:
        """How many bytes the kernel takes beyond what the peer's window lets it send. Of itself it takes
        megabytes for each who reads nothing; and when all that TCP may have is taken, every call that sends
        takes milliseconds, whoever it is for (tcp(7), tcp_mem)."""
        if not self.broken and self.socket.family != socket.AF_UNIX:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, most)

    # --- for writers that never wait

    def write(self, data: bytes | memoryview, at_once: bool = False) -> int:
        """Queues whole frames. They leave at the end of this turn of the event loop together with others of
        the turn; with `at_once` now, unless a flush is scheduled; or later, as the peer reads. Returns how
        many bytes are queued then."""
        if self.broken or self.closing or not data:
            return self.queued
        if at_once and not (self._flush_scheduled or self._queue):
            try:
                sent = self.socket.send(data)  # all of it, as a rule, to each member of a room
            except OSError:
                sent = 0  # `flush` meets it again
            if sent == len(data):
                return 0
            data = memoryview(data)[sent:]
        self._queue.append(data)
        self.queued += len(data)
        if at_once and not self._flush_scheduled:
            self.flush()
        else:
            self.schedule_flush()
        return self.queued

    def schedule_flush(self) -> None:
        """Has `flush` called at the end of this turn of the event loop."""
        if not self._flush_scheduled:
            self._flush_scheduled = True
            self._flusher.add(self)

    def flush(self) -> None:
        """Gives the kernel what it takes now; a task sends the rest."""
        if self.flush_replies is not None:
            self.flush_replies()
        self._flush_scheduled = False
        if self._sending or self.broken:
            return
        self._send_now()
        if self._queue and self.spawn is not None:
            self._sending = True
            self.spawn(self._send_rest)

    async def drained(self, below: int) -> None:
        """Returns when fewer than `below` bytes are queued. Raises BrokenResourceError: the peer is gone."""
        while self.queued >= below and not self.broken:
            await self._progress.park()
        if self.broken:
            raise trio.BrokenResourceError("the peer is gone")

    def abort(self) -> None:
        """Closes the socket at once; whoever waits on this stream gets an error."""
        if not self.broken:
            self.broken = True
            self._queue.clear()
            self.queued = 0
            if self.reader is not None:
                self.reader.end()
            trio.lowlevel.notify_closing(self.socket)
            self.socket.close()
            self._progress.unpark_all()

    async def linger(self) -> None:
        """Shuts down our side, discards what the peer still sends, then closes. Closing a socket with unread
        bytes resets the connection, and the peer would lose the last frames."""
        if self._ending or self.broken:
            return
        if self.final_frame is not None and not self.closing:
            self.write(self.final_frame())
        self.flush()
        with trio.move_on_after(LINGER):
            try:
                if not self._sending:
                    await self._send_rest()
                await self.drained(1)
                self.socket.shutdown(socket.SHUT_WR)
                self._ending = True
                if self.reader is not None:
                    self.reader.end()
                trio.lowlevel.notify_closing(self.socket)  # another reader must leave the rest to us
                left = LINGER_BYTES
                while left > 0 and (data := await self._receive(RECEIVE_BYTES)):
                    left -= len(data)
            except (OSError, trio.BrokenResourceError, trio.ClosedResourceError):
                pass  # gone already
        self.abort()

    # --- trio.abc.Stream, for trio-websocket and HTTP

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await trio.lowlevel.checkpoint_if_cancelled()
        if self.broken:
            raise trio.ClosedResourceError("this stream is closed")
        if len(data):
            closes = self.framed and data[0] == _CLOSE_FRAME
            if closes and self.flush_replies is not None:
                self.flush_replies()  # replies go before the close frame
            self._queue.append(bytes(data))
            self.queued += len(data)
            self.closing = self.closing or closes
            if not self._sending:
                self._send_now()
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
        if self.unread_head:
            head, self.unread_head = self.unread_head, b""
            return head
        if self.reader is not None:
            return await self.reader.forwarded()
        if self.unread_rest:
            data, self.unread_rest = self.unread_rest, b""
        else:
            data = await self._receive(max_bytes or RECEIVE_BYTES)
        self.last_heard = trio.current_time()
        return data

    async def aclose(self) -> None:
        try:
            await self.linger()
        finally:
            self.abort()

    async def ended(self, most: int) -> None:
        """Returns when the peer has ended its side, or is gone. What it sends meanwhile is kept for
        `receive_some`; after `most` bytes of that it is not listened to any more."""
        while len(self.unread_rest) <= most:
            try:
                data = await self._receive(RECEIVE_BYTES)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                return
            if not data:
                return
            self.unread_rest += data
        await trio.sleep_forever()

    async def writable(self) -> None:
        """Returns when the kernel takes more. Raises BrokenResourceError: the peer has read nothing for too
        long, or is gone."""
        while True:
            with trio.move_on_after(self._write_deadline) as patience:
                try:
                    await trio.lowlevel.wait_writable(self.socket)
                except trio.ClosedResourceError:
                    raise trio.BrokenResourceError("the peer is gone") from None
            if not patience.cancelled_caught:
                return
            if not stood_still(patience):
                self.abort()
                raise trio.BrokenResourceError("the peer read nothing for too long")

    def reset(self) -> None:
        """Aborts so that the peer cannot take what it has got for the whole."""
        if not self.broken:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.abort()

    # --- the socket

    async def _receive(self, max_bytes: int) -> bytes:
        while True:
            if self.broken:
                raise trio.ClosedResourceError("this stream is closed")
            if self._more_expected:  # a `recv` that would block costs as much as one that succeeds
                await trio.lowlevel.checkpoint()  # nobody may keep the loop busy, however fast they send
            else:
                try:
                    await trio.lowlevel.wait_readable(self.socket)
                except trio.Cancelled:
                    # A process that stood still wakes after its deadlines: what has come came in time.
                    if self.broken or not (data := self._waiting(max_bytes)):
                        raise
                    return data
            if self.broken:
                raise trio.ClosedResourceError("this stream is closed")
            if (data := self._waiting(max_bytes)) is not None:
                return data

    def _waiting(self, max_bytes: int) -> bytes | None:
        """What the kernel has; None: nothing yet. Raises BrokenResourceError."""
        self._more_expected = False
        try:
            data = self.socket.recv(max_bytes)
        except BlockingIOError:
            return None
        except OSError as error:
            self.abort()
            raise trio.BrokenResourceError("the peer is gone") from error
        self._more_expected = len(data) == max_bytes
        return data

    def _send_now(self) -> None:
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
            if self._progress:
                self._progress.unpark_all()
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
                    if stood_still(patience):
                        continue
                    self.abort()
                    return
                self._send_now()
        except trio.ClosedResourceError:
            self.abort()
        finally:
            self._sending = False
            self._progress.unpark_all()
