"""Pages of other origins that may use the API (CORS, in the Fetch standard): those that `origins` names.

No cookie is ever looked at there, so what such a page may do is what its token may do.
"""

from __future__ import annotations

from typing import Final

from chatd.gateway.http.server.request_head import Head
from chatd.gateway.net.own_addresses import OwnAddresses

Fields = list[tuple[bytes, bytes]]

PATHS: Final = ("/api/", "/files")
METHODS: Final = b"GET, HEAD, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS: Final = (
    b"Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Range, Last-Event-ID, Range,"
    b" Tus-Resumable, Upload-Checksum, Upload-Defer-Length, Upload-Length, Upload-Metadata, Upload-Offset,"
    b" X-HTTP-Method-Override, X-Request-Id"
)
RESPONSE_HEADERS: Final = (
    b"Accept-Ranges, Chatd-File, Content-Disposition, Content-Range, ETag, Link, Location, RateLimit,"
    b" RateLimit-Policy, Retry-After, Tus-Checksum-Algorithm, Tus-Extension, Tus-Max-Size, Tus-Resumable,"
    b" Tus-Version, Upload-Expires, Upload-Length, Upload-Metadata, Upload-Offset, X-Request-Id"
)
SECONDS: Final = b"600"  # for which a browser need not ask again
_VARY: Final = (b"vary", b"Origin")


def is_shared(head: Head) -> bool:
    """Whether pages of other origins may be allowed what is asked; then each response depends on who asks."""
    return head.path.startswith(PATHS)


def is_preflight(head: Head) -> bool:
    """Whether a browser asks what it may ask."""
    headers = head.headers
    return head.method == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers


def response_fields(head: Head, own: OwnAddresses) -> Fields:
    """What the response says to the page that asked; nothing to pages that may not know it."""
    origin = head.headers.get("origin")
    if origin is None or not own.names(origin):
        return [_VARY]
    return [
        _VARY,
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", RESPONSE_HEADERS),
    ]


def preflight_fields(head: Head, own: OwnAddresses) -> Fields | None:
    """The answer to a preflight, which has no body; None: the page may ask nothing."""
    origin = head.headers.get("origin", "")
    if not own.names(origin):
        return None
    return [
        _VARY,
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-methods", METHODS),
        (b"access-control-allow-headers", REQUEST_HEADERS),
        (b"access-control-max-age", SECONDS),
    ]
