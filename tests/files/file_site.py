"""What the bytes of files need of the rest of the server, in memory; and a client that speaks ASGI."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import trio
from starlette.applications import Starlette

from chatd.contract.errors import Refusal
from chatd.contract.file import FileInfo, file_url, preview_url
from chatd.contract.spec import RequestType
from chatd.files.intake import Intake
from chatd.files.partial_store import PartialStore
from chatd.files.partials import Partials
from chatd.files.pictures.process import PictureProcesses
from chatd.files.places import UploadPlaces
from chatd.files.receiving import Receptions
from chatd.files.spooling_blobs import SpoolingBlobs
from chatd.gateway.http.files.routes import FileRoutes
from chatd.ports import Caller
from chatd.ports.file_counts import FileCounts
from chatd.ports.files import StoredFile, Upload

LARGEST = 20_000_000
NOT_FOUND = Refusal("not_found", "no such file")


class MemoryFiles:
    """Rows of files. Everybody may read what is in `shared`."""

    def __init__(self) -> None:
        self.added: dict[str, tuple[Caller, Upload]] = {}
        self.shared: set[str] = set()
        self.gone: set[str] = set()  # accounts
        self.allowed = LARGEST
        self.refusal: Refusal | None = None

    async def begin(self, caller: Caller, name: str, type: str, size: int | None) -> Refusal | None:
        if size is not None and size > self.allowed:
            return Refusal("too_large", f"a file has at most {self.allowed} bytes")
        return self.refusal

    async def allowance(self, caller: Caller) -> int:
        return self.allowed

    async def add(self, caller: Caller, upload: Upload) -> FileInfo | Refusal:
        if upload.size > self.allowed:
            return Refusal("too_large", "too large")
        id_ = f"F{len(self.added)}"
        self.added[id_] = caller, upload
        return FileInfo(
            id=id_,
            name=upload.name,
            type=upload.type,
            size=upload.size,
            url=file_url(id_),
            width=upload.width,
            height=upload.height,
            preview=None if upload.preview is None else preview_url(id_),
        )

    async def deleted(self, account: str) -> bool:
        return account in self.gone

    async def readable(self, caller: Caller, file: str) -> StoredFile | Refusal:
        if file not in self.added or (
            self.added[file][0].account != caller.account and file not in self.shared
        ):
            return NOT_FOUND
        return self._stored(file)

    async def linked(self, file: str, by: str, expires: str, signature: str) -> StoredFile | Refusal:
        return self._stored(file) if signature == "good" else NOT_FOUND

    def _stored(self, file: str) -> StoredFile:
        one = self.added[file][1]
        return StoredFile(
            id=file, hash=one.hash, size=one.size, name=one.name, type=one.type, preview=one.preview, at=0
        )


class OpenDesk:
    """Whose token is a name is that account."""

    async def admit(self, token: str, address: str) -> Caller | Refusal:
        if not token.isalpha():
            return Refusal("unauthenticated", "the token is no good")
        return Caller(address, token, token)

    async def ask(self, caller: Caller, row: RequestType, data: Mapping[str, Any]) -> object | Refusal:
        raise NotImplementedError


class Answer(msgspec.Struct):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Site:
    """The paths of files over a store of blobs. `now` is its clock, in milliseconds."""

    def __init__(self, blobs: SpoolingBlobs, folder: Path, own: Path | None = None) -> None:
        self.blobs, self.folder, self.files, self.now = blobs, folder, MemoryFiles(), 1_000_000
        self.own = own
        self.open()

    def open(self) -> None:
        """As after a start of the server."""
        self.counts = FileCounts()
        intake, places = (
            Intake(self.blobs, self.files, PictureProcesses(self.blobs.threads), self.counts),
            UploadPlaces(),
        )
        self.partial_store = PartialStore(self.folder, self.own)
        self.partials = Partials(intake, places, self.partial_store, 100.0, lambda: self.now)
        receptions = Receptions(intake, places)
        routes = FileRoutes(
            OpenDesk(), self.files, self.blobs, receptions, self.partials, self.counts, LARGEST
        )
        self._app = Starlette(routes=routes.routes())

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes | Sequence[bytes] = b"",
        *,
        token: str | None = "ann",
        before: Callable[[int], Any] | None = None,
        sendfile: bool = False,
        cut: bool = False,
        **headers: str,
    ) -> Answer:
        """`before` is called (and awaited) before the piece of that number is sent; `cut`: the client goes
        away after the last piece. Names of headers are written with `_`."""
        pieces = [body] if isinstance(body, bytes) else list(body)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            given.setdefault("authorization", f"Bearer {token}")
        path, _, query = path.partition("?")
        query = quote(query, safe="=&%")
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
            "state": {"caller": Caller("192.0.2.1")},
            "extensions": {"http.response.pathsend": {}} if sendfile else {},
        }
        asked = 0

        async def receive() -> Any:
            nonlocal asked
            number, asked = asked, asked + 1
            if before is not None:
                await before(number)
            if number >= len(pieces):
                return {"type": "http.disconnect"}
            more = number + 1 < len(pieces) or cut
            return {"type": "http.request", "body": pieces[number], "more_body": more}

        answer = Answer(0, {}, b"")

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            elif message["type"] == "http.response.pathsend":
                start, count = message["start"], message["count"]
                answer.body += (await trio.Path(message["path"]).read_bytes())[start : start + count]
            else:
                answer.body += message.get("body", b"")

        await self._app(scope, receive, send)
        return answer


def form(content: bytes, name: str = "hello.txt", field: str = "file") -> tuple[bytes, str]:
    """A body and its content type."""
    head = f'--limit\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    return head.encode() + content + b"\r\n--limit--\r\n", "multipart/form-data; boundary=limit"
