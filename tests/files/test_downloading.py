"""`GET /files/ID`: for who may read it now, whole or in part, and never as something that runs."""

from __future__ import annotations

import pytest
from file_site import Site
from pictures_drawn import telling

CONTENT = b"0123456789"


@pytest.fixture
async def url(site: Site) -> str:
    return str((await site.ask("POST", "/files?name=digits.txt", CONTENT)).json["file"]["url"])


@pytest.mark.parametrize("sendfile", [False, True])
async def test_a_file_comes_back_as_it_was(site: Site, url: str, sendfile: bool) -> None:
    for path in (url, f"{url}/any%20name.txt"):
        answer = await site.ask("GET", path, sendfile=sendfile)
        assert (answer.status, answer.body) == (200, CONTENT)
        assert answer.headers["content-length"] == "10"
    head = await site.ask("HEAD", url, sendfile=sendfile)
    assert (head.status, head.body, head.headers) == (200, b"", answer.headers)


async def test_nothing_that_a_browser_may_run_is_shown_by_it(site: Site) -> None:
    for content in (
        b"<!DOCTYPE html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
        b"%PDF-1.7 /JavaScript",
        b"\0<script>",
    ):
        file = (await site.ask("POST", "/files?name=page.html", content)).json["file"]
        answer = await site.ask("GET", file["url"])
        assert answer.body == content
        assert answer.headers["content-disposition"] == 'attachment; filename="page.html"'
        assert answer.headers["content-type"].split(";")[0] in (
            "text/plain",
            "application/pdf",
            "application/octet-stream",
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert "script" not in answer.headers["content-security-policy"]


async def test_what_cannot_run_is_shown_in_place(site: Site) -> None:
    file = (await site.ask("POST", "/files?name=me.html", telling("PNG"))).json["file"]
    answer = await site.ask("GET", file["url"])
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith("inline")


async def test_no_cache_keeps_a_file(site: Site, url: str) -> None:
    assert (await site.ask("GET", url)).headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("plain.txt", 'attachment; filename="plain.txt"'),
        ('a"b.txt', "attachment; filename=\"a_b.txt\"; filename*=UTF-8''a%22b.txt"),
        (
            "grüße 100%.txt",
            "attachment; filename=\"gr__e 100_.txt\"; filename*=UTF-8''gr%C3%BC%C3%9Fe%20100%25.txt",
        ),
        ("a;b=c.txt", 'attachment; filename="a;b=c.txt"'),
    ],
)
async def test_names_are_said_as_browsers_read_them(site: Site, name: str, said: str) -> None:
    from urllib.parse import quote

    file = (await site.ask("POST", f"/files?name={quote(name)}", b"x")).json["file"]
    assert (await site.ask("GET", file["url"])).headers["content-disposition"] == said


@pytest.mark.parametrize("sendfile", [False, True])
@pytest.mark.parametrize(
    ("asked", "part", "place"),
    [
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", CONTENT, "bytes 0-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
        ("bytes=8-18446744073709551615", b"89", "bytes 8-9/10"),  # the largest number that 64 bits hold
        ("bytes=0-0", b"0", "bytes 0-0/10"),
    ],
)
async def test_a_part_of_a_file_is_sent_as_it_was_asked_for(
    site: Site, url: str, asked: str, part: bytes, place: str, sendfile: bool
) -> None:
    answer = await site.ask("GET", url, range=asked, sendfile=sendfile)
    assert (answer.status, answer.body, answer.headers["content-range"]) == (206, part, place)
    assert answer.headers["content-length"] == str(len(part))


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100", "bytes=-0"])
async def test_parts_behind_the_end_are_refused(site: Site, url: str, asked: str) -> None:
    answer = await site.ask("GET", url, range=asked)
    assert (answer.status, answer.headers["content-range"]) == (416, "bytes */10")


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=", "bytes=-", "lines=1-2", "bytes=1-2,4-5", "bytes=x"])
async def test_what_is_no_single_part_gets_the_whole_file(site: Site, url: str, asked: str) -> None:
    answer = await site.ask("GET", url, range=asked)
    assert (answer.status, answer.body) == (200, CONTENT)


