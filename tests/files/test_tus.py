"""Uploads in several requests, by tus 1.0: what was acknowledged is there, whatever happens in between."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
import trio
from file_site import LARGEST, Answer, Site
from pictures_drawn import telling

from chatd.files import partials
from chatd.files.folder import FolderBlobs
from chatd.files.partials import OF_PERSON
from chatd.files.threads import HOP

OCTETS = "application/offset+octet-stream"
TUS = {"tus_resumable": "1.0.0"}


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def named(name: str) -> str:
    return f"filename {base64.b64encode(name.encode()).decode()},empty"


async def created(site: Site, length: int, **more: Any) -> str:
    answer = await site.ask(
        "POST", "/files/tus", upload_length=str(length), upload_metadata=named("a.txt"), **{**TUS, **more}
    )
    assert answer.status == 201, answer
    return answer.headers["location"]


async def patched(site: Site, url: str, offset: int, body: Any, **more: Any) -> Answer:
    return await site.ask(
        "PATCH", url, body, upload_offset=str(offset), content_type=OCTETS, **{**TUS, **more}
    )


async def offset_of(site: Site, url: str, **more: Any) -> int:
    answer = await site.ask("HEAD", url, **TUS, **more)
    assert answer.status == 200, answer
    assert answer.headers["cache-control"] == "no-store"
    return int(answer.headers["upload-offset"])


async def test_the_server_says_what_it_can(site: Site) -> None:
    answer = await site.ask("OPTIONS", "/files/tus", token=None)
    assert answer.status == 204
    assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
    assert answer.headers["tus-max-size"] == str(LARGEST)
    assert set(answer.headers["tus-extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "termination",
        "checksum",
        "expiration",
    }


async def test_pieces_become_a_file_that_the_last_answer_names(site: Site) -> None:
    url = await created(site, 11)
    first = await patched(site, url, 0, [b"hel", b"lo "])
    assert (first.status, first.headers["upload-offset"], "chatd-file" in first.headers) == (204, "6", False)
    assert await offset_of(site, url) == 6
    last = await patched(site, url, 6, b"world")
    assert (last.status, last.headers["upload-offset"], last.headers["chatd-file"]) == (204, "11", "F0")
    assert (await site.ask("HEAD", url, **TUS)).headers["chatd-file"] == "F0"
    file = await site.ask("GET", "/files/F0")
    assert (file.body, file.headers["content-disposition"]) == (
        b"hello world",
        'attachment; filename="a.txt"',
    )
    assert len(files_in(site.folder)) == 2  # the blob, and what HEAD says


async def test_an_upload_can_begin_with_bytes_or_without_any(site: Site) -> None:
    whole = await site.ask("POST", "/files/tus", b"hello", upload_length="5", content_type=OCTETS, **TUS)
    assert (whole.status, whole.headers["upload-offset"], whole.headers["chatd-file"]) == (201, "5", "F0")
    empty = await site.ask("POST", "/files/tus", upload_length="0", **TUS)
    assert (empty.status, empty.headers["chatd-file"]) == (201, "F1")


async def test_a_picture_is_taken_apart_in_the_end(site: Site) -> None:
    data = telling("JPEG")
    url = await created(site, len(data))
    await patched(site, url, 0, data[:500])
    await patched(site, url, 500, data[500:])
    _, upload = site.files.added["F0"]
    assert (upload.type, upload.width) == ("image/jpeg", 64)
    assert upload.size < len(data)


async def test_what_came_before_the_connection_was_cut_is_kept(site: Site) -> None:
    url = await created(site, 3 * HOP)
    await patched(site, url, 0, [bytes(HOP), b"abc"], cut=True)
    assert await offset_of(site, url) == HOP + 3
    assert (await patched(site, url, HOP + 3, bytes(2 * HOP - 3))).headers["chatd-file"] == "F0"


async def test_a_client_that_comes_back_ends_the_request_that_it_has_lost(site: Site) -> None:
    url = await created(site, 10)
    hangs, stuck = trio.Event(), trio.Event()

    async def hang(number: int) -> None:
        if number == 1:
            stuck.set()
            await hangs.wait()

    async with trio.open_nursery() as nursery:

        async def lost() -> None:
            answer = await patched(site, url, 0, [b"01234", b"lost"], before=hang)
            assert answer.status == 423

        nursery.start_soon(lost)
        await stuck.wait()
        assert await offset_of(site, url) == 5
    assert (await patched(site, url, 5, b"56789")).headers["chatd-file"] == "F0"
    assert (await site.ask("GET", "/files/F0")).body == b"0123456789"


async def test_a_server_that_was_killed_knows_what_it_acknowledged(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partials, "SAVED_EVERY", HOP)
    url = await created(site, 4 * HOP)
    killed = trio.Event()

    async def kill(number: int) -> None:
        if number == 3:
            killed.set()
            await trio.sleep_forever()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(
            lambda: patched(site, url, 0, [bytes(HOP), bytes(HOP), b"unsafe", b""], before=kill)
        )
        await killed.wait()
        kept = {path: path.read_bytes() for path in files_in(site.folder)}
        nursery.cancel_scope.cancel()
    for path, content in kept.items():  # as a kill would leave it
        path.write_bytes(content)
    site.open()
    assert await offset_of(site, url) == 2 * HOP
    assert (await patched(site, url, 2 * HOP, bytes(2 * HOP))).headers["chatd-file"] == "F0"


async def test_a_server_that_was_killed_before_it_made_the_file_makes_it_later(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await created(site, 5)

    async def killed(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(site.files, "add", killed)
        with pytest.raises(RuntimeError):
            await patched(site, url, 0, b"hello")
    site.open()
    assert (await site.ask("HEAD", url, **TUS)).headers["chatd-file"] == "F0"
    assert (await site.ask("GET", "/files/F0")).body == b"hello"


async def test_who_is_at_making_the_file_when_its_client_asks_again_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await created(site, 5)
    add, begun, status = site.files.add, [trio.Event(), trio.Event()], [0, 0]
    begins = iter(begun)

    async def slow(*_: object) -> None:
        next(begins).set()
        await trio.sleep_forever()

    async def sent() -> None:
        status[0] = (await patched(site, url, 0, b"hello")).status

    async def asked() -> None:
        status[1] = (await site.ask("HEAD", url, **TUS)).status

    monkeypatch.setattr(site.files, "add", slow)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(sent)
        await begun[0].wait()
        nursery.start_soon(asked)
        await begun[1].wait()
        monkeypatch.setattr(site.files, "add", add)
        assert (await site.ask("HEAD", url, **TUS)).headers["chatd-file"] == "F0"
    assert status == [423, 423]


async def test_a_start_forgets_what_is_half_made(site: Site) -> None:
    url, lost = await created(site, 5), await created(site, 5)
    await patched(site, lost, 0, b"abc")
    folder = site.folder / "partial"
    (folder / "half.new").write_text("{")
    (folder / "half.json").write_text("{")
    (folder / "alone.bytes").write_text("x")
    (folder / lost.rpartition("/")[2]).with_suffix(".bytes").unlink()
    site.open()
    assert (await offset_of(site, url), await offset_of(site, lost)) == (0, 0)
    assert {path.suffix for path in folder.iterdir()} == {".json"}


@pytest.mark.parametrize("algorithm", ["sha256", "sha1", "md5"])
async def test_damaged_bytes_are_not_kept(site: Site, algorithm: str) -> None:
    url = await created(site, 10)
    await patched(site, url, 0, b"01234")
    digest = base64.b64encode(hashlib.new(algorithm, b"56789").digest()).decode()
    said = {"upload_checksum": f"{algorithm} {digest}"}
    damaged = await patched(site, url, 5, [b"567", b"8x"], **said)
    assert (damaged.status, damaged.headers["tus-resumable"]) == (460, "1.0.0")
    assert await offset_of(site, url) == 5
    assert (await patched(site, url, 5, b"56789", **said)).headers["chatd-file"] == "F0"
    assert (await site.ask("GET", "/files/F0")).body == b"0123456789"


async def test_an_upload_that_was_ended_is_gone(site: Site) -> None:
    url = await created(site, 10)
    await patched(site, url, 0, b"01234")
    assert (await site.ask("DELETE", url, **TUS)).status == 204
    for method in ("HEAD", "DELETE"):
        assert (await site.ask(method, url, **TUS)).status == 404
    assert (await patched(site, url, 5, b"56789")).status == 404
    assert files_in(site.folder) == []


async def test_bytes_that_come_while_an_upload_is_ended_make_no_file(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would begin with zeros: its first bytes are gone already."""
    url = await created(site, 10)
    await patched(site, url, 0, b"01234")
    dropped, go_on = trio.Event(), trio.Event()
    drop = site.partial_store.drop

    def slow(id_: str) -> None:
        drop(id_)
        trio.from_thread.run_sync(dropped.set)
        trio.from_thread.run(go_on.wait)

    monkeypatch.setattr(site.partial_store, "drop", slow)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(lambda: site.ask("DELETE", url, **TUS))
        await dropped.wait()
        answer = await patched(site, url, 5, b"56789")
        go_on.set()
    assert (answer.status, site.files.added) == (404, {})


