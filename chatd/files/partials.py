"""Uploads in several requests: whose they are, how far each is, and who brings bytes of it right now."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import trio
from msgspec.structs import replace

from chatd.contract.errors import Refusal
from chatd.contract.file import FileInfo
from chatd.files.intake import Intake
from chatd.files.media_types import UNKNOWN
from chatd.files.partial_store import PartialStore
from chatd.files.places import UploadPlaces
from chatd.files.receiving import account_of, person_of, too_large
from chatd.files.spooling_blobs import Spooled
from chatd.log import log
from chatd.ports import Caller
from chatd.ports.file_counts import ENDED, EXPIRED
from chatd.ports.uploads import PartialUpload

OF_PERSON: Final = 20  # unfinished ones
SAVED_EVERY: Final = 16 * 1024 * 1024  # bytes of one request, after which they are made safe
GONE: Final = Refusal("not_found", "there is no such upload, or it has expired; begin a new one")
TOO_MANY: Final = Refusal(
    "overloaded",
    f"your account has {OF_PERSON} unfinished uploads, and no more are allowed; finish or end one",
)
Busy = tuple[trio.CancelScope, trio.Event]


class Partials:
    """One for the server. `lifetime`: seconds after its last byte that an upload is kept."""

    def __init__(
        self,
        intake: Intake,
        places: UploadPlaces,
        store: PartialStore,
        lifetime: float,
        clock: Callable[[], int],
    ) -> None:
        self._intake = intake
        self._places = places
        self._store = store
        self._lifetime = int(lifetime * 1000)
        self._clock = clock
        self._loading = trio.Lock()
        self._uploads: dict[str, PartialUpload] | None = None
        self._busy: dict[str, Busy] = {}

    async def create(self, caller: Caller, name: str, length: int) -> PartialUpload | Refusal:
        uploads = await self._loaded()
        refusal = await self._intake.files.begin(caller, name, UNKNOWN, length)
        if refusal is not None:
            return refusal
        waiting = [one for one in uploads.values() if one.person == person_of(caller) and one.file is None]
        if len(waiting) >= OF_PERSON:
            return TOO_MANY
        promised = sum(one.length for one in waiting)
        if waiting and promised + length > (most := await self._intake.files.allowance(caller)):
            return Refusal(
                "too_large",
                f"{promised} bytes of unfinished uploads wait for your account already, and all together may"
                f" have {most}; finish or end one",
            )
        await self._intake.blobs.expect(length)
        upload = PartialUpload(
            id=self._store.new_id(),
            account=account_of(caller),
            person=person_of(caller),
            name=name,
            length=length,
            offset=0,
            expires=self._clock() + self._lifetime,
        )
        await self._save(upload)
        return upload

    async def find(self, caller: Caller, id_: str) -> PartialUpload | Refusal | None:
        upload = await self._own(caller, id_)
        if isinstance(upload, Refusal):
            return upload
        if upload.file is not None:
            readable = await self._intake.files.readable(caller, upload.file)
            if not isinstance(readable, Refusal) or readable.code != GONE.code:
                return upload
            await self._forget(upload)  # the file was deleted
            return GONE
        if upload.offset < upload.length:
            return upload
        # Everything has come, and no file was made of it: the server was killed in between.
        outcomes: list[PartialUpload | Refusal] = []
        async with self.carry_on(caller, id_, upload.offset) as continued:
            outcomes.append(continued if isinstance(continued, Refusal) else await continued.save())
        return outcomes[0] if outcomes else None  # without one it was ended by another request

    @asynccontextmanager
    async def carry_on(
        self, caller: Caller, id_: str, offset: int, whole: bool = False
    ) -> AsyncIterator[Continuation | Refusal]:
        with self._places.place(person_of(caller)) as refusal:
            upload = refusal or await self._own(caller, id_)
            if isinstance(upload, Refusal):
                yield upload
            elif upload.offset != offset or upload.file is not None:
                yield Refusal("conflict", f"the upload stands at {upload.offset} bytes, not at {offset}")
            else:
                async with self._continued(caller, upload, whole) as continuation:
                    yield continuation

    async def drop(self, caller: Caller, id_: str) -> Refusal | None:
        upload = await self._own(caller, id_)
        if isinstance(upload, Refusal):
            return upload
        await self._forget(upload)
        self._came_to_nothing(upload, ENDED)
        return None

    async def expire(self) -> None:
        """Throws away those whose time is over or whose account is deleted. Raises BlobsUnavailable,
        StoreUnavailable."""
        await self._intake.blobs.threads.run(self._store.drop_left, self._lifetime / 1000)
        if self._uploads is None and not self._store.used:
            return
        uploads = await self._loaded()
        for upload in tuple(uploads.values()):
            if await self._intake.files.deleted(upload.account):
                await self._stop(upload.id)
                await self._forget(upload)
            elif self._clock() < upload.expires or upload.id in self._busy:
                continue
            elif uploads.get(upload.id) is upload:  # nobody has gone on with it meanwhile
                await self._forget(upload)
                self._came_to_nothing(upload, EXPIRED)
                log.info("upload_expired", account=upload.account, offset=upload.offset, length=upload.length)

    async def saved(self, upload: PartialUpload, file: FileInfo | None = None) -> PartialUpload:
        """The upload as it stands now, durably; `file`: what it has become."""
        upload = replace(upload, expires=self._clock() + self._lifetime)
        if file is not None:
            upload = replace(upload, file=file.id, name="")  # the file's own name can be erased
        await self._save(upload)
        if file is not None:
            await self._intake.blobs.threads.run(self._store.drop_bytes, upload.id)
        return upload

    async def keep(self, caller: Caller, staged: Spooled, name: str) -> FileInfo | Refusal:
        return await self._intake.keep(caller, staged, name)

    @asynccontextmanager
    async def _continued(
        self, caller: Caller, upload: PartialUpload, whole: bool
    ) -> AsyncIterator[Continuation]:
        threads = self._intake.blobs.threads
        scope, over = self._busy[upload.id] = trio.CancelScope(), trio.Event()
        try:
            file = await threads.run(self._store.open, upload)
            try:
                async with self._intake.blobs.adopt(file, upload.offset) as staged:
                    continuation = Continuation(self, caller, upload, staged, whole)
                    with scope:
                        try:
                            yield continuation
                        finally:
                            with trio.CancelScope(shield=True):
                                await continuation.leave()
            finally:
                await threads.finish(file.close)
        finally:
            del self._busy[upload.id]
            over.set()

    async def _own(self, caller: Caller, id_: str) -> PartialUpload | Refusal:
        """The caller's upload. Who still brings bytes of it is told to stop: its client has lost it."""
        uploads = await self._loaded()
        while (upload := uploads.get(id_)) is not None and upload.account == account_of(caller):
            if id_ not in self._busy:
                return upload if upload.expires > self._clock() else GONE
            await self._stop(id_)
        return GONE

    async def _stop(self, id_: str) -> None:
        """Ends the request that brings bytes of it, if there is one."""
        while id_ in self._busy:
            scope, over = self._busy[id_]
            scope.cancel()
            await over.wait()

    async def _forget(self, upload: PartialUpload) -> None:
        """Nobody may be at it. It is unknown before its bytes go: what came then would follow on nothing."""
        (self._uploads or {}).pop(upload.id, None)
        self._count()
        await self._intake.blobs.threads.run(self._store.drop, upload.id)

    def _came_to_nothing(self, upload: PartialUpload, outcome: str) -> None:
        if upload.file is None:
            self._intake.counts.uploads[outcome] += 1

    async def _save(self, upload: PartialUpload) -> None:
        await self._intake.blobs.threads.run(self._store.save, upload)
        (await self._loaded())[upload.id] = upload
        self._count()

    async def _loaded(self) -> dict[str, PartialUpload]:
        async with self._loading:
            if self._uploads is None:
                await self._intake.blobs.prepare()
                self._uploads = await self._intake.blobs.threads.run(self._store.load)
                self._count()
            return self._uploads

    def _count(self) -> None:
        waiting = [one for one in (self._uploads or {}).values() if one.file is None]
        self._intake.counts.unfinished = len(waiting)


