"""One WebSocket connection: handshake, reading, keep-alive, closing. No peer makes it raise.

The frame parser takes unfragmented messages out of the stream, and replies and events are framed here and
written to the stream directly. trio-websocket answers control frames; its reader runs
while the session works, so it answers pings and close frames while requests are in progress.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import trio

from chatd.auth.rate_limits import TokenBucket
from chatd.frames.codec import MAX_MESSAGE
from chatd.gateway.http.server.request_head import Head
from chatd.gateway.net.live_connection import LiveConnections, OpenSession
from chatd.gateway.net.poller import Poller
from chatd.gateway.net.stream import UNSENT_EVENTS, SocketStream
from chatd.gateway.net.stream_tasks import stream_tasks
from chatd.gateway.websocket.closing import close_frame, protocol_error_frame
from chatd.gateway.websocket.control import Control
from chatd.gateway.websocket.frame_parser import FrameParser, Sentinel
from chatd.gateway.websocket.handshake import answer_handshake
from chatd.gateway.websocket.reader import WebSocketReader
from chatd.gateway.websocket.wire import Wire, websocket_frame
from chatd.log import log
from chatd.ports import Caller, Message, Session
from chatd.settings import Rate, Settings

CLOSE_DEADLINE: Final = 2.0  # seconds for the closing handshake

_PING_OPCODE: Final = 0x89
_PING: Final = websocket_frame(_PING_OPCODE, b"chatd")


class WebSocket:
    """A client's connection, as its session sees it (`chatd.ports.Connection`)."""

    def __init__(
        self,
        control: Control,
        stream: SocketStream,
        reader: WebSocketReader,
        frame_parser: FrameParser,
        wire: Wire,
        caller: Caller,
        bearer: str | None,
    ) -> None:
        self.caller = caller
        self.bearer = bearer
        self.render = wire.render
        self.drained = stream.drained
        self.closing: tuple[int, str] | None = None
        self.closing_since = 0.0
        self.session: Session | None = None
        self.control = control
        self.stream = stream
        self.reader = reader
        self.frame_parser = frame_parser
        self.gone = trio.Event()
        self.connected_at = trio.current_time()
        self.pinged: float | None = None
        self._wire = wire
        self._pending: list[dict[str, Any]] = []
        stream.flush_replies = self._flush_replies
        stream.final_frame = self._protocol_error_frame
        self._reading: trio.CancelScope | None = None

    @property
    def protocol(self) -> str:
        return self._wire.form.subprotocol

    @property
    def queued(self) -> int:
        return self.stream.queued

    @property
    def last_heard(self) -> float:
        return self.stream.last_heard

    @property
    def lost(self) -> bool:
        return self.stream.broken

    def send(self, frames: Sequence[dict[str, Any]]) -> None:
        """Queues replies: those of one turn of the event loop leave in one message."""
        self._pending += frames
        self.stream.schedule_flush()

    def write(self, rendered: bytes, at_once: bool = False) -> int:
        if self._pending:
            self._flush_replies()
        return self.stream.write(rendered, at_once)

    def _flush_replies(self) -> None:
        if self._pending:
            pending, self._pending = self._pending, []
            self.stream.write(self._wire.frames(pending))

    def _protocol_error_frame(self) -> bytes:
        return protocol_error_frame(self.control.closed)

    def close(self, code: int, reason: str) -> None:
        if self.closing is None:
            self.closing = code, reason
            self.closing_since = trio.current_time()
        if self.session is not None:
            self.session.stop()

    def stop_reading(self) -> None:
        self.frame_parser.stop_reading()
        if self._reading is not None:
            self._reading.cancel()

    def check_liveness(self, now: float, settings: Settings) -> None:
        """Pings a silent peer, aborts a dead one and one that leaves unread that it is to go, closes one that
        opens no session. Called periodically."""
        if (
            self.session is not None
            and not self.session.opened
            and self.session.idle  # what takes long here is no fault of the client
            and now - self.connected_at > settings.auth_deadline
        ):
            self.close(4001, f"open a session within {settings.auth_deadline:g} seconds")
        if self.closing is not None and self.queued and now - self.closing_since > settings.drain_deadline:
            self.stream.abort()
        heard = self.stream.last_heard
        if self.pinged is not None and heard >= self.pinged:
            self.pinged = None
        if self.pinged is None:
            if now - heard > settings.ping_interval:
                self.pinged = now
                self.frame_parser.pong_due = True
                self.stream.write(_PING)
        elif now - self.pinged > settings.ping_timeout and not self.queued:
            self.stream.abort()  # while bytes are queued, the write deadline decides instead of the pong

    async def receive(self) -> Message | None:
        message = await self.frame_parser.take()
        if message is Sentinel.FRAGMENTED:
            message = await self._receive_fragmented()
        if isinstance(message, Sentinel) or self.stream.broken:
            return None
        return Message(self._wire.form.decode(message), len(message))

    async def _receive_fragmented(self) -> str | bytes | Sentinel:
        """A fragmented message, which trio-websocket has put together."""
        with trio.CancelScope() as self._reading:
            try:
                return await self.control.message()
            except trio.BrokenResourceError:
                pass
            finally:
                self._reading = None
        return Sentinel.END


async def serve_websocket(
    stream: SocketStream,
    caller: Caller,
    head: Head,
    settings: Settings,
    open_session: OpenSession,
    connections: LiveConnections,
    poller: Poller,
) -> None:
    """Serves the connection until either side ends it. `head` is the handshake request, which the stream
    holds as well."""
    stream.framed = True
    stream.bound_unsent(UNSENT_EVENTS)
    paced = settings.limits and not caller.operator
    pace = TokenBucket(Rate.parse(settings.rate_frames)) if paced else None
    session: Session | None = None

    def stranger() -> bool:
        return not (caller.operator or (session is not None and session.opened))

    frame_parser = FrameParser(MAX_MESSAGE, pace, stranger)
    stream.reader = reader = WebSocketReader(stream, frame_parser, poller)
    async with stream_tasks(stream) as nursery:
        control = Control(nursery, stream)
        handshake = answer_handshake(head)
        stream.unread_head = b""
        stream.write(handshake.response, at_once=True)
        reader.start(control.start)
        connection = WebSocket(control, stream, reader, frame_parser, handshake.wire, caller, head.bearer)
        session = open_session(connection)
        with connections.present(connection, session):
            await session.run()
            await _close(connection)


async def _close(connection: WebSocket) -> None:
    violation = connection.frame_parser.violation
    if violation is not None:
        code, reason = violation
        connection.stream.write(close_frame(code, reason))  # trio-websocket takes the connection for lost
        log.debug("connection_refused", address=connection.caller.address, code=code, reason=reason)
        return
    if connection.reader.over and not connection.control.started:
        return  # nobody is there to hear it
    code, reason = connection.closing or (1000, "")
    with trio.move_on_after(CLOSE_DEADLINE):
        if connection.control.started:
            await connection.reader.settled()  # the peer may have closed, or broken the rules
        await connection.control.close(code, reason)