async def test_an_upload_belongs_to_the_account_that_began_it(site: Site) -> None:
    url = await created(site, 10)
    for method in ("HEAD", "DELETE"):
        assert (await site.ask(method, url, token="ben", **TUS)).status == 404
        assert (await site.ask(method, url, token=None, **TUS)).status == 401
    assert (await patched(site, url, 0, b"01234", token="ben")).status == 404
    assert await offset_of(site, url) == 0


async def test_an_upload_expires(site: Site) -> None:
    url = await created(site, 10)
    site.now += 60_000
    answer = await patched(site, url, 0, b"01234")
    assert answer.headers["upload-expires"] == "Thu, 01 Jan 1970 00:19:20 GMT"
    site.now += 60_000
    await site.partials.expire()
    assert await offset_of(site, url) == 5
    site.now += 60_000
    assert (await site.ask("HEAD", url, **TUS)).status == 404
    site.open()
    await site.partials.expire()
    assert files_in(site.folder) == []


async def test_what_a_finished_upload_leaves_does_not_name_the_file_and_goes_with_it(site: Site) -> None:
    url = await created(site, 5)
    await patched(site, url, 0, b"hello")
    assert [b"a.txt" in path.read_bytes() for path in files_in(site.folder)] == [False, False]
    del site.files.added["F0"]
    assert (await site.ask("HEAD", url, **TUS)).status == 404
    assert len(files_in(site.folder)) == 1  # the blob, which is the collector's


