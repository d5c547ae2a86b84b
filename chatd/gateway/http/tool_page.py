"""A page for people who work on a server or with it, and its files, below an address that changes with them.

The page holds nothing, so it is for everybody to load: what it shows it asks the API for, with a token.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial

import trio
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from chatd.gateway.http.pages import render
from chatd.gateway.http.server.public_document import FOREVER, PublicDocument, tag_of


class ToolPage:
    """`template` is given the `server`'s name, and the address of the `folder` with the files. `media_types`:
    of the files, by name; `read` gives the bytes of one, and blocks."""

    def __init__(
        self,
        address: str,
        template: str,
        server_name: str,
        policy: str,
        media_types: Mapping[str, str],
        read: Callable[[str], bytes],
    ) -> None:
        self._address = address
        self._template = template
        self._server = server_name
        self._headers = {"cache-control": "no-cache", "content-security-policy": policy}
        self._read = read
        self._files = {
            name: PublicDocument(partial(read, name), type_, FOREVER) for name, type_ in media_types.items()
        }

    def routes(self) -> Sequence[BaseRoute]:
        return (
            Route(self._address, self._page),
            Route(f"{self._address}/{{version}}/{{name}}", self._file),
        )

    async def _page(self, request: Request) -> Response:
        return HTMLResponse(await trio.to_thread.run_sync(self._render), headers=self._headers)

    def _render(self) -> str:
        return render(self._template, {"server": self._server, "folder": f"{self._address}/{self._version}"})

    async def _file(self, request: Request) -> Response:
        kept = self._files.get(request.path_params["name"])
        version = await trio.to_thread.run_sync(lambda: self._version)
        if kept is None or request.path_params["version"] != version:
            raise HTTPException(404)  # a page of before; its browser is to load the page anew
        return await kept.answer(request)

    @cached_property
    def _version(self) -> str:
        """Stands for all files of the page."""
        return tag_of(b"".join(map(self._read, sorted(self._files))))[:16]
