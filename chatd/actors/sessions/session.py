"""The session actor: one live connection. Takes requests in order, stamps their author, sends them down.

Replies come back from below through `_reply`, which never waits.
"""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import Any, Final

import trio

from chatd.actors.runtime.envelope import BROKEN, STOPPING, Answer, Envelope, unavailable
from chatd.actors.runtime.feed import Feed
from chatd.actors.runtime.mailbox import MailboxStatistics
from chatd.actors.sessions.answering import stream_of
from chatd.actors.sessions.conduct import Conduct
from chatd.actors.sessions.opening import Opened
from chatd.actors.sessions.outcome import conclude, conclude_unread, frame_name
from chatd.actors.sessions.pace import UNIT_BYTES, Pace
from chatd.actors.sessions.request_frame import BAD_ID, request_data, request_type
from chatd.actors.sessions.request_order import RequestOrder
from chatd.actors.sessions.services import SessionServices
from chatd.auth.rate_limits import TokenBucket
from chatd.auth.tokens import Claims
from chatd.clock import new_id, now
from chatd.contract.errors import Refusal
from chatd.contract.server import SessionLoad
from chatd.contract.session import OpenSession
from chatd.contract.spec import RequestType
from chatd.current.request import CurrentRequest, work_at
from chatd.frames.codec import BadFrame
from chatd.frames.ids import RequestId, valid_id
from chatd.log import log
from chatd.ports import OPEN_REQUESTS, Caller, Connection, Row, StoreUnavailable
from chatd.settings import Rate
from chatd.tracing import tracing

UNREAD: Final = 1024 * 1024  # bytes a client may leave unread before the session stops reading
UNREAD_STRANGER: Final = 64 * 1024  # the same before a session is open
OPEN_ALREADY: Final = Refusal("conflict", "this session is already open")


