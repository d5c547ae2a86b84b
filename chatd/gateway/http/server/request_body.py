"""The body of a request, read only as the application asks for it: what it does not take yet stays with the
kernel, and the client waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import trio

from chatd.gateway.http.server.body_limit import body_limit
from chatd.gateway.http.server.refusal import BadHead
from chatd.gateway.http.server.request_head import Head
from chatd.gateway.net.stream import SocketStream

if TYPE_CHECKING:
    from chatd.gateway.http.server.chunks import Chunks

PIECE: Final = 64 * 1024  # bytes that the application gets at once, at most
LEAST_RATE: Final = 1024  # bytes a second, counted over the whole body
UNREAD: Final = 64 * 1024  # what an application may leave unread before the connection has to be closed
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class RequestBody:
    """`size`: bytes that were read. `ended`: whether all were. `patience`: seconds without a byte that end
    it."""

    def __init__(self, stream: SocketStream, head: Head, patience: float) -> None:
        self.size = 0
        self.ended = not head.has_body
        self.asks = head.expects  # whether the client still waits to be asked for it
        self._stream = stream
        self._left = head.length
        self._most = body_limit(head.path)
        self._path = head.path
        self._patience = patience
        self._waited = 0.0  # seconds for the client; the application may take its time
        self._chunks = _chunks(head, stream.unread_head)
        stream.unread_head = b""

    @property
    def short(self) -> bool:
        """Whether what is left of it is so little that reading it is better than closing."""
        return self.ended or (self._chunks is None and not self.asks and self._left <= UNREAD)

    async def read(self) -> bytes:
        """Its next bytes, none at its end. Raises BadHead: it is too large, too slow, cut off or no body."""
        if self.ended:
            return b""
        data = await (self._counted() if self._chunks is None else self._chunked(self._chunks))
        self.size += len(data)
        if self._most is not None and self.size > self._most:
            raise BadHead(413, f"a body is at most {self._most} bytes", self._path)
        return data

    async def discard(self) -> None:
        """Reads what is left of it. Raises BadHead."""
        while not self.ended:
            await self.read()

    async def _counted(self) -> bytes:
        data = await self._more()
        if not data:
            raise self._cut_off()
        if len(data) > self._left:
            data, self._stream.unread_rest = data[: self._left], data[self._left :]
        self._left -= len(data)
        self.ended = not self._left
        return data

    async def _chunked(self, chunks: Chunks) -> bytes:
        while (data := chunks.take()) is None:
            received = await self._more()
            if not received:
                raise self._cut_off()
            chunks.feed(received)
        if chunks.ended:
            self.ended = True
            self._stream.unread_rest = chunks.rest
        else:
            await self._pause()
        return data

    async def _more(self) -> bytes:
        if self.asks:
            self.asks = False
            if not self._stream.unread_rest:
                await self._stream.send_all(_CONTINUE)
        started = trio.current_time()
        credit = self._patience + self.size / LEAST_RATE - self._waited
        with trio.move_on_after(min(self._patience, credit)):
            data = await self._stream.receive_some(PIECE)
            self._waited += trio.current_time() - started
            return data
        raise BadHead(
            408,
            f"a body comes at {LEAST_RATE} bytes a second or more, without pauses over {self._patience:g} s",
            self._path,
        )

    async def _pause(self) -> None:
        await trio.lowlevel.checkpoint()  # many chunks that came together do not keep the loop to themselves

    def _cut_off(self) -> BadHead:
        return BadHead(400, "the body ended too early", self._path)


def _chunks(head: Head, received: bytes) -> Chunks | None:
    if not head.chunked:
        return None
    from chatd.gateway.http.server.chunks import Chunks  # h11 has read its head, and is loaded

    return Chunks(received, head.path)
