"""`GET /files/ID`: the bytes of a file, for who may read it at this moment, and never as a page of ours."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chatd.contract.errors import Refusal
from chatd.gateway.http.files.answers import NO_STORE, Problem, granted, problem_answer
from chatd.gateway.http.files.asker import asker
from chatd.gateway.http.files.names import disposition
from chatd.gateway.http.files.ranges import NotSatisfiable, wanted_range
from chatd.ports import Blobs, Opened
from chatd.ports.desk import Desk
from chatd.ports.files import Files, StoredFile

# What browsers show or play and cannot run; everything else is saved.
INLINE: Final = frozenset(
    (
        *("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"),
        *("video/mp4", "video/webm", "video/ogg"),
        *("audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav"),
    )
)
# How what is saved is called; it is given out as octets if it is nothing of this.
SAVED: Final[Mapping[str, str]] = {
    "application/pdf": "application/pdf",
    "text/plain": "text/plain; charset=utf-8",
}
UNKNOWN: Final = "application/octet-stream"
PREVIEW_TYPE: Final = "image/webp"
CSP: Final = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
SIGNED: Final = ("by", "expires", "signature")
NO_PREVIEW: Final = Refusal("not_found", "this file has no preview")
ANOTHER: Final = Refusal("invalid", "this is not what If-Match names; load the whole file")
BEYOND: Final = Refusal("invalid", "the range lies behind the end of the file")


class Download:
    def __init__(self, desk: Desk, files: Files, blobs: Blobs) -> None:
        self._desk = desk
        self._files = files
        self._blobs = blobs

    async def get(self, request: Request) -> Any:
        file = await self._readable(request)
        return await self._answer(request, file.hash, file.type, file.name)

    async def preview(self, request: Request) -> Any:
        file = await self._readable(request)
        if file.preview is None:
            raise Problem(NO_PREVIEW)
        return await self._answer(request, file.preview, PREVIEW_TYPE, f"{file.name}.webp")

    async def _readable(self, request: Request) -> StoredFile:
        id_, query = request.path_params["file"], request.query_params
        if all(name in query for name in SIGNED):
            return granted(await self._files.linked(id_, *(query[name] for name in SIGNED)))
        return granted(await self._files.readable(await asker(request, self._desk), id_))

    async def _answer(self, request: Request, hash_: str, type_: str, name: str) -> Any:
        headers = _headers(hash_, type_, name)
        if not _is_it(request.headers.get("if-match"), headers["etag"]):
            raise Problem(ANOTHER, HTTPStatus.PRECONDITION_FAILED)
        if _has_it(request.headers.get("if-none-match"), headers["etag"]):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        opened = await self._blobs.open(hash_)
        if opened.url is not None and request.method == "GET":  # it is signed for GET alone
            return RedirectResponse(opened.url, HTTPStatus.TEMPORARY_REDIRECT, NO_STORE)
        asked = request.headers.get("range") if request.method == "GET" else None
        if request.headers.get("if-range", headers["etag"]) != headers["etag"]:
            asked = None
        try:
            part = wanted_range(asked, opened.size)
        except NotSatisfiable:
            status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
            return problem_answer(BEYOND, status, {"content-range": f"bytes */{opened.size}"})
        return Bytes(opened, headers, part)


class Bytes:
    """The response with a file, or `part` of it: start and length."""

    def __init__(self, opened: Opened, headers: dict[str, str], part: tuple[int, int] | None) -> None:
        self._opened = opened
        self._start, self._length = part or (0, opened.size)
        self._status = HTTPStatus.OK if part is None else HTTPStatus.PARTIAL_CONTENT
        self._headers = {**headers, "content-length": str(self._length)}
        if part is not None:
            last = self._start + self._length - 1
            self._headers["content-range"] = f"bytes {self._start}-{last}/{opened.size}"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self._headers.items()]
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        if scope["method"] == "HEAD" or not self._length:
            await send({"type": "http.response.body"})
        elif self._opened.path is not None and "http.response.pathsend" in scope.get("extensions", ()):
            place = {"path": str(self._opened.path), "start": self._start, "count": self._length}
            await send({"type": "http.response.pathsend", **place})
        else:
            await self._stream(send)

    async def _stream(self, send: Any) -> None:
        left = self._length
        async with aclosing(self._opened.read(self._start, self._length)) as pieces:
            async for piece in pieces:
                left -= len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": left > 0})


def _headers(hash_: str, type_: str, name: str) -> dict[str, str]:
    return {
        **NO_STORE,
        "content-type": type_ if type_ in INLINE else SAVED.get(type_, UNKNOWN),
        "content-disposition": disposition("inline" if type_ in INLINE else "attachment", name),
        "etag": f'"{hash_}"',
        "accept-ranges": "bytes",
        "content-security-policy": CSP,
        "x-content-type-options": "nosniff",
    }


def _has_it(known: str | None, etag: str) -> bool:
    """Whether the client has what is stored (RFC 9110, section 13.1.2)."""
    if known is None:
        return False
    return known.strip() == "*" or etag in (one.strip().removeprefix("W/") for one in known.split(","))


def _is_it(wanted: str | None, etag: str) -> bool:
    """Whether what is stored is what the client asks to be there (RFC 9110, section 13.1.1)."""
    return wanted is None or wanted.strip() == "*" or etag in map(str.strip, wanted.split(","))
