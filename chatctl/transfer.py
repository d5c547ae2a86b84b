"""Bytes of files over HTTP, for `chatctl file`: streamed, with one clear line for each failure."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import quote, urlsplit

from chatctl.failure import OTHER_VERSION, Failed
from chatd.path_kind import is_file

PIECE: Final = 1 << 20
SECONDS: Final = 120.0  # without progress


class NotReached(Failed):
    """There was no whole answer. `connected`: the connection broke; else nobody took it."""

    def __init__(self, message: str, connected: bool) -> None:
        super().__init__(message)
        self.connected = connected


class Refusing(Failed):
    """The server answers no, with this status of HTTP."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class NotThere(Refusing):
    """There is nothing at the address, or not any more."""


def download(place: str | Path, path: str, write: Callable[[bytes], object]) -> int:
    """Gives the bytes at `path` of the server at `place`, a URL or the admin socket, to `write`; how many.
    Raises Failed."""
    count = 0
    with _Exchange(place) as connection:
        answer = connection.ask("GET", path, {}, None)
        while piece := answer.read(PIECE):
            write(piece)
            count += len(piece)
        length = answer.getheader("Content-Length")
        if length is not None and count < int(length):
            raise Failed(f"the connection broke after {count} of {length} bytes; try again")
    return count


def upload(url: str, token: str, file: Path, name: str) -> dict[str, Any]:
    """What the server at `url` says of the new file. Raises Failed."""
    if not is_file(file):  # its length is told before its bytes
        raise Failed(f"{file} is no regular file; write what it gives to a file first, and upload that")
    with file.open("rb") as source:
        return _send(url, token, f"/files?name={quote(name)}", source, file.stat().st_size)


def upload_for(
    place: str | Path, token: str | None, account: str, source: BinaryIO, size: int, name: str
) -> dict[str, Any]:
    """The same for another account: an operator does it. `place` is a URL or the admin socket, which takes no
    token."""
    return _send(place, token, f"/files?name={quote(name)}&account={quote(account)}", source, size)


def _send(place: str | Path, token: str | None, path: str, source: BinaryIO, size: int) -> dict[str, Any]:
    headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    with _Exchange(place) as connection:
        answer = connection.ask("POST", path, headers, source).read()
    try:
        found: dict[str, Any] = json.loads(answer)["file"]
        _ = found["id"], found["name"], found["size"]
    except (ValueError, LookupError, TypeError) as error:
        raise Failed(f"{place}: what it answers to an upload tells of no file; {OTHER_VERSION}") from error
    return found


class _OverSocket(HTTPConnection):
    """HTTP over a socket of the file system."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(SECONDS)
        self.sock.connect(str(self._path))


class _Exchange:
    """One request to the server at `place`."""

    def __init__(self, place: str | Path) -> None:
        self._place = place
        self._connected = False
        if isinstance(place, Path):
            self._connection: HTTPConnection = _OverSocket(place)
            return
        parts = urlsplit(place)
        kind = HTTPSConnection if parts.scheme in ("https", "wss") else HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)

    def __enter__(self) -> _Exchange:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        self._connection.close()
        if isinstance(error, (OSError, HTTPException)):
            why = f"{self._place}: {error or type(error).__name__}"
            raise NotReached(why, self._connected) from error

    def ask(self, method: str, path: str, headers: dict[str, str], body: Any) -> HTTPResponse:
        self._connection.connect()
        self._connected = True
        # it may be refused before all of it was sent; then the answer says why
        with suppress(BrokenPipeError, ConnectionResetError):
            self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        if answer.status >= 300:
            raise (NotThere if answer.status == 404 else Refusing)(_why(answer), answer.status)
        return answer


def _why(answer: HTTPResponse) -> str:
    try:
        problem = json.loads(answer.read(PIECE))
        return str(problem.get("detail") or problem["title"])
    except (ValueError, KeyError, AttributeError):
        return f"the server answers {answer.status} {answer.reason}"
