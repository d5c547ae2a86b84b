"""What both stores of blobs can do beyond `Blobs`: they stage in a file on this machine, where
other processes can read it, and where an upload in several requests waits for its end."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from chatd.files.pins import Pins
from chatd.files.spool import Spool
from chatd.files.staging import StagingFile
from chatd.files.threads import Threads
from chatd.ports import Blobs, Staged


class Spooled(Staged, Protocol):
    """Staged bytes, and the file that they are in."""

    @property
    def spool(self) -> Spool: ...


class SpoolingBlobs(Blobs, Protocol):
    @property
    def threads(self) -> Threads: ...

    @property
    def pins(self) -> Pins: ...

    def stage(self) -> AbstractAsyncContextManager[Spooled]: ...

    async def prepare(self) -> None:
        """Makes the folder on this machine. Raises BlobsUnavailable."""

    async def expect(self, size: int) -> None:
        """Raises BlobsFull if so many bytes have no room on this machine, BlobsUnavailable."""

    def adopt(self, file: StagingFile, size: int) -> AbstractAsyncContextManager[Spooled]:
        """The same for an open file that holds `size` bytes, and stays whatever becomes of them."""
