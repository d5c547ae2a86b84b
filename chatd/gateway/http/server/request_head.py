"""The head of an HTTP request, read before it is decided whether WebSocket or plain HTTP serves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from chatd.gateway.http.server.body_limit import body_limit
from chatd.gateway.http.server.plain_head import plain_head
from chatd.gateway.http.server.refusal import PROBLEM_PATHS, BadHead
from chatd.gateway.http.server.target import decoded
from chatd.gateway.net.stream import SocketStream

HEAD_BYTES: Final = 16 * 1024
WEBSOCKET: Final = "websocket"  # what a connection is upgraded to
CR_AND_LF: Final = "a line ends with CR and LF"
_NOT_ENCODED: Final = ("Accept-Encoding", "identity")  # RFC 9110, section 15.5.16


class Head(msgspec.Struct, frozen=True):
    """What a request asks. `path`: decoded, without its query; `raw_path` and `query`: as they were sent.
    `headers`: by lower-case name; several lines of a name are one list. `fields`: the same, in order."""

    method: str
    path: str
    headers: Mapping[str, str]
    forwarded: str = ""  # every X-Forwarded-For, in order
    raw_path: str = ""
    query: str = ""
    version: str = "1.1"
    fields: Sequence[tuple[bytes, bytes]] = ()

    @property
    def upgrade(self) -> list[str]:
        """What the connection could become, in the order of the client's liking."""
        return tokens(self.headers.get("upgrade", ""))

    @property
    def chunked(self) -> bool:
        """Whether the body says itself where it ends."""
        return "transfer-encoding" in self.headers

    @property
    def length(self) -> int:
        """Bytes of the body, 0 unless it is counted."""
        return int(self.headers.get("content-length", "0"))

    @property
    def has_body(self) -> bool:
        return self.chunked or self.length > 0

    @property
    def encoded(self) -> bool:
        """Whether the body is compressed, or otherwise not what it says it is."""
        return not {"identity"}.issuperset(tokens(self.headers.get("content-encoding", "")))

    @property
    def expects(self) -> bool:
        """Whether the client waits to be asked for the body (RFC 9110, section 10.1.1)."""
        return "100-continue" in tokens(self.headers.get("expect", "")) and self.version == "1.1"

    @property
    def lasts(self) -> bool:
        """Whether the client would send another request on this connection."""
        return self.version == "1.1" and "close" not in tokens(self.headers.get("connection", ""))

    @property
    def bearer(self) -> str | None:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None


def tokens(value: str) -> list[str]:
    """A list in a header, in lower case, without what is empty in it (RFC 9110, section 5.6.1)."""
    return [token for part in value.lower().split(",") if (token := part.strip())]


async def read_head(stream: SocketStream, received: bytes = b"") -> Head | None:
    """Reads up to the end of the head and leaves it in `stream.unread_head` for whoever serves it, and
    what came after it in `stream.unread_rest`. `received`: its beginning, if that was read already.

    Returns None when the peer closed before a whole head arrived. Raises BadHead.
    """
    received = without_empty_lines(received)
    while b"\r\n\r\n" not in received:
        stream.unread_head = b""
        if len(received) > HEAD_BYTES:
            stream.unread_head = received  # a refusal depends on the method
            raise _too_long()
        if ends_with_lf(received):
            stream.unread_head = received
            raise BadHead(400, CR_AND_LF)  # its end may never be seen
        data = await stream.receive_some()
        if not data:
            return None
        received = without_empty_lines(received + data)
    end = received.index(b"\r\n\r\n") + 4
    stream.unread_head, stream.unread_rest = received[:end], received[end:]
    if end > HEAD_BYTES:
        raise _too_long()
    if (plain := plain_head(stream.unread_head)) is None:
        from chatd.gateway.http.server.h11_head import parse  # a start has no need of h11

        head = parse(stream.unread_head)
    else:
        headers = plain.headers
        head = Head(
            plain.method,
            decoded(plain.path),
            headers,
            headers.get("x-forwarded-for", ""),
            plain.path,
            plain.query,
            "1.1",
            [(name.encode(), value.encode()) for name, value in headers.items()],
        )
    most = body_limit(head.path)
    if most is not None and head.length > most:
        raise BadHead(413, f"a body is at most {most} bytes", head.path)
    if head.has_body and head.path.startswith(PROBLEM_PATHS) and head.encoded:
        raise BadHead(
            415, "send the body as it is, without Content-Encoding", head.path, headers=(_NOT_ENCODED,)
        )
    return head


def ends_with_lf(received: bytes) -> bool:
    """Whether a line does, without CR."""
    return received.count(b"\n") > received.count(b"\r\n")


def without_empty_lines(received: bytes) -> bytes:
    """Some clients send one after a body (RFC 9112, section 2.2)."""
    begin = 0
    while received.startswith(b"\r\n", begin):
        begin += 2
    return received[begin:]


def _too_long() -> BadHead:
    return BadHead(431, f"a request head is at most {HEAD_BYTES} bytes")
