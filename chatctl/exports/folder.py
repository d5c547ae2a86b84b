"""An export in a folder: lines in one file or several, and beside them the bytes of the files."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

from chatctl.exports.asking import write_place
from chatctl.exports.files import FOLDER, Files
from chatctl.exports.lines import Place, go_on, head_of, open_lines
from chatctl.failure import Failed
from chatd.path_kind import is_there

if TYPE_CHECKING:
    from chatd.client import Client

LINES: Final = "export.jsonl"


@contextmanager
def entered(folder: Path) -> Iterator[None]:
    """Makes the folder if need be, takes it away again if nothing came into it, and keeps other exports out
    of it. Raises Failed, also where it holds something else."""
    made = not is_there(folder)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise Failed(f"{folder} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        others = {path.name for path in folder.iterdir()} - {FOLDER}
        if others and not any(folder.glob("*.jsonl")):
            raise Failed(f"{folder} holds something else; give the name of a new folder")
        yield
    except BlockingIOError as error:
        raise Failed(f"{folder} is being written to by another export; wait until that has ended") from error
    finally:
        os.close(lock)
        if made and not any(folder.glob("*.jsonl")):
            for each in (folder / FOLDER, folder):
                with suppress(OSError):
                    each.rmdir()


@attrs.frozen
class Exported:
    """What is in the folder now. `new`: some of it was not there before."""

    items: int
    files: int
    missing_files: int
    new: bool


class ExportFolder:
    """Again with the same folder, it goes on where it was cut off. `place` is the server's URL, or its admin
    socket; `told` hears of progress now and then."""

    def __init__(self, client: Client, place: str | Path, folder: Path, told: Callable[[str], None]) -> None:
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            self._files = Files(client, place, folder, told)
        except OSError as error:
            raise Failed(f"{folder} cannot be written: {error.strerror}") from error
        self._client, self._folder, self._told = client, folder, told
        self._items = 0
        self._before = self._files.count()
        self._new = False

    async def add(self, of: Place, id_: str, name: str = LINES) -> None:
        """The place's lines in the file `name`, and its files. Raises Failed."""
        path = self._folder / name
        with open_lines(path) as lines:
            writing = go_on(lines, path, head_of(of, id_))
            self._new = self._new or not writing.standing.whole
            self._items += await write_place(self._client, of, id_, writing, self._count)
            await self._files.fetch(lines)

    def _count(self, items: int) -> None:
        self._told(f"{self._items + items:,} items written")

    def exported(self) -> Exported:
        files = self._files.count()
        return Exported(self._items, files, self._files.missing, self._new or files > self._before)
