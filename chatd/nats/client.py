"""A connection to one of several NATS servers, kept up: when it breaks, the next server is tried.

Nothing waits for a server that does not listen: what is to be sent is bounded, and handlers of messages are
called at once and must not wait.
"""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from math import inf
from random import SystemRandom
from typing import Any, Final

import trio

from chatd.concurrency.backoff import Backoff, full_jitter
from chatd.concurrency.bell import Bell
from chatd.concurrency.first_error import first_error
from chatd.concurrency.wakeup import Wakeup
from chatd.log import log
from chatd.nats import wire
from chatd.nats.connection import (
    CONNECT_SECONDS,
    READ,
    RECONNECT_SECONDS,
    Address,
    Connection,
    NoTls,
    SaidNothing,
    address,
    connected,
)
from chatd.nats.credentials import Credentials, CredentialsError
from chatd.nats.errors import (
    CannotConnect,
    NatsError,
    NoResponders,
    NotConnected,
    TooLarge,
    TooSlow,
)
from chatd.nats.wire import Err, Info, Msg, Ping, ProtocolError

__all__ = [  # what a caller needs
    "CannotConnect",
    "Client",
    "NatsError",
    "NoResponders",
    "NotConnected",
    "Subscription",
    "TooLarge",
    "TooSlow",
]

UNSENT: Final = 16 * 2**20  # bytes of messages that may wait to be sent
OWN: Final = 2**20  # bytes that may wait besides: subscriptions, answers to the server's pings
LOOK: Final = 0.5  # seconds
PING_AFTER: Final = 1.0  # seconds without a byte from the server
SILENT: Final = 2.5  # seconds without a byte, after which the connection counts as broken
REFUSED: Final = ("authorization violation", "user authentication", "authentication expired")
BACKOFF: Final = 0.1, 2.0  # seconds, at first and at most, from one try of all servers to the next
TOLD_AGAIN: Final = 60.0  # seconds
SERVERS: Final = 64  # that are known at most, told ones included

Heard = Callable[[Msg], None]  # never waits, never raises


BROKEN: Final = (
    OSError,
    trio.BrokenResourceError,
    trio.TooSlowError,
    ProtocolError,
    CannotConnect,
    CredentialsError,
    TooSlow,
)


class Subscription:
    def __init__(self, client: Client, subject: str, queue: str, sid: int, heard: Heard) -> None:
        self.subject, self.queue, self.sid, self.heard = subject, queue, sid, heard
        self._client = client

    def close(self) -> None:
        self._client.unsubscribe(self)