async def test_what_a_deleted_account_has_begun_goes_also_while_bytes_come(site: Site) -> None:
    url, other = await created(site, 10), await created(site, 10, token="ben")
    await patched(site, url, 0, b"01234")
    waiting, stay = trio.Event(), trio.Event()

    async def hang(number: int) -> None:
        if number == 1:
            waiting.set()
            await stay.wait()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(lambda: patched(site, url, 5, [b"5", b"6"], before=hang))
        await waiting.wait()
        site.files.gone.add("ann")
        await site.partials.expire()
        stay.set()
    assert await offset_of(site, other, token="ben") == 0
    assert len(files_in(site.folder)) == 1
    site.files.gone.add("ben")  # while the server was down
    site.open()
    await site.partials.expire()
    assert files_in(site.folder) == []


async def test_where_nobody_uploads_no_folder_is_made(site: Site) -> None:
    await site.partials.expire()
    assert not site.folder.exists()


async def test_unfinished_uploads_are_bounded(site: Site) -> None:
    for _ in range(OF_PERSON):
        await created(site, 10)
    answer = await site.ask("POST", "/files/tus", upload_length="10", **TUS)
    assert (answer.status, answer.json["code"]) == (503, "overloaded")
    await created(site, LARGEST - 10, token="ben")
    answer = await site.ask("POST", "/files/tus", upload_length="11", token="ben", **TUS)
    assert (answer.status, answer.json["code"]) == (413, "too_large")


