"""Files: what is known of them, who may read them, what holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from chatd.ports.rows import Row


class FilesOfMessage(Struct, frozen=True):
    """The ids of the files of a message, and what is known (the fields of `FileInfo`) of those that are
    there."""

    attachments: list[str]
    files: list[Row]


class UnheldFiles(Struct, frozen=True):
    """`last`: the last file that was looked at, None at the end. `unheld`: those that nothing holds, each
    with whose it is."""

    last: str | None
    unheld: list[tuple[str, str]]


class FileReader(Protocol):
    async def readable_files(self, files: Sequence[str], account: str, operator: bool) -> list[Row]:
        """Of these files those that the account, or an operator, may read now: the fields of `FileInfo`, and
        `{account, at, hash, preview_hash}`."""

    async def file(self, file: str) -> Row | None:
        """The fields of `FileInfo`, and `account`; None when there is no such file (any more)."""

    async def own_files(self, account: str, before: str | None, limit: int) -> list[Row]:
        """Uploads of the account, newest first: the fields of `OwnFile`."""

    async def files_of_messages(
        self, messages: Sequence[tuple[str, int]]
    ) -> Mapping[tuple[str, int], FilesOfMessage]:
        """Of messages that are named by room and seq, those that have files."""

    async def stored_bytes(self, account: str) -> int:
        """The size of all files of the account and its bots."""

    async def unheld_files(self, after: str, before: int, limit: int) -> UnheldFiles:
        """Looks at `limit` files with ids after `after`, and finds those that were uploaded before `before`
        (Unix milliseconds) and that no message, picture or scheduled message holds."""

    async def dropped_blobs(self, limit: int) -> list[str]:
        """Hashes that files had which were deleted, and that nobody has looked after yet."""

    async def named_blobs(self, hashes: Sequence[str]) -> set[str]:
        """Of these hashes those that a file has, of its bytes or of its preview."""

    async def blobs_after(self, hash: str, limit: int) -> list[Row]:
        """`{hash, size}` of what files name, in the order of hashes, after `hash`; `size` is None for a
        preview."""

    async def is_shut_out(self, account: str) -> bool:
        """Whether the account, or the owner of the bot, is disabled or deleted."""

    async def file_on_hold(self, file: str) -> bool:
        """Whether a legal hold keeps the file."""
