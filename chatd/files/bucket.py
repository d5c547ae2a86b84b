"""The bucket store: blobs in an S3-compatible bucket, staged in a folder of this machine first.

A blob's hash is known when all of it has come, and an object cannot be renamed in place; so it is put there
as a whole, under the name that its content has. An object is visible only when all of it is there. To put it
twice is the same as once.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from chatd.files.folder import HASH, HASH_DIGITS, FolderBlobs, StagedFile
from chatd.files.pins import Pins
from chatd.files.spool import Spool
from chatd.files.staging import StagingFile
from chatd.files.threads import READ_HOP, unavailable
from chatd.ports import Blob, BlobMissing, BlobsUnavailable
from chatd.s3.answers import in_words
from chatd.s3.calls import Calls
from chatd.s3.panics import panics_are_errors

if TYPE_CHECKING:
    from obstore.store import RetryConfig  # the module has it for type checkers only

PART: Final = 8 * 1024 * 1024  # bytes of a large object that are sent, and held, at once
PARTS_AT_ONCE: Final = 1
LINK_LIFETIME: Final = timedelta(minutes=5)  # of an address at which a client fetches a blob itself
CONNECT: Final = timedelta(seconds=5)
SILENCE: Final = timedelta(seconds=30)  # after which an answer is given up
REQUESTS_AT_ONCE: Final = 8
PATIENCE: Final = 5.0  # seconds that a cancelled task waits for what changes something there
RETRY: Final[RetryConfig] = {
    "max_retries": 2,
    "retry_timeout": timedelta(seconds=10),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=1), "base": 2},
}
T = TypeVar("T")


def bucket(*, endpoint: str, name: str, prefix: str, region: str, key_id: str, secret: str) -> S3Store:
    """A client of the bucket. It asks nothing yet."""
    return S3Store(
        name,
        prefix=prefix or None,
        endpoint=endpoint or None,
        region=region,
        access_key_id=key_id,
        secret_access_key=secret,
        client_options={"allow_http": True, "connect_timeout": CONNECT, "read_timeout": SILENCE},
        retry_config=RETRY,
    )


class BucketBlobs:
    """`redirects`: whether clients fetch blobs from the bucket themselves."""

    def __init__(self, store: S3Store, staging: FolderBlobs, redirects: bool) -> None:
        self.threads = staging.threads
        self._store = store
        self._staging = staging
        self._redirects = redirects
        self.pins = Pins()
        self._calls = Calls(REQUESTS_AT_ONCE)

    async def prepare(self) -> None:
        await self._staging.prepare()

    async def expect(self, size: int) -> None:
        await self._staging.expect(size)

    @asynccontextmanager
    async def stage(self) -> AsyncIterator[StagedObject]:
        async with self._staging.stage() as file, AsyncExitStack() as pinned:
            yield StagedObject(self, file, pinned)

    @asynccontextmanager
    async def adopt(self, file: StagingFile, size: int) -> AsyncIterator[StagedObject]:
        async with self._staging.adopt(file, size) as staged, AsyncExitStack() as pinned:
            yield StagedObject(self, staged, pinned)

    async def open(self, hash_: str) -> OpenedObject:
        key = _key(hash_)
        size = await self.size_of(key)
        if size is None:
            raise BlobMissing(hash_)
        url = await self.ask(self._signed, key) if self._redirects else None
        return OpenedObject(self, key, size, url)

    async def delete(self, hash_: str, unless: Callable[[], Awaitable[bool]] | None = None) -> bool:
        key = _key(hash_)
        async with self.pins.deleting(hash_) as allowed:
            if not allowed or (unless is not None and await unless()):
                return False
            await self.ask(obstore.delete, self._store, key, patience=PATIENCE)
            return True

    async def list(self) -> list[str]:
        return await self.ask(_hashes, self._store)

    async def keep(self, hash_: str, spool: Spool, pinned: AsyncExitStack) -> Blob:
        """Puts what is staged where its content belongs, unless it is there already."""
        await pinned.enter_async_context(self.pins.storing(hash_))
        if await self.size_of(_key(hash_)) != spool.size:
            await self.ask(self._put, _key(hash_), spool.descriptor, patience=PATIENCE)
        return Blob(hash_, spool.size)

    async def size_of(self, key: str) -> int | None:
        """None if there is no such object."""
        return await self.ask(self._size, key)

    async def pieces(self, key: str, start: int, length: int) -> Iterator[Any]:
        return await self.ask(self._pieces, key, start, length)

    async def ask(self, call: Callable[..., T], *args: object, patience: float = 0.0) -> T:
        """What the bucket answers. Raises BlobsUnavailable."""
        try:
            with panics_are_errors():
                return await self._calls.run(call, *args, patience=patience)
        except OSError as error:
            raise unavailable(error) from error
        except (BaseError, ValueError) as error:
            raise BlobsUnavailable(f"the bucket does not answer as it should: {in_words(error)}") from error

    def _size(self, key: str) -> int | None:
        try:
            return obstore.head(self._store, key)["size"]
        except FileNotFoundError:
            return None

    def _put(self, key: str, descriptor: int) -> None:
        # a file of its own: who does not wait any more closes the other
        with open(os.dup(descriptor), "rb") as file:
            file.seek(0)
            obstore.put(
                self._store,
                key,
                file,
                attributes={"Content-Disposition": "attachment"},
                chunk_size=PART,
                max_concurrency=PARTS_AT_ONCE,
            )

    def _pieces(self, key: str, start: int, length: int) -> Iterator[Any]:
        options: Any = {"range": (start, start + length)}
        return iter(obstore.get(self._store, key, options=options).stream(min_chunk_size=READ_HOP))

    def _signed(self, key: str) -> str:
        return obstore.sign(self._store, "GET", key, LINK_LIFETIME)


class StagedObject:
    """Bytes on their way into the bucket."""

    def __init__(self, blobs: BucketBlobs, file: StagedFile, pinned: AsyncExitStack) -> None:
        self.spool = file.spool
        self._blobs = blobs
        self._pinned = pinned

    @property
    def size(self) -> int:
        return self.spool.size

    async def write(self, data: bytes) -> None:
        await self.spool.write(data)

    async def seal(self) -> Blob:
        return await self._blobs.keep(await self.spool.hash(), self.spool, self._pinned)


class OpenedObject:
    """A blob in the bucket."""

    path = None

    def __init__(self, blobs: BucketBlobs, key: str, size: int, url: str | None) -> None:
        self.size = size
        self.url = url
        self._blobs = blobs
        self._key = key

    async def read(self, start: int, length: int) -> AsyncGenerator[bytes, None]:
        if not length:
            return
        pieces = await self._blobs.pieces(self._key, start, length)
        while length:
            piece = await self._blobs.ask(next, pieces, None)
            if piece is None:
                raise BlobsUnavailable("the bucket sent less than it has")
            data = memoryview(piece)
            length -= len(data)
            for at in range(0, len(data), READ_HOP):
                yield bytes(data[at : at + READ_HOP])


def _hashes(store: S3Store) -> list[str]:
    found: list[str] = []
    for page in obstore.list(store):
        found += filter(_is_hash, (entry["path"].replace("/", "") for entry in page))
    return found


def _key(hash_: str) -> str:
    """Raises BlobMissing for what is no hash."""
    if not _is_hash(hash_):
        raise BlobMissing(hash_)
    return f"{hash_[:2]}/{hash_[2:]}"


def _is_hash(text: str) -> bool:
    return len(text) == HASH_DIGITS and HASH.issuperset(text)
