"""Nodes compare their logs: one that most of the others contradict stops itself."""

from __future__ import annotations

from typing import Final

import trio

from chatd.cluster.beats import Beats
from chatd.cluster.log import ClusterLog
from chatd.log import log

EVERY: Final = 0.5  # seconds


class Doubt(Exception):
    """Most others have another log."""


class Doubts:
    def __init__(self, own: ClusterLog, beats: Beats) -> None:
        self._own = own
        self._beats = beats
        self._told: set[str] = set()

    async def run(self) -> None:
        """For ever. Raises Doubt."""
        while True:
            await trio.sleep(EVERY)
            agree, contradict = self._compare()
            for node in contradict:
                if node not in self._told:
                    self._told.add(node)
                    log.error("log_doubted", node=node, sequence=self._own.sequence)
            if len(contradict) > len(agree):
                raise Doubt(f"{', '.join(contradict)} had another hash at the same place of the stream")

    def _compare(self) -> tuple[list[str], list[str]]:
        agree, contradict = list[str](), list[str]()
        for heard in self._beats.others():
            own = self._own.hash_at(heard.beat.sequence)
            if own is not None:
                (agree if own == heard.beat.hash else contradict).append(heard.beat.node)
        return agree, contradict
