"""trio-websocket's part in a connection: what is no plain message.

Most connections never need it, and it takes 10 KiB and a task of its own. So it is made when the first such
frame has come, or when we close. By then the handshake is over: it is shown one that nobody sent, and its
answer to that goes nowhere. The library is loaded then as well, by a thread: it takes 3 MiB, and 50 ms.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Final

import trio

from chatd.frames.codec import MAX_MESSAGE
from chatd.gateway.net.stream import SocketStream
from chatd.gateway.websocket.reader import RECEIVE_BYTES

if TYPE_CHECKING:
    from trio_websocket import CloseReason, WebSocketConnection, WebSocketRequest

_LIBRARY: Final = "trio_websocket"
_SHOWN: Final = (
    b"GET /ws HTTP/1.1\r\nHost: chatd\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


class Control:
    """A trio-websocket connection over `stream`; its reader is a task of `nursery`."""

    def __init__(self, nursery: trio.Nursery, stream: SocketStream) -> None:
        self._nursery = nursery
        self._stream = stream
        self._started = False
        self._websocket: WebSocketConnection | None = None
        self._made = trio.Event()

    @property
    def started(self) -> bool:
        return self._started

    @property
    def closed(self) -> CloseReason | None:
        """Why it was closed or is being closed, None if it is not."""
        return None if self._websocket is None else self._websocket.closed

    def start(self) -> None:
        """There is something for it. Does not wait."""
        if not self._started:
            self._started = True
            self._nursery.start_soon(self._start)

    async def message(self) -> str | bytes:
        """The next message, put together of its fragments. Raises trio.BrokenResourceError."""
        websocket = await self._existing()
        with _as_broken(await _library()):
            return await websocket.get_message()

    async def close(self, code: int, reason: str) -> None:
        """The closing handshake. Raises trio.BrokenResourceError."""
        websocket = await self._existing()
        with _as_broken(await _library()):
            await websocket.aclose(code, reason)

    async def _existing(self) -> WebSocketConnection:
        self.start()
        await self._made.wait()
        assert self._websocket is not None
        return self._websocket

    async def _start(self) -> None:
        shown = ShownHandshake(self._stream)
        with _as_broken(await _library()):
            request = await self._wrap(shown)
            self._websocket = await request.accept()
        shown.over.set()
        self._made.set()

    async def _wrap(self, stream: trio.abc.Stream) -> WebSocketRequest:
        wrapped: WebSocketRequest = await (await _library()).wrap_server_stream(
            self._nursery, stream, max_message_size=MAX_MESSAGE, receive_buffer_size=RECEIVE_BYTES
        )
        return wrapped


async def _library() -> ModuleType:
    loaded = sys.modules.get(_LIBRARY)
    if loaded is None or loaded.__spec__ is None or getattr(loaded.__spec__, "_initializing", False):
        loaded = await trio.to_thread.run_sync(import_module, _LIBRARY)
    return loaded


@contextmanager
def _as_broken(library: ModuleType) -> Iterator[None]:
    """trio-websocket has an exception of its own for a connection that is no more."""
    try:
        yield
    except library.ConnectionClosed as closed:
        raise trio.BrokenResourceError("the connection is closed") from closed


class ShownHandshake(trio.abc.Stream):
    """A stream with a handshake before what `stream` has. What is said before that is `over` is lost."""

    def __init__(self, stream: SocketStream) -> None:
        self.over = trio.Event()
        self._stream = stream
        self._shown = False

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        if not self._shown:
            self._shown = True
            await trio.lowlevel.checkpoint()
            return _SHOWN
        await self.over.wait()
        return await self._stream.receive_some(max_bytes)

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        if self.over.is_set():
            await self._stream.send_all(data)
        else:
            await trio.lowlevel.checkpoint()

    async def wait_send_all_might_not_block(self) -> None:
        await self._stream.wait_send_all_might_not_block()

    async def aclose(self) -> None:
        await self._stream.aclose()
