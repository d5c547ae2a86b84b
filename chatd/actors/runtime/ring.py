"""The newest chunks in memory, for sessions that are a little behind: they need not read the log."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from typing import Final

from chatd.actors.runtime.chunk import Chunk
from chatd.ports import Row

RING_BYTES: Final = 4 * 1024 * 1024

_last = attrgetter("last")


class Ring:
    """Holds every event after `start`, up to RING_BYTES of them; the oldest go first."""

    def __init__(self, start: int) -> None:
        self.start = start
        self._chunks: deque[Chunk] = deque()
        self._of: dict[str, list[Chunk]] = {}  # by stream, the oldest first
        self._bytes = 0

    def append(self, chunk: Chunk) -> None:
        self._chunks.append(chunk)
        self._of.setdefault(chunk.stream, []).append(chunk)
        self._bytes += chunk.weight
        while self._bytes > RING_BYTES and len(self._chunks) > 1:
            self._drop_oldest()

    def precede(self, chunks: Sequence[Chunk]) -> None:
        """Puts chunks that end at `start` before the oldest, as many as there is space for."""
        for chunk in reversed(chunks):
            if self._bytes + chunk.weight > RING_BYTES:
                break
            self._chunks.appendleft(chunk)
            self._of.setdefault(chunk.stream, []).insert(0, chunk)
            self._bytes += chunk.weight
            self.start = chunk.first - 1

    def clear(self, start: int) -> None:
        """Begins anew after the position `start`."""
        self._chunks.clear()
        self._of.clear()
        self._bytes = 0
        self.start = start

    def forget(self, erased: Mapping[str, Container[int | None]]) -> None:
        """Drops the texts of messages, which are named by stream and seq; None: all texts of the stream. Only
        chunks of these streams are looked at: the ring holds thousands of events."""
        for stream, seqs in erased.items():
            for chunk in self._of.get(stream, ()):
                self._bytes -= chunk.forget(seqs)

    def forget_files(self, gone: Callable[[Row], bool]) -> None:
        """Drops what is known of files that are gone."""
        for chunk in self._chunks:
            chunk.forget_files(gone)

    def since(self, position: int) -> Iterator[Chunk] | None:
        """The chunks after `position`, if all of them from there are here and none must be cut; else None."""
        if position < self.start:
            return None
        known = bisect_right(self._chunks, position, key=_last)
        if known < len(self._chunks) and self._chunks[known].first <= position:
            return None  # only the log can cut a chunk
        return reversed(tuple(islice(reversed(self._chunks), len(self._chunks) - known)))

    def _drop_oldest(self) -> None:
        dropped = self._chunks.popleft()
        self._bytes -= dropped.weight
        self.start = dropped.last
        rest = self._of[dropped.stream]
        del rest[0]
        if not rest:
            del self._of[dropped.stream]
