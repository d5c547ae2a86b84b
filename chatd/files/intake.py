"""The intake: makes a file of bytes that have come. What they are is found out here, and not believed."""

from __future__ import annotations

import os

from chatd.concurrency.fair_queue import ShareFull
from chatd.contract.errors import Refusal
from chatd.contract.file import FileInfo
from chatd.files.media_types import HEAD, PICTURES, UNKNOWN, media_type
from chatd.files.pictures.process import Examined, PictureProcesses
from chatd.files.places import TOO_MANY_OF_PERSON
from chatd.files.spooling_blobs import Spooled, SpoolingBlobs
from chatd.ports import BlobsFull, Caller
from chatd.ports.file_counts import DONE, NO_PREVIEW, PLAIN, PREVIEW, FileCounts
from chatd.ports.files import Files, Upload


class Intake:
    """One for the server."""

    def __init__(
        self, blobs: SpoolingBlobs, files: Files, pictures: PictureProcesses, counts: FileCounts
    ) -> None:
        self.blobs = blobs
        self.files = files
        self.counts = counts
        self._pictures = pictures

    async def keep(self, caller: Caller, staged: Spooled, name: str) -> FileInfo | Refusal:
        """Raises BlobsFull, BlobsUnavailable, StoreUnavailable."""
        kept = await self._keep(caller, staged, name)
        if not isinstance(kept, Refusal):
            self.counts.uploads[DONE] += 1
            self.counts.bytes += staged.size
        return kept

    async def _keep(self, caller: Caller, staged: Spooled, name: str) -> FileInfo | Refusal:
        spool = staged.spool
        await spool.flush()
        type_ = media_type(await self.blobs.threads.run(os.pread, spool.descriptor, HEAD, 0))
        if type_ not in PICTURES:
            return await self._add(caller, staged, None, name, type_, Examined())
        async with self.blobs.stage() as clean, self.blobs.stage() as preview:
            try:
                examined = await self._pictures.examine(PICTURES[type_], spool, clean.spool, preview.spool)
            except ShareFull:
                return TOO_MANY_OF_PERSON
            if examined.full:
                raise BlobsFull("no space left on the disk")
            self.counts.pictures[_became(examined)] += 1
            if not examined.clean:  # what cannot be taken apart is given out as it came, and never shown
                return await self._add(caller, staged, None, name, UNKNOWN, examined)
            await clean.spool.taken_over()
            await preview.spool.taken_over()
            small = preview if examined.preview else None
            return await self._add(caller, clean, small, name, type_, examined)

    async def _add(
        self,
        caller: Caller,
        staged: Spooled,
        preview: Spooled | None,
        name: str,
        type_: str,
        examined: Examined,
    ) -> FileInfo | Refusal:
        blob = await staged.seal()
        small = None if preview is None else (await preview.seal()).hash
        upload = Upload(
            hash=blob.hash,
            size=blob.size,
            name=name,
            type=type_,
            width=examined.width,
            height=examined.height,
            preview=small,
        )
        return await self.files.add(caller, upload)


def _became(examined: Examined) -> str:
    if not examined.clean:
        return PLAIN
    return PREVIEW if examined.preview else NO_PREVIEW