class Client:
    """`run` it; it connects, and stays connected until it is cancelled.

    `servers` are addresses, `nats://HOST:PORT` or `tls://…`; ValueError where one is none. `tls`: how servers
    prove who they are, and that all must; None: as the system trusts, where address or server ask for TLS.
    That and `credentials` are asked for anew for each connection: both are renewed while it runs.
    """

    def __init__(
        self,
        servers: Sequence[str],
        *,
        name: str,
        credentials: Callable[[], Credentials] = Credentials,
        tls: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        self.info = Info()
        self.connected = False
        self.connections = 0  # made so far
        self.problem = ""  # why there is none now
        self._servers = [address(server) for server in servers]
        self._given = tuple(self._servers)
        self._tls_first: set[Address] = set()
        self._failed_at: dict[Address, float] = {}  # trio's time, of those that failed last
        self._left = trio.Event()
        self._name = name
        self._credentials = credentials
        self._tls = tls
        self._inbox = f"_INBOX.{secrets.token_hex(12)}"
        self._sids = 1
        self._subscriptions: dict[int, Subscription] = {}
        self._waiting: dict[str, tuple[trio.Event, list[Msg]]] = {}
        self._asked = 0
        self._unsent = bytearray()
        self._to_send = Wakeup()
        self._changed = Bell()
        self._silent_since = 0.0
        self._inbox_sub = Subscription(self, f"{self._inbox}.*", "", 1, self._answered)
        self._subscriptions[1] = self._inbox_sub

    # --- its life

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Runs for ever. With `nursery.start` it returns when there is a connection, and raises CannotConnect
        when no server could be had at first."""
        backoff = Backoff(*BACKOFF, full_jitter)
        first, told_at = True, -TOLD_AGAIN
        while True:
            problems = []
            for server in await self._in_turn():
                problem = await self._try(server, partial(self._serve, task_status if first else None))
                self._failed_at[server] = trio.current_time()
                if self._lost(problem):
                    first, told_at = False, -TOLD_AGAIN
                    backoff.reset()
                    break
                problems.append(problem)
            else:
                self.problem = f"no NATS server can be had: {'; '.join(problems)}"
                if first:
                    raise CannotConnect(self.problem)
                if trio.current_time() - told_at >= TOLD_AGAIN:
                    told_at = trio.current_time()
                    log.warning("nats_unreachable", problem=self.problem)
            await trio.sleep(backoff.next_delay())

    async def _in_turn(self) -> list[Address]:
        """Those first that have not failed, or not for the longest time; of these that of this machine, which
        no network is needed for."""
        mixed = SystemRandom().sample(self._servers, len(self._servers))
        near = {server: await server.near() for server in mixed}
        return sorted(mixed, key=lambda server: (self._failed_at.get(server, -inf), not near[server]))

    def leave(self) -> None:
        """Has it go on with another server, if there is one."""
        self._left.set()

    async def unusable(self) -> Sequence[str]:
        """Which of the servers that it was given it could not go on with, and why: it tries each. Without a
        connection none: `problem` says that of all."""
        problems = dict.fromkeys(self._given if self.connected else (), "")

        async def look(server: Address) -> None:
            problems[server] = await self._try(server, self._greet)

        async with trio.open_nursery() as nursery:
            for server in problems:
                nursery.start_soon(look, server)
        return [problem for problem in problems.values() if problem]

    def _lost(self, problem: str) -> bool:
        """Whether there was a connection until now."""
        was, self.connected = self.connected, False
        self.problem = problem
        if was:
            log.warning("nats_lost", problem=problem)
        self._unsent.clear()
        waiting, self._waiting = self._waiting, {}
        for answered, _ in waiting.values():
            answered.set()
        self._changed.ring()
        return was

    async def wait_connected(self, times: int = 1) -> None:
        """Returns while there is a connection, the first one or a later one."""
        while not self.connected or self.connections < times:
            await self._changed.wait()

    async def _try(self, server: Address, use: Callable[[Address], Awaitable[None]]) -> str:
        """Uses it while it can; gives why it cannot. One that closes without a word, though TLS is wanted,
        is tried again with TLS first, and so from then on."""
        problem, again = "", False
        try:
            await use(server)
        except* SaidNothing as errors:
            problem = f"{server}: {_why(errors)}"
            again = server not in self._tls_first and (server.secure or self._tls is not None)
        except* NoTls as errors:
            problem = f"{server}: {_why(errors)}"
            self._tls_first.discard(server)
        except* BROKEN as errors:
            problem = f"{server}: {_why(errors)}"
        if again:
            self._tls_first.add(server)
            return await self._try(server, use)
        return problem

    async def _greet(self, server: Address) -> None:
        tls_first = server in self._tls_first
        async with connected(server, self._context(), tls_first, self._hello, RECONNECT_SECONDS):
            pass

    async def _serve(self, task_status: trio.TaskStatus[None] | None, server: Address) -> None:
        tls_first = server in self._tls_first
        seconds = CONNECT_SECONDS if self.connections == 0 else RECONNECT_SECONDS
        async with connected(server, self._context(), tls_first, self._hello, seconds) as connection:
            self._learn(connection.info, connection.secure)
            self._silent_since = trio.current_time()
            for subscription in self._subscriptions.values():
                self._unsent += wire.subscribe(subscription.subject, subscription.sid, subscription.queue)
            self._failed_at.pop(server, None)
            self._left = trio.Event()
            self.connected, self.problem = True, ""
            self.connections += 1
            self._changed.ring()
            log.info("nats_connected", server=self.info.server_name, version=self.info.version)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._write, connection.stream)
                nursery.start_soon(self._keep_alive)
                nursery.start_soon(self._leave)
                if task_status is not None:
                    task_status.started()
                await self._read(connection)

    async def _read(self, connection: Connection) -> None:
        for op in connection.early:
            self._take(op, connection.secure)
        while data := await connection.stream.receive_some(READ):
            self._silent_since = trio.current_time()
            for op in connection.parser.feed(bytes(data)):
                self._take(op, connection.secure)
        raise trio.BrokenResourceError("the server closed the connection")

    def _context(self) -> ssl.SSLContext | None:
        return None if self._tls is None else self._tls()

    def _hello(self, info: Info) -> bytes:
        options: dict[str, Any] = {
            "verbose": False,
            "pedantic": False,
            "lang": "python-trio",
            "version": "1",
            "protocol": 1,
            "headers": True,
            "no_responders": True,
            "name": self._name,
        }
        return wire.connect({**options, **self._credentials().fields(info.nonce)})

    def _learn(self, info: Info, secure: bool) -> None:
        """Of other servers; who is spoken to in TLS knows none without."""
        self.info = info
        for url in info.connect_urls:
            try:
                found = address(url)
            except ValueError:
                continue
            known = {(server.host, server.port) for server in self._servers}
            if (found.host, found.port) not in known and len(self._servers) < SERVERS:
                self._servers.append(Address(secure, found.host, found.port))

    async def _write(self, stream: trio.abc.Stream) -> None:
        while True:
            if not self._unsent:
                await self._to_send.wait()
            data, self._unsent = self._unsent, bytearray()
            await stream.send_all(data)

    async def _keep_alive(self) -> None:
        while True:
            await trio.sleep(LOOK)
            silence = trio.current_time() - self._silent_since
            if silence > SILENT:
                raise trio.BrokenResourceError(f"nothing was heard for {SILENT:g} s")
            if silence > PING_AFTER:
                self._send(wire.PING, OWN)

    async def _leave(self) -> None:
        await self._left.wait()
        raise trio.BrokenResourceError("most others are not heard through it, so another one is tried")

    def _take(self, op: wire.Op, secure: bool) -> None:
        match op:
            case Msg():
                subscription = self._subscriptions.get(op.sid)
                if subscription is not None:
                    subscription.heard(op)
            case Ping():
                self._send(wire.PONG, OWN)
            case Info():
                self._learn(op, secure)
            case Err(text):
                log.warning("nats_said", error=text)
                if any(refused in text.lower() for refused in REFUSED):
                    raise CannotConnect(f"it refuses: {text}")

    # --- what it is for

    def publish(
        self, subject: str, data: bytes, reply: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        """Never waits. Raises NotConnected, TooSlow when too much waits to be sent already, TooLarge, and
        ValueError where subject or headers are none."""
        if not self.connected:
            raise NotConnected(self.problem or "there is no connection to a NATS server yet")
        head = wire.headers(headers) if headers else b""
        if len(head) + len(data) > self.info.max_payload:
            raise TooLarge(f"{len(head) + len(data)} bytes; the server takes {self.info.max_payload}")
        self._send(wire.publish(subject, data, reply, head))

    def subscribe(self, subject: str, heard: Heard, queue: str = "") -> Subscription:
        """Has `heard` called for each message, also on later connections."""
        self._sids += 1
        subscription = Subscription(self, subject, queue, self._sids, heard)
        self._subscriptions[subscription.sid] = subscription
        if self.connected:
            self._send(wire.subscribe(subject, subscription.sid, queue), OWN)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        if self._subscriptions.pop(subscription.sid, None) is not None and self.connected:
            self._send(wire.unsubscribe(subscription.sid), OWN)

    async def request(
        self, subject: str, data: bytes, seconds: float, headers: Mapping[str, str] | None = None
    ) -> Msg:
        """The first answer. Raises NoResponders, TooSlow after `seconds`, and what `publish` raises."""
        self._asked += 1
        key = str(self._asked)
        answered, answers = trio.Event(), list[Msg]()
        self._waiting[key] = answered, answers
        try:
            self.publish(subject, data, f"{self._inbox}.{key}", headers)
            with trio.move_on_after(seconds):
                await answered.wait()
        finally:
            self._waiting.pop(key, None)
        if not answers:
            if answered.is_set():
                raise NotConnected(self.problem)
            raise TooSlow(f"no answer within {seconds:g} s")
        if answers[0].status == 503:
            raise NoResponders(subject)
        return answers[0]

    def _answered(self, msg: Msg) -> None:
        waiting = self._waiting.get(msg.subject.rpartition(".")[2])
        if waiting is not None and not waiting[1]:  # of all that answer, the first one counts
            waiting[1].append(msg)
            waiting[0].set()

    def _send(self, data: bytes, more: int = 0) -> None:
        if len(self._unsent) + len(data) > UNSENT + more:
            raise TooSlow("the NATS server takes less than is sent")
        self._unsent += data
        self._to_send.wake()


def _why(error: BaseException) -> str:
    error = first_error(error)
    return str(error) or str(error.__cause__ or "") or type(error).__name__
