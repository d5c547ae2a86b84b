"""The files of imported messages: out of the export, or from their addresses, to the server."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO, Final, Protocol

import attrs
import trio

from chatctl.failure import Failed
from chatctl.imports.export import Export
from chatctl.imports.fit import LONGEST_FILE_NAME
from chatctl.imports.records import File
from chatctl.temporary_file import temporary_file
from chatctl.transfer import NotReached, Refusing, upload_for
from chatd.contract.shown import fit_name

AGAIN: Final = 1.5  # seconds until a server that is gone is tried again, as the clients do
TRIES: Final = 5  # with a server that is there and breaks the connection


class Missing(Failed):
    """The bytes cannot be had, or the server takes no such file: the message is to say so instead."""


class Fetch(Protocol):
    async def __call__(self, url: str, target: BinaryIO) -> None:
        """Writes what is at the address. Raises Failed."""


@attrs.define
class Uploads:
    """`place` as `upload_for` takes it; `token` gives one that is good now. Without `fetch` nothing is asked
    of other servers."""

    export: Export
    place: str | Path
    token: Callable[[], str | None]
    fetch: Fetch | None
    _good: str | None = attrs.field(default=None, init=False, repr=False)

    def can(self, file: File) -> bool:
        """Whether its bytes can be had, as far as one knows without asking."""
        return file.path is not None or (file.url is not None and self.fetch is not None)

    async def upload(self, file: File, account: str) -> str:
        """The id of the file on the server. Raises Missing, which says why it is not there, and Failed where
        the import cannot go on. Waits for a server that is gone: a message would lack its file for ever."""
        with temporary_file() as spool:
            try:
                await self._have(file, spool)
            except Failed as why:
                raise Missing(str(why)) from why
            name, broken = fit_name(file.name, LONGEST_FILE_NAME) or "file", 0
            while True:
                try:
                    return await trio.to_thread.run_sync(partial(self._send, account, spool, name))
                except NotReached as why:
                    broken += why.connected
                    if broken == TRIES:
                        raise Missing(str(why)) from why
                    await trio.sleep(AGAIN)
                except Refusing as why:
                    if why.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) or why.status >= 500:
                        raise  # that is no matter of this file
                    raise Missing(str(why)) from why

    async def _have(self, file: File, spool: BinaryIO) -> None:
        """Raises Failed."""
        if file.path is not None:
            await trio.to_thread.run_sync(self._copy, file.path, spool)
        elif file.url is not None and self.fetch is not None:
            await self.fetch(file.url, spool)
        else:
            raise Failed(file.missing or "it is not in the export")

    def _copy(self, path: str, target: BinaryIO) -> None:
        with self.export.open(path) as source:
            copyfileobj(source, target)

    def _send(self, account: str, spool: BinaryIO, name: str) -> str:
        """In a thread."""
        size = spool.seek(0, 2)
        for last in (False, True):
            spool.seek(0)
            if self._good is None:
                self._good = self.token()
            try:
                found: str = upload_for(self.place, self._good, account, spool, size, name)["id"]
            except Refusing as why:
                if last or self._good is None or why.status != HTTPStatus.UNAUTHORIZED:
                    raise
                self._good = None  # it has run out: an import may take longer than a token is good
            else:
                return found
        raise AssertionError("the last try returns or raises")
