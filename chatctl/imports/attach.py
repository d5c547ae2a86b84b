"""The files of imported messages: out of the export, or from their addresses, to the server."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO, Protocol

import attrs
import trio

from chatctl.failure import Failed
from chatctl.imports.export import Export
from chatctl.imports.fit import LONGEST_FILE_NAME
from chatctl.imports.records import File
from chatctl.transfer import upload_for
from chatd.contract.shown import fit_name


class Fetch(Protocol):
    async def __call__(self, url: str, target: BinaryIO) -> None:
        """Writes what is at the address. Raises Failed."""


@attrs.frozen
class Uploads:
    """`place` and `token` as `upload_for` takes them. Without `fetch` nothing is asked of other servers."""

    export: Export
    place: str | Path
    token: str | None
    fetch: Fetch | None

    def can(self, file: File) -> bool:
        """Whether its bytes can be had, as far as one knows without asking."""
        return file.path is not None or (file.url is not None and self.fetch is not None)

    async def upload(self, file: File, account: str) -> str:
        """The id of the file on the server. Raises Failed, which says why it is not there."""
        with tempfile.TemporaryFile() as spool:
            if file.path is not None:
                await trio.to_thread.run_sync(self._copy, file.path, spool)
            elif file.url is not None and self.fetch is not None:
                await self.fetch(file.url, spool)
            else:
                raise Failed(file.missing or "it is not in the export")
            size = spool.tell()
            spool.seek(0)
            name = fit_name(file.name, LONGEST_FILE_NAME) or "file"
            send = partial(upload_for, self.place, self.token, account, spool, size, name)
            answer = await trio.to_thread.run_sync(send)
            found: str = answer["file"]["id"]
            return found

    def _copy(self, path: str, target: BinaryIO) -> None:
        with self.export.open(path) as source:
            copyfileobj(source, target)
