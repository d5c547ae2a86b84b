"""What every store of blobs promises."""

from __future__ import annotations

import hashlib

import pytest
import trio

from chatd.files.folder import FolderBlobs
from chatd.files.threads import HOP
from chatd.ports import Blob, BlobMissing, Blobs, Opened

HELLO = hashlib.sha256(b"hello").hexdigest()


@pytest.fixture(params=["folder", "named_folder", "bucket"])
def blobs(request: pytest.FixtureRequest) -> Blobs:
    store: Blobs = request.getfixturevalue(request.param)
    return store


async def stored(blobs: Blobs, *pieces: bytes) -> Blob:
    async with blobs.stage() as staged:
        for piece in pieces:
            await staged.write(piece)
        return await staged.seal()


async def content(opened: Opened, start: int = 0, length: int | None = None) -> bytes:
    length = opened.size - start if length is None else length
    return b"".join([piece async for piece in opened.read(start, length)])


async def test_what_was_sealed_is_read_back_by_its_hash(blobs: Blobs) -> None:
    blob = await stored(blobs, b"he", b"llo")
    assert blob == Blob(HELLO, 5)
    opened = await blobs.open(blob.hash)
    assert opened.size == 5
    assert await content(opened) == b"hello"
    assert await blobs.list() == [HELLO]


async def test_large_contents_come_back_whole_and_in_parts(blobs: Blobs) -> None:
    data = bytes(range(256)) * (3 * HOP // 256) + b"end"
    blob = await stored(blobs, data[:HOP], data[HOP : HOP + 1], data[HOP + 1 :])
    opened = await blobs.open(blob.hash)
    assert await content(opened) == data
    assert await content(opened, HOP - 1, HOP + 5) == data[HOP - 1 : 2 * HOP + 4]


async def test_an_empty_file_is_a_blob(blobs: Blobs) -> None:
    blob = await stored(blobs)
    assert blob == Blob(hashlib.sha256(b"").hexdigest(), 0)
    assert await content(await blobs.open(blob.hash)) == b""


async def test_what_is_not_sealed_was_never_there(blobs: Blobs) -> None:
    async with blobs.stage() as staged:
        await staged.write(b"hello" * HOP)
    assert await blobs.list() == []


async def test_who_is_cancelled_leaves_nothing(blobs: Blobs) -> None:
    with trio.CancelScope() as scope:
        async with blobs.stage() as staged:
            await staged.write(b"hello" * HOP)
            scope.cancel()
            await staged.seal()
    assert await blobs.list() == []


async def test_the_same_content_is_kept_once(blobs: Blobs) -> None:
    async with trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(stored, blobs, b"hello")
    assert await blobs.list() == [HELLO]


async def test_a_deleted_blob_is_missing(blobs: Blobs) -> None:
    await stored(blobs, b"hello")
    assert await blobs.delete(HELLO)
    assert await blobs.delete(HELLO)
    with pytest.raises(BlobMissing, match=HELLO):
        await blobs.open(HELLO)
    assert await blobs.list() == []


@pytest.mark.parametrize("hash_", ["", "../../chatd.db", HELLO.upper(), HELLO[:-1], HELLO + "0", "/" * 64])
async def test_what_is_no_hash_is_missing(blobs: Blobs, hash_: str) -> None:
    with pytest.raises(BlobMissing):
        await blobs.open(hash_)


async def test_what_somebody_has_just_stored_again_is_not_deleted(blobs: Blobs) -> None:
    await stored(blobs, b"hello")
    async with blobs.stage() as staged:
        await staged.write(b"hello")
        await staged.seal()
        assert not await blobs.delete(HELLO)
    assert await blobs.delete(HELLO)


async def test_a_blob_that_is_referred_to_stays(blobs: Blobs) -> None:
    await stored(blobs, b"hello")

    async def referred() -> bool:
        return True

    assert not await blobs.delete(HELLO, unless=referred)
    assert await blobs.list() == [HELLO]


async def test_who_stores_what_is_being_deleted_waits_and_stores_it_anew(blobs: Blobs) -> None:
    await stored(blobs, b"hello")
    asked, go_on = trio.Event(), trio.Event()

    async def referred() -> bool:
        asked.set()
        await go_on.wait()
        return False

    async with trio.open_nursery() as nursery:

        async def delete() -> None:
            assert await blobs.delete(HELLO, unless=referred)

        nursery.start_soon(delete)
        await asked.wait()
        nursery.start_soon(stored, blobs, b"hello")
        assert not await blobs.delete(HELLO)
        go_on.set()
    assert await blobs.list() == [HELLO]


async def test_a_nursery_of_uploads_holds_little_memory(folder: FolderBlobs) -> None:
    async with folder.stage() as staged:
        for _ in range(100):
            await staged.write(bytes(65536))
            assert len(staged.spool._waiting) < HOP + 65536
