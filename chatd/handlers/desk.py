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

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.directory import Directory
from chatd.actors.runtime.envelope import Answer, Envelope
from chatd.actors.runtime.log_writer import LogWriter
from chatd.actors.workers.due_timer import DueTimer
from chatd.actors.workers.pending_deletions import PendingDeletions
from chatd.actors.workers.presence import Presence
from chatd.actors.workers.receipts import Receipts
from chatd.actors.workers.view_updater import Views
from chatd.auth.login_throttle import LoginThrottle
from chatd.auth.passwords import Passwords
from chatd.auth.rate_limits import RateLimits
from chatd.auth.sso_flow import LoadProvider, SingleSignOn
from chatd.auth.tokens import Claims, Tokens
from chatd.contract.command import Cursor
from chatd.contract.errors import Refusal
from chatd.domain.decision import Context
from chatd.handlers.mention_names import Names
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
    writer: LogWriter
    directory: Directory
    passwords: Passwords
    tokens: Tokens
    maintenance: Maintenance
    presence: Presence
    receipts: Receipts
    views: Views
    load_provider: LoadProvider
    names: Names = attrs.field(init=False)
    sso: SingleSignOn = attrs.field(init=False)
    limits: RateLimits = attrs.field(init=False)
    login_throttle: LoginThrottle = attrs.field(init=False)
    sessions: set[LiveSession] = attrs.Factory(set)
    started_at: int = attrs.Factory(lambda: now())
    address: str = ""
    setting_up: trio.Lock = attrs.Factory(trio.Lock)
    spending: trio.Lock = attrs.Factory(trio.Lock)  # from the look at a one-time code until it is used up
    linking: trio.Lock = attrs.Factory(trio.Lock)  # identities, to accounts
    reporting: trio.Lock = attrs.Factory(trio.Lock)  # from the look for an open report until there is one
    due_timer: DueTimer = attrs.Factory(DueTimer)
    pending_deletions: PendingDeletions = attrs.Factory(PendingDeletions)

    def __attrs_post_init__(self) -> None:
        self.names = Names(self.reader)
        self.sso = SingleSignOn(self.settings, self.load_provider, lambda: self.address)
        self.limits, self.login_throttle = RateLimits(self.settings), LoginThrottle(self.settings)

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
        owner, scopes = account["owner"], None
        if owner is not None:
            its = await self.reader.account(owner)
            if its is None or its["disabled"]:
                return Refusal(
                    "forbidden", "this bot's owner is disabled; ask the people who run this server"
                )
            scopes = frozenset(account["scopes"])
        by = claims.account
        return Caller(address, by, by, claims.device, admin=account["admin"], owner=owner, scopes=scopes)

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
