"""Fair queues for what is scarce: threads that check passwords, connections that read the database.

Who waits is served in turns: next comes whose account, and whose address, was served longest ago.
So neither one account at many addresses nor many accounts at one address can keep the others waiting. What
one of them has waiting is bounded, and where one request takes long, what it has under way as well.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import msgspec
import trio

from chatd.current.principal import SERVER, Principal, principal

REMEMBERED: Final = 4096  # accounts and addresses whose last turn is known while others wait


class ShareFull(Exception):
    """As much as one account, one address or everybody together may have waiting waits already."""


class Share(msgspec.Struct, frozen=True):
    """How many requests may wait or be under way: of an account, of an address, of everybody. None: any."""

    waiting_account: int
    waiting_address: int
    waiting: int | None = None
    at_once_account: int | None = None
    at_once_address: int | None = None


class FairQueue:
    """`places` at the same time; the others wait for their turn."""

    def __init__(self, places: int, share: Share) -> None:
        self._free = places
        self._share = share
        self._lines: dict[Principal, deque[trio.Event]] = {}
        self._waiting: Counter[str] = Counter()  # by person and by address, like those below
        self._busy: Counter[str] = Counter()
        self._served: dict[str, int] = {}  # the number of the last turn, oldest first
        self._turns = 0
        self._length = 0

    def __len__(self) -> int:
        """How many wait."""
        return self._length

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place, when it is the current task's turn. Raises ShareFull."""
        who = await self.take()
        try:
            yield
        finally:
            self.give_back(who)

    async def take(self) -> Principal:
        """The same in two halves: what this returns gives the place back. Raises ShareFull."""
        who = principal()
        if self._free and self._may_begin(who):
            self._free -= 1
            self._begin(who)
            return who
        self._check(who)
        turn = trio.Event()
        self._lines.setdefault(who, deque()).append(turn)
        self._wait(who, 1)
        try:
            await turn.wait()
        except trio.Cancelled:
            if turn.is_set():
                self.give_back(who)
            else:
                self._lines[who].remove(turn)
                self._leave_line(who)
            raise
        return who

    def give_back(self, who: Principal) -> None:
        """The place goes to whose turn it is."""
        for key in (who.person, who.address):
            _count(self._busy, key, -1)
        self._free += 1
        while self._free and (ready := [other for other in self._lines if self._may_begin(other)]):
            following = min(ready, key=self._last_turns)
            turn = self._lines[following].popleft()
            self._leave_line(following)
            self._free -= 1
            self._begin(following)
            turn.set()
        if not self._lines:
            self._served.clear()

    def _check(self, who: Principal) -> None:
        share = self._share
        if share.waiting is not None and self._length >= share.waiting:
            raise ShareFull
        if who != SERVER and (
            self._waiting[who.address] >= share.waiting_address
            or (who.account is not None and self._waiting[who.account] >= share.waiting_account)
        ):
            raise ShareFull

    def _may_begin(self, who: Principal) -> bool:
        account, address = self._share.at_once_account, self._share.at_once_address
        return who == SERVER or (
            (account is None or self._busy[who.person] < account)
            and (address is None or self._busy[who.address] < address)
        )

    def _last_turns(self, who: Principal) -> tuple[int, int]:
        """The later of its two last turns decides, then the earlier; then who came first."""
        person, address = self._served.get(who.person, 0), self._served.get(who.address, 0)
        return max(person, address), min(person, address)

    def _begin(self, who: Principal) -> None:
        self._turns += 1
        for key in (who.person, who.address):
            self._served.pop(key, None)
            self._served[key] = self._turns
            self._busy[key] += 1
        while len(self._served) > REMEMBERED:
            del self._served[next(iter(self._served))]

    def _leave_line(self, who: Principal) -> None:
        """One of its requests waits no longer."""
        self._wait(who, -1)
        if not self._lines[who]:
            del self._lines[who]

    def _wait(self, who: Principal, change: int) -> None:
        self._length += change
        for key in (who.person, who.address):
            _count(self._waiting, key, change)


def _count(counter: Counter[str], key: str, change: int) -> None:
    counter[key] += change
    if not counter[key]:
        del counter[key]
