"""The manifest: what one backup in a repository consists of.

It is written last, so a backup is there when its manifest is. It stands in clear also when the backup is
encrypted: times, sizes, positions and names that tell nothing; so `backup list` and `prune` need no key.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

import msgspec

from chatd.ports import RepositoryError
from chatd.repository.sealing import Identities
from chatd.repository.shelf import Shelf

FORMAT: Final = 1
MANIFESTS: Final = "backups/"
PIECES: Final = "pieces/"
FILES: Final = "files/"
PIECE: Final = 512 * 1024  # bytes of the database in one piece
ID: Final = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{3}Z")


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`id`: when it was made, in UTC. Ids sort as backups were made: one of a clock that was ahead is
    followed by the next to it. `made_at`: what the clock showed, Unix milliseconds. `chatd`: the version
    that made it; `schema`: that of its database. `epoch`, `position` and `hash` (of the newest event) say
    in which history it ends, and where. `size` of the database, which is `pieces` of `piece` bytes each, by
    the names of their objects. `files`: the objects of its files. `server`: tells servers apart; a restored
    one is the same. `copy`: tells it from its copies; each has its own. `recipients`: who can read it, if
    it is encrypted; `sealed` is then the secret of the names. `findings`: what is missing, in words."""

    format: int
    id: str
    made_at: int
    chatd: str
    schema: int
    epoch: str
    position: int
    hash: str
    size: int
    piece: int
    pieces: list[str]
    files: list[str]
    recipients: list[str]
    sealed: str | None
    findings: list[str]
    server: str = ""
    copy: str = ""

    @property
    def encrypted(self) -> bool:
        return self.sealed is not None

    def objects(self) -> Iterator[str]:
        """The names of all that it needs."""
        yield from (object_name(PIECES, name) for name in self.pieces)
        yield from (object_name(FILES, name) for name in self.files)

    def secret(self, identities: Identities | None) -> bytes:
        """Raises RepositoryError."""
        if self.sealed is None:
            return b""
        if identities is None:
            raise RepositoryError(
                f"backup {self.id} is encrypted; give the file with your age key with --identity"
            )
        return identities.open(b64decode(self.sealed))


def object_name(folder: str, name: str) -> str:
    return folder + name


def manifest_name(id_: str) -> str:
    return f"{MANIFESTS}{id_}.json"


def next_id(shelf: Shelf, at: int) -> str:
    """The id of a backup that is made at `at`, Unix milliseconds. Raises RepositoryError."""
    known = [_time_of(id_) for id_ in ids(shelf)[-1:]]
    seconds, rest = divmod(max([at, *(newest + 1 for newest in known)]), 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%dT%H%M%S}.{rest:03d}Z"


def _time_of(id_: str) -> int:
    """Unix milliseconds."""
    return round(datetime.strptime(id_, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC).timestamp() * 1000)


def sealed(secret: bytes) -> str:
    return b64encode(secret).decode()


def put(shelf: Shelf, manifest: Manifest) -> None:
    shelf.put(manifest_name(manifest.id), msgspec.json.encode(manifest))
    shelf.settle()


def read(shelf: Shelf, id_: str) -> Manifest:
    """Raises RepositoryError."""
    try:
        return _checked(msgspec.json.decode(shelf.read(manifest_name(id_)), type=Manifest), id_)
    except msgspec.DecodeError as error:
        raise RepositoryError(
            f"the manifest of backup {id_} is damaged: {error};"
            f" remove {manifest_name(id_)} from the repository to forget that backup"
        ) from error


def _checked(manifest: Manifest, id_: str) -> Manifest:
    if manifest.format > FORMAT:
        raise RepositoryError(f"backup {id_} was written by a newer chatd ({manifest.chatd}): upgrade chatd")
    return manifest


def ids(shelf: Shelf) -> list[str]:
    """Of all backups in the repository, the oldest first. Raises RepositoryError."""
    found = (entry.name.removeprefix(MANIFESTS).removesuffix(".json") for entry in shelf.list(MANIFESTS))
    return sorted(id_ for id_ in found if ID.fullmatch(id_))


def manifests(shelf: Shelf) -> Iterator[Manifest]:
    """The oldest first. Raises RepositoryError: one of them is damaged, too."""
    return (read(shelf, id_) for id_ in ids(shelf))


def readable(shelf: Shelf, told: Callable[[str], None] = lambda _: None) -> Iterator[Manifest]:
    """The newest first; `told` hears why others cannot be read. Raises RepositoryError."""
    for id_ in reversed(ids(shelf)):
        try:
            yield read(shelf, id_)
        except RepositoryError as error:
            told(str(error))
