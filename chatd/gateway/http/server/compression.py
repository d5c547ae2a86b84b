"""Compressed responses, for texts that anybody may have.

Never what is private: who can put words of their own next to a secret, and sees how long the encrypted
response is, can guess the secret letter by letter (BREACH). A page of a room holds what some wrote beside
what they may not know, so nothing that `Cache-Control` calls `no-store` or `private` is compressed, and that
is every response that does not say otherwise.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Final

import trio
from cachetools import LRUCache

from chatd.gateway.http.server.request_head import Head, tokens

LEAST: Final = 1024  # bytes; less leaves in one packet anyway
KEPT: Final = 4 * 1024 * 1024  # bytes of compressed bodies that have an ETag
IN_THREAD: Final = 16 * 1024  # bytes, from which on it would hold up the loop
LEVEL: Final = 6
_TEXTS: Final = (
    "text/",
    "application/json",
    "application/javascript",
    "application/problem+json",
    "image/svg+xml",
)
_PRIVATE: Final = frozenset({"no-store", "private", "no-transform"})


def pays(fields: Mapping[bytes, bytes], size: int) -> bool:
    """Whether a response of 200 with these headers is a text worth compressing, and may be."""
    if size < LEAST or b"content-encoding" in fields or b"cache-control" not in fields:
        return False
    type_ = fields.get(b"content-type", b"").decode("latin-1")
    told = tokens(fields[b"cache-control"].decode("latin-1"))
    return type_.startswith(_TEXTS) and _PRIVATE.isdisjoint(told)


def takes_gzip(head: Head) -> bool:
    """Whether the client does (RFC 9110, section 12.5.3)."""
    for one in tokens(head.headers.get("accept-encoding", "")):
        name, _, weight = one.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.strip().removeprefix("q=").strip("0.") != "" or not weight
    return False


class Compression:
    """Compresses, and keeps what is asked for again: what has an entity tag."""

    def __init__(self) -> None:
        self._kept: LRUCache[tuple[str, bytes], bytes] = LRUCache(KEPT, len)

    async def compressed(self, body: bytes, path: str, etag: bytes | None) -> bytes:
        key = None if etag is None else (path, etag)
        if key is not None and (known := self._kept.get(key)) is not None:
            return known
        if len(body) < IN_THREAD:
            small = _gzip(body)
        else:
            small = await trio.to_thread.run_sync(_gzip, body)
        if key is not None and len(small) <= KEPT:
            self._kept[key] = small
        return small


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, LEVEL, mtime=0)
