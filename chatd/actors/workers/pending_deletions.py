"""Which deletions of accounts were ordered and are not finished: what their askers wait for."""

from __future__ import annotations

from collections.abc import Iterable

import trio

from chatd.wakeup import Wakeup


class PendingDeletions:
    """What those who order wait for, and the eraser is woken by."""

    def __init__(self) -> None:
        self.wakeup = Wakeup()
        self.open = True  # whether something may have been ordered that the eraser has not seen
        self._done: dict[str, trio.Event] = {}

    def ordered(self) -> None:
        self.open = True
        self.wakeup.wake()

    async def wait(self, account: str) -> None:
        """Returns when nothing is left of the account."""
        await self._done.setdefault(account, trio.Event()).wait()

    def finished(self, finished: Iterable[str]) -> None:
        for account in finished:
            if (done := self._done.pop(account, None)) is not None:
                done.set()
