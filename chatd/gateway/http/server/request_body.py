"""The body of a request, read only as the application asks for it: what it does not take yet stays with the
kernel, and the client waits."""

from __future__ import annotations

from typing import Final

import h11
import trio

from chatd.gateway.http.server.body_limit import body_limit
from chatd.gateway.http.server.refusal import BadHead
from chatd.gateway.http.server.request_head import CR_AND_LF, HEAD_BYTES, Head, ends_with_lf, unreadable
from chatd.gateway.net.stream import SocketStream

PIECE: Final = 64 * 1024  # bytes that the application gets at once, at most
LEAST_RATE: Final = 1024  # bytes a second, counted over the whole body
CHUNKS: Final = 1000  # that may be of any size
LEAST_CHUNK: Final = (
    64  # bytes, on average, of the chunks when there are more: each costs as much as a large one
)
AROUND: Final = 16 * 1024  # bytes that may stand around the chunks besides: extensions and trailers
AROUND_CHUNK: Final = 64  # the same for each chunk
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
        self._count = 0  # of the chunks
        self._came = 0  # bytes with all that stands around the chunks
        self._waited = 0.0  # seconds for the client; the application may take its time
        self._chunks = _chunks(stream.unread_head) if head.chunked else None
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

    async def _chunked(self, chunks: h11.Connection) -> bytes:
        try:
            while (event := chunks.next_event()) is h11.NEED_DATA:
                self._check_chunks(chunks.trailing_data[0])
                data = await self._more()
                if not data:
                    raise self._cut_off()
                self._came += len(data)
                chunks.receive_data(data)
        except h11.RemoteProtocolError as error:
            raise unreadable(error, self._path) from error
        if isinstance(event, h11.Data):
            self._count += 1
            if self._count > CHUNKS and self.size < self._count * LEAST_CHUNK:
                raise BadHead(400, f"chunks have {LEAST_CHUNK} bytes or more; send larger ones", self._path)
            await self._pause()
            return bytes(event.data)
        self._check_around(len(chunks.trailing_data[0]))
        self.ended = True
        self._stream.unread_rest = chunks.trailing_data[0]
        return b""

    def _check_chunks(self, unread: bytes) -> None:
        """`unread`: the beginning of a line. Raises BadHead."""
        if ends_with_lf(unread):
            raise BadHead(400, CR_AND_LF, self._path)
        self._check_around(len(unread))

    def _check_around(self, unread: int) -> None:
        """Raises BadHead."""
        if self._came - unread - self.size > AROUND + self._count * AROUND_CHUNK:
            raise BadHead(400, "what stands around the chunks is too long; send less of it", self._path)

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


def _chunks(head: bytes) -> h11.Connection:
    chunks = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES)
    chunks.receive_data(head)
    chunks.next_event()
    return chunks
