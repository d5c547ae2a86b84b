"""What has to be on the disk before anybody counts on it, and in folders that nobody else looks into."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Makes a file, or the names in a folder, durable. Blocks, raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_private(*folders: Path) -> None:
    """Those that are not there yet, each before what is in it. `mkdir(parents=True)` would let everybody into
    the outer ones, whatever mode it is given. Blocks, raises OSError."""
    for folder in folders:
        folder.mkdir(0o700, exist_ok=True)
