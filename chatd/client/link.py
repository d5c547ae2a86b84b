"""One WebSocket connection to a server: frames in, frames out, and the signs that it is dead.

A session opens links one after another; a link never reconnects. Who reads must keep reading, or pings
of the server go unanswered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
import trio
from trio_websocket import ConnectionClosed, ConnectionRejected, WebSocketConnection, wrap_client_stream

from chatd.client.address import Address
from chatd.client.conversion import data_of, read_result, row_for
from chatd.client.errors import Disconnected, refused
from chatd.client.nursery import quiet_nursery
from chatd.client.wire import Format, Frame, request_frame

DIAL_SECONDS = 10.0  # to get a connection and through the handshake
ASK_SECONDS = 30.0  # for an answer before the session is open
SEND_SECONDS = 30.0  # for one message to leave
PING_EVERY = 20.0
PONG_SECONDS = 10.0
GOODBYE_SECONDS = 1.0
LARGEST_MESSAGE = 64 * 2**20  # what a server may batch into one message, at the very most
RECEIVE_BYTES = 64 * 2**10
PASSING = frozenset({408, 425, 429})  # HTTP refusals below 500 that pass by themselves


T = TypeVar("T")


class LinkLost(Disconnected):
    """The connection ended. `code` is the WebSocket close code; 1006 when there was none."""

    def __init__(self, code: int, reason: str | None) -> None:
        what = f"the connection ended: {reason}" if reason else "the connection broke"
        super().__init__(f"{what} (close code {code})")
        self.code = code
        self.reason = reason or ""


class Link:
    """An open connection. One task reads, one writes."""

    def __init__(self, socket: WebSocketConnection, stream: trio.abc.Stream, form: Format) -> None:
        self._socket = socket
        self._stream = stream
        self._form = form
        self._kept: deque[list[Frame]] = deque()
        self._asked = 0

    async def receive(self) -> list[Frame]:
        """The frames of the next message. Raises LinkLost."""
        if self._kept:
            await trio.lowlevel.checkpoint()
            return self._kept.popleft()
        try:
            return self._form.decode(await self._socket.get_message())
        except ConnectionClosed as error:
            raise _lost(error) from None
        except (ValueError, msgspec.DecodeError) as error:
            await self.drop()
            raise LinkLost(
                1007, f"the server sent something that is not a message of {self._form.subprotocol}: {error}"
            ) from error

    async def send(self, frames: Iterable[bytes]) -> None:
        """Sends encoded frames as one message. Raises LinkLost; then it may have left or not."""
        try:
            with trio.fail_after(SEND_SECONDS):
                await self._socket.send_message(self._form.join(frames))
        except ConnectionClosed as error:
            raise _lost(error) from None
        except trio.TooSlowError:
            await self.drop()  # half a frame may have left: nothing can follow it
            raise LinkLost(1006, "the server does not take any more data") from None

    async def ask(self, request: object, result: type[T]) -> T:
        """The result of a request while nobody else uses this link yet; what else comes is kept for
        `receive`.

        Raises Refused, LinkLost, Unreadable.
        """
        name = row_for(request, result).name
        return read_result(name, await self._ask(name, data_of(request)), result)

    async def _ask(self, name: str, data: dict[str, Any]) -> dict[str, Any]:
        self._asked -= 1  # below zero, so that no request of the session has the same id
        await self.send([self._form.encode(request_frame(self._asked, name, data))])
        early: deque[list[Frame]] = deque()
        with trio.move_on_after(ASK_SECONDS):
            while True:
                frames = await self.receive()
                answer = next((frame for frame in frames if frame.get("id") == self._asked), None)
                early.append([frame for frame in frames if frame is not answer])
                if answer is not None:
                    self._kept = early + self._kept
                    if "error" in answer:
                        raise refused(answer["error"])
                    found: dict[str, Any] = answer.get("result") or {}
                    return found
        await self.drop()
        raise LinkLost(1006, f"no answer to {name}")

    async def stay_alive(self, reading: Callable[[], bool]) -> None:
        """Pings for ever; drops the connection when no answer comes although somebody is `reading`."""
        while True:
            await trio.sleep(PING_EVERY)
            if not reading():
                continue
            with trio.move_on_after(PONG_SECONDS) as waiting:
                try:
                    await self._socket.ping()
                except ConnectionClosed:
                    return
            if waiting.cancelled_caught and reading():
                await self.drop()
                return

    async def close(self) -> None:
        """Says goodbye, for a short while."""
        with trio.move_on_after(GOODBYE_SECONDS):
            await self._socket.aclose()
        await self.drop()

    async def drop(self) -> None:
        """Ends the connection without a word; the reader sees LinkLost."""
        await trio.aclose_forcefully(self._stream)


@asynccontextmanager
async def open_link(address: Address, form: Format) -> AsyncGenerator[Link, None]:
    """A connection for the time of the block. Raises Disconnected when there is none to be had."""
    try:
        async with quiet_nursery() as nursery:
            link = await _connect(nursery, address, form)
            try:
                yield link
            finally:
                await link.drop()
    except ConnectionRejected as error:
        final = error.status_code < 500 and error.status_code not in PASSING
        raise Disconnected(f"{address} refuses the handshake: HTTP {error.status_code}", final) from None


async def _connect(nursery: trio.Nursery, address: Address, form: Format) -> Link:
    with trio.move_on_after(DIAL_SECONDS):
        stream = _Handshaking(await address.dial(), str(address))
        try:
            socket = await wrap_client_stream(
                nursery,
                stream,  # type: ignore[arg-type]  # any stream will do
                address.host,
                address.path,
                subprotocols=[form.subprotocol],
                max_message_size=LARGEST_MESSAGE,
                receive_buffer_size=RECEIVE_BYTES,
            )
        except BaseException:
            await trio.aclose_forcefully(stream)
            raise
        stream.shaken = True
        if socket.subprotocol != form.subprotocol:
            await trio.aclose_forcefully(stream)
            raise Disconnected(
                f"{address} is not a chatd server: it does not speak {form.subprotocol}", final=True
            )
        return Link(socket, stream, form)
    raise Disconnected(f"nobody answers at {address}: no handshake within {DIAL_SECONDS:.0f} seconds")


class _Handshaking(trio.abc.Stream):
    """Until hands are shaken, the end of the stream is an error: trio-websocket would wait for ever."""

    def __init__(self, stream: trio.abc.Stream, where: str) -> None:
        self._stream = stream
        self._where = where
        self.shaken = False

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        try:
            await self._stream.send_all(data)
        except trio.BrokenResourceError as error:
            if self.shaken:
                raise
            raise Disconnected(f"{self._where} hung up: {error}") from error

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        try:
            data = await self._stream.receive_some(max_bytes)
        except trio.BrokenResourceError as error:
            if self.shaken:
                raise
            raise Disconnected(f"{self._where} hung up: {error}") from error
        if not data and not self.shaken:
            raise Disconnected(f"{self._where} hung up before the handshake")
        return data

    async def wait_send_all_might_not_block(self) -> None:
        await self._stream.wait_send_all_might_not_block()

    async def aclose(self) -> None:
        await self._stream.aclose()


def _lost(error: ConnectionClosed) -> LinkLost:
    if error.reason is None:
        return LinkLost(1006, None)
    return LinkLost(error.reason.code, error.reason.reason)
