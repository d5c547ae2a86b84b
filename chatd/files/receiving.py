"""An upload in one request, from its first byte to the file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatd.contract.errors import Refusal
from chatd.contract.file import FileInfo
from chatd.files.intake import Intake
from chatd.files.media_types import UNKNOWN
from chatd.files.places import UploadPlaces
from chatd.files.spooling_blobs import Spooled
from chatd.ports import Caller


def account_of(caller: Caller) -> str:
    """Who alone may go on with what it has begun."""
    return caller.account or caller.by


def person_of(caller: Caller) -> str:
    """Whose share it is: the account's with its bots."""
    return caller.owner or caller.account or caller.by


class Receiving:
    """Bytes on their way in. `most`: how many may come."""

    def __init__(self, intake: Intake, caller: Caller, staged: Spooled, name: str, most: int) -> None:
        self._intake = intake
        self._caller = caller
        self._staged = staged
        self._name = name
        self._most = most

    async def write(self, data: bytes) -> Refusal | None:
        if self._staged.size + len(data) > self._most:
            return too_large(self._most)
        await self._staged.write(data)
        return None

    async def finish(self) -> FileInfo | Refusal:
        return await self._intake.keep(self._caller, self._staged, self._name)


class Receptions:
    """One for the server."""

    def __init__(self, intake: Intake, places: UploadPlaces) -> None:
        self._intake = intake
        self._places = places

    @asynccontextmanager
    async def receive(
        self, caller: Caller, name: str, size: int | None
    ) -> AsyncIterator[Receiving | Refusal]:
        intake = self._intake
        with self._places.place(person_of(caller)) as refusal:
            refusal = refusal or await intake.files.begin(caller, name, UNKNOWN, size)
            if refusal is not None:
                yield refusal
                return
            most = await intake.files.allowance(caller)  # `size` is what the head of a request says
            async with intake.blobs.stage() as staged:
                yield Receiving(intake, caller, staged, name, most)


def too_large(most: int) -> Refusal:
    return Refusal("too_large", f"more comes than the {most} bytes that this upload may have")
