"""Nodes compare logs with each proposal and each heartbeat: one that most contradict stops itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Protocol

import trio

from chatd.cluster.heartbeats import Heard
from chatd.cluster.proposal import Header
from chatd.log import log

EVERY: Final = 0.5  # seconds


class Diverged(Exception):
    """Most others have another log."""


class OwnLog(Protocol):
    """The log of this node (see `ClusterLog`)."""

    def hash_at(self, sequence: int) -> str | None: ...
    def watch(self, diverged: Callable[[Header, str], None]) -> None: ...


class Others(Protocol):
    """The nodes that are heard (see `Heartbeats`)."""

    def others(self) -> Iterator[Heard]: ...


class DivergenceCheck:
    """What is known of a life of a node stays known: logs that differ once differ for ever, because each
    event's hash holds the one before it. `run` it."""

    def __init__(self, own: OwnLog, heartbeats: Others) -> None:
        self._own = own
        self._heartbeats = heartbeats
        self._contradicting: set[str] = set()  # lives of other nodes
        self._woken = trio.Event()
        own.watch(self._proposed)

    async def run(self) -> None:
        """For ever. Raises Diverged."""
        while True:
            with trio.move_on_after(EVERY):
                await self._woken.wait()
            self._woken = trio.Event()
            self._compare()
            self._stop_if_most_contradict()

    def _proposed(self, header: Header, hash: str) -> None:
        """It was proposed upon another log than this one."""
        self._contradicted(header.proposer, header.sequence)
        self._woken.set()

    def _compare(self) -> None:
        for heartbeat in (heard.heartbeat for heard in self._heartbeats.others()):
            own = self._own.hash_at(heartbeat.sequence)
            if own not in (None, heartbeat.hash):
                self._contradicted(heartbeat.life, heartbeat.sequence)

    def _contradicted(self, life: str, sequence: int) -> None:
        if life not in self._contradicting:
            self._contradicting.add(life)
            log.error("log_diverged", life=life, node=self._name(life), sequence=sequence)

    def _name(self, life: str) -> str | None:
        return next(
            (heard.heartbeat.node for heard in self._heartbeats.others() if heard.heartbeat.life == life),
            None,
        )

    def _stop_if_most_contradict(self) -> None:
        """Of whom nothing is known yet may agree."""
        lives = {heard.heartbeat.life: heard.heartbeat.node for heard in self._heartbeats.others()}
        self._contradicting &= lives.keys()
        contradict = [lives[life] for life in sorted(self._contradicting)]
        if 2 * len(contradict) > len(lives):
            raise Diverged(f"{', '.join(contradict)} had another hash at the same place of the stream")
