"""Conditional requests (RFC 9110, section 13): a client that has the newest version already is told so."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from chatd.gateway.http.server.request_head import Head


def is_conditional(head: Head) -> bool:
    """Whether the answer may be that the client has it already."""
    return "if-none-match" in head.headers or "if-modified-since" in head.headers


def is_fresh(head: Head, fields: Mapping[bytes, bytes]) -> bool:
    """Whether the client has what these headers of a 200 announce. `If-None-Match` goes before
    `If-Modified-Since`."""
    known = head.headers.get("if-none-match")
    if known is not None:
        etag = fields.get(b"etag", b"").decode("latin-1")
        return bool(etag) and (known.strip() == "*" or _opaque(etag) in map(_opaque, known.split(",")))
    since, modified = head.headers.get("if-modified-since"), fields.get(b"last-modified")
    if since is None or modified is None:
        return False
    try:
        return parsedate_to_datetime(modified.decode("latin-1")) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):  # no date, or one without a zone
        return False


def weak(etag: bytes) -> bytes:
    """The tag of what means the same and is other bytes."""
    return etag if etag.startswith(b"W/") else b"W/" + etag


def _opaque(etag: str) -> str:
    """An entity tag, whether it is weak or strong."""
    return etag.strip().removeprefix("W/")
