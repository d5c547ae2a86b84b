"""The folder store: what is on the disk, and when."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import sys
from pathlib import Path

import pytest
import trio

from chatd.files.folder import FolderBlobs
from chatd.files.threads import HOP
from chatd.ports import BlobsFull, BlobsUnavailable

HELLO = hashlib.sha256(b"hello").hexdigest()

KILLED = """
import os, signal, sys, trio
from pathlib import Path
from chatd.files.folder import FolderBlobs
from chatd.files.staging import Staging

async def main():
    if sys.argv[2] == "named":
        Staging._can_link = lambda self: setattr(self, "_nameless", False)
    async with FolderBlobs(Path(sys.argv[1])).stage() as staged:
        await staged.write(b"x" * 5_000_000)
        os.kill(os.getpid(), signal.SIGKILL)

trio.run(main)
"""


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def _hello(folder: FolderBlobs) -> None:
    async with folder.stage() as staged:
        await staged.write(b"hello")
        await staged.seal()


async def test_a_blob_lies_under_the_first_digits_of_its_hash_for_its_owner_alone(
    folder: FolderBlobs,
) -> None:
    async with folder.stage() as staged:
        await staged.write(b"hello")
        blob = await staged.seal()
    (path,) = files_in(folder.folder)
    assert path == folder.folder / blob.hash[:2] / blob.hash[2:]
    assert (await folder.open(blob.hash)).path == path
    assert [part.stat().st_mode & 0o77 for part in (path, path.parent, folder.folder)] == [0, 0, 0]


async def test_a_blob_that_a_fault_has_cut_is_stored_anew(folder: FolderBlobs) -> None:
    for _ in range(2):
        async with folder.stage() as staged:
            await staged.write(b"hello")
            blob = await staged.seal()
        (path,) = files_in(folder.folder)
        assert path.read_bytes() == b"hello"
        os.truncate(path, 3)
    assert (await folder.open(blob.hash)).size == 3


@pytest.mark.parametrize("made", ["nothing", "the folder", "the blob"])
async def test_what_is_kept_has_durable_names_whoever_made_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: str
) -> None:
    """Another upload, or one whose sync failed, may have made a name and not have synced it yet."""
    synced: set[Path] = set()
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.add(Path(os.readlink(f"/proc/self/fd/{descriptor}")))
        real(descriptor)

    folder, path = FolderBlobs(tmp_path / "files"), tmp_path / "files" / HELLO[:2] / HELLO[2:]
    if made == "the folder":
        path.parent.mkdir(parents=True)
    elif made == "the blob":
        await _hello(folder)
        folder = FolderBlobs(folder.folder)
    monkeypatch.setattr(os, "fsync", fsync)
    await _hello(folder)
    assert {path.parent, folder.folder, tmp_path} <= synced


async def test_a_file_that_became_shorter_is_an_error_and_no_short_answer(folder: FolderBlobs) -> None:
    async with folder.stage() as staged:
        await staged.write(b"hello")
        blob = await staged.seal()
    opened = await folder.open(blob.hash)
    os.truncate(opened.path, 3)
    with pytest.raises(BlobsUnavailable, match="shorter"):
        _ = [piece async for piece in opened.read(0, 5)]


@pytest.mark.parametrize("way", ["nameless", "named"])
async def test_a_killed_server_leaves_nothing(tmp_path: Path, way: str) -> None:
    files = tmp_path / "files"
    ended = await trio.run_process([sys.executable, "-c", KILLED, files, way], check=False)
    assert ended.returncode == -signal.SIGKILL
    await FolderBlobs(files).prepare()
    assert files_in(files) == []


@pytest.mark.parametrize("store", ["folder", "named_folder"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
async def test_a_full_disk_is_said_and_nothing_is_left(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, store: str, number: int
) -> None:
    blobs: FolderBlobs = request.getfixturevalue(store)
    write = os.pwrite

    def full(file: int, data: memoryview, at: int) -> int:
        if at + len(data) > 2 * HOP:
            raise OSError(number, os.strerror(number))
        return write(file, data, at)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(BlobsFull, match=os.strerror(number)):
        async with blobs.stage() as staged:
            await staged.write(bytes(5 * HOP))
    assert files_in(blobs.folder) == []


async def test_space_is_kept_free_for_everything_else(tmp_path: Path) -> None:
    async with FolderBlobs(tmp_path / "files", reserve=10**18).stage() as staged:
        await staged.write(b"hello")
        with pytest.raises(BlobsFull, match="files_reserve"):
            await staged.seal()
    assert files_in(tmp_path) == []


async def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("no folder")
    with pytest.raises(BlobsUnavailable):
        async with FolderBlobs(tmp_path / "files").stage():
            pass
