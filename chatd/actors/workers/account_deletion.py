"""The account deletion worker: takes an ordered deletion through all streams that know the account.

It may take long and may be interrupted: each step can be done again, and an order that is not finished is
resumed at the next start.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import trio

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.envelope import unsettled
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.actors.workers.deletions import REASON, Deletions
from chatd.actors.workers.mention_names import MentionNames
from chatd.clock import now
from chatd.contract.errors import Refusal
from chatd.contract.spec import Done
from chatd.domain.decision import Context
from chatd.domain.event import account_stream, room_stream
from chatd.domain.internal import DeleteMessages, DisableForDeletion, FinishDeletion, RemoveDeletedAccount
from chatd.log import log
from chatd.ports import FinishErasures, Reader, Row, StoreUnavailable

RETRY: Final = 1.0  # seconds, while the store cannot write
RETRY_REFUSED: Final = 60.0  # seconds, while a stream refuses its part
DELETED_AT_ONCE: Final = 200  # messages of a room


class Refused(Exception):
    """A stream refuses its part of the deletion: a bug, to be seen in the log."""


class AccountDeletionWorker(msgspec.Struct, eq=False):
    """One for the server."""

    _reader: Reader
    _bus: CommandBus
    _live: LiveSessions
    _deletions: Deletions
    _names: MentionNames
    name: str = "account deletion"
    restarts: int = 0
    healthy: bool = False

    def failed(self, given_up: bool) -> None:
        """Nobody's request is lost here: orders are durable."""
        self._deletions.open = True

    async def run(self) -> None:
        """Runs forever."""
        deletions = self._deletions
        while True:
            if not deletions.open:
                await deletions.wakeup.wait()
            deletions.open = False
            try:
                refused = await self._delete_all()
                self.healthy = True
            except StoreUnavailable as error:
                log.warning("cannot_delete", error=str(error))
                deletions.open = True
                await trio.sleep(RETRY)
            else:
                if refused:
                    deletions.open = True
                    await trio.sleep(RETRY_REFUSED)

    async def _delete_all(self) -> bool:
        """Carries out all orders, then erases what those accounts left beside the log, of all at once.

        One that is refused holds up no other. Returns whether there was one.
        """
        gone: list[str] = []
        refused = False
        for order in await self._reader.erasures():
            try:
                await self._delete(order)
                gone.append(order["account"])
            except Refused as error:
                log.error("cannot_delete_account", account=order["account"], error=str(error))
                refused = True
        if gone:
            await self._bus.write(FinishErasures(tuple(gone)))
            for account in gone:
                self._names.forget(account)
            self._deletions.finished(gone)
            log.info("accounts_deleted", accounts=gone)
        return refused

    async def _delete(self, order: Row) -> None:
        account = order["account"]
        self._live.end(REASON, lambda claims: claims.account == account)
        context = _context(order)
        await self._ask(account_stream(account), DisableForDeletion(), context)
        for bot in await self._reader.bots(account):
            await self._deletions.order(bot["account"], order["by"], order["reason"], order["messages"])
            await self._delete({**order, "account": bot["account"]})
        # what was on its way when the account was shut out may still arrive, but not after it has left
        while await self._leave_all(account, context) or (
            order["messages"] and await self._delete_messages(order)
        ):
            pass
        await self._ask(account_stream(account), FinishDeletion(order["reason"]), context)

    async def _delete_messages(self, order: Row) -> bool:
        """Returns whether there were any."""
        account, found = order["account"], False
        for room in await self._reader.rooms_ever(account):
            while seqs := await self._reader.written(room, account, DELETED_AT_ONCE):
                found = True
                await self._ask(room_stream(room), DeleteMessages(tuple(seqs)), _context(order))
        return found

    async def _leave_all(self, account: str, context: Context) -> bool:
        """Leaves rooms before spaces, because rooms belong to spaces. Returns whether there were any."""
        memberships, _ = await self._reader.memberships(account)
        streams = [row["stream"] for row in memberships if row["stream"] != account_stream(account)]
        for stream in sorted(streams):
            await self._ask(stream, RemoveDeletedAccount(account), context)
        return bool(streams)

    async def _ask(self, stream: str, command: Any, context: Context) -> None:
        answer = await self._bus.ask(stream, command, context, Done)
        if isinstance(answer, Refusal):
            if unsettled(answer) or answer.code == "overloaded":
                raise StoreUnavailable(answer.message)
            raise Refused(f"{stream} {type(command).__name__}: {answer.message}")


def _context(order: Row) -> Context:
    return Context(order["by"], now(), operator=True)
