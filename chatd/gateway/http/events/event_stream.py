"""`GET /api/v1/events`: a session as server-sent events, for who cannot open a WebSocket.

Behind it is the same session actor as behind a WebSocket, so a resume has the same promises. It gets one
request, `session.open`, made of the head. A refusal is an ordinary answer of HTTP; otherwise the answer
begins, and the connection serves no other one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import trio

from chatd.concurrency.backoff import full_jitter
from chatd.contract.errors import Refusal
from chatd.contract.session import SessionOpened
from chatd.gateway.http.events import event_wire
from chatd.gateway.http.events.event_request import read_request
from chatd.gateway.http.server.problem import head_of, problem_response
from chatd.gateway.http.server.request_head import Head
from chatd.gateway.net.live_connection import LiveConnections, OpenSession
from chatd.gateway.net.peer_watch import PeerWatch
from chatd.gateway.net.poller import Poller
from chatd.gateway.net.stream import UNSENT_EVENTS, SocketStream
from chatd.gateway.net.stream_tasks import stream_tasks
from chatd.gateway.one_request import OneRequest
from chatd.ports import Caller, Render, Row, Session
from chatd.settings import Settings

PATH: Final = "/api/v1/events"
FINAL_CODES: Final = frozenset({4002, 4004})  # close codes after which nobody is to come back as the same
GOING_AWAY: Final = 1001
# Milliseconds within which all come back whose server has gone away, after the usual time.
SPREAD: Final = 5000
NOT_OPENED: Final = Refusal("unavailable", "the session could not be opened; try again in a moment")


class EventStream:
    """A response that has no end, as its session sees it (`chatd.ports.Connection`)."""

    def __init__(
        self,
        stream: SocketStream,
        caller: Caller,
        head: Head,
        request: Row,
        shared: Mapping[str, str],
    ) -> None:
        """`request`: the one frame that the session gets. `shared`: headers that every answer has."""
        self.caller = caller
        self.bearer = head.bearer
        self._chunked = head.version == "1.1"
        self._wire = event_wire.event_wire("", self._chunked)
        self.render: Render = self._wire.render
        self.drained = stream.drained
        self.session: Session | None = None
        self.stream = stream
        self.gone = trio.Event()
        self.begun = False
        self.refused: Refusal | None = None
        self.closing: tuple[int, str] | None = None
        self._closing_since = 0.0
        self._since = self._heartbeat = trio.current_time()
        reading = OneRequest(request)
        self.receive, self.stop_reading = reading.receive, reading.stop_reading
        self._headed = head.method == "HEAD"  # only the head of the answer is asked
        self._shared = shared

    @property
    def protocol(self) -> str:
        return "server-sent events"

    @property
    def queued(self) -> int:
        return self.stream.queued

    @property
    def last_heard(self) -> float:
        """A client says nothing here. When its machine confirms nothing, the stream ends."""
        return trio.current_time()

    @property
    def lost(self) -> bool:
        return self.stream.broken

    def send(self, frames: Sequence[Row]) -> None:
        """The reply to `session.open`."""
        for frame in frames:
            if "error" in frame:
                self.refused = Refusal(**frame["error"])
                self.stop_reading()
            else:
                self._begin(frame["result"])

    def _begin(self, opened: SessionOpened) -> None:
        self.begun = True
        self._wire = event_wire.event_wire(opened.epoch, self._chunked)
        self.render = self._wire.render
        self.stream.write(head_of(200, {**self._wire.headers, **self._shared}))
        if self._headed:
            self.stream.closing = True  # no event follows
            self.stop_reading()
        else:
            self.stream.write(self._wire.framed(event_wire.opened(opened)))

    def write(self, rendered: bytes, at_once: bool = False) -> int:
        return self.stream.write(rendered, at_once)

    def close(self, code: int, reason: str) -> None:
        if self.closing is None:
            self.closing = code, reason
            self._closing_since = trio.current_time()
        if self.session is not None:
            self.session.stop()

    def check_liveness(self, now: float, settings: Settings) -> None:
        """Says something to a peer that has not heard anything for a while, and aborts one that leaves unread
        that it is to go. Called periodically."""
        if not self.begun and now - self._since > settings.auth_deadline:
            self.close(4001, NOT_OPENED.message)
        if self.closing is not None:
            if self.queued and now - self._closing_since > settings.drain_deadline:
                self.stream.abort()
        elif self.begun and now - self._heartbeat >= settings.ping_interval:
            self._heartbeat = now
            if not self.queued:
                self.stream.write(self._wire.framed(event_wire.HEARTBEAT))

    def nudge(self) -> None:
        """Says something now, if nothing is on its way: a peer that is gone answers that with a reset."""
        if self.begun and not self.queued:
            self.stream.write(self._wire.framed(event_wire.HEARTBEAT), at_once=True)

    def last_words(self) -> bytes:
        """What is left to say when the session has ended."""
        if not self.begun:
            return problem_response(self.refused or NOT_OPENED, headers=self._shared, shown=not self._headed)
        if self.closing is None or self._headed:
            return b""
        code, reason = self.closing
        retry = event_wire.RETRY + (int(full_jitter(SPREAD)) if code == GOING_AWAY else 0)
        said = {"code": code, "reason": reason, "reconnect": code not in FINAL_CODES}
        return self._wire.framed(event_wire.closed(said, retry), last=True)


async def serve_events(
    stream: SocketStream,
    caller: Caller,
    head: Head,
    settings: Settings,
    open_session: OpenSession,
    connections: LiveConnections,
    poller: Poller,
    shared: Mapping[str, str],
) -> None:
    """Serves the request, which the stream holds as well, until either side ends the connection."""
    stream.unread_head = b""
    stream.bound_unsent(UNSENT_EVENTS)
    async with stream_tasks(stream):
        request = read_request(head, shared)
        if isinstance(request, bytes):
            stream.write(request)
            return
        connection = EventStream(stream, caller, head, request, shared)
        stream.reader = watch = PeerWatch(stream, poller, connection.stop_reading, connection.nudge)
        watch.start(settings.write_deadline)
        session = open_session(connection)
        with connections.present(connection, session):
            await session.run()
            stream.write(connection.last_words())
            stream.closing = True  # nothing may follow
