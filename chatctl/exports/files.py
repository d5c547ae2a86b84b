"""The bytes of the files that an export names, in the folder `files` beside its lines.

What is there already is not asked for again, so that this goes on where it was cut off. A file that was
deleted since its line was written is not there: it is counted as missing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

import attrs
import trio

from chatctl.exports.lines import read_line
from chatctl.failure import Failed
from chatctl.lookup import ID
from chatctl.transfer import NotThere, download

if TYPE_CHECKING:
    from chatd.client import Client

FOLDER: Final = "files"
AT_ONCE: Final = 4  # downloads
LONGEST: Final = 200  # bytes of a name on the disk
_UNDER_WAY: Final = "."  # how the name of a file begins that is not whole yet
LINK_SECONDS: Final = 600
_NOT_ALLOWED: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')  # by one file system or another


@attrs.frozen
class Wanted:
    """A file that a line names. `name` is empty where the line does not say it, `size` is None."""

    id: str
    name: str = ""
    size: int | None = None


def name_on_disk(id_: str, name: str) -> str:
    """The id and what of the name every file system takes."""
    return f"{id_}-{safe_name(name, LONGEST - len(id_) - 1)}"


def safe_name(name: str, most: int = LONGEST) -> str:
    """What of the name every file system takes, at most so many bytes, with its end."""
    safe = _NOT_ALLOWED.sub("_", name).strip(" .") or "file"
    stem, dot, end = safe.rpartition(".")
    if not dot or len(end.encode()) > most // 4:
        stem, dot, end = safe, "", ""
    return stem.encode()[: most - len((dot + end).encode())].decode(errors="ignore") + dot + end


def wanted(lines: TextIO) -> Iterator[Wanted]:
    """The files that the lines name, some of them more than once."""
    lines.seek(0)
    for line in iter(lines.readline, ""):
        kind, data = read_line(line)
        match kind:
            case "message":
                for file in data.get("files") or ():
                    yield Wanted(str(file["id"]), str(file["name"]), int(file["size"]))
            case "space":
                yield from _picture(data.get("icon"))
            case "emoji":
                yield from _picture(data.get("image"))


def _picture(value: Any) -> Iterator[Wanted]:
    """A picture is a file, or an address of the web."""
    if isinstance(value, str) and ID.fullmatch(value):
        yield Wanted(value)


class Files:
    """The folder `files` in `folder`; `place` is the server's URL, or its admin socket. `fetched` files came
    now, `missing` could not be had."""

    def __init__(self, client: Client, place: str | Path, folder: Path, told: Callable[[str], None]) -> None:
        self.fetched = self.missing = 0
        self._client, self._place, self._told = client, place, told
        self._folder = folder / FOLDER
        self._under_way: set[str] = set()
        self._failed: Exception | None = None
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for left in self._folder.glob(f"{_UNDER_WAY}*"):  # by one that was killed
            left.unlink()

    async def fetch(self, lines: TextIO) -> None:
        """All that the lines name. Raises Failed."""
        free = trio.Semaphore(AT_ONCE)
        async with trio.open_nursery() as nursery:
            for file in wanted(lines):
                await free.acquire()
                if self._failed is not None:
                    break
                if ID.fullmatch(file.id) and file.id not in self._under_way:
                    self._under_way.add(file.id)
                    nursery.start_soon(self._fetch_freeing, file, free)
                else:
                    free.release()
        if self._failed is not None:
            raise self._failed

    def count(self) -> int:
        with os.scandir(self._folder) as there:
            return sum(not one.name.startswith(_UNDER_WAY) for one in there)

    async def _fetch_freeing(self, file: Wanted, free: trio.Semaphore) -> None:
        """What goes wrong is kept, for several may fail at once of one cause."""
        from chatd.client import Disconnected, Refused

        try:
            await self._fetch(file)
        except (Failed, Refused, Disconnected) as error:
            self._failed = self._failed or error
        finally:
            self._under_way.discard(file.id)
            free.release()

    async def _fetch(self, file: Wanted) -> None:
        from chatd.client import Refused
        from chatd.contract.file import FileLink, FileResult, GetFile, SignFile

        try:
            if file.size is None:
                about = (await self._client.ask(GetFile(file.id), FileResult)).file
                file = Wanted(file.id, about.name, about.size)
            target = self._folder / name_on_disk(file.id, file.name)
            if target.exists() and target.stat().st_size == file.size:
                return
            # Operators need no link: the admin socket gives them what it is asked for.
            url = f"/files/{file.id}"
            if isinstance(self._place, str):
                url = (await self._client.ask(SignFile(file.id, LINK_SECONDS), FileLink)).url
            await trio.to_thread.run_sync(partial(self._download, url, target), abandon_on_cancel=False)
            self.fetched += 1
            self._told(f"{self.fetched:,} files fetched")
        except Refused as refusal:
            if refusal.code != "not_found":
                raise
            self.missing += 1
        except NotThere:
            self.missing += 1

    def _download(self, url: str, target: Path) -> None:
        part = target.with_name(_UNDER_WAY + target.name)
        try:
            with part.open("wb") as out:
                download(self._place, url, out.write)
            part.replace(target)
        except OSError as error:
            raise Failed(
                f"{error.filename or target} cannot be written: {error.strerror}; run this again to go on"
            ) from error
        finally:
            part.unlink(missing_ok=True)
