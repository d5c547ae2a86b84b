"""The bytes of files that stand beside the lines, in the folder `files`: within the archive, or next to it
where only the lines were named."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

from chatctl.imports.archive import Archive
from chatctl.imports.export import Unreadable
from chatctl.imports.problems import Problems

FOLDER: Final = "files/"
_OUTSIDE: Final = "beside:"  # how paths begin of files that are not in the archive itself


class ExportedFiles:
    def __init__(self, archive: Archive, base: str, path: Path) -> None:
        self._archive, self._base = archive, base
        self._next: Archive | None = None
        folder = path.parent / FOLDER
        if path.is_file() and not self._within() and folder.is_dir() and not folder.is_symlink():
            self._next = Archive(folder, Problems())

    def _within(self) -> bool:
        return next(self._archive.names(self._base + FOLDER), None) is not None

    def path(self, file: str) -> str | None:
        """Where the bytes of the file with this id are; None if they are not there."""
        if self._next is not None:
            found = next(self._next.names(f"{file}-"), None)
            return None if found is None else _OUTSIDE + found
        return next(self._archive.names(f"{self._base}{FOLDER}{file}-"), None)

    def open(self, path: str) -> BinaryIO:
        if not path.startswith(_OUTSIDE):
            return self._archive.open(path)
        if self._next is None:
            raise Unreadable(f"{path} is not in {self._archive.name}")
        return self._next.open(path.removeprefix(_OUTSIDE))

    def close(self) -> None:
        if self._next is not None:
            self._next.close()
