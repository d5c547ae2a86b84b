"""The account deletion worker: accounts that cannot be deleted, among others that can."""

from __future__ import annotations

from typing import Any, cast

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from chatd.actors.runtime.envelope import BROKEN, OVERLOADED, UNAVAILABLE, UNCERTAIN, Answer
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.actors.workers.account_deletion import RETRY, RETRY_REFUSED, AccountDeletionWorker
from chatd.actors.workers.deletions import Deletions
from chatd.contract.errors import Refusal
from chatd.contract.spec import DONE
from chatd.ports import FinishErasures, Row


class Streams:
    """The streams that know the accounts, as far as a deletion needs them; also the list of what is ordered.
    The stream of `broken` gives `refusal`."""

    def __init__(self, *accounts: str, broken: str, refusal: Refusal = BROKEN) -> None:
        self.ordered = list(accounts)
        self.broken = broken
        self.refusal = refusal

    async def erasures(self) -> list[Row]:
        return [{"account": one, "by": one, "reason": None, "messages": True} for one in self.ordered]

    async def bots(self, owner: str) -> list[Row]:
        return []

    async def memberships(self, account: str) -> tuple[list[Row], int]:
        return [], 0

    async def rooms_ever(self, account: str) -> list[str]:
        return []

    async def ask(self, stream: str, command: Any, context: Any, result: type[Any]) -> Answer:
        return self.refusal if stream == f"account/{self.broken}" else DONE

    async def write(self, write: FinishErasures) -> None:
        self.ordered = [account for account in self.ordered if account not in write.accounts]

    def forget(self, account: str) -> None: ...


def worker(streams: Streams) -> AccountDeletionWorker:
    live, all_of_it = LiveSessions(), cast(Any, streams)
    return AccountDeletionWorker(all_of_it, all_of_it, live, Deletions(all_of_it, live), all_of_it)


async def assert_tried_again(streams: Streams, clock: MockClock, seconds: float) -> None:
    """All but the broken one are deleted at once, and that one after so long."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(worker(streams).run)
        await wait_all_tasks_blocked()
        assert streams.ordered == [streams.broken]
        streams.broken = ""
        clock.jump(seconds)
        await wait_all_tasks_blocked()
        assert streams.ordered == []
        nursery.cancel_scope.cancel()


async def test_an_account_that_cannot_be_deleted_holds_up_no_other_and_is_tried_again(
    mock_clock: MockClock,
) -> None:
    streams = Streams("ann", "bad", "cat", broken="bad")
    await assert_tried_again(streams, mock_clock, RETRY_REFUSED)


@pytest.mark.parametrize("answer", [UNAVAILABLE, OVERLOADED, UNCERTAIN], ids=["not", "not yet", "perhaps"])
async def test_what_cannot_be_done_now_or_was_perhaps_done_is_done_again_soon(
    mock_clock: MockClock, answer: Refusal
) -> None:
    """As when a node dies that owns one of the streams."""
    streams = Streams("ann", broken="ann", refusal=answer)
    await assert_tried_again(streams, mock_clock, RETRY)
