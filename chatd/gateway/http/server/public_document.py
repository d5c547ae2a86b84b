"""A public document that changes only with the server's version. It is made when somebody first asks for it,
then kept with an entity tag. The driver compresses it for clients that accept that."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Final

import trio
from starlette.requests import Request
from starlette.responses import Response

REVALIDATED: Final = "no-cache"  # may be kept, and is asked for again, with its tag
FOREVER: Final = "public, max-age=31536000, immutable"  # for an address that changes with the content


class PublicDocument:
    """`make` gives the bytes. It runs once, in a thread; requests that come meanwhile wait for it."""

    def __init__(self, make: Callable[[], bytes], media_type: str, cache: str = REVALIDATED) -> None:
        self._make = make
        self._headers = {"content-type": media_type, "cache-control": cache}
        self._body = b""
        self._making = trio.Lock()

    async def answer(self, request: Request) -> Response:
        if not self._body:
            async with self._making:
                if not self._body:
                    body = await trio.to_thread.run_sync(self._make)
                    self._headers["etag"] = f'"{tag_of(body)}"'
                    self._body = body
        return Response(self._body, headers=self._headers)


def tag_of(body: bytes) -> str:
    return sha256(body).hexdigest()[:32]
