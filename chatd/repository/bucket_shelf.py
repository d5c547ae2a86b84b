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
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from datetime import timedelta
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final, TypeVar
from uuid import uuid4

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from chatd.ports import RepositoryError
from chatd.repository.shelf import S3, Object
from chatd.s3.answers import in_words, missing
from chatd.s3.calls import begin
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
LOOK: Final = 0.1  # seconds between two looks whether anybody still waits for an answer
LET_GO: Final = 5.0  # seconds for the lock to be taken away, by which a stop of the server is held up
T = TypeVar("T")


def bucket_shelf(place: str, rest: Callable[[], None] = lambda: None) -> BucketShelf:
    """`place`: `s3://BUCKET/PREFIX`. `rest` is called while an answer is waited for, and what it raises ends
    that. Raises RepositoryError."""
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
    return BucketShelf(store, place, rest)


class BucketShelf:
    def __init__(self, store: S3Store, place: str, rest: Callable[[], None]) -> None:
        self._store = store
        self._place = place
        self._rest = rest
        self._sending: list[Future[Any]] = []
        self._slots = threading.Semaphore(AT_ONCE)
        self._over = False  # what is not on its way yet need not go any more

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
            self._over = True
            self._let_go(lock)

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

    def _let_go(self, lock: str) -> None:
        """Also after nobody waits any more. Where the service does not answer, it becomes stale by itself."""
        with suppress(RepositoryError), self._translated():
            begin(obstore.delete, self._store, lock).result(LET_GO)

    def _renew(self, lock: str, ended: threading.Event) -> None:
        while not ended.wait(RENEWED):
            renewal = begin(obstore.put, self._store, lock, b"")
            while not renewal.done() and not ended.wait(LOOK):
                pass

    def _touch(self, lock: str) -> None:
        with self._translated():
            self._ask(obstore.put, self._store, lock, b"")

    def list(self, beginning: str) -> Iterator[Object]:
        with self._translated():
            pages = obstore.list(self._store, prefix=beginning.rstrip("/"))
            while (page := self._ask(next, pages, None)) is not None:
                for entry in page:
                    yield Object(entry["path"], entry["size"], entry["last_modified"].timestamp())

    def put(self, name: str, data: bytes) -> None:
        if len(self._sending) >= WAITING:
            self._wait(self._sending.pop(0))
        self._sending.append(begin(self._send, name, data))

    def _send(self, name: str, data: bytes) -> None:
        with self._slots:
            if not self._over:
                obstore.put(self._store, name, data)

    def put_file(self, name: str, file: IO[bytes]) -> None:
        def send() -> None:
            obstore.put(self._store, name, file, chunk_size=PART, max_concurrency=1)

        with self._translated():
            self._ask(send)

    def settle(self) -> None:
        while self._sending:
            self._wait(self._sending.pop(0))

    def _wait(self, sent: Future[Any]) -> None:
        with self._translated():
            self._result(sent)

    def read(self, name: str) -> bytes:
        with self._translated():
            return self._ask(lambda: bytes(obstore.get(self._store, name).bytes()))

    def open(self, name: str) -> IO[bytes]:
        with self._translated():
            found = self._ask(obstore.get, self._store, name)
            if found.meta["size"] <= PART:
                return BytesIO(bytes(self._ask(found.bytes)))
            file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the caller closes it
            pieces = iter(found.stream(min_chunk_size=1 << 20))
            while (piece := self._ask(next, pieces, None)) is not None:
                file.write(bytes(piece))
            file.seek(0)
            return file

    def delete(self, name: str) -> None:
        with self._translated():
            self._ask(obstore.delete, self._store, name)

    def _ask(self, call: Callable[..., T], *args: object) -> T:
        return self._result(begin(call, *args))

    def _result(self, future: Future[T]) -> T:
        while not wait([future], LOOK).done:
            self._rest()
        return future.result()

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
