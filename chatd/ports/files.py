"""Files, as whoever moves their bytes sees them: may these come in, they are in, may they go out.

Bytes are named by their hash (SHA-256, lower-case hexadecimal) and stand in `Blobs`; what they are called,
whose they are and who may read them stands in the log and its tables.
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from chatd.contract.errors import Refusal
from chatd.contract.file import FileInfo
from chatd.ports.connection import Caller


class Upload(Struct, frozen=True, kw_only=True):
    """Bytes that are stored, and what is known of them.

    `type` is what the bytes are, not what the uploader claims. `width` and `height` are pixels of a picture;
    `preview` is the hash of a smaller picture of it, which is stored too.
    """

    hash: str
    size: int
    name: str
    type: str
    width: int | None = None
    height: int | None = None
    preview: str | None = None


class StoredFile(Struct, frozen=True, kw_only=True):
    """A file that the caller may read at this moment. `preview` is the hash of the smaller picture; `at` are
    Unix milliseconds of the upload."""

    id: str
    hash: str
    size: int
    name: str
    type: str
    preview: str | None
    at: int


class Files(Protocol):
    """All raise StoreUnavailable."""

    async def begin(self, caller: Caller, name: str, type: str, size: int | None) -> Refusal | None:
        """Why the caller may not upload this now; asked before the bytes flow. `size` is None when the peer
        did not say it: then what comes is counted, and `allowance` says how much may come."""

    async def allowance(self, caller: Caller) -> int:
        """How many bytes the caller's next upload may have at most; 0 when it may not upload any."""

    async def add(self, caller: Caller, upload: Upload) -> FileInfo | Refusal:
        """Makes the upload a file of the caller's, durably. Asked before the context in which its blobs were
        staged ends, so that no collection takes them meanwhile."""

    async def deleted(self, account: str) -> bool:
        """Whether there was such an account and it is deleted."""

    async def readable(self, caller: Caller, file: str) -> StoredFile | Refusal:
        """The file, if the caller may read it now; otherwise `not_found`. Asked for each download."""

    async def linked(self, file: str, by: str, expires: str, signature: str) -> StoredFile | Refusal:
        """The same for the bearer of a link that `file.sign` made, which ends in
        `/files/<id>?by=…&expires=…&signature=…`. `not_found` when the link is wrong or has expired, and when
        whoever made it may not read the file any more."""
