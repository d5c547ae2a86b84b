"""Whether this node knows what its cluster knows, the time included: whoever does not may not know who was
banned meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from math import inf
from typing import Final, Protocol

import trio

from chatd.cluster.clocks import WRONG_CLOCK, is_odd
from chatd.cluster.heartbeats import Heartbeats
from chatd.cluster.log import ClusterLog
from chatd.log import log
from chatd.ports import StoreUnavailable

SILENT: Final = 4.0  # seconds without a sign of the stream, after which the node counts as cut off
MOVE: Final = 2.5  # seconds, after which another NATS server is tried: this one may be the one cut off
LOOK: Final = 0.5
LOOKS: Final = int(SILENT / LOOK) + 1
CUT_OFF: Final = (
    f"nothing was heard of the cluster for {SILENT:g} s; look at the network and at the NATS servers; it goes"
    " on by itself"
)
BEHIND: Final = (
    f"for {SILENT:g} s this node has not been able to apply what others have; look at its disk and its load"
)


class Heard(Protocol):
    @property
    def silence(self) -> float:
        """Seconds since the last sign of the stream."""

    @property
    def apart(self) -> float:
        """Seconds since this node's NATS server heard most of those that keep it."""


class Contact:
    """`cut_off`: why clients must be served elsewhere; None: all is well. `catch_up` returns when this node
    has applied all that was acknowledged anywhere. `members` gives the other nodes that belong to the
    cluster, be they there or not. `move` has it connect to another NATS server. `looked` is set when
    `cut_off` is known. `run` it."""

    def __init__(
        self,
        stream: Heard,
        own: ClusterLog,
        heartbeats: Heartbeats,
        catch_up: Callable[[], Awaitable[None]],
        members: Callable[[], Awaitable[Sequence[str]]],
        move: Callable[[], None],
    ) -> None:
        self.cut_off: str | None = None
        self.looked = trio.Event()
        self._stream = stream
        self._own = own
        self._heartbeats = heartbeats
        self._catch_up = catch_up
        self._members = members
        self._move = move
        self._moved_at = -inf
        self._watchers: list[Callable[[], None]] = []
        self._known: deque[int] = deque(maxlen=LOOKS)  # how far somebody was, at each of the last looks

    def watch(self, changed: Callable[[], None]) -> None:
        """`changed` is called when `cut_off` changes."""
        self._watchers.append(changed)

    async def run(self) -> None:
        """For ever."""
        while True:
            await trio.sleep(LOOK)
            problem = await self._problem()
            if problem != self.cut_off:
                if problem is None and not await self._level():
                    continue
                if problem is None:
                    log.warning("cluster_heard_again")
                else:
                    log.warning("cluster_cut_off", problem=problem)
                self.cut_off = problem
                for changed in self._watchers:
                    changed()
            self.looked.set()

    async def _level(self) -> bool:
        """Whether this node has applied all that was acknowledged anywhere."""
        with trio.move_on_after(SILENT), suppress(StoreUnavailable):
            await self._catch_up()
            return True
        return False

    async def _problem(self) -> str | None:
        furthest = max((heard.heartbeat.sequence for heard in self._heartbeats.others()), default=0)
        self._known.append(furthest)
        if self._stream.apart > MOVE and not await self._hears_all():
            if trio.current_time() - self._moved_at > MOVE:
                self._moved_at = trio.current_time()
                self._move()
            if self._stream.apart > SILENT:
                return CUT_OFF
        if self._stream.silence > SILENT and not await self._with_others():
            return CUT_OFF
        if is_odd(self._heartbeats.others()):
            return WRONG_CLOCK
        if len(self._known) == LOOKS and self._own.sequence < self._known[0]:
            return BEHIND
        if self.cut_off == BEHIND and self._own.sequence < furthest:
            return BEHIND  # others go on meanwhile, so it is back when it is level with them
        return None

    async def _with_others(self) -> bool:
        """Whether all that belong to the cluster are heard, and none of them has applied more: while the
        stream elects a leader nobody writes."""
        furthest = max((heard.heartbeat.sequence for heard in self._heartbeats.others()), default=None)
        return furthest is not None and furthest <= self._own.sequence and await self._hears_all()

    async def _hears_all(self) -> bool:
        """Of one that belongs to the cluster and is not heard nobody knows what it writes."""
        try:
            members = await self._members()
        except StoreUnavailable:
            return False
        return {heard.heartbeat.node for heard in self._heartbeats.others()} >= set(members)
