"""Public documents that change only with the server's version: made when they are first asked for, then kept,
with an entity tag, and compressed for who takes that."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final

import msgspec
import trio
from starlette.requests import Request
from starlette.responses import Response

REVALIDATED: Final = "no-cache"  # may be kept, and is asked for again, with its tag
FOREVER: Final = "public, max-age=31536000, immutable"  # for an address that changes with the content


class _Made(msgspec.Struct, frozen=True, eq=False):
    body: bytes
    compressed: bytes
    tag: str


class Kept:
    """`make` gives the document. It runs in a thread, and more than once if several ask at the same time."""

    def __init__(self, make: Callable[[], bytes], media_type: str, cache: str = REVALIDATED) -> None:
        self._make = make
        self._headers = {"content-type": media_type, "cache-control": cache, "vary": "accept-encoding"}
        self._made: _Made | None = None

    async def answer(self, request: Request) -> Response:
        made = self._made
        if made is None:
            made = self._made = await trio.to_thread.run_sync(self._keep)
        headers = {**self._headers, "etag": made.tag}
        if not takes_gzip(request.headers.get("accept-encoding", "")):
            return Response(made.body, headers=headers)
        return Response(made.compressed, headers={**headers, "content-encoding": "gzip"})

    def _keep(self) -> _Made:
        body = self._make()
        # A weak tag: the same document, however it is encoded (RFC 9110, section 8.8.3).
        return _Made(body, gzip.compress(body, mtime=0), f'W/"{tag_of(body)}"')


def tag_of(body: bytes) -> str:
    return sha256(body).hexdigest()[:32]


def takes_gzip(accepted: str) -> bool:
    """Whether `Accept-Encoding` names gzip, and not to refuse it (RFC 9110, section 12.5.3)."""
    weights: Mapping[str, str] = {
        coding.strip().lower(): weight.replace(" ", "")
        for coding, _, weight in (one.partition(";") for one in accepted.split(","))
    }
    return "gzip" in weights and weights["gzip"] not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