async def test_a_full_disk_is_said_and_the_upload_goes_on_later(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await created(site, 2 * HOP)

    def full(file: int, data: memoryview, at: int) -> int:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        assert (await patched(site, url, 0, bytes(HOP))).status == 507
    assert await offset_of(site, url) == 0
    assert (await patched(site, url, 0, bytes(2 * HOP))).status == 204


async def test_wrong_requests_are_told_what_is_wrong(site: Site) -> None:
    url = await created(site, 10)
    await patched(site, url, 0, b"01234")
    for offset in (0, 4, 6, 10):
        assert (await patched(site, url, offset, b"x")).status == 409
    assert (await patched(site, url, 5, b"567890")).status == 413
    assert (await patched(site, url, 5, b"x", content_length="6")).status == 413
    for wrong, status in (
        ({"content_type": "text/plain"}, 415),
        ({"tus_resumable": "0.2.2"}, 412),
        ({"upload_offset": "-5"}, 400),
        ({"upload_checksum": "sha256 !"}, 400),
        ({"upload_checksum": "crc32 AAAA"}, 400),
    ):
        said = {"upload_offset": "5", "content_type": OCTETS, **TUS, **wrong}
        answer = await site.ask("PATCH", url, b"x", **said)
        assert (answer.status, answer.headers["tus-resumable"]) == (status, "1.0.0")
    for wrong, status in (
        ({}, 400),
        ({"upload_length": "x"}, 400),
        ({"upload_length": str(LARGEST + 1)}, 413),
        ({"upload_length": "1", "upload_metadata": "filename !"}, 400),
        ({"upload_length": "1", "upload_metadata": "a " + "A" * 5000}, 400),
    ):
        assert (await site.ask("POST", "/files/tus", **TUS, **wrong)).status == status
    assert (await site.ask("POST", url, **TUS)).status == 405
    assert await offset_of(site, url) == 5


async def test_who_can_only_send_post_says_the_method_in_a_header(site: Site) -> None:
    url = await created(site, 5)
    said = {"upload_offset": "0", "content_type": OCTETS, **TUS}
    assert (await site.ask("POST", url, b"he", x_http_method_override="PATCH", **said)).status == 204
    assert (await site.ask("POST", url, x_http_method_override="DELETE", **TUS)).status == 204
    assert (await site.ask("HEAD", url, **TUS)).status == 404


@pytest.mark.parametrize("header", ["upload_concat", "upload_defer_length"])
async def test_extensions_that_are_not_supported_are_refused(site: Site, header: str) -> None:
    answer = await site.ask("POST", "/files/tus", upload_length="3", **{header: "partial"}, **TUS)
    assert (answer.status, answer.json["code"]) == (400, "invalid")


async def test_what_has_no_room_on_the_disk_does_not_begin(tmp_path: Path) -> None:
    disk = os.statvfs(tmp_path)
    reserve = disk.f_bavail * disk.f_frsize // 2
    site = Site(FolderBlobs(tmp_path, reserve), tmp_path)
    await created(site, 10)
    site.blobs = FolderBlobs(tmp_path, 10**18)
    site.open()
    answer = await site.ask("POST", "/files/tus", upload_length="10", **TUS)
    assert (answer.status, answer.json["code"], dict(site.counts.uploads)) == (
        507,
        "unavailable",
        {"full": 1},
    )


async def test_a_finished_upload_takes_no_more_bytes(site: Site) -> None:
    url = await created(site, 3)
    assert (await patched(site, url, 0, b"abc")).status == 204
    assert (await patched(site, url, 3, b"")).status == 204
    assert (await patched(site, url, 3, b"d")).status == 409


async def test_uploads_that_end_without_a_file_are_counted(site: Site) -> None:
    ended = await created(site, 3)
    await created(site, 3)
    await site.ask("DELETE", ended, **TUS)
    site.now += 200_000
    await site.partials.expire()
    assert dict(site.counts.uploads) == {"ended": 1, "expired": 1}
