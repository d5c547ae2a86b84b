"""The desk: what requests need that no single stream decides. Handlers work at it, sessions ask it.

It holds the parts of the running server and the few acts that several handlers share: asking a stream's
actor and waiting for the answer, admitting the bearer of a token, ending sessions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol

import attrs
import trio
from ulid import ULID

from chatd.actors.agenda import Agenda
from chatd.actors.directory import Directory
from chatd.actors.envelope import Answer, Envelope
from chatd.actors.follower import Views
from chatd.actors.history import HistoryWriter
from chatd.actors.names import Names
from chatd.actors.passwords import Passwords
from chatd.actors.presence import Presence
from chatd.actors.receipts import Receipts
from chatd.actors.tokens import Claims, Tokens
from chatd.bus import Bus
from chatd.domain.command import Cursor
from chatd.domain.decision import Context
from chatd.domain.refusal import Refusal
from chatd.ports import Append, Caller, Maintenance, Reader, Write
from chatd.settings import Settings

NO_TOKEN: Final = Refusal("unauthenticated", "this token is not valid; sign in again")


class LiveSession(Protocol):
    """A session, as far as the desk must know it."""

    claims: Claims | None

    def end(self, code: int, reason: str) -> None: ...


@attrs.define(eq=False)
class Desk:
    settings: Settings
    epoch: str
    bus: Bus
    reader: Reader
    writer: HistoryWriter
    directory: Directory
    passwords: Passwords
    tokens: Tokens
    maintenance: Maintenance
    presence: Presence
    receipts: Receipts
    views: Views
    names: Names = attrs.field(init=False)
    sessions: set[LiveSession] = attrs.Factory(set)
    started_at: int = attrs.Factory(lambda: now())
    address: str = ""
    setting_up: trio.Lock = attrs.Factory(trio.Lock)
    agenda: Agenda = attrs.Factory(Agenda)

    def __attrs_post_init__(self) -> None:
        self.names = Names(self.reader)

    def new_id(self) -> str:
        return str(ULID())

    def context(self, caller: Caller, with_id: bool = True) -> Context:
        return Context(caller.by, now(), caller.operator, self.new_id() if with_id else "")

    async def mentioning(self, context: Context, text: str) -> Context:
        """The context for posting `text`: with whom its names lead to, and who is here to be called."""
        return attrs.evolve(context, names=await self.names.mentioned(text), present=self.presence.here())

    async def ask(self, stream: str, command: Any, context: Context, writes: Iterable[Write] = ()) -> Answer:
        """Has the stream's actor decide a command, and waits until the answer is durable."""
        answers: list[Answer] = []
        answered = trio.Event()

        def reply(answer: Answer) -> None:
            answers.append(answer)
            answered.set()

        await self.directory.tell(stream, Envelope(command, context, reply, tuple(writes)))
        await answered.wait()
        return answers[0]

    async def write(self, *writes: Write) -> None:
        """Makes writes beside the log durable. Raises StoreUnavailable."""
        await self.writer.append(Append(writes=writes))

    async def admit(self, claims: Claims, address: str) -> Caller | Refusal:
        """Who the bearer of these claims is, if the device still stands and the account is not shut out."""
        device = await self.reader.device(claims.device)
        account = await self.reader.account(claims.account)
        if device is None or account is None or device["account"] != claims.account:
            return NO_TOKEN
        if device["expires_at"] <= now():
            return NO_TOKEN
        if account["disabled"]:
            return Refusal("forbidden", "this account is disabled; ask the people who run this server")
        return Caller(address, claims.account, claims.account, claims.device, admin=bool(account["admin"]))

    def place(self, cursor: Cursor | None) -> tuple[int, bool]:
        """The position from which a session goes on, and whether that is where its client stands."""
        if cursor is not None and cursor.epoch == self.epoch and cursor.position <= self.bus.head:
            return cursor.position, True
        return self.bus.head, False

    def end_sessions(self, reason: str, which: Callable[[Claims], bool]) -> None:
        """Closes the connections of devices that have been taken back."""
        for session in tuple(self.sessions):
            if session.claims is not None and which(session.claims):
                session.end(4002, reason)


def now() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000
