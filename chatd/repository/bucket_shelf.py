"""The shelf in an S3-compatible bucket.

Keys come from the environment, by the names that programs for S3 share: `AWS_ACCESS_KEY_ID`,
`AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`. An object is there, whole and durable, when its
request is answered.

A bucket has no locks that end with who holds them. Whoever writes puts an object below `locks/` first, which
it renews, and then looks whether others stand there: of two that come at once at least one sees the other and
gives up. Which of them are old is told by the bucket's own clock.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final
from uuid import uuid4

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from chatd.ports import RepositoryError
from chatd.repository.shelf import S3, Object
from chatd.s3.answers import in_words, missing
from chatd.s3.panics import panics_are_errors

if TYPE_CHECKING:
    from obstore.store import S3Config

AT_ONCE: Final = 8  # requests
WAITING: Final = 32  # pieces in memory, at most
PART: Final = 8 * 1024 * 1024  # bytes of a large object that are sent at once
LOCKS: Final = "locks/"
RENEWED: Final = 60.0  # seconds
STALE: Final = 600.0  # seconds, after which whoever holds a lock has been killed
CONNECT: Final = timedelta(seconds=5)
SILENCE: Final = timedelta(seconds=30)


def bucket_shelf(place: str) -> BucketShelf:
    """`place`: `s3://BUCKET/PREFIX`. Raises RepositoryError."""
    name, _, prefix = place.removeprefix(S3).partition("/")
    if re.fullmatch("[A-Za-z0-9._-]+", name) is None:
        raise RepositoryError(f"{place} names no bucket; write s3://BUCKET/PREFIX")
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if endpoint and re.fullmatch(r"https?://[!-~]+", endpoint) is None:
        raise RepositoryError(
            f"AWS_ENDPOINT_URL must be an address such as https://s3.example.org, not {endpoint!r}"
        )
    config: S3Config = {"endpoint": endpoint} if endpoint else {}  # else it is AWS's own
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    try:
        store = S3Store(
            name,
            prefix=prefix.strip("/") or None,
            region=region,
            config=config,
            client_options={"allow_http": True, "connect_timeout": CONNECT, "read_timeout": SILENCE},
        )
    except (BaseError, ValueError) as error:
        raise RepositoryError(f"{place} cannot be used: {in_words(error)}") from error
    return BucketShelf(store, place)


class BucketShelf:
    def __init__(self, store: S3Store, place: str) -> None:
        self._store = store
        self._place = place
        self._sending: list[Future[Any]] = []
        self._threads = ThreadPoolExecutor(AT_ONCE, "backup")

    def entered(self) -> Iterator[None]:
        lock, ended = f"{LOCKS}{uuid4().hex}", threading.Event()
        self._take(lock)
        renewing = threading.Thread(target=self._renew, args=(lock, ended), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            ended.set()
            renewing.join()
            self._threads.shutdown(cancel_futures=True)
            with suppress(RepositoryError):  # it becomes stale by itself
                self.delete(lock)

    def _take(self, lock: str) -> None:
        self._touch(lock)
        there = {entry.name: entry.modified for entry in self.list(LOCKS)}
        mine = there.pop(lock, None)
        for other, modified in there.items():
            if mine is None or modified > mine - STALE:
                self.delete(lock)
                raise RepositoryError(
                    f"{self._place} is in use: another backup is being written to it; one that was"
                    f" killed is forgotten after {STALE / 60:.0f} minutes"
                )
            self.delete(other)

    def _renew(self, lock: str, ended: threading.Event) -> None:
        while not ended.wait(RENEWED):
            with suppress(RepositoryError):
                self._touch(lock)

    def _touch(self, lock: str) -> None:
        with self._translated():
            obstore.put(self._store, lock, b"")

    def list(self, beginning: str) -> Iterator[Object]:
        with self._translated():
            for page in obstore.list(self._store, prefix=beginning.rstrip("/")):
                for entry in page:
                    yield Object(entry["path"], entry["size"], entry["last_modified"].timestamp())

    def put(self, name: str, data: bytes) -> None:
        if len(self._sending) >= WAITING:
            self._wait(self._sending.pop(0))
        self._sending.append(self._threads.submit(obstore.put, self._store, name, data))

    def put_file(self, name: str, file: IO[bytes]) -> None:
        with self._translated():
            obstore.put(self._store, name, file, chunk_size=PART, max_concurrency=1)

    def settle(self) -> None:
        while self._sending:
            self._wait(self._sending.pop(0))

    def _wait(self, sent: Future[Any]) -> None:
        with self._translated():
            sent.result()

    def read(self, name: str) -> bytes:
        with self._translated():
            return bytes(obstore.get(self._store, name).bytes())

    def open(self, name: str) -> IO[bytes]:
        with self._translated():
            found = obstore.get(self._store, name)
            if found.meta["size"] <= PART:
                return BytesIO(bytes(found.bytes()))
            file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the caller closes it
            for piece in found.stream(min_chunk_size=1 << 20):
                file.write(bytes(piece))
            file.seek(0)
            return file

    def delete(self, name: str) -> None:
        with self._translated():
            obstore.delete(self._store, name)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with panics_are_errors():
                yield
        except FileNotFoundError as error:
            if (name := missing(error)) is not None:
                raise RepositoryError(f"{self._place} lacks what a backup needs: {name}") from error
            raise RepositoryError(f"{self._place} does not answer as it should: {in_words(error)}") from error
        except (BaseError, ValueError, OSError) as error:
            raise RepositoryError(f"{self._place} does not answer as it should: {in_words(error)}") from error
