"""Whether this node hears its cluster: whoever does not may not know who was banned meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, Protocol

import trio

from chatd.cluster.beats import Beats
from chatd.cluster.log import ClusterLog
from chatd.log import log
from chatd.ports import StoreUnavailable

SILENT: Final = 5.0  # seconds without a sign of the stream, after which the node counts as cut off
LOOK: Final = 0.5
CUT_OFF: Final = (
    f"nothing was heard of the cluster for {SILENT:g} s; look at the network and at the NATS servers; it goes"
    " on by itself"
)


class Heard(Protocol):
    @property
    def silence(self) -> float:
        """Seconds since the last sign of the stream."""


class Contact:
    """`cut_off`: why clients must be served elsewhere; None: all is well. `catch_up` returns when this node
    has applied all that was acknowledged anywhere. `run` it."""

    def __init__(
        self, stream: Heard, own: ClusterLog, beats: Beats, catch_up: Callable[[], Awaitable[None]]
    ) -> None:
        self.cut_off: str | None = None
        self._stream = stream
        self._own = own
        self._beats = beats
        self._catch_up = catch_up
        self._watchers: list[Callable[[], None]] = []
        self._most = 1  # nodes that were heard at once, this one included

    def watch(self, changed: Callable[[], None]) -> None:
        """`changed` is called when `cut_off` changes."""
        self._watchers.append(changed)

    async def run(self) -> None:
        """For ever."""
        while True:
            await trio.sleep(LOOK)
            problem = CUT_OFF if self._stream.silence > SILENT and not self._with_others() else None
            if problem != self.cut_off:
                if problem is None:
                    with trio.move_on_after(SILENT), suppress(StoreUnavailable):
                        await self._catch_up()
                log.warning("cluster_cut_off" if problem else "cluster_heard_again")
                self.cut_off = problem
                for changed in self._watchers:
                    changed()

    def _with_others(self) -> bool:
        """Whether most nodes that there were are heard, and none of them has applied more: while the stream
        elects a leader nobody writes."""
        others = list(self._beats.others())
        self._most = max(self._most, len(self._beats.nodes))
        return len(others) * 2 >= self._most and all(
            heard.beat.sequence <= self._own.sequence for heard in others
        )
