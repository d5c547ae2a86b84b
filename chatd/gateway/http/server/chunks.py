"""A body that comes in chunks and says itself where it ends (RFC 9112, section 7.1), read by h11."""

from __future__ import annotations

from typing import Final

import h11

from chatd.gateway.http.server.h11_head import unreadable
from chatd.gateway.http.server.refusal import BadHead
from chatd.gateway.http.server.request_head import CR_AND_LF, HEAD_BYTES, ends_with_lf

CHUNKS: Final = 1000  # that may be of any size
LEAST_CHUNK: Final = 64  # bytes, on average, when there are more: each costs as much as a large one
AROUND: Final = 16 * 1024  # bytes that may stand around the chunks besides: extensions and trailers
AROUND_CHUNK: Final = 64  # the same for each chunk


class Chunks:
    """`head`: of the request. `rest`: what came after the last chunk, once `ended`."""

    def __init__(self, head: bytes, path: str) -> None:
        self.ended = False
        self._path = path
        self._size = 0  # bytes of the body
        self._came = 0  # bytes with all that stands around the chunks
        self._count = 0
        self._parser = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES)
        self._parser.receive_data(head)
        self._parser.next_event()

    @property
    def rest(self) -> bytes:
        return self._parser.trailing_data[0]

    def feed(self, data: bytes) -> None:
        """Raises BadHead."""
        self._came += len(data)
        try:
            self._parser.receive_data(data)
        except h11.RemoteProtocolError as error:
            raise unreadable(error, self._path) from error

    def take(self) -> bytes | None:
        """The next bytes of the body, none at its end; None: more has to be fed first. Raises BadHead."""
        try:
            event = self._parser.next_event()
        except h11.RemoteProtocolError as error:
            raise unreadable(error, self._path) from error
        if isinstance(event, h11.Data):
            self._size += len(event.data)
            self._count += 1
            if self._count > CHUNKS and self._size < self._count * LEAST_CHUNK:
                raise BadHead(400, f"chunks have {LEAST_CHUNK} bytes or more; send larger ones", self._path)
            return bytes(event.data)
        if event is h11.NEED_DATA and ends_with_lf(self.rest):
            raise BadHead(400, CR_AND_LF, self._path)
        if self._came - len(self.rest) - self._size > AROUND + self._count * AROUND_CHUNK:
            raise BadHead(400, "what stands around the chunks is too long; send less of it", self._path)
        if event is h11.NEED_DATA:
            return None
        self.ended = True
        return b""
