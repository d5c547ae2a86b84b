"""The head of a request that is not so plain, read by h11."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import h11

from chatd.contract.field_errors import shorten
from chatd.gateway.http.server.refusal import BadHead
from chatd.gateway.http.server.request_head import CR_AND_LF, HEAD_BYTES, Head, tokens
from chatd.gateway.http.server.target import decoded, split_target

_BARE: Final = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_FOLDED: Final = re.compile(rb"\r\n[ \t]")
_QUOTED: Final = re.compile(r"bytearray\(b(.+)\)", re.DOTALL)


def unreadable(error: h11.RemoteProtocolError, path: str) -> BadHead:
    """What h11 says, which quotes the bytes as Python writes them."""
    return BadHead(error.error_status_hint, shorten(_QUOTED.sub(r"\1", str(error))), path)


def parse(received: bytes) -> Head:
    """Raises BadHead."""
    if _BARE.search(received):
        raise BadHead(400, CR_AND_LF)  # h11 and a proxy may see two ends of the head
    if _FOLDED.search(received):
        raise BadHead(400, "a header is one line")
    parser = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES * 2)
    try:
        parser.receive_data(received)
        request = parser.next_event()
    except h11.RemoteProtocolError as error:
        raise unreadable(error, "") from error
    if not isinstance(request, h11.Request):
        raise BadHead(400, "this is not an HTTP/1.1 request")
    if request.method == b"PRI" or not request.http_version.startswith(b"1."):
        raise BadHead(505, "this server speaks HTTP/1.1")
    fields = _combined(request.headers)
    authority, raw_path, query = split_target(request.target.decode("latin-1"))
    if authority is not None:
        fields[b"host"] = authority.encode("latin-1")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in fields.items()}
    head = Head(
        request.method.decode("latin-1"),
        decoded(raw_path),
        headers,
        headers.get("x-forwarded-for", ""),
        raw_path,
        query,
        "1.0" if request.http_version == b"1.0" else "1.1",
        list(fields.items()),
    )
    _refuse_ambiguous(head)
    return head


def _combined(lines: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Several lines of one name are one list (RFC 9110, section 5.3). What takes one value alone takes no
    list for it, so whoever reads it refuses one that was given twice, whichever of the two a proxy saw."""
    found: dict[bytes, bytes] = {}
    for name, value in lines:
        between = b"; " if name == b"cookie" else b", "  # RFC 9113, section 8.2.3
        found[name] = found[name] + between + value if name in found else value
    return found


def _refuse_ambiguous(head: Head) -> None:
    """What a proxy before us may have understood in another way. Raises BadHead."""
    path = head.path
    if head.chunked and "content-length" in head.headers:
        raise BadHead(400, "a body gives its length in one way: Content-Length or Transfer-Encoding", path)
    if head.chunked and head.version == "1.0":
        raise BadHead(400, "HTTP/1.0 knows no Transfer-Encoding", path)
    if not {"100-continue"}.issuperset(tokens(head.headers.get("expect", ""))):
        raise BadHead(417, "the only expectation known here is 100-continue", path)
