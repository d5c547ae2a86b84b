"""Deletions of accounts: ordered here, and carried out by the `AccountDeletionWorker`.

An order is durable before it is answered, and the account is shut out from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
import trio

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.live_sessions import LiveSessions
from chatd.clock import now
from chatd.concurrency.wakeup import Wakeup
from chatd.ports import Condition, DropDevices, DropIdentities, PutCredential, PutErasure

REASON: Final = "the account is being deleted"


class Deletions(msgspec.Struct, eq=False):
    """`open`: something may have been ordered that the worker has not seen."""

    _bus: CommandBus
    _live: LiveSessions
    open: bool = True
    wakeup: Wakeup = msgspec.field(default_factory=Wakeup)
    _finished: dict[str, trio.Event] = msgspec.field(default_factory=dict)

    async def order(
        self,
        account: str,
        by: str,
        reason: str | None,
        messages: bool,
        keep: str | None = None,
        conditions: tuple[Condition, ...] = (),
    ) -> None:
        """Shuts the account out and orders its deletion, if the conditions hold; `messages`: and that of its
        messages.

        `keep` is the device that is to hear the answer. Raises StoreUnavailable.
        """
        done = await self._bus.write(
            PutErasure(account, by, reason, messages, now()),
            DropDevices(account),
            PutCredential(account, None),
            DropIdentities(account),
            conditions=conditions,
        )
        if done:
            self.ordered(account, keep)

    def ordered(self, account: str, keep: str | None = None) -> None:
        """What follows at once when an order is durable."""
        self._live.end(REASON, lambda claims: claims.account == account and claims.device != keep)
        self.look_again()

    def look_again(self) -> None:
        """Something may have been ordered that the worker has not seen."""
        self.open = True
        self.wakeup.wake()

    async def wait(self, account: str) -> None:
        """Returns when nothing is left of the account."""
        await self._finished.setdefault(account, trio.Event()).wait()

    def finished(self, accounts: Iterable[str]) -> None:
        """Wakes those who wait for these accounts."""
        for account in accounts:
            if (finished := self._finished.pop(account, None)) is not None:
                finished.set()
