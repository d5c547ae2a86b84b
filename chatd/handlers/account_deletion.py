"""Deleting an account: ordered at the desk, carried out by the eraser.

The order is durable before it is answered, and the account is shut out from then on. What follows may take
long and may be interrupted: each step can be done again, and what was ordered and is not finished is gone on
with at the next start.
"""

from __future__ import annotations

from typing import Any, Final

import structlog
import trio

from chatd.actors.runtime.envelope import Answer
from chatd.contract import command as c
from chatd.contract.errors import Refusal
from chatd.domain.account import state as accounts
from chatd.domain.decision import Context
from chatd.domain.event import account_stream, room_stream, space_stream, split_stream
from chatd.domain.internal import DeleteMessages, DisableForDeletion, FinishDeletion, RemoveDeletedAccount
from chatd.handlers.credentials import NO_ACCOUNT, confirm
from chatd.handlers.desk import Desk, now
from chatd.handlers.moderation import ERASED_AT_ONCE
from chatd.ports import (
    Caller,
    DropDevices,
    DropIdentities,
    FinishErasures,
    PutCredential,
    PutErasure,
    Row,
    StoreUnavailable,
)

OPERATOR_WAITS: Final = 20.0  # seconds; what takes longer goes on
REASON: Final = "the account is being deleted"
RETRY: Final = 1.0  # seconds, while the store cannot write
RETRY_REFUSED: Final = 60.0  # the same, while a stream does not let its part go
log = structlog.get_logger("eraser")


# --- ordered at the desk -----------------------------------------------------------------------------------


async def delete(desk: Desk, caller: Caller, command: c.DeleteAccount) -> Answer:
    if caller.account is None:
        return NO_ACCOUNT
    if refusal := await confirm(desk, caller, command.password) or await _owned(desk, caller.account):
        return refusal
    await order(desk, caller.account, caller.by, None, messages=True, keep=caller.device)
    return {}


async def erase(desk: Desk, caller: Caller, command: c.EraseAccount) -> Answer:
    """Waits for the end of it, for a while. What it concerns is counted before."""
    account = command.account
    row = await desk.reader.account(account)
    if row is None or row["deleted"]:
        return accounts.NO_SUCH_ACCOUNT
    if refusal := await _owned(desk, account):
        return refusal
    concerned = await desk.reader.belongings(account)
    if command.dry_run:
        return {"done": False, "erased": concerned}
    await order(desk, account, caller.by, command.reason, messages=True)
    with trio.move_on_after(OPERATOR_WAITS):
        await desk.pending_deletions.wait(account)
        return {"done": True, "erased": concerned}
    return {"done": False, "erased": concerned}


async def _owned(desk: Desk, account: str) -> Refusal | None:
    """Why it may not go yet: spaces keep an owner."""
    memberships, _ = await desk.reader.memberships(account)
    spaces = []
    for row in memberships:
        kind, id_ = split_stream(row["stream"])
        if kind == "space":
            state = await desk.directory.state_of(space_stream(id_))
            if state.last_owner(account):
                spaces.append({"id": id_, "name": state.name})
    if not spaces:
        return None
    names = ", ".join(space["name"] for space in spaces)
    return Refusal(
        "conflict",
        f"first give these spaces another owner (member.set_role) or delete them (space.delete): {names}",
        {"spaces": spaces},
    )


async def order(
    desk: Desk, account: str, by: str, reason: str | None, messages: bool, keep: str | None = None
) -> None:
    """From now on the account is shut out, and will be gone. Raises StoreUnavailable."""
    await desk.write(
        PutErasure(account, by, reason, messages, now()),
        DropDevices(account),
        PutCredential(account, None),
        DropIdentities(account),
    )
    shut(desk, account, keep)


def shut(desk: Desk, account: str, keep: str | None = None) -> None:
    """What is to be done at once when the order is durable. `keep`: the device that is to hear the answer."""
    desk.end_sessions(REASON, lambda claims: claims.account == account and claims.device != keep)
    desk.pending_deletions.ordered()


# --- carried out -------------------------------------------------------------------------------------------


class Refused(Exception):
    """A stream does not let its part of the account go: a bug, to be seen in the log."""


class AccountDeletionWorker:
    """One for the server."""

    name = "eraser"

    def __init__(self, desk: Desk) -> None:
        self.restarts = 0
        self.healthy = False
        self._desk = desk

    def failed(self, given_up: bool) -> None:
        """Those who wait give up by themselves."""
        self._desk.pending_deletions.open = True

    async def run(self) -> None:
        """For ever."""
        pending_deletions = self._desk.pending_deletions
        while True:
            if not pending_deletions.open:
                await pending_deletions.wakeup.wait()
            pending_deletions.open = False
            try:
                refused = await self._erase_all()
                self.healthy = True
            except StoreUnavailable as error:
                log.warning("cannot_erase", error=str(error))
                pending_deletions.open = True
                await trio.sleep(RETRY)
            else:
                if refused:
                    pending_deletions.open = True
                    await trio.sleep(RETRY_REFUSED)

    async def _erase_all(self) -> bool:
        """All that is ordered by now, then what they left beside the log, of all of them at once.

        One that cannot be deleted holds up no other. Whether there was one.
        """
        desk = self._desk
        gone: list[str] = []
        refused = False
        for row in await desk.reader.erasures():
            try:
                await self._erase(row)
                gone.append(row["account"])
            except Refused as error:
                log.error("cannot_delete_account", account=row["account"], error=str(error))
                refused = True
        if gone:
            await desk.write(FinishErasures(tuple(gone)))
            for account in gone:
                desk.names.forget(account)
            desk.pending_deletions.finished(gone)
            log.info("accounts_deleted", accounts=gone)
        return refused

    async def _erase(self, row: Row) -> None:
        desk, account = self._desk, row["account"]
        desk.end_sessions(REASON, lambda claims: claims.account == account)
        context = self._context(row)
        await self._ask(account_stream(account), DisableForDeletion(), context)
        for bot in await desk.reader.bots(account):
            await order(desk, bot["account"], row["by"], row["reason"], row["messages"])
            await self._erase({**row, "account": bot["account"]})
        # what was on its way when it was shut out may still arrive, but not after it has left
        while await self._leave_all(account, context) or (row["messages"] and await self._erase_texts(row)):
            pass
        await self._ask(account_stream(account), FinishDeletion(row["reason"]), context)

    async def _erase_texts(self, row: Row) -> bool:
        """Whether there were any."""
        reader, account, found = self._desk.reader, row["account"], False
        for room in await reader.rooms_ever(account):
            while seqs := await reader.written(room, account, ERASED_AT_ONCE):
                found = True
                await self._ask(room_stream(room), DeleteMessages(tuple(seqs)), self._context(row))
        return found

    async def _leave_all(self, account: str, context: Context) -> bool:
        """Rooms first, because they belong to spaces. Whether there were any."""
        memberships, _ = await self._desk.reader.memberships(account)
        streams = [row["stream"] for row in memberships if row["stream"] != account_stream(account)]
        for stream in sorted(streams):
            await self._ask(stream, RemoveDeletedAccount(account), context)
        return bool(streams)

    def _context(self, row: Row) -> Context:
        return Context(row["by"], now(), operator=True)

    async def _ask(self, stream: str, command: Any, context: Context) -> None:
        answer = await self._desk.ask(stream, command, context)
        if isinstance(answer, Refusal):
            if answer.code == "unavailable":
                raise StoreUnavailable(answer.message)
            raise Refused(f"{stream} {type(command).__name__}: {answer.message}")
