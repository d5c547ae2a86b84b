"""The account deletion worker: accounts that cannot be deleted, among others that can."""

from __future__ import annotations

from typing import Any, cast

import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from chatd.actors.runtime.envelope import BROKEN, Answer
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.actors.workers.account_deletion import RETRY_REFUSED, AccountDeletionWorker
from chatd.actors.workers.deletions import Deletions
from chatd.contract.spec import DONE
from chatd.ports import FinishErasures, Row


class Streams:
    """The streams that know the accounts, as far as a deletion needs them; also the list of what is ordered.
    The stream of `broken` refuses."""

    def __init__(self, *accounts: str, broken: str) -> None:
        self.ordered = list(accounts)
        self.broken = broken

    async def erasures(self) -> list[Row]:
        return [{"account": one, "by": one, "reason": None, "messages": True} for one in self.ordered]

    async def bots(self, owner: str) -> list[Row]:
        return []

    async def memberships(self, account: str) -> tuple[list[Row], int]:
        return [], 0

    async def rooms_ever(self, account: str) -> list[str]:
        return []

    async def ask(self, stream: str, command: Any, context: Any, result: type[Any]) -> Answer:
        return BROKEN if stream == f"account/{self.broken}" else DONE

    async def write(self, write: FinishErasures) -> None:
        self.ordered = [account for account in self.ordered if account not in write.accounts]

    def forget(self, account: str) -> None: ...


async def test_an_account_that_cannot_be_deleted_holds_up_no_other_and_is_tried_again(
    mock_clock: MockClock,
) -> None:
    streams, live = Streams("ann", "bad", "cat", broken="bad"), LiveSessions()
    all_of_it = cast(Any, streams)
    deletions = Deletions(all_of_it, live)
    worker = AccountDeletionWorker(all_of_it, all_of_it, live, deletions, all_of_it)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker.run)
        await wait_all_tasks_blocked()
        assert streams.ordered == ["bad"]
        streams.broken = ""
        mock_clock.jump(RETRY_REFUSED)
        await wait_all_tasks_blocked()
        assert streams.ordered == []
        nursery.cancel_scope.cancel()
