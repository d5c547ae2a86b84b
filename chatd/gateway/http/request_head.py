"""The head of an HTTP request, read before it is decided whether WebSocket or plain HTTP serves it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import attrs
import h11
import msgspec

from chatd.contract.field_errors import shorten
from chatd.gateway.http.plain_head import plain_head
from chatd.gateway.net.stream import SocketStream

HEAD_BYTES: Final = 16 * 1024
MAX_BODY: Final = 64 * 1024


class Head(msgspec.Struct, frozen=True):
    """Method, target without its query, and headers by lower-case name (the last of a name counts)."""

    method: str
    path: str
    headers: Mapping[str, str]
    forwarded: str = ""  # every X-Forwarded-For, in order
    plain: bool = False  # see `chatd.gateway.http.plain_head`
    query: str = ""  # what stands behind the target's question mark; not read for /ws

    @property
    def upgrade(self) -> str:
        return self.headers.get("upgrade", "").lower()

    @property
    def has_body(self) -> bool:
        return "transfer-encoding" in self.headers or self.headers.get("content-length", "0") != "0"

    @property
    def bearer(self) -> str | None:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None


@attrs.frozen
class BadHead(Exception):
    """A request that is refused, with the HTTP status and the reason."""

    status: int
    reason: str


async def read_head(stream: SocketStream) -> Head | None:
    """Reads up to the end of the head and leaves it in `stream.unread_head` for whoever serves it, and
    what came after it in `stream.unread_rest`.

    Returns None when the peer closed before a whole head arrived. Raises BadHead.
    """
    received = b""
    while b"\r\n\r\n" not in received:
        if len(received) > HEAD_BYTES:
            raise BadHead(431, f"a request head is at most {HEAD_BYTES} bytes")
        data = await stream.receive_some()
        if not data:
            return None
        received += data
    end = received.index(b"\r\n\r\n") + 4
    stream.unread_head, stream.unread_rest = received[:end], received[end:]
    if (plain := plain_head(stream.unread_head)) is not None:
        path, headers = plain
        return Head("GET", path, headers, headers.get("x-forwarded-for", ""), plain=True)
    return _parse(stream.unread_head)


def _parse(received: bytes) -> Head:
    parser = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES * 2)
    try:
        parser.receive_data(received)
        request = parser.next_event()
    except h11.RemoteProtocolError as error:
        raise BadHead(error.error_status_hint, shorten(str(error))) from error
    if not isinstance(request, h11.Request):
        raise BadHead(400, "this is not an HTTP/1.1 request")
    if request.method == b"PRI":
        raise BadHead(505, "this server speaks HTTP/1.1")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers}
    length = headers.get("content-length", "0")
    if length.isdigit() and int(length) > MAX_BODY:
        raise BadHead(413, f"a body is at most {MAX_BODY} bytes")
    path, _, query = request.target.decode("latin-1").partition("?")
    forwarded = ",".join(
        value.decode("latin-1") for name, value in request.headers if name == b"x-forwarded-for"
    )
    head = Head(request.method.decode("latin-1"), path, headers, forwarded, query=query)
    if head.upgrade == "h2c":
        raise BadHead(400, "this server speaks HTTP/1.1; do not ask for h2c")
    return head


def plain_response(status: int, reason: str) -> bytes:
    """A whole response that ends the connection."""
    body = f"{reason}\n".encode()
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
