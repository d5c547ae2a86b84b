"""The session actor: one live connection. Takes requests in order, stamps their author, sends them down.

Requests of a session take effect in the order in which they came: a query sees what the commands before
it did, and a command waits for the answer to the one before it unless both may flow (posts, read marks).
Answers come back from below through `reply`, which never waits.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import structlog
import trio

from chatd.actors.runtime.envelope import BROKEN, STOPPING, UNAVAILABLE, Answer, Envelope
from chatd.actors.runtime.feed import Feed
from chatd.actors.runtime.mailbox import MailboxStatistics
from chatd.actors.sessions.snapshot import Opening, opened
from chatd.auth.rate_limits import TokenBucket, too_often
from chatd.auth.tokens import Claims
from chatd.contract.command import EditMessage, OpenSession, PostMessage
from chatd.contract.errors import Refusal
from chatd.contract.requests import REQUESTS
from chatd.contract.table import find
from chatd.contract.table.entry import Entry
from chatd.domain.decision import Context
from chatd.domain.event import account_stream, room_stream, space_stream
from chatd.domain.policy import bots
from chatd.handlers.desk import NO_TOKEN, Desk
from chatd.handlers.registry import HANDLERS
from chatd.ports import OPEN_REQUESTS, Caller, Connection, Row, StoreUnavailable
from chatd.settings import Rate

QUERIES: Final = 4  # at the same time
UNREAD: Final = 1024 * 1024  # bytes of answers a client may leave unread before we stop reading from it
NOT_OPEN: Final = Refusal("unauthenticated", "open a session first: session.open with a token")
OPERATORS: Final = Refusal(
    "forbidden", "only an operator may do this: use chatctl on the server, or an admin"
)
log = structlog.get_logger("session")

_STREAMS: Final = {"room": room_stream, "space": space_stream}


class SessionActor:
    """See `chatd.ports.Session` for how the gateway sees it."""

    def __init__(self, desk: Desk, connection: Connection, caller: Caller, bearer: str | None) -> None:
        self.id = desk.new_id()
        self.name = f"session/{self.id}"
        self.caller = caller
        self.restarts = 0
        self.feed: Feed | None = None
        self.claims: Claims | None = None
        self._desk = desk
        self._connection = connection
        self._bearer = bearer
        self._limited = desk.settings.limits and not caller.operator
        self._bucket = TokenBucket(Rate(desk.settings.rate_per_second, desk.settings.rate_burst))
        self._turns = 0
        self._handled = 0
        self._unanswered = 0  # commands
        self._asking = 0  # queries
        self._at_desk = False  # the desk works at a command
        self._stopping = False
        self._exclusive = False  # the last command does not flow: nothing may pass it
        self._answered = trio.Event()
        self._nursery: trio.Nursery | None = None

    @property
    def opened(self) -> bool:
        return self.caller.operator or self.caller.account is not None

    async def run(self) -> None:
        self._desk.sessions.add(self)
        try:
            async with trio.open_nursery() as self._nursery:
                await self._work()
                if self.feed is not None:
                    await self.feed.look_delivered()
                with trio.move_on_after(self._desk.settings.drain_deadline):
                    await self._wait_answers(0)
                    while self._asking:
                        await self._wait_any_answer()
                self._nursery.cancel_scope.cancel()
        finally:
            self._desk.sessions.discard(self)
            if self.feed is not None:
                self.feed.close()
                self._desk.presence.leave(self.caller)
                self._desk.receipts.leave(self.feed)

    def statistics(self) -> MailboxStatistics:
        """The session's mailbox is its connection's inbox; its depth the requests without an answer yet."""
        return MailboxStatistics(self._unanswered, OPEN_REQUESTS, 0.0, self._turns, self._handled)

    def stop(self) -> None:
        self._stopping = True
        self._stop_reading_when_done()

    def _stop_reading_when_done(self) -> None:
        if self._stopping and not (self._unanswered or self._asking or self._at_desk):
            self._connection.stop_reading()

    def end(self, code: int, reason: str) -> None:
        """Closes the connection; what is under way is still answered."""
        if self.feed is not None:
            self.feed.close()
        self._connection.close(code, reason)

    # --- requests

    async def _work(self) -> None:
        while frames := await self._connection.receive():
            self._turns += 1
            self._handled += len(frames)
            for frame in frames:
                await self._request(frame)

    async def _request(self, frame: Row | Refusal) -> None:
        if isinstance(frame, Refusal):
            self._connection.send([{"id": None, "error": frame.frame()}])
            return
        request = frame.get("id")
        if (type(request) is not int and type(request) is not str) or (
            isinstance(request, str) and len(request) > 64
        ):
            refusal = Refusal(
                "invalid", "a request has an id: an integer, or a string of at most 64 characters"
            )
            self._connection.send([{"id": None, "error": refusal.frame()}])
            return
        try:
            await self._dispatch(request, frame)
        except trio.BrokenResourceError:
            self._connection.stop_reading()
        except Exception:  # a bug costs this request its answer, nobody else anything
            log.exception("request_crashed", session=self.id)
            self._send(request, BROKEN)

    async def _dispatch(self, request: int | str, frame: Row) -> None:
        read = self._read(frame)
        if isinstance(read, Refusal):
            self._send(request, read)
            return
        entry, command = read
        await self._wait_turn(entry)
        if entry.name == "session.open":
            await self._answer_open(request, command)
        elif entry.kind == "query":
            while self._asking >= QUERIES:
                await self._wait_any_answer()
            self._asking += 1
            assert self._nursery is not None
            self._nursery.start_soon(self._query, request, entry, command)
        elif entry.route == "desk":
            await self._command_desk(request, entry, command)
        else:
            self._unanswered += 1
            self._exclusive = not entry.pipelined
            stream = self._stream_of(entry, command)
            context = await self._context(entry, command)
            reply = partial(self._reply, request, entry, trio.current_time())
            await self._desk.directory.tell(stream, Envelope(command, context, reply))

    def _read(self, frame: Row) -> tuple[Entry, Any] | Refusal:
        """The frame as a request that this caller may make, or why not."""
        if self._stopping:
            return STOPPING
        kind = "command" if "command" in frame else "query"
        if unknown := frame.keys() - {"id", kind, "data"}:
            return Refusal(
                "invalid", f"unknown key {min(unknown)!r}; a request has id, command or query, data"
            )
        if kind not in frame:
            return Refusal("invalid", "a request names a command or a query")
        entry = find(kind, frame[kind])
        if isinstance(entry, Refusal):
            return entry
        if entry.needs != "nothing" and not self.opened:
            return NOT_OPEN
        scopes = self.caller.scopes if entry.needs != "nothing" else None
        if scopes is not None and (refusal := bots.check_scopes(scopes, REQUESTS[entry.name])):
            return refusal
        if entry.needs == "operator" and not (self.caller.operator or self.caller.admin):
            return OPERATORS
        if self._limited and (wait := self._take(entry)):
            return too_often(wait)
        data = frame.get("data", {})
        if not isinstance(data, dict):
            return Refusal("invalid", "data is a map")
        command = entry.read(data)
        return command if isinstance(command, Refusal) else (entry, command)

    def _take(self, entry: Entry) -> float:
        """Counts the request and gives 0, or the seconds after which to try again."""
        now = trio.current_time()
        if wait := self._bucket.take(now):
            return wait
        if wait := self._desk.limits.take(entry.limit, self.caller, now):
            self._bucket.give_back()
        return wait

    async def _context(self, entry: Entry, command: Any) -> Context:
        context = self._desk.context(self.caller, with_id=not entry.pipelined)
        if isinstance(command, (PostMessage, EditMessage)) and "@" in command.text:
            return await self._desk.mentioning(context, command.text)
        return context

    def _stream_of(self, entry: Entry, command: Any) -> str:
        if entry.route == "account":
            return account_stream(self.caller.account or self.caller.by)
        return _STREAMS[entry.route](getattr(command, entry.route))

    # --- order

    async def _wait_turn(self, entry: Entry) -> None:
        """Returns when the request may start without overtaking one that came before it."""
        if self._exclusive or not entry.pipelined:
            await self._wait_answers(0)
        elif self._unanswered >= OPEN_REQUESTS:
            await self._wait_answers(OPEN_REQUESTS // 2)
        if self._connection.queued > UNREAD:
            await self._connection.drained(UNREAD)

    async def _wait_answers(self, most: int) -> None:
        while self._unanswered > most:
            await self._wait_any_answer()

    async def _wait_any_answer(self) -> None:
        self._answered = trio.Event()
        await self._answered.wait()

    # --- answers

    def _reply(self, request: int | str, entry: Entry, started: float, answer: Answer) -> None:
        """Called from below, once for each command."""
        self._log(entry, started, answer)
        self._unanswered -= 1
        if not self._unanswered:
            self._exclusive = False
        self._send(request, answer)
        self._answered.set()
        self._stop_reading_when_done()

    def _log(self, entry: Entry, started: float, answer: Answer) -> None:
        outcome = answer.code if isinstance(answer, Refusal) else "done"
        took = round((trio.current_time() - started) * 1000, 3)
        log.debug(entry.name, outcome=outcome, ms=took, by=self.caller.by, session=self.id)

    def _send(self, request: int | str, answer: Answer) -> None:
        if isinstance(answer, Refusal):
            self._connection.send([{"id": request, "error": answer.frame()}])
        else:
            self._connection.send([{"id": request, "result": answer}])

    async def _ask_desk(self, entry: Entry, command: Any) -> Answer:
        try:
            return await HANDLERS[entry.name](self._desk, self.caller, command)
        except StoreUnavailable:
            return UNAVAILABLE

    async def _command_desk(self, request: int | str, entry: Entry, command: Any) -> None:
        started = trio.current_time()
        self._at_desk = True
        try:
            answer = await self._ask_desk(entry, command)
            self._log(entry, started, answer)
            self._send(request, answer)
        finally:
            self._at_desk = False
            self._stop_reading_when_done()

    async def _query(self, request: int | str, entry: Entry, command: Any) -> None:
        started = trio.current_time()
        try:
            answer = await self._ask_desk(entry, command)
        except Exception:
            log.exception("query_crashed", query=entry.name)
            answer = BROKEN
        self._log(entry, started, answer)
        self._asking -= 1
        self._send(request, answer)
        self._answered.set()
        self._stop_reading_when_done()

    # --- opening

    async def _answer_open(self, request: int | str, command: OpenSession) -> None:
        try:
            opening = await self._open(command)
        except StoreUnavailable:
            opening = UNAVAILABLE
        if isinstance(opening, Refusal):
            self._send(request, opening)
            return
        self._send(request, opening.frame)  # stands before the first event
        assert self.feed is not None
        self.feed.start(opening.streams)
        self._desk.presence.enter(self.caller, self.feed)
        self._desk.receipts.enter(self.feed)

    async def _open(self, command: OpenSession) -> Opening | Refusal:
        desk = self._desk
        if self.feed is not None:
            return Refusal("conflict", "this session is open already")
        token = command.token or self._bearer
        if token is None:
            return Refusal("unauthenticated", "session.open needs a token, here or in the handshake")
        claims = desk.tokens.read(token)
        if claims is None:
            return NO_TOKEN
        if self._limited and (wait := desk.limits.take_opening(claims.account, trio.current_time())):
            return too_often(wait, "too many sessions opened")
        self.claims = claims  # before the look at the device: a revocation from here on finds this session
        caller = await desk.admit(claims, self.caller.address)
        if isinstance(caller, Refusal):
            return caller
        position, resumed = desk.place(command.cursor)
        assert self._nursery is not None
        feed = Feed(
            claims.account, position, desk.bus, desk.reader, self._connection, self._nursery.start_soon
        )
        feed.attach()
        try:
            opening = await opened(desk, claims.account, position, resumed, self.id)
            await desk.presence.learn(claims.account)  # the last wait before the session enters
        except BaseException:
            feed.close()
            raise
        self.caller, self.feed = caller, feed
        return opening
