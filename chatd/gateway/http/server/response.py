"""The response to one request: its head, how its end is told, and its body, sent as the client reads it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Final

import trio

from chatd.clock import now
from chatd.gateway.http.server.compression import Compression, pays, takes_gzip
from chatd.gateway.http.server.conditions import is_conditional, is_fresh, weak
from chatd.gateway.http.server.defaults import DEFAULTS
from chatd.gateway.http.server.request_head import Head
from chatd.gateway.net.sending_files import send_file
from chatd.gateway.net.stream import SocketStream

Fields = Iterable[tuple[bytes, bytes]]

JOINED: Final = 64 * 1024  # a body up to this size leaves with its head in one call
_BODILESS: Final = frozenset({204, 304})
_OURS: Final = frozenset({b"connection", b"transfer-encoding", b"keep-alive"})  # who writes knows better
_PHRASES: Final = {status.value: status.phrase.encode() for status in HTTPStatus}
_DEFAULTS: Final = tuple((name.encode(), value.encode()) for name, value in DEFAULTS)


class BadResponse(Exception):
    """What an application sent is no response: a bug of ours."""


class Response:
    """`status`: 0 until the application gave one. `lasts`: whether the connection can serve another request
    afterwards. `begun`: whether a byte of it was sent. `sent`: bytes of the body. `added`: headers besides
    those of the application."""

    def __init__(self, stream: SocketStream, head: Head, compression: Compression) -> None:
        self.status = 0
        self.lasts = head.lasts
        self.begun = self.complete = False
        self.sent = 0
        self.added: list[tuple[bytes, bytes]] = []
        self._stream = stream
        self._head = head
        self._compression = compression
        self._fields: list[tuple[bytes, bytes]] = []
        self._length: int | None = None
        self._chunked = False
        self._empty = head.method == "HEAD"  # whether it has no body, whatever the application sends

    def start(self, status: int, fields: Fields) -> None:
        """Its head; it is sent with the first bytes of the body. Raises BadResponse."""
        if self.status:
            raise BadResponse("a second response to one request")
        self.status = status
        self._fields = [(name.lower(), value) for name, value in fields]

    async def write(self, data: bytes, more: bool) -> bool:
        """Bytes of the body; `more`: whether others follow. Returns when the kernel has taken them, with
        whether the response is complete.

        Raises BadResponse, and BrokenResourceError when the client is gone.
        """
        head = b""
        if not self.begun:
            self._fresh()
            if not more and self.status == 200:
                data = await self._packed(data)
            head = self._begin(None if more else len(data))
        if self._empty:
            data = b""
        self.sent += len(data)
        self.complete = not more or self._empty
        self._check_length(self.complete)
        if self._chunked and not self._empty:
            data = chunk(data, last=not more)
        if head and len(data) <= JOINED:
            await self._stream.send_all(head + data)
        else:
            for piece in (head, data):
                if piece:
                    await self._stream.send_all(piece)
        return self.complete

    async def write_file(self, path: str, start: int = 0, count: int | None = None) -> None:
        """A file, or `count` bytes of it, as the rest of the body. Raises as `write`, and OSError."""
        file = await trio.to_thread.run_sync(os.open, path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            count = max(os.fstat(file).st_size - start, 0) if count is None else count
            if not self.begun:
                self._fresh()
                await self._stream.send_all(self._begin(count))
            if not self._empty:
                self.sent += count
                self._check_length(True)
                if self._chunked and count:
                    await self._stream.send_all(b"%x\r\n" % count)
                await send_file(self._stream, file, start, count)
                if self._chunked:
                    await self._stream.send_all(b"\r\n0\r\n\r\n" if count else b"0\r\n\r\n")
            self.complete = True
        finally:
            os.close(file)

    def _fresh(self) -> None:
        """Makes 304 of a 200 that the client has already."""
        if self.status != 200 or not is_conditional(self._head):
            return
        if self._head.method in ("GET", "HEAD") and is_fresh(self._head, dict(self._fields)):
            self.status = 304

    async def _packed(self, body: bytes) -> bytes:
        """The body as it is to be sent; the headers then say how."""
        given = dict(self._fields)
        if not pays(given, len(body)):
            return body
        self._fields.append((b"vary", b"Accept-Encoding"))
        if not takes_gzip(self._head):
            return body
        etag = given.get(b"etag")
        changed = [(name, weak(value) if name == b"etag" else value) for name, value in self._fields]
        self._fields = [field for field in changed if field[0] != b"content-length"]
        self._fields.append((b"content-encoding", b"gzip"))
        return await self._compression.compressed(body, self._head.path, etag)

    def _begin(self, size: int | None) -> bytes:
        """The head. `size`: of the body, if it is known."""
        if not self.status:
            raise BadResponse("a body without a head")
        given = dict(self._fields)
        if b"close" in given.get(b"connection", b"").lower():
            self.lasts = False
        dropped = _OURS | {b"content-length"} if self.status in _BODILESS else _OURS
        fields = [field for field in self._fields if field[0] not in dropped]
        fields += [field for field in _DEFAULTS if field[0] not in given]
        fields += self.added
        if self.status in _BODILESS:
            self._empty = True
        elif b"content-length" in given:
            self._length = int(given[b"content-length"])
        elif size is not None:
            self._length = size
            fields.append((b"content-length", b"%d" % size))
        elif self._head.version == "1.1":
            self._chunked = True
            fields.append((b"transfer-encoding", b"chunked"))
        else:
            self.lasts = False  # the end of the connection is the end of the body
        fields.append((b"date", _date(now() // 1000)))
        if not self.lasts:
            fields.append((b"connection", b"close"))
        head = _head(self.status, fields)
        self.begun = True
        return head

    def _check_length(self, ended: bool) -> None:
        if self._length is None or self._empty:
            return
        if self.sent > self._length or (ended and self.sent < self._length):
            raise BadResponse(f"a body of {self.sent} bytes, announced were {self._length}")


def _head(status: int, fields: list[tuple[bytes, bytes]]) -> bytes:
    lines = [b"HTTP/1.1 %d %s" % (status, _PHRASES.get(status, b""))]
    lines += [b"%s: %s" % field for field in fields]
    lines += [b"", b""]
    head = b"\r\n".join(lines)
    if head.count(b"\n") != len(lines) - 1 or head.count(b"\r") != len(lines) - 1 or b"\0" in head:
        raise BadResponse("a header holds the end of a line")
    return head


def chunk(data: bytes, *, last: bool = False) -> bytes:
    """A piece of a body without a length (RFC 9112, section 7.1); `last`: and its end."""
    framed = b"%x\r\n%s\r\n" % (len(data), data) if data else b""
    return framed + b"0\r\n\r\n" if last else framed


@lru_cache(1)
def _date(second: int) -> bytes:
    """The time as HTTP writes it (RFC 9110, section 5.6.7)."""
    return formatdate(second, usegmt=True).encode()
