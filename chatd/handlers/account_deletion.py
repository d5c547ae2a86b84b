"""Handlers of accounts: deleting one, which is ordered here and carried out by a worker."""

from __future__ import annotations

from typing import Final

import msgspec
import trio

from chatd.actors.runtime.directory import Directory
from chatd.actors.workers.deletions import Deletions
from chatd.contract.account import DeleteAccount
from chatd.contract.account_admin import Belongings, EraseAccount, Erased
from chatd.contract.errors import Refusal
from chatd.contract.rows import pick
from chatd.contract.spec import DONE, Done
from chatd.domain.account.state import NO_SUCH_ACCOUNT
from chatd.domain.event import space_stream, split_stream
from chatd.handlers.credentials import Credentials
from chatd.handlers.refusals import OPERATOR_HAS_NO_DEVICES
from chatd.ports import Caller, Reader

OPERATOR_WAITS: Final = 20.0  # seconds; what takes longer goes on


class AccountDeletions(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    directory: Directory
    credentials: Credentials
    deletions: Deletions

    async def delete(self, caller: Caller, command: DeleteAccount) -> Done | Refusal:
        if caller.account is None:
            return OPERATOR_HAS_NO_DEVICES
        refusal = await self.credentials.confirm(caller, command.password)
        if refusal := refusal or await self._last_owner(caller.account):
            return refusal
        await self.deletions.order(caller.account, caller.by, None, messages=True, keep=caller.device)
        return DONE

    async def erase(self, caller: Caller, command: EraseAccount) -> Erased | Refusal:
        """Waits a while for the end of it. What it concerns is counted before."""
        account = command.account
        row = await self.reader.account(account)
        if row is None or row["deleted"]:
            return NO_SUCH_ACCOUNT
        if refusal := await self._last_owner(account):
            return refusal
        concerned = pick(Belongings, await self.reader.belongings(account))
        if command.dry_run:
            return Erased(done=False, erased=concerned)
        await self.deletions.order(account, caller.by, command.reason, messages=True)
        with trio.move_on_after(OPERATOR_WAITS):
            await self.deletions.wait(account)
            return Erased(done=True, erased=concerned)
        return Erased(done=False, erased=concerned)

    async def _last_owner(self, account: str) -> Refusal | None:
        """Why the account may not go yet: spaces keep an owner."""
        memberships, _ = await self.reader.memberships(account)
        spaces = []
        for row in memberships:
            kind, id_ = split_stream(row["stream"])
            if kind == "space":
                state = await self.directory.state_of(space_stream(id_))
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
