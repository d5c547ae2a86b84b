"""The bucket store: what only it can get wrong. `test_blobs` says what every store promises."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest
import trio
from file_site import Site
from s3_server import S3Server, bucket_of, s3_server

from chatd.files.bucket import PART, BucketBlobs
from chatd.ports import BlobsUnavailable

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def stored(blobs: BucketBlobs, data: bytes) -> str:
    async with blobs.stage() as staged:
        await staged.write(data)
        return (await staged.seal()).hash


async def test_what_is_sent_in_several_parts_comes_back_whole_and_in_ranges(bucket: BucketBlobs) -> None:
    data = bytes(range(256)) * (2 * PART // 256) + b"end"
    opened = await bucket.open(await stored(bucket, data))
    assert opened.size == len(data)
    assert b"".join([piece async for piece in opened.read(0, opened.size)]) == data
    assert b"".join([piece async for piece in opened.read(PART - 5, 10)]) == data[PART - 5 : PART + 5]


async def test_nothing_stays_on_this_machine(bucket: BucketBlobs, tmp_path: Path) -> None:
    await stored(bucket, b"hello")
    assert files_in(tmp_path) == []


async def test_clients_can_fetch_it_themselves(s3: S3Server, bucket: BucketBlobs, tmp_path: Path) -> None:
    bucket._redirects = True
    site = Site(bucket, tmp_path / "files")
    file = (await site.ask("POST", "/files?name=a.html", b"<script>")).json["file"]
    answer = await site.ask("GET", file["url"])
    assert (answer.status, answer.headers["cache-control"]) == (307, "private, no-store")

    def fetched() -> tuple[bytes, str | None]:
        with urllib.request.urlopen(answer.headers["location"], timeout=60) as response:
            return response.read(), response.headers["Content-Disposition"]

    assert await trio.to_thread.run_sync(fetched) == (b"<script>", "attachment")
    head = await site.ask("HEAD", file["url"])
    assert (head.status, head.headers["content-length"]) == (200, "8")
    assert (await site.ask("GET", file["url"], token="ben")).status == 404


async def test_files_come_in_and_go_out_through_it(bucket: BucketBlobs, tmp_path: Path) -> None:
    site = Site(bucket, tmp_path / "files")
    data = bytes(range(256)) * 10_000
    file = (await site.ask("POST", "/files?name=a.bin", [data[:1000], data[1000:]])).json["file"]
    assert (await site.ask("GET", file["url"], sendfile=True)).body == data
    assert (await site.ask("GET", file["url"], range="bytes=-4")).body == data[-4:]


async def test_a_bucket_that_is_gone_is_said_soon(bucket: BucketBlobs, tmp_path: Path) -> None:
    with s3_server() as server:
        server.make_bucket("gone")
        site = Site(_other(bucket, server), tmp_path / "files")
        file = (await site.ask("POST", "/files?name=a", b"hello")).json["file"]
        server.end()
        with trio.fail_after(30):
            for answer in (
                await site.ask("POST", "/files?name=a", b"world"),
                await site.ask("GET", file["url"]),
            ):
                assert (answer.status, answer.json["code"]) == (503, "unavailable")
            with pytest.raises(BlobsUnavailable):
                await site.blobs.list()
    assert len(site.files.added) == 1


async def test_a_bucket_that_is_not_there_is_said(s3: S3Server, bucket: BucketBlobs) -> None:
    wrong = BucketBlobs(bucket_of(s3, "nowhere"), bucket._staging, False)
    with pytest.raises(BlobsUnavailable, match="bucket"):
        await stored(wrong, b"hello")
    with pytest.raises(BlobsUnavailable, match="bucket"):
        await wrong.list()


def _other(blobs: BucketBlobs, server: S3Server) -> BucketBlobs:
    return BucketBlobs(bucket_of(server, "gone"), blobs._staging, False)
