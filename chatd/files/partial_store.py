"""Uploads in several requests, as they stand on the disk: a file with the bytes that came, and a small file
beside it that says whose they are and how many of them are safe.

After a kill the small file is what counts: bytes beyond its offset may be missing in part, and come again.
Every call blocks and may raise OSError.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

import msgspec

from chatd.files.staging import PRIVATE, StagingFile, sync_folder
from chatd.ports.uploads import PartialUpload

PARTIAL: Final = "partial"
BYTES, STATE = ".bytes", ".json"


class PartialStore:
    """Below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / PARTIAL

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
        sync_folder(self._folder)

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

    def _size(self, id_: str) -> int:
        try:
            return (self._folder / f"{id_}{BYTES}").stat().st_size
        except FileNotFoundError:
            return 0
