"""Uploads: bytes that flow in for an account and become a file of it, in one request or in several."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from msgspec import Struct

from chatd.contract.errors import Refusal
from chatd.contract.file import FileInfo
from chatd.ports.connection import Caller


class Incoming(Protocol):
    """An upload under way."""

    async def write(self, data: bytes) -> Refusal | None:
        """Why no more is taken. Raises BlobsFull, BlobsUnavailable."""

    async def finish(self) -> FileInfo | Refusal:
        """Everything has come: makes it a file. Raises BlobsFull, BlobsUnavailable, StoreUnavailable."""


class PartialUpload(Struct, frozen=True, kw_only=True):
    """An upload in several requests. `offset`: bytes that are safe on the disk, of `length` in all.

    `person`: whose share it counts to, the account's or a bot's owner's. `expires`: Unix milliseconds when it
    is thrown away. `file`: the id of what has become of it; then `name` is empty, as the file has it.
    """

    id: str
    account: str
    person: str
    name: str
    length: int
    offset: int
    expires: int
    file: str | None = None


class Continued(Protocol):
    """A request that brings more of an upload."""

    async def write(self, data: bytes) -> Refusal | None:
        """Why no more is taken. Raises BlobsFull, BlobsUnavailable."""

    async def save(self) -> PartialUpload | Refusal:
        """Makes durable what has come, and a file of the upload when it is complete. Raises BlobsFull,
        BlobsUnavailable, StoreUnavailable."""


class Uploads(Protocol):
    """Those in one request."""

    def receive(
        self, caller: Caller, name: str, size: int | None
    ) -> AbstractAsyncContextManager[Incoming | Refusal]:
        """Asked before the bytes flow. `size` is None when nobody knows it yet. What is not finished when the
        context ends is dropped. Raises BlobsUnavailable, StoreUnavailable."""


class PartialUploads(Protocol):
    """Those in several requests. A request that still brings bytes of an upload is ended by the next one for
    it: the client has lost it."""

    async def create(self, caller: Caller, name: str, length: int) -> PartialUpload | Refusal:
        """Begins one. Raises BlobsFull, BlobsUnavailable, StoreUnavailable."""

    async def find(self, caller: Caller, upload: str) -> PartialUpload | Refusal | None:
        """How far it is; `not_found` if it is not the caller's. Makes a file of what is complete; None if
        another request for it came meanwhile. Raises BlobsFull, BlobsUnavailable, StoreUnavailable."""

    def carry_on(
        self, caller: Caller, upload: str, offset: int, whole: bool = False
    ) -> AbstractAsyncContextManager[Continued | Refusal]:
        """`conflict` if the upload stands elsewhere. What has come is kept also when the context ends without
        `save`, unless `whole`: then all of it counts or nothing. The context ends by itself, without an
        error, when another request for the upload comes. Raises BlobsUnavailable, StoreUnavailable."""

    async def drop(self, caller: Caller, upload: str) -> Refusal | None:
        """Throws it away. Raises BlobsUnavailable."""
