"""The files of a standby: fetches the blobs that its database names, and takes away those that it does
not."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final

import trio

from chatd.concurrency.wakeup import Wakeup
from chatd.durable import make_private, sync
from chatd.log import log
from chatd.standby.progress import Progress
from chatd.standby.source import NoSource, NotKept, Refused, Source
from chatd.store import json_rows
from chatd.store.connection import TrioConnection
from chatd.store.ops.backup import NAMED_BLOBS

HOP: Final = 1 << 20
AT_ONCE: Final = 4  # files
AGAIN: Final = 5.0  # seconds, after which what could not be had is asked for again
NAMED: Final = (
    "SELECT EXISTS (SELECT 1 FROM files WHERE hash = ?1) OR EXISTS (SELECT 1 FROM files WHERE preview = ?1)"
)


class StandbyFiles:
    """`folder`: as the server's `files`. Everything is looked at once, then what each transaction brings."""

    def __init__(self, folder: Path, connection: TrioConnection, progress: Progress) -> None:
        self._folder = folder
        self._connection = connection
        self._progress = progress
        self._wanted: dict[str, float] = {}  # since when
        self._not_there: set[str] = set()  # of these, those that the server has lost itself
        self._news = Wakeup()

    def want(self, hashes: Iterable[str]) -> None:
        now = self._progress.clock()
        for hash_ in hashes:
            self._wanted.setdefault(hash_, now)
        self._count()
        self._news.wake()

    async def look(self) -> None:
        """Compares the whole folder with the database."""
        named = set(await self._connection.run(lambda file: json_rows.strings(file, NAMED_BLOBS)))
        there = await trio.to_thread.run_sync(self._there)
        self._wanted = {hash_: since for hash_, since in self._wanted.items() if hash_ in named - there}
        self.want(sorted(named - there))
        await trio.to_thread.run_sync(self._drop, sorted(there - named))

    async def drop(self, hashes: Iterable[str]) -> None:
        gone = [hash_ for hash_ in hashes if not await self._named(hash_)]
        for hash_ in gone:
            self._have(hash_)
        if gone:
            await trio.to_thread.run_sync(self._drop, gone)

    async def run(self, source: Source) -> None:
        """Fetches what is wanted, for ever."""
        while True:
            if not self._wanted:
                await self._news.wait()
            tried, waiting = list(self._wanted), iter(self._wanted.copy())
            async with trio.open_nursery() as nursery:
                for _ in range(AT_ONCE):
                    nursery.start_soon(self._fetch_each, source, waiting)
            if self._wanted.keys() & set(tried):  # they could not be had
                await trio.sleep(AGAIN)

    async def _fetch_each(self, source: Source, waiting: Iterator[str]) -> None:
        for hash_ in waiting:
            if hash_ not in self._wanted:
                continue
            if not await self._named(hash_) or await self._fetch(source, hash_):
                self._have(hash_)
            else:
                self._count()

    def _have(self, hash_: str) -> None:
        """It is there, or wanted no more."""
        self._wanted.pop(hash_, None)
        self._not_there.discard(hash_)
        self._count()

    def _count(self) -> None:
        waiting = (since for hash_, since in self._wanted.items() if hash_ not in self._not_there)
        self._progress.files_missing = len(self._wanted)
        self._progress.waiting_since = next(waiting, None)

    async def _fetch(self, source: Source, hash_: str) -> bool:
        path = self._path(hash_)
        part = path.with_name(f"{path.name}.part")
        try:
            with await trio.to_thread.run_sync(_made, part) as file:
                await source.file(hash_, file)
                whole = await trio.to_thread.run_sync(_settled, file) == hash_
            if not whole:
                raise NoSource("its bytes are not those that its hash names")
            await trio.to_thread.run_sync(_named_now, part, path)
        except (NoSource, NotKept, Refused, OSError) as error:
            part.unlink(missing_ok=True)
            if isinstance(error, NotKept):
                self._not_there.add(hash_)
            log.warning("standby_file_failed", hash=hash_, error=str(error))
            return False
        return True

    async def _named(self, hash_: str) -> bool:
        def look(connection: sqlite3.Connection) -> bool:
            return bool(connection.execute(NAMED, (hash_,)).fetchone()[0])

        return await self._connection.run(look)

    def _path(self, hash_: str) -> Path:
        return self._folder / hash_[:2] / hash_[2:]

    def _there(self) -> set[str]:
        return {
            path.parent.name + path.name
            for path in self._folder.glob("[0-9a-f][0-9a-f]/*")
            if len(path.name) == 62 and path.is_file()
        }

    def _drop(self, hashes: Iterable[str]) -> None:
        for hash_ in hashes:
            self._path(hash_).unlink(missing_ok=True)


def _made(part: Path) -> IO[bytes]:
    make_private(part.parent.parent, part.parent)
    return open(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600), "r+b")


def _settled(file: IO[bytes]) -> str:
    """The SHA-256 of a file that is on the disk."""
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(HOP):
        digest.update(piece)
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest()


def _named_now(part: Path, path: Path) -> None:
    part.replace(path)
    sync(path.parent)
