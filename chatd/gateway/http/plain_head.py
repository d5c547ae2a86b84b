"""The head of an ordinary request for the WebSocket, at a tenth of what h11 takes for it.

Takes only what leaves no room for doubt: each header once, printable ASCII, no body. Everything else is h11's
to read or to refuse.
"""

from __future__ import annotations

import re
from typing import Final

_HEAD: Final = re.compile(
    r"GET (/ws)(?:\?[!-~]*)? HTTP/1\.1\r\n((?:[A-Za-z0-9-]+: ?[!-~](?:[ -~]*[!-~])?\r\n)+)\r\n"
)
_HEADER: Final = re.compile(r"([A-Za-z0-9-]+): ?([^\r]+)\r\n")
_OTHERS: Final = frozenset({"content-length", "transfer-encoding", "expect"})


def plain_head(received: bytes) -> tuple[str, dict[str, str]] | None:
    """Path and headers by lower-case name of a whole head; None if it is not so ordinary."""
    try:
        head = _HEAD.fullmatch(received.decode("ascii"))
    except UnicodeDecodeError:
        return None
    if head is None:
        return None
    found = _HEADER.findall(head[2])
    headers = {name.lower(): value for name, value in found}
    if len(headers) < len(found) or "host" not in headers or not _OTHERS.isdisjoint(headers):
        return None
    return head[1], headers
