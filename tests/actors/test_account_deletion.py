"""The eraser: accounts that cannot be deleted, among others that can."""

from __future__ import annotations

from typing import Any, cast

import trio
from chatd.actors.workers.pending_deletions import PendingDeletions
from chatd.handlers.desk import Desk
from trio.testing import MockClock, wait_all_tasks_blocked

from chatd.actors.runtime.envelope import BROKEN, Answer
from chatd.handlers.account_deletion import RETRY_REFUSED, AccountDeletionWorker
from chatd.ports import FinishErasures, Row


class SmallDesk:
    """A desk, its reader and its names, as far as the eraser knows them. `broken` streams refuse."""

    def __init__(self, *accounts: str, broken: str) -> None:
        self.ordered = list(accounts)
        self.broken = f"account/{broken}"
        self.pending_deletions = PendingDeletions()
        self.reader = self.names = self

    async def erasures(self) -> list[Row]:
        return [{"account": one, "by": one, "reason": None, "messages": True} for one in self.ordered]

    async def bots(self, owner: str) -> list[Row]:
        return []

    async def memberships(self, account: str) -> tuple[list[Row], int]:
        return [], 0

    async def rooms_ever(self, account: str) -> list[str]:
        return []

    async def ask(self, stream: str, command: Any, context: Any) -> Answer:
        return BROKEN if stream == self.broken else {}

    async def write(self, write: FinishErasures) -> None:
        self.ordered = [account for account in self.ordered if account not in write.accounts]

    def end_sessions(self, reason: str, which: Any) -> None: ...

    def forget(self, account: str) -> None: ...


async def test_an_account_that_cannot_be_deleted_holds_up_no_other_and_is_tried_again(
    mock_clock: MockClock,
) -> None:
    desk = SmallDesk("ann", "bad", "cat", broken="bad")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(AccountDeletionWorker(cast(Desk, desk)).run)
        await wait_all_tasks_blocked()
        assert desk.ordered == ["bad"]
        desk.broken = ""
        mock_clock.jump(RETRY_REFUSED)
        await wait_all_tasks_blocked()
        assert desk.ordered == []
        nursery.cancel_scope.cancel()