class Continuation:
    """A request that brings more of an upload."""

    def __init__(
        self, partials: Partials, caller: Caller, upload: PartialUpload, staged: Spooled, whole: bool
    ) -> None:
        self._partials = partials
        self._caller = caller
        self._upload = upload
        self._staged = staged
        self._whole = whole

    async def write(self, data: bytes) -> Refusal | None:
        if self._staged.size + len(data) > self._upload.length:
            return too_large(self._upload.length)
        await self._staged.write(data)
        if self._staged.size >= self._upload.offset + SAVED_EVERY and not self._whole:
            await self._checkpoint()
        return None

    async def save(self) -> PartialUpload | Refusal:
        await self._checkpoint()
        if self._upload.offset < self._upload.length:
            return self._upload
        file = await self._partials.keep(self._caller, self._staged, self._upload.name)
        if isinstance(file, Refusal):
            return file
        self._upload = await self._partials.saved(self._upload, file)
        return self._upload

    async def leave(self) -> None:
        """The request has ended. Raises BlobsFull, BlobsUnavailable."""
        if not self._whole:
            await self._checkpoint()

    async def _checkpoint(self) -> None:
        """Makes safe what has come."""
        if self._upload.file is None and self._staged.size > self._upload.offset:
            await self._staged.spool.sync()
            self._upload = await self._partials.saved(replace(self._upload, offset=self._staged.size))
