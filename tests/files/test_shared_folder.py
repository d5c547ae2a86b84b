"""One folder of blobs that several nodes have, as on a network disk: none takes another's for its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from file_site import Site
from test_tus import TUS, created, offset_of, patched

from chatd.files import staging
from chatd.files.folder import FolderBlobs
from chatd.files.partial_store import DAY, NODES, PARTIAL

LIFETIME = 100.0  # seconds, of unfinished uploads


def node(files: Path, name: str) -> Site:
    own = files / NODES / name
    return Site(FolderBlobs(files, own=own), files, own)


@pytest.mark.parametrize("nameless", [True, False])
async def test_a_node_that_starts_leaves_the_uploads_of_others_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nameless: bool
) -> None:
    monkeypatch.setattr(staging.Staging, "_can_link", lambda self: setattr(self, "_nameless", nameless))
    files = tmp_path / "files"
    async with FolderBlobs(files, own=files / NODES / "one").stage() as staged:
        await staged.write(b"hello")
        await staged.spool.flush()
        other = FolderBlobs(files, own=files / NODES / "two")
        await other.prepare()
        blob = await staged.seal()
    assert (await other.open(blob.hash)).size == 5


async def test_an_upload_stands_where_it_was_begun_and_nowhere_else(tmp_path: Path) -> None:
    one, two = node(tmp_path / "files", "one"), node(tmp_path / "files", "two")
    url = await created(one, 10)
    await patched(one, url, 0, b"hello")
    assert (await two.ask("HEAD", url, **TUS)).status == 404
    two.now += int(LIFETIME * 3000)
    await two.partials.expire()
    two.open()
    assert (await two.ask("HEAD", url, **TUS)).status == 404
    assert await offset_of(one, url) == 5
    await patched(one, url, 5, b"world")
    assert (await one.ask("GET", "/files/F0")).body == b"helloworld"


async def test_what_a_node_has_left_that_is_gone_goes_in_the_end(tmp_path: Path) -> None:
    files = tmp_path / "files"
    gone, stays, former = node(files, "gone"), node(files, "stays"), Site(FolderBlobs(files), files)
    here = node(files, "here")
    for site in (gone, stays, former, here):
        await patched(site, await created(site, 10), 0, b"hello")
    for place in (files / NODES / "gone", files, files / NODES / "here"):
        for path in (place / PARTIAL).iterdir():
            long_ago = path.stat().st_mtime - LIFETIME - DAY - 1
            os.utime(path, (long_ago, long_ago))
    await here.partials.expire()
    left = {name: len(list((files / NODES / name / PARTIAL).iterdir())) for name in ("gone", "stays", "here")}
    assert left == {"gone": 0, "stays": 2, "here": 2}
    assert not list((files / PARTIAL).iterdir())
