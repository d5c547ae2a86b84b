"""`SHA256SUMS`, as `sha256sum --check` reads it."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Final

NAME: Final = "SHA256SUMS"


def digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def md5(file: Path) -> str:
    """As the list of a Debian package's files wants it."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, partial(hashlib.md5, usedforsecurity=False)).hexdigest()


def write_checksums(folder: Path) -> None:
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != NAME)
    (folder / NAME).write_text("".join(f"{digest(path)}  {path.name}\n" for path in files))
