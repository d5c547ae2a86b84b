"""Whether the bytes that files name are there: what `server.verify` finds out beside the log."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import Final

import msgspec

from chatd.ports import BlobMissing, Blobs, BlobsUnavailable, Reader

AT_ONCE: Final = 500  # rows or hashes in one question
FINDINGS_KEPT: Final = 100


class CheckedFiles(msgspec.Struct):
    """`blobs`: how many were looked at; `orphans`: how many no file names, which are collected later."""

    blobs: int = 0
    orphans: int = 0
    findings: list[str] = msgspec.field(default_factory=list)

    def found(self, finding: str) -> None:
        if len(self.findings) < FINDINGS_KEPT:
            self.findings.append(finding)


class FileCheck(msgspec.Struct, frozen=True, eq=False):
    reader: Reader
    blobs: Blobs

    async def check(self, contents: bool) -> CheckedFiles:
        """Looks at every blob that a file names; with `contents` reads it, too. Raises StoreUnavailable."""
        checked, after = CheckedFiles(), ""
        while rows := await self.reader.blobs_after(after, AT_ONCE):
            for row in rows:
                checked.blobs += 1
                wrong = await self._wrong(row["hash"], row["size"], contents)
                if wrong and await self.reader.named_blobs([row["hash"]]):  # and was not deleted meanwhile
                    checked.found(f"blob {row['hash']}: {wrong}")
            after = rows[-1]["hash"]
        await self._count_orphans(checked)
        return checked

    async def _wrong(self, hash_: str, size: int | None, contents: bool) -> str | None:
        try:
            opened = await self.blobs.open(hash_)
            if size is not None and opened.size != size:
                return f"it has {opened.size} bytes instead of {size}"
            if contents:
                digest = hashlib.sha256()
                async for piece in opened.read(0, opened.size):
                    digest.update(piece)
                if digest.hexdigest() != hash_:
                    return "its bytes are not those that were stored"
        except BlobMissing:
            return "it is lost; restore it from a backup"
        except BlobsUnavailable as error:
            return f"it cannot be read: {error}"
        return None

    async def _count_orphans(self, checked: CheckedFiles) -> None:
        try:
            hashes = iter(await self.blobs.list())
        except BlobsUnavailable as error:
            checked.found(f"the store of files cannot be listed: {error}")
            return
        while some := list(islice(hashes, AT_ONCE)):
            checked.orphans += len(set(some) - await self.reader.named_blobs(some))
