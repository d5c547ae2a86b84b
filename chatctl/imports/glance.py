"""A first look at an export, by which the formats know their own: names, and how files begin. One look serves
all formats that are asked in turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final

from attrs import frozen

from chatctl.imports.archive import BOM, Archive
from chatctl.imports.export import Unreadable
from chatctl.imports.problems import Problems

_NAMES: Final = 10_000
_HEAD: Final = 8 * 1024  # bytes


@frozen
class Glance:
    """`names`: the first, those in the fewest folders first. Of a single file it is the file's own."""

    names: tuple[str, ...]
    problems: Problems
    _archive: Archive

    def named(self, *lasts: str) -> list[str]:
        """The names whose last part is one of these, however many others there are."""
        return self._archive.called(*lasts)

    def ending(self, *ends: str) -> list[str]:
        return [name for name in self.names if name.lower().endswith(ends)]

    def head(self, name: str) -> bytes:
        """The first bytes of a file; none if it cannot be read."""
        try:
            with self._archive.open(name) as stream:
                return stream.read1(_HEAD).removeprefix(BOM)
        except (Unreadable, OSError):
            return b""

    def wrong(self, name: str) -> str | None:
        """Why the file cannot be opened."""
        try:
            self._archive.open(name).close()
        except Unreadable as error:
            return str(error)
        return None


_held: ContextVar[tuple[Path, Glance] | None] = ContextVar("_held", default=None)


@contextmanager
def glance(path: Path) -> Iterator[Glance]:
    """Raises `Unreadable` where there is nothing that can be read."""
    held = _held.get()
    if held is not None and held[0] == path:
        yield held[1]
        return
    with Archive(path, Problems()) as archive:
        found = Glance(tuple(archive.shallow(_NAMES)), archive.problems, archive)
        before = _held.set((path, found))
        try:
            yield found
        finally:
            _held.reset(before)
