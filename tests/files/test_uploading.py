"""`POST /files`: what comes in becomes a file, or leaves nothing."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
import trio
from file_site import LARGEST, Site, form
from pictures_drawn import SECRET, bomb, telling

from chatd.contract.errors import Refusal
from chatd.files.pictures import process
from chatd.files.places import OF_PERSON
from chatd.files.threads import HOP
from chatd.ports import StoreUnavailable


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def posted(site: Site, content: bytes, name: str = "hello.txt", **more: Any) -> Any:
    body, type_ = form(content, name)
    answer = await site.ask("POST", "/files", body, content_type=type_, content_length=str(len(body)), **more)
    assert answer.status == 201, answer
    assert answer.headers["location"] == answer.json["file"]["url"]
    return answer.json["file"]


async def test_a_form_becomes_a_file(site: Site) -> None:
    file = await posted(site, b"hello\n")
    assert file == {
        "id": "F0",
        "name": "hello.txt",
        "type": "text/plain",
        "size": 6,
        "url": "/files/F0",
        "width": None,
        "height": None,
        "preview": None,
    }
    caller, upload = site.files.added["F0"]
    assert (caller.account, upload.hash) == ("ann", hashlib.sha256(b"hello\n").hexdigest())


async def test_bytes_without_a_form_become_a_file(site: Site) -> None:
    answer = await site.ask("POST", "/files?name=data.bin", [b"\0\1", b"\2"], content_length="3")
    assert (answer.status, answer.json["file"]["type"]) == (201, "application/octet-stream")


async def test_a_form_is_read_whatever_pieces_it_comes_in(site: Site) -> None:
    content = bytes(range(256)) * 20
    body, type_ = form(content)
    for size in (1, 7, 1000):
        pieces = [body[at : at + size] for at in range(0, len(body), size)]
        answer = await site.ask("POST", "/files", pieces, content_type=type_)
        assert answer.json["file"]["size"] == len(content)
    assert len({upload.hash for _, upload in site.files.added.values()}) == 1


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("a\x07  b.txt", "a b.txt"),
        ("grüße.txt", "grüße.txt"),
        ("..", "file"),
        ("", "file"),
        ("x" * 300 + ".jpeg", "x" * 250 + ".jpeg"),
    ],
)
async def test_names_are_made_harmless(site: Site, said: str, name: str) -> None:
    answer = await site.ask("POST", f"/files?name={said}".replace("\\", "%5C"), b"x")
    assert answer.json["file"]["name"] == name


async def test_a_picture_is_stored_without_metadata_and_with_a_preview(site: Site) -> None:
    file = await posted(site, telling("JPEG", orientation=6), "me.jpg")
    assert (file["type"], file["width"], file["height"]) == ("image/jpeg", 32, 64)
    stored = await site.ask("GET", file["url"])
    preview = await site.ask("GET", file["preview"])
    assert (stored.headers["content-type"], preview.headers["content-type"]) == ("image/jpeg", "image/webp")
    for answer in (stored, preview):
        assert SECRET not in answer.body
        assert answer.headers["etag"] == f'"{hashlib.sha256(answer.body).hexdigest()}"'


async def test_a_picture_that_cannot_be_taken_apart_is_a_file_like_any_other(site: Site) -> None:
    for content in (b"\x89PNG\r\n\x1a\n" + b"nonsense" * 50, telling("GIF")[:20]):
        file = await posted(site, content, "odd.png")
        assert (file["type"], file["preview"]) == ("application/octet-stream", None)
        assert (await site.ask("GET", file["url"])).body == content


async def test_a_bomb_is_a_file_without_a_preview(site: Site) -> None:
    file = await posted(site, bomb(30_000, 30_000), "bomb.png")
    assert (file["type"], file["preview"], file["width"]) == ("image/png", None, None)


async def test_a_picture_is_a_file_also_where_no_process_can_be_started(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process.sys, "executable", "/nowhere/python")
    file = await posted(site, telling("PNG"), "me.png")
    assert (file["type"], file["preview"]) == ("application/octet-stream", None)


@pytest.mark.parametrize("token", [None, "bad token", ""])
async def test_who_has_no_good_token_uploads_nothing(site: Site, token: str | None) -> None:
    async def none_is_read(number: int) -> None:
        pytest.fail("the body was asked for")

    answer = await site.ask("POST", "/files?name=x", b"x", token=token, before=none_is_read)
    assert (answer.status, answer.json["code"]) == (401, "unauthenticated")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_what_is_too_large_is_refused_before_its_first_byte_is_read(site: Site) -> None:
    async def none_is_read(number: int) -> None:
        pytest.fail("the body was asked for")

    answer = await site.ask(
        "POST", "/files?name=x", b"", content_length=str(LARGEST + 1), before=none_is_read
    )
    assert (answer.status, answer.json["code"]) == (413, "too_large")


async def test_what_says_no_length_is_counted(site: Site) -> None:
    site.files.allowed = 3 * HOP
    answer = await site.ask("POST", "/files?name=x", [bytes(HOP)] * 4)
    assert (answer.status, answer.json["code"]) == (413, "too_large")
    body, type_ = form(bytes(3 * HOP + 1))
    answer = await site.ask("POST", "/files", body, content_type=type_)
    assert answer.status == 413
    assert files_in(site.folder) == []


async def test_a_form_of_exactly_the_largest_size_is_taken(site: Site) -> None:
    site.files.allowed = 1000
    await posted(site, bytes(1000))
    body, type_ = form(bytes(1001))
    answer = await site.ask("POST", "/files", body, content_type=type_, content_length=str(len(body)))
    assert answer.status == 413


async def test_a_refused_upload_says_why_and_when_to_come_again(site: Site) -> None:
    site.files.refusal = Refusal("rate_limited", "enough for today", {"retry_after": 60})
    answer = await site.ask("POST", "/files?name=x", b"x")
    assert (answer.status, answer.headers["retry-after"]) == (429, "60")


@pytest.mark.parametrize(
    ("body", "type_", "status"),
    [
        (b"x", "text/plain", 415),
        (b"x", "multipart/form-data", 400),
        (form(b"x", field="other")[0], "multipart/form-data; boundary=limit", 400),
        (form(b"x")[0][:-6], "multipart/form-data; boundary=limit", 400),
        (form(b"x")[0][:-4] + form(b"y")[0][5:], "multipart/form-data; boundary=limit", 400),
        (form(b"x")[0], "multipart/form-data; boundary=other", 400),
        (b"--limit--\r\n", "multipart/form-data; boundary=limit", 400),
        (b"--limit\r\n" + b"X-A: b\r\n" * 20, "multipart/form-data; boundary=limit", 400),
        (b"--limit\r\nX: " + b"y" * 10_000, "multipart/form-data; boundary=limit", 400),
        (
            b"--limit\r\nContent-Disposition: form-data; name=\xff\r\n\r\n",
            "multipart/form-data; boundary=limit",
            400,
        ),
        (b"", "multipart/form-data; boundary=limit", 400),
        (b"x" * 600_000, "multipart/form-data; boundary=limit", 400),
        (form(b"x")[0] + b"x" * 900_000, "multipart/form-data; boundary=limit", 400),
    ],
)
async def test_what_is_no_form_with_one_file_is_refused(
    site: Site, body: bytes, type_: str, status: int
) -> None:
    pieces = [body[at : at + 100_000] for at in range(0, len(body), 100_000)] or [b""]
    answer = await site.ask("POST", "/files", pieces, content_type=type_)
    assert (answer.status, answer.json["code"]) == (status, "invalid")
    assert files_in(site.folder) == []


@pytest.mark.parametrize("body", [b"hello" * HOP, form(b"hello" * HOP)[0][:-20]])
async def test_a_cut_off_upload_leaves_nothing(site: Site, body: bytes) -> None:
    type_ = "multipart/form-data; boundary=limit" if body.startswith(b"--") else "text/plain"
    await site.ask("POST", "/files?name=x", body, content_type=type_, cut=True)
    assert (site.files.added, files_in(site.folder)) == ({}, [])


async def test_a_full_disk_is_said_and_leaves_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int, data: memoryview, at: int) -> int:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "pwrite", full)
    answer = await site.ask("POST", "/files?name=x", [bytes(HOP)] * 3)
    assert (answer.status, answer.json["code"]) == (507, "unavailable")
    assert (site.files.added, files_in(site.folder)) == ({}, [])


async def test_a_store_that_is_gone_is_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(site.files, "begin", gone)
    answer = await site.ask("POST", "/files?name=x", b"x")
    assert (answer.status, answer.json["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0


async def test_only_so_many_uploads_of_an_account_are_under_way_at_once(site: Site) -> None:
    go_on = trio.Event()
    begun = 0
    all_begun = trio.Event()

    async def wait(number: int) -> None:
        nonlocal begun
        begun += 1
        if begun == OF_PERSON:
            all_begun.set()
        await go_on.wait()

    async def upload() -> None:
        assert (await site.ask("POST", "/files?name=x", b"x", before=wait)).status == 201

    async with trio.open_nursery() as nursery:
        for _ in range(OF_PERSON):
            nursery.start_soon(upload)
        await all_begun.wait()
        answer = await site.ask("POST", "/files?name=x", b"x")
        assert (answer.status, answer.json["code"]) == (503, "overloaded")
        assert int(answer.headers["retry-after"]) > 0
        assert (await site.ask("POST", "/files?name=x", b"x", token="ben")).status == 201
        go_on.set()
    assert (await site.ask("POST", "/files?name=x", b"x")).status == 201


async def test_every_upload_that_ends_is_counted_by_what_became_of_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.ask("POST", "/files?name=x", b"x")
    await site.ask("POST", "/files?name=x", b"x", token=None)
    await site.ask("POST", "/files", b"bad", content_type="multipart/form-data; boundary=limit")
    await site.ask("POST", "/files?name=x", b"x", content_length=str(LARGEST + 1))
    await site.ask("POST", "/files?name=x", b"x", cut=True)

    def full(file: int, data: memoryview, at: int) -> int:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "pwrite", full)
    await site.ask("POST", "/files?name=x", [bytes(HOP)] * 3)  # in the middle
    await site.ask("POST", "/files?name=x", b"x")  # at the end
    assert dict(site.counts.uploads) == {
        "done": 1,
        "unauthenticated": 1,
        "invalid": 1,
        "too_large": 1,
        "cut_off": 1,
        "full": 2,
    }


async def test_a_name_is_cut_wherever_it_stands_and_given_once(site: Site) -> None:
    long = "n" * 10_000 + ".txt"
    assert (await posted(site, b"x", long))["name"] == "n" * 251 + ".txt"
    answer = await site.ask("POST", f"/files?name={long}", b"x")
    assert answer.json["file"]["name"] == "n" * 251 + ".txt"
    answer = await site.ask("POST", "/files?name=a&name=b", b"x")
    assert (answer.status, answer.json["detail"]) == (400, "name: is given twice; a file has one name")


async def test_a_form_may_say_the_name_encoded_alone(site: Site) -> None:
    body = form(b"x")[0].replace(b'filename="hello.txt"', b"filename*=UTF-8''gr%C3%BCn.txt")
    answer = await site.ask("POST", "/files", body, content_type="multipart/form-data; boundary=limit")
    assert (answer.status, answer.json["file"]["name"]) == (201, "grün.txt")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (form(b"x")[0][:-4] + form(b"y")[0][7:], "a form has one field, file, and it holds one file"),
        (
            b"--limit\r\nContent-Disposition: form-data; name=\xff\r\n\r\n",
            "the form's header cannot be read",
        ),
        (b"--limit\r\n" + b"X-A: b\r\n" * 20, "the form's header cannot be read"),
    ],
)
async def test_what_is_wrong_with_a_form_is_said_in_words_for_its_sender(
    site: Site, body: bytes, why: str
) -> None:
    answer = await site.ask("POST", "/files", body, content_type="multipart/form-data; boundary=limit")
    assert answer.json["detail"] == why
