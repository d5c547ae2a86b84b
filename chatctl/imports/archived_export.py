"""What readers of formats have in common: all that they read is in one archive."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Self

from chatctl.imports.archive import Archive, read_archive
from chatctl.imports.export import Options
from chatctl.imports.records import CustomEmoji


class ArchivedExport:
    """See `Export`. A reader says so if it heeds options or there are custom emoji, and closes what else it
    has open."""

    def __init__(self, archive: Archive) -> None:
        self.problems = archive.problems
        self._archive = archive

    @classmethod
    def read(cls, path: Path, options: Options) -> Self:
        return read_archive(path, cls)

    def emoji(self) -> Iterable[CustomEmoji]:
        return ()

    def open(self, path: str) -> BinaryIO:
        return self._archive.open(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()
