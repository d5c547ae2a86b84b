"""trio-websocket's part in a connection: what is neither an ordinary handshake nor a plain message.

Most connections never need it, and it takes 10 KiB and a task of its own. So it is made when the first such
frame has come, or when we close. By then the handshake is over: it is shown one that nobody sent, and its
answer to that goes nowhere.
"""

from __future__ import annotations

from typing import Final

import trio
import trio_websocket

from chatd.codec import JSON, MAX_MESSAGE
from chatd.gateway.net.stream import SocketStream
from chatd.gateway.websocket.handshake import chosen
from chatd.gateway.websocket.reader import RECEIVE_BYTES
from chatd.gateway.websocket.wire import WIRES, Wire

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
        self._websocket: trio_websocket.WebSocketConnection | None = None
        self._made = trio.Event()

    @property
    def started(self) -> bool:
        return self._started

    @property
    def closed(self) -> trio_websocket.CloseReason | None:
        """Why it was closed or is being closed, None if it is not."""
        return None if self._websocket is None else self._websocket.closed

    async def shake_hands(self) -> Wire | None:
        """The whole handshake, whose request the stream still holds; None: it was refused."""
        self._started = True
        request = await self._wrap(self._stream)
        proposed = request.proposed_subprotocols
        subprotocol = chosen(proposed)
        if proposed and subprotocol is None:
            body = f"none of the offered subprotocols is known here; known are: {', '.join(WIRES)}\n"
            await request.reject(400, body=body.encode())
            return None
        self._websocket = await request.accept(subprotocol=subprotocol)
        self._made.set()
        return WIRES[subprotocol or JSON.subprotocol]

    def start(self) -> None:
        """There is something for it. Does not wait."""
        if not self._started:
            self._started = True
            self._nursery.start_soon(self._start)

    async def websocket(self) -> trio_websocket.WebSocketConnection:
        self.start()
        await self._made.wait()
        assert self._websocket is not None
        return self._websocket

    async def _start(self) -> None:
        shown = ShownHandshake(self._stream)
        request = await self._wrap(shown)
        self._websocket = await request.accept()
        shown.over.set()
        self._made.set()

    async def _wrap(self, stream: trio.abc.Stream) -> trio_websocket.WebSocketRequest:
        return await trio_websocket.wrap_server_stream(
            self._nursery, stream, max_message_size=MAX_MESSAGE, receive_buffer_size=RECEIVE_BYTES
        )


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
