"""The file collector: ends files that nothing holds, and takes away bytes that no file has.

What it does follows from the tables, so what a crash interrupted is done at the next start. Bytes of deleted
files stand in a list of their own, which the log's transaction writes; beside that it compares, now and then,
all blobs with all files, for what an upload that was cut off has left. The store of blobs takes none away
that somebody is storing at that moment, and asks again whether a file has it when nobody can store it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from math import inf
from typing import Final

import trio

from chatd.actors.runtime.command_bus import CommandBus
from chatd.actors.runtime.envelope import unsettled
from chatd.clock import now
from chatd.concurrency.backoff import Backoff
from chatd.concurrency.wakeup import Wakeup
from chatd.contract.errors import Refusal
from chatd.contract.spec import Done
from chatd.domain.decision import Context
from chatd.domain.event import Event, account_stream
from chatd.domain.internal import DropFile
from chatd.log import log
from chatd.ports import Blobs, BlobsUnavailable, DropBlobs, FileUnheld, Reader, StoreUnavailable

FREES: Final = frozenset(
    {"message.deleted", "message.erased", "file.deleted", "account.deleted"}
)  # events that may end files
AT_ONCE: Final = 500  # rows or hashes in one question
GATHER: Final = 0.1  # seconds in which deletions gather
LONGEST_SWEEP: Final = 3600.0  # seconds between two looks at all files
SHORTEST_SWEEP: Final = 1.0
FIRST_RETRY: Final = 1.0
LONGEST_RETRY: Final = 60.0


class FileCollector:
    """One for the server. `keep`: seconds for which a file that nothing holds is kept after its upload;
    `settled` says what time it is, for what cannot be taken back. `follow` watches the bus."""

    name = "file collector"

    def __init__(
        self,
        reader: Reader,
        commands: CommandBus,
        blobs: Blobs,
        keep: float,
        settled: Callable[[], int] = now,
    ) -> None:
        self.restarts = 0
        self.healthy = False
        self.collected = 0  # blobs whose bytes were taken away
        self._reader = reader
        self._commands = commands
        self._blobs = blobs
        self._keep = int(keep * 1000)
        self._settled = settled
        self._sweep_every = min(LONGEST_SWEEP, max(SHORTEST_SWEEP, keep / 4))
        self._orphans: set[str] = set()  # at the last look
        self._paused = 0
        self._freed = True
        self._wakeup = Wakeup()

    def failed(self, given_up: bool) -> None:
        """Nobody waits for an answer from here."""

    @property
    def paused(self) -> bool:
        """Whether bytes are being copied."""
        return self._paused > 0

    @contextmanager
    def pausing(self) -> Iterator[None]:
        """Meanwhile no bytes are taken away: they are being copied."""
        self._paused += 1
        try:
            yield
        finally:
            self._paused -= 1

    def follow(self, events: Sequence[Event]) -> None:
        """Takes note of committed events."""
        if any(event.type in FREES for event in events):
            self._freed = True
            self._wakeup.wake()

    async def run(self) -> None:
        """Runs forever."""
        backoff, sweep_at = Backoff(FIRST_RETRY, LONGEST_RETRY), trio.current_time()
        while True:
            try:
                if trio.current_time() >= sweep_at:
                    await self.end_unheld()
                    await self.take_orphans()
                    sweep_at = trio.current_time() + self._sweep_every
                done = await self.take_dropped()
            except (StoreUnavailable, BlobsUnavailable) as error:
                log.warning("cannot_collect_files", error=str(error))
                self._freed = True
                await trio.sleep(backoff.next_delay())
                continue
            self.healthy = True
            if done:
                backoff.reset()
            again_at = inf if done else trio.current_time() + backoff.next_delay()
            with trio.move_on_at(min(sweep_at, again_at)):
                if not self._freed:
                    await self._wakeup.wait()
                await trio.sleep(GATHER)

    async def end_unheld(self) -> None:
        """Deletes files that nothing has held for long enough. Raises StoreUnavailable."""
        after: str | None = ""
        while after is not None:
            page = await self._reader.unheld_files(after, self._settled() - self._keep, AT_ONCE)
            for file, account in page.unheld:
                await self._end(file, account)
            after = page.last

    async def _end(self, file: str, account: str) -> None:
        unheld = (FileUnheld(file),)  # somebody may attach it in this moment
        context = Context("system", now())
        stream = account_stream(account)
        answer = await self._commands.ask(stream, DropFile(file), context, Done, conditions=unheld)
        if isinstance(answer, Refusal) and unsettled(answer):
            raise StoreUnavailable(answer.message)

    async def take_dropped(self) -> bool:
        """Takes away the bytes of deleted files; whether of all: of some somebody may store or copy the same
        right now. Raises StoreUnavailable, BlobsUnavailable."""
        self._freed = False
        while hashes := await self._reader.dropped_blobs(AT_ONCE):
            done = [hash_ for hash_ in hashes if await self._take(hash_)]
            if not done:
                return False
            await self._commands.write(DropBlobs(tuple(done)))
        return True

    async def take_orphans(self) -> None:
        """Takes away what no file has, if that was so at the last look too. Raises StoreUnavailable,
        BlobsUnavailable."""
        found: set[str] = set()
        hashes = iter(await self._blobs.list())
        while some := list(islice(hashes, AT_ONCE)):
            found |= set(some) - await self._reader.named_blobs(some)
        for hash_ in found & self._orphans:
            if await self._take(hash_):
                found.discard(hash_)
                log.info("orphan_collected", hash=hash_)
        self._orphans = found

    async def _take(self, hash_: str) -> bool:
        """Takes the bytes away, unless a file has them. Whether there is nothing more to do."""
        if self.paused:
            return False
        named = partial(self._named, hash_)
        if await self._blobs.delete(hash_, named):
            self.collected += 1
            return True
        return await named()

    async def _named(self, hash_: str) -> bool:
        return bool(await self._reader.named_blobs([hash_]))
