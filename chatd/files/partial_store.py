"""Uploads in several requests, as they stand on the disk: a file with the bytes that came, and a small file
beside it that says whose they are and how many of them are safe.

Nodes of a cluster that share the folder of blobs have a place in it each, so that none takes another's
uploads for its own.

After a kill the small file is what counts: bytes beyond its offset may be missing in part, and come again.
Every call blocks and may raise OSError.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from chatd.durable import sync
from chatd.files.staging import PRIVATE, STAGING, StagingFile
from chatd.ports.uploads import PartialUpload

PARTIAL: Final = "partial"
NODES: Final = "nodes"  # below it, the places of nodes
DAY: Final = 86_400.0  # seconds
BYTES, STATE = ".bytes", ".json"


class PartialStore:
    """`folder`: that of all blobs. `own`: the place in it that only this server looks at, where others have
    the folder, too."""

    def __init__(self, folder: Path, own: Path | None = None) -> None:
        self._shared = folder
        self._own = own or folder
        self._folder = self._own / PARTIAL

    @property
    def used(self) -> bool:
        """Whether there ever was one."""
        return self._folder.exists()

    def load(self) -> dict[str, PartialUpload]:
        """All of them. What a killed server has left half made is removed."""
        self._folder.mkdir(0o700, exist_ok=True)
        found: dict[str, PartialUpload] = {}
        for path in self._folder.glob(f"*{STATE}"):
            try:
                upload = msgspec.json.decode(path.read_bytes(), type=PartialUpload)
            except msgspec.DecodeError:
                continue
            if upload.file is None and self._size(upload.id) < upload.offset:
                upload = msgspec.structs.replace(upload, offset=0)  # its bytes are gone
            found[upload.id] = upload
        for path in self._folder.iterdir():
            if path.suffix not in (BYTES, STATE) or path.stem not in found:
                path.unlink()
        return found

    def new_id(self) -> str:
        return secrets.token_hex(16)

    def save(self, upload: PartialUpload) -> None:
        """Durably, in one step."""
        path = self._folder / f"{upload.id}{STATE}"
        fresh = path.with_suffix(".new")
        file = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, PRIVATE)
        try:
            os.write(file, msgspec.json.encode(upload))
            os.fsync(file)
        finally:
            os.close(file)
        os.rename(fresh, path)
        sync(self._folder)

    def open(self, upload: PartialUpload) -> StagingFile:
        """Its bytes, `offset` of them."""
        path = self._folder / f"{upload.id}{BYTES}"
        file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, PRIVATE)
        os.ftruncate(file, upload.offset)
        return StagingFile(file, path)

    def drop_bytes(self, id_: str) -> None:
        (self._folder / f"{id_}{BYTES}").unlink(missing_ok=True)

    def drop(self, id_: str) -> None:
        self.drop_bytes(id_)
        (self._folder / f"{id_}{STATE}").unlink(missing_ok=True)

    def drop_left(self, lifetime: float) -> None:
        """Removes what nodes have left that are gone, or this server from when it was none: files that nobody
        has written to for a day longer than `lifetime` seconds."""
        before = time.time() - lifetime - DAY
        for place in self._other_places():
            for folder in (place / PARTIAL, place / STAGING):
                with suppress(FileNotFoundError):
                    for path in folder.iterdir():
                        if path.stat().st_mtime < before:
                            path.unlink()

    def _other_places(self) -> Iterator[Path]:
        with suppress(FileNotFoundError):
            yield from (place for place in (self._shared / NODES).iterdir() if place != self._own)
        if self._shared != self._own:
            yield self._shared

    def _size(self, id_: str) -> int:
        try:
            return (self._folder / f"{id_}{BYTES}").stat().st_size
        except FileNotFoundError:
            return 0
