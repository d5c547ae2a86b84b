"""Stores of blobs for the tests in this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatd.files import staging
from chatd.files.folder import FolderBlobs


@pytest.fixture
def folder(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "files")


@pytest.fixture
def named_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderBlobs:
    """On a file system that knows no files without a name, as NFS."""
    monkeypatch.setattr(staging.Staging, "_can_link", lambda self: setattr(self, "_nameless", False))
    return FolderBlobs(tmp_path / "files")