async def test_who_has_it_already_is_told_so(site: Site, url: str) -> None:
    etag = (await site.ask("GET", url)).headers["etag"]
    for known in (etag, f'"other", W/{etag}', "*"):
        answer = await site.ask("GET", url, if_none_match=known)
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", etag)
    assert (await site.ask("GET", url, if_none_match='"other"')).status == 200


async def test_a_part_is_only_sent_of_what_the_client_began_with(site: Site, url: str) -> None:
    etag = (await site.ask("GET", url)).headers["etag"]
    assert (await site.ask("GET", url, range="bytes=1-", if_range=etag)).status == 206
    for other in ('"other"', "Tue, 01 Jan 2030 00:00:00 GMT", f"W/{etag}"):
        assert (await site.ask("GET", url, range="bytes=1-", if_range=other)).status == 200


async def test_head_tells_of_the_whole_file(site: Site, url: str) -> None:
    head = await site.ask("HEAD", url, range="bytes=2-4")  # ranges are for GET (RFC 9110, section 14.2)
    assert (head.status, head.headers["content-length"]) == (200, "10")
    assert (await site.ask("HEAD", url, range="bytes=99-")).status == 200


async def test_who_goes_on_with_another_file_is_told_that_it_is_one(site: Site, url: str) -> None:
    etag = (await site.ask("GET", url)).headers["etag"]
    for same in (etag, f'"other", {etag}', "*"):
        assert (await site.ask("GET", url, range="bytes=1-", if_match=same)).status == 206
    for other in ('"other"', f"W/{etag}"):  # strong tags are compared (RFC 9110, section 13.1.1)
        answer = await site.ask("GET", url, range="bytes=1-", if_match=other)
        assert (answer.status, answer.json["code"]) == (412, "invalid")
        assert (await site.ask("GET", url, if_match=other, if_none_match=etag)).status == 412


async def test_who_may_not_read_it_learns_nothing(site: Site, url: str) -> None:
    etag = (await site.ask("GET", url)).headers["etag"]
    for path in (url, f"{url}/preview", "/files/nothing"):
        answer = await site.ask("GET", path, token="ben", if_none_match=etag)
        assert (answer.status, answer.json["code"]) == (404, "not_found")
        assert answer.headers["cache-control"] == "private, no-store"
    assert (await site.ask("GET", url, token=None)).status == 401
    site.files.shared.add("F0")
    assert (await site.ask("GET", url, token="ben")).status == 200
    site.files.shared.clear()
    assert (await site.ask("GET", url, token="ben")).status == 404


async def test_a_link_needs_no_token(site: Site, url: str) -> None:
    signed = f"{url}?by=ann&expires=9&signature="
    assert (await site.ask("GET", f"{signed}good", token=None)).body == CONTENT
    assert (await site.ask("GET", f"{signed}bad", token=None)).status == 404
    assert (await site.ask("GET", f"{url}?signature=good", token=None)).status == 401


async def test_a_file_that_is_no_picture_has_no_preview(site: Site, url: str) -> None:
    assert (await site.ask("GET", f"{url}/preview")).status == 404


async def test_bytes_that_are_missing_are_said(site: Site, url: str) -> None:
    _, upload = site.files.added["F0"]
    assert await site.blobs.delete(upload.hash)
    answer = await site.ask("GET", url)
    assert (answer.status, answer.json["code"]) == (503, "unavailable")


async def test_an_empty_file_comes_back_empty(site: Site) -> None:
    file = (await site.ask("POST", "/files?name=x", b"")).json["file"]
    answer = await site.ask("GET", file["url"], range="bytes=0-")
    assert (answer.status, answer.body) in ((416, answer.body), (200, b""))
    assert (await site.ask("GET", file["url"])).body == b""