class SessionActor:
    """See `chatd.ports.Session` for how the gateway sees it."""

    def __init__(
        self, services: SessionServices, connection: Connection, caller: Caller, bearer: str | None
    ) -> None:
        settings = services.settings
        self.id = new_id()
        self.name = f"session/{self.id}"
        self.caller = caller
        self.restarts = 0
        self.feed: Feed | None = None
        self.claims: Claims | None = None
        self._services = services
        self._connection = connection
        self._bearer = bearer
        self._limited = settings.limits and not caller.operator
        rate = Rate(settings.rate_per_second, settings.rate_burst)
        self._bucket = TokenBucket(rate) if self._limited else None
        self._order = RequestOrder()
        self._pace = Pace(settings, self._limited)
        self._conduct = Conduct(lenient=not self._limited)
        self._began_at = now()
        self._turns = 0
        self._handled = 0
        self._stopping = False
        self._nursery: trio.Nursery | None = None
        self._uncut = trio.CancelScope()

    @property
    def opened(self) -> bool:
        return self.caller.operator or self.caller.account is not None

    @property
    def idle(self) -> bool:
        return self._order.idle

    async def run(self) -> None:
        self._services.live.add(self)
        try:
            async with trio.open_nursery() as self._nursery:
                try:
                    with self._uncut:
                        await self._work()
                        if self.feed is not None:
                            await self.feed.look_delivered()
                        with trio.move_on_after(self._services.settings.drain_deadline):
                            await self._order.wait_idle()
                    self._nursery.cancel_scope.cancel()
                finally:
                    self._leave()  # before the nursery closes: the bus has the feed start tasks in it
        finally:
            self._services.live.discard(self)

    def _leave(self) -> None:
        if self.feed is not None:
            self._services.opening.leave(self.caller, self.feed)

    def statistics(self) -> MailboxStatistics:
        """The session's mailbox is its connection's inbox; its depth the requests without a reply yet."""
        return MailboxStatistics(self._order.commands, OPEN_REQUESTS, 0.0, self._turns, self._handled)

    def row(self) -> SessionLoad:
        """What it is and does, for operators."""
        feed = self.feed
        return SessionLoad(
            name=self.name,
            by=self.caller.by,
            account=self.caller.account,
            device=self.caller.device,
            protocol=self._connection.protocol,
            began_at=self._began_at,
            queued=self._connection.queued,
            behind=feed is not None and not feed.live,
            demotions=0 if feed is None else feed.demotions,
            open=self._order.commands,
            handled=self._handled,
        )

    def stop(self) -> None:
        self._stopping = True
        self._pace.hurry()
        self._stop_reading_when_idle()

    def cut(self) -> None:
        self._uncut.cancel()

    def _stop_reading_when_idle(self) -> None:
        if self._stopping and self._order.idle:
            self._connection.stop_reading()

    def end(self, code: int, reason: str) -> None:
        """Closes the connection; what is under way still gets its reply."""
        if self.feed is not None:
            self.feed.close()
        self._connection.close(code, reason)

    # --- requests

    async def _work(self) -> None:
        connection, pace, conduct = self._connection, self._pace, self._conduct
        while (message := await connection.receive()) is not None:
            self._turns += 1
            pace.work += message.size // UNIT_BYTES
            for frame in message.frames:
                self._handled += 1
                pace.work += 1
                await self._request(frame)
                if conduct.enough is not None:
                    connection.close(4003, conduct.enough)
                    return  # what lies behind is not looked at
                if connection.queued > UNREAD_STRANGER:
                    await self._wait_for_reader()
                if pace.due:
                    await pace.pause(stranger=not self.opened)
                    if connection.lost:
                        return  # nobody waits for the answers

    async def _wait_for_reader(self) -> None:
        """No answer is made, and no frame read, while the client leaves too much unread."""
        most = UNREAD if self.opened else UNREAD_STRANGER
        try:
            if self._connection.queued > most:
                await self._connection.drained(most)
        except trio.BrokenResourceError:
            self._connection.stop_reading()

    async def _request(self, frame: Row | BadFrame) -> None:
        if isinstance(frame, BadFrame):
            self._send(frame.id, frame.refusal)
            if frame.rude:
                self._conduct.bad_frame()
            return
        id_ = valid_id(frame.get("id"))
        if id_ is None:
            self._send(None, BAD_ID)
            self._conduct.bad_frame()
            return
        span = tracing.begin(frame_name(frame)) if tracing.on else None
        asked = CurrentRequest(self.id, id_, perf_counter(), span)
        work_at(asked)
        try:
            await self._dispatch(asked, frame)
        except StoreUnavailable as error:
            self._refuse(asked, frame, unavailable(error))
        except Exception:  # a bug costs this request its result, nobody else anything
            log.exception("request_crashed")
            self._refuse(asked, frame, BROKEN)

    async def _dispatch(self, asked: CurrentRequest, frame: Row) -> None:
        read = self._read(frame)
        if isinstance(read, Refusal):
            self._refuse(asked, frame, read)
            return
        request, data = read
        await self._order.wait_turn(request)
        if request.kind == "query":
            await self._order.begin_query()
            assert self._nursery is not None
            self._nursery.start_soon(self._query, asked, request, data)
        elif request.decided_by == "handler":
            await self._handle(asked, request, data)
        elif request.decided_by == "session":
            await self._open(asked, request, data)
        else:
            answering = self._services.answering
            context = await answering.context(request, self.caller, data)
            self._order.begin_command(request)
            reply = partial(self._reply, asked, request)
            stream = stream_of(request, self.caller, data)
            await answering.commands.directory.tell(stream, Envelope(data, context, reply, asked=asked))

    def _read(self, frame: Row) -> tuple[RequestType, Any] | Refusal:
        """The frame as a request that this caller may make, or why not."""
        if self._stopping:
            return STOPPING
        request = request_type(frame)
        if isinstance(request, Refusal):
            return request
        if refusal := self._services.checks.refusal(request, self.caller, self._bucket):
            return refusal
        data = request_data(request, frame)
        return data if isinstance(data, Refusal) else (request, data)

    # --- replies

    def _reply(self, asked: CurrentRequest, request: RequestType, answer: Answer) -> None:
        """Called from below, once for each command."""
        self._order.end_command()
        self._answer(asked, request, answer)
        self._stop_reading_when_idle()

    def _answer(self, asked: CurrentRequest, request: RequestType, answer: Answer) -> None:
        conclude(self._services.live.requests, request.name, asked, self.caller, answer)
        self._send(asked.request, answer)

    def _refuse(self, asked: CurrentRequest, frame: Row, refusal: Refusal) -> None:
        conclude_unread(self._services.live.requests, frame, asked, self.caller, refusal)
        self._send(asked.request, refusal)

    def _send(self, id_: RequestId | None, answer: Answer) -> None:
        if isinstance(answer, Refusal):
            self._services.live.refused[answer.code] += 1
            if not self.opened:
                self._conduct.stranger_refused(answer.code)
            self._connection.send([{"id": id_, "error": answer.frame()}])
        else:
            self._connection.send([{"id": id_, "result": answer}])

    async def _handle(self, asked: CurrentRequest, request: RequestType, command: Any) -> None:
        self._order.begin_handling()
        try:
            answer = await self._services.answering.of_handler(request, self.caller, command)
            self._answer(asked, request, answer)
        finally:
            self._order.end_handling()
            self._stop_reading_when_idle()

    async def _query(self, asked: CurrentRequest, request: RequestType, query: Any) -> None:
        try:
            answer = await self._services.answering.of_handler(request, self.caller, query)
        except Exception:
            log.exception("query_crashed", query=request.name)
            answer = BROKEN
        self._order.end_query()
        self._answer(asked, request, answer)
        self._stop_reading_when_idle()

    # --- opening

    async def _open(self, asked: CurrentRequest, request: RequestType, command: OpenSession) -> None:
        self._order.begin_handling()
        try:
            opened = await self._opened(command)
        except StoreUnavailable as error:
            opened = unavailable(error)
        finally:
            self._order.end_handling()
            self._stop_reading_when_idle()
        if isinstance(opened, Refusal):
            self._answer(asked, request, opened)
            return
        self.caller, self.feed = opened.caller, opened.feed
        self._answer(asked, request, opened.snapshot.opened)  # stands before the first event
        self._services.opening.enter(opened)

    async def _opened(self, command: OpenSession) -> Opened | Refusal:
        if self.feed is not None:
            return OPEN_ALREADY
        opening = self._services.opening
        claims = opening.claims(command, self._bearer)
        if isinstance(claims, Refusal):
            return claims
        self.claims = claims  # before the look at the device: a revocation from here on finds this session
        assert self._nursery is not None
        spawn = self._nursery.start_soon
        return await opening.open(command, claims, self.caller.address, self.id, self._connection, spawn)
