"""What a standby shows over HTTP: `/metrics`, `/status`, `/healthz`; everything else is to be asked of the
server it follows."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Final

import trio

from chatd.standby.progress import Progress

HEAD_BYTES: Final = 8192
SECONDS: Final = 5.0
AT_ONCE: Final = 64
TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


async def serve_page(listeners: list[trio.SocketListener], progress: Progress, nursery: trio.Nursery) -> None:
    """Runs forever."""
    turns = trio.Semaphore(AT_ONCE)

    async def answer(stream: trio.SocketStream) -> None:
        async with turns, stream:
            with trio.move_on_after(SECONDS), suppress(trio.BrokenResourceError, trio.ClosedResourceError):
                await _answer(stream, progress)

    await trio.serve_listeners(answer, listeners, handler_nursery=nursery)


async def _answer(stream: trio.SocketStream, progress: Progress) -> None:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = await stream.receive_some(HEAD_BYTES)
        head += piece
        if not piece or len(head) > HEAD_BYTES:
            return
    method, _, rest = head.partition(b" ")
    path = rest.split(b" ", 1)[0].split(b"?", 1)[0]
    status, type_, body = _page(path, progress)
    shown = body.encode()
    lines = (
        f"HTTP/1.1 {status}",
        f"Content-Type: {type_}",
        f"Content-Length: {len(shown)}",
        "Cache-Control: no-store",
        "Connection: close",
        *(("Retry-After: 5",) if status.startswith("503") else ()),
    )
    await stream.send_all("\r\n".join((*lines, "", "")).encode() + (b"" if method == b"HEAD" else shown))


def _page(path: bytes, progress: Progress) -> tuple[str, str, str]:
    if path == b"/metrics":
        return "200 OK", TEXT, progress.metrics()
    if path == b"/status":
        return "200 OK", "application/json", json.dumps(progress.told()) + "\n"
    if path == b"/healthz":
        return "200 OK", TEXT, "ok, a standby\n"
    if path.startswith(b"/standby/"):
        detail = f"this is a standby itself; follow its server, {progress.url}"
        return "409 Conflict", "application/json", json.dumps({"detail": detail}) + "\n"
    return "503 Service Unavailable", TEXT, "this is a standby; its server answers elsewhere\n"
