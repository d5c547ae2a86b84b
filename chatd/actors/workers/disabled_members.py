"""The worker that tells spaces and direct rooms which of their members are disabled.

It compares what is true with what the places have noted, at the start and whenever an account is disabled or
enabled, or somebody who is disabled joins. So what was interrupted is done later, and nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import trio

from chatd.actors.runtime.command_bus import CommandBus
from chatd.clock import now
from chatd.concurrency.wakeup import Wakeup
from chatd.contract.errors import Refusal
from chatd.contract.spec import Done
from chatd.domain.decision import Context
from chatd.domain.event import Event
from chatd.domain.internal import NoteDisabled
from chatd.log import log
from chatd.ports import Reader, Row, StoreUnavailable

RETRY: Final = 1.0  # seconds, while the store cannot write
TOLD_AT_ONCE: Final = 100  # places


class DisabledMembers(msgspec.Struct, eq=False):
    """One for the server. `follow` watches the bus."""

    _reader: Reader
    _commands: CommandBus
    name: str = "disabled members"
    restarts: int = 0
    healthy: bool = False
    _open: bool = True  # something may have changed that the places do not know
    _wakeup: Wakeup = msgspec.field(default_factory=Wakeup)
    _disabled: set[str] = msgspec.field(default_factory=set)  # accounts that were disabled since the start

    def failed(self, given_up: bool) -> None:
        """Nobody waits for an answer from here: what is not told yet is found again."""
        self._open = True

    def follow(self, events: Sequence[Event]) -> None:
        """Takes note of committed events."""
        for event in events:
            if event.type == "account.updated" and "disabled" in event.data:
                self._remember(event.stream.removeprefix("account/"), event.data["disabled"])
            elif event.type == "member.joined" and event.data["account"] in self._disabled:
                self._wake()

    def _remember(self, account: str, disabled: Any) -> None:
        (self._disabled.add if disabled else self._disabled.discard)(account)
        self._wake()

    def _wake(self) -> None:
        self._open = True
        self._wakeup.wake()

    async def run(self) -> None:
        """Runs forever."""
        while True:
            if not self._open:
                await self._wakeup.wait()
            self._open = False
            try:
                await self.tell()
                self.healthy = True
            except StoreUnavailable as error:
                log.warning("cannot_tell_of_disabled", error=str(error))
                self._open = True
                await trio.sleep(RETRY)

    async def tell(self) -> None:
        """Tells every place what it does not know; those who ask for it wait until it is told. Raises
        StoreUnavailable."""
        rows = await self._reader.untold()
        for first in range(0, len(rows), TOLD_AT_ONCE):
            refused: list[Refusal] = []
            async with trio.open_nursery() as nursery:  # together, so that they share commits
                for row in rows[first : first + TOLD_AT_ONCE]:
                    nursery.start_soon(self._tell, row, refused)
            if refused:
                raise StoreUnavailable(refused[0].message)

    async def _tell(self, row: Row, refused: list[Refusal]) -> None:
        noting = NoteDisabled(row["account"], row["disabled"])
        answer = await self._commands.ask(row["stream"], noting, Context("system", now()), Done)
        if isinstance(answer, Refusal) and answer.code != "not_found":  # the place is gone meanwhile
            refused.append(answer)
