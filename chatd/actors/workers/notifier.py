"""The notifier: follows the log and has the accounts notified of messages that are meant for them.

Its position is stored beside the log, and only after what lies before it was done; what it does twice
because it was stopped in between changes nothing, since an account is never told of a message at or
before the newest one that it was told of. That holds because each account is told in the order of the
log, however many accounts are told at the same time.

Who comes to deliver notifications elsewhere (push, hooks) follows `notification.created` in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

import trio

from chatd.actors.runtime.bus import Bus
from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.envelope import unsettled
from chatd.clock import new_id, now
from chatd.concurrency.backoff import Backoff
from chatd.concurrency.collecting import collected
from chatd.concurrency.wakeup import Wakeup
from chatd.contract.errors import Refusal
from chatd.domain.decision import Context
from chatd.domain.event import account_stream
from chatd.domain.internal import Notify, NotifyAll
from chatd.domain.policy.notification import notification_for
from chatd.log import log
from chatd.ports import PutFollower, Reader, Row, StoreUnavailable

FOLLOWER: Final = "notifier"  # in the table `followers`
BATCH: Final = 1_000  # positions
CONCERNED: Final = 5_000  # accounts of rooms that are mentioned as a whole, in a batch
MIN_INTERVAL: Final = 0.25  # seconds from one look to the next: under load a look serves many commits
AT_ONCE: Final = 64  # accounts
STORED_EVERY: Final = 1.0  # seconds, while there is nothing to tell
FIRST_RETRY: Final = 0.25  # seconds
LONGEST_RETRY: Final = 10.0


class Notifier:
    """One for the server."""

    name = FOLLOWER

    def __init__(self, reader: Reader, bus: Bus, commands: CommandBus) -> None:
        self.restarts = 0
        self.healthy = False
        self.position: int | None = None  # done up to here
        self._stored = 0
        self._stored_at = 0.0
        self._reader = reader
        self._bus = bus
        self._commands = commands

    def failed(self, given_up: bool) -> None:
        """Nobody waits for an answer from here."""

    async def run(self) -> None:
        """Runs forever."""
        backoff = Backoff(FIRST_RETRY, LONGEST_RETRY)
        position: int | None = None
        while True:
            begun = trio.current_time()
            try:
                position = await self._begin() if position is None else self.position
                assert position is not None
                await self._wait(position)
                begun = trio.current_time()
                upto = min(self._bus.head, position + BATCH)
                upto = await self._reader.within(position, upto, CONCERNED)
                await self._batch(position, upto)
            except StoreUnavailable as error:
                delay = backoff.next_delay()
                log.warning("notifier_stopped", reason=str(error), retry=delay)
                await trio.sleep(delay)
            else:
                self.healthy = True
                backoff.reset()
                if self._bus.head - upto < BATCH:
                    await trio.sleep_until(begun + MIN_INTERVAL)

    async def _begin(self) -> int:
        """Where it left off, or another node meanwhile. What was said before there was a notifier is news to
        nobody."""
        stored = await self._reader.follower(FOLLOWER)
        if stored is None:
            stored = self._bus.head
            await self._commands.write(PutFollower(FOLLOWER, stored))
        position = self.position = max(stored, self.position or 0)
        self._stored = stored
        self._stored_at = trio.current_time()
        return position

    async def _wait(self, position: int) -> None:
        """Returns when there is something beyond. Where it stands is written down meanwhile: looked at anew
        after a restart, a message would be judged by what its readers want by then."""
        if position > self._stored:
            with trio.move_on_at(self._stored_at + STORED_EVERY):
                await self._bus.wait_beyond(position)
                return
            await self._store(position)
        await self._bus.wait_beyond(position)

    async def _store(self, position: int) -> None:
        await self._commands.write(PutFollower(FOLLOWER, position))
        self._stored, self._stored_at = position, trio.current_time()

    async def _batch(self, after: int, upto: int) -> None:
        told = await self._tell(await self._reader.recipients(after, upto))
        self.position = upto
        if told or trio.current_time() - self._stored_at >= STORED_EVERY:
            await self._store(upto)

    # --- telling

    async def _tell(self, rows: Sequence[Row]) -> bool:
        """Whether there was anybody to tell. Raises StoreUnavailable when somebody could not be told."""
        found = await collected(rows, notification_for)
        notifiable = [row for row, notify in zip(rows, found, strict=True) if notify is not None]
        if not notifiable:
            return False
        present = await self._reader.presences(list({row["account"] for row in notifiable}))
        dnd = {row["account"] for row in present if row["mode"] == "dnd"}
        found = await collected(notifiable, lambda row: notification_for(row, row["account"] in dnd))
        by_account: dict[str, list[Notify]] = {}
        for row, notify in zip(notifiable, found, strict=True):
            if notify is not None:
                by_account.setdefault(row["account"], []).append(notify)
        telling = _Telling(self._commands)
        for account, news in by_account.items():
            await telling.tell(account, tuple(news))
        await telling.finish()
        if telling.untold:
            raise StoreUnavailable(f"{telling.untold} accounts could not be told")
        return True


class _Telling:
    """Accounts that are told at the same time. All news of an account are one command, written together or
    not at all: of two commands, the second could hide that the first was not written."""

    def __init__(self, commands: CommandBus) -> None:
        self.untold = 0  # accounts
        self._open = 0
        self._commands = commands
        self._answered = Wakeup()

    async def tell(self, account: str, news: tuple[Notify, ...]) -> None:
        """Waits while too many have not answered."""
        while self._open >= AT_ONCE:
            await self._answered.wait()
        self._open += 1
        command = NotifyAll(news, tuple(new_id() for _ in news))
        context = Context("system", now())
        await self._commands.tell(account_stream(account), command, context, partial(self._heard, account))

    async def finish(self) -> None:
        """Returns when all have answered."""
        while self._open:
            await self._answered.wait()

    def _heard(self, account: str, answer: object) -> None:
        self._open -= 1
        self._answered.wake()
        if not isinstance(answer, Refusal):
            return
        if unsettled(answer) or answer.code == "overloaded":
            self.untold += 1
        else:
            log.error("cannot_notify", account=account, refusal=answer.code)
