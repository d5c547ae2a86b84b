"""What a reader of a format gives: the one shape of all exports.

A reader looks at the lists of people and rooms at once and at messages only as they are asked for. It holds
no more than a bounded part of them in memory, however large the export is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar, Protocol, Self

from attrs import frozen

from chatctl.failure import Failed
from chatctl.imports.problems import Problems
from chatctl.imports.records import CustomEmoji, Message, Person, Room


@frozen
class Options:
    """What the admin says because the export does not: `zone` is a name of the IANA database, for times
    without one; `name` that of the room, for files that hold one without a name; `day_first` how dates go."""

    zone: str | None = None
    name: str | None = None
    day_first: bool | None = None


class Unreadable(Failed):
    """The export cannot be read any further: the text names file and place, and what to do."""


class Content(Protocol):
    """What is in an export."""

    def people(self) -> Iterable[Person]:
        """All whom the export lists. Messages may have authors beyond these."""
        ...

    def person(self, key: str) -> Person:
        """An author who is in no list, by what the messages that were read so far say."""
        ...

    def rooms(self) -> Iterable[Room]: ...

    def messages(self, room: str) -> Iterator[Message]:
        """Those of the room, each once, in the order of time; the first of a thread before its replies."""
        ...

    def emoji(self) -> Iterable[CustomEmoji]: ...

    def open(self, path: str) -> BinaryIO:
        """The bytes of a file, by `File.path`; raises `Unreadable`."""
        ...


class Export(Content, Protocol):
    """One export, open for reading; a context manager."""

    format: ClassVar[str]  # as `chatctl import --format` takes it
    source: str  # what tells this workspace, guild or server from others of the format; "" where nothing does
    problems: Problems

    @classmethod
    def looks_like(cls, path: Path) -> bool:
        """Whether the file or folder is of this format, by names and first bytes."""
        ...

    @classmethod
    def read(cls, path: Path, options: Options) -> Self: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...
