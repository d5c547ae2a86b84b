"""One line of commands for a stream that another node owns: their order, numbers and answers.

It sends nothing, answers nobody and waits for nothing: see `chatd.cluster.lines`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import inf
from typing import Final

import attrs
import trio

from chatd.actors.runtime.envelope import UNAVAILABLE, UNCERTAIN, UNSETTLED, Envelope
from chatd.clock import new_id
from chatd.cluster.calls import Answer
from chatd.cluster.repeatable import repeatable
from chatd.contract.errors import Refusal

RESEND: Final = 1.0  # seconds
PATIENCE: Final = 30.0  # seconds after which who asked is told that nobody knows
Life = tuple[str, str]  # of a node: its name, and which life of it this is


@attrs.define(eq=False)
class Asked:
    """A command in a line. `n`: its number, 0 as long as it has not been sent to the line's owner. `size`:
    bytes that it and its answer take."""

    envelope: Envelope
    call: bytes  # nothing: it is too long, and decided here
    size: int
    at: float
    n: int = 0
    sent_at: float = 0.0
    tried: bool = False  # some node may have done it
    answer: tuple[int, bytes] | None = None

    @property
    def again_at(self) -> float:
        """When it is sent again."""
        return self.sent_at + RESEND

    @property
    def repeatable(self) -> bool:
        return repeatable(self.envelope.command)

    @property
    def hopeless(self) -> Refusal:
        """What is said of it when nobody waits any longer."""
        if not self.tried:
            return UNAVAILABLE
        return UNSETTLED if self.repeatable else UNCERTAIN


@attrs.define(eq=False)
class Line:
    """`to`: whom it leads to; None: it must begin anew. Times are trio's."""

    stream: str
    id: str = ""
    to: Life | None = None
    unsent: bool = False  # some of those that wait came while the owner changed
    waiting: deque[Asked] = attrs.field(factory=deque)
    size: int = 0  # bytes of those that wait
    moved: trio.Event = attrs.field(factory=trio.Event)
    _next: int = 1

    def add(self, one: Asked) -> None:
        self.waiting.append(one)
        self.size += one.size

    def take_oldest(self) -> Asked:
        one = self.waiting.popleft()
        self.size -= one.size
        return one

    @property
    def oldest(self) -> Asked:
        return self.waiting[0]

    @property
    def at_work(self) -> bool:
        """Whether its owner has not answered all that it was given."""
        return any(one.n and one.answer is None for one in self.waiting)

    @property
    def first(self) -> int:
        """The number of the oldest that has one; what was answered before it has arrived."""
        return next((one.n for one in self.waiting if one.n), self._next)

    def begin(self, owner: Life) -> None:
        """It leads to another node, or another life of it, which knows nothing of it."""
        self.id, self.to, self._next = new_id(), owner, 1
        self.unsent = True
        for one in self.waiting:
            one.n = 0

    def take_unsent(self) -> list[Asked]:
        """Those that can be sent now: none before those that came earlier, and none beyond one that must be
        decided here."""
        found: list[Asked] = []
        self.unsent = False
        for one in self.waiting:
            if not one.call:
                self.unsent = True
                break
            if one.n == 0 and one.answer is None:
                found.append(one)
        return found

    def give_number(self, one: Asked) -> None:
        """It is sent."""
        if one.n == 0:
            one.n = self._next
            self._next += 1
        one.tried = True
        one.sent_at = trio.current_time()

    def late(self) -> list[Asked]:
        """Those that were sent so long ago that they or their answers may be lost."""
        now = trio.current_time()
        return [one for one in self.waiting if one.n and one.answer is None and one.again_at <= now]

    def send_anew(self) -> None:
        """What was sent, or answered, may be lost."""
        for one in self.waiting:
            if one.n:
                one.sent_at = -inf
        self.moved.set()

    def take_unsafe(self) -> list[Asked]:
        """Those that some node may have done, and that must not be done twice."""
        return self._take(lambda one: one.answer is None and one.tried and not one.repeatable)

    def take_hopeless(self) -> list[Asked]:
        """Those that have waited for too long."""
        before = trio.current_time() - PATIENCE
        return self._take(lambda one: one.answer is None and one.at < before)

    def answered(self, answer: Answer) -> int:
        """Bytes that it takes from now on."""
        size = 0
        if answer.result is None:
            self.to = None
        else:
            for one in self.waiting:
                if one.n == answer.n and one.answer is None:
                    one.answer, size = (answer.sequence, answer.result), len(answer.result)
                    one.size += size
                    self.size += size
        self.moved.set()
        return size

    def _take(self, which: Callable[[Asked], bool]) -> list[Asked]:
        found = [one for one in self.waiting if which(one)]
        for one in found:
            self.waiting.remove(one)
            self.size -= one.size
        return found
