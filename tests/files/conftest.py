"""Stores of blobs for the tests in this folder."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from file_site import Site
from s3_server import S3Server, bucket_of, s3_server

from chatd.files import staging
from chatd.files.bucket import BucketBlobs
from chatd.files.folder import FolderBlobs


@pytest.fixture
def folder(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "files")


@pytest.fixture
def named_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderBlobs:
    """On a file system that knows no files without a name, as NFS."""
    monkeypatch.setattr(staging.Staging, "_can_link", lambda self: setattr(self, "_nameless", False))
    return FolderBlobs(tmp_path / "files")


@pytest.fixture
def site(folder: FolderBlobs) -> Site:
    """The paths of files over a folder."""
    return Site(folder, folder.folder)


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@pytest.fixture
def bucket(s3: S3Server, folder: FolderBlobs) -> BucketBlobs:
    """A bucket of the test's own."""
    name = f"files-{secrets.token_hex(8)}"
    s3.make_bucket(name)
    return BucketBlobs(bucket_of(s3, name), folder, False)
