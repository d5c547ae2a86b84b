"""Texts that anybody may have are compressed, private ones never."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from talking_http import talk

TEXT = b'{"name": "value"}\n' * 1000
PUBLIC = {"content-type": "application/json", "cache-control": "no-cache", "etag": '"1"'}


def answering(body: bytes = TEXT, **headers: str) -> Any:
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body", "body": body})

    return app


@pytest.mark.parametrize("size", [2000, len(TEXT)])
async def test_a_public_text_is_compressed_for_who_takes_it(size: int) -> None:
    async with talk(answering(TEXT[:size], **PUBLIC)) as client:
        for _ in range(2):
            answer = await client.get(Accept_Encoding="br, gzip")
            assert answer.headers["content-encoding"] == "gzip"
            assert len(answer.body) < size / 5
            assert gzip.decompress(answer.body) == TEXT[:size]
            assert (answer.headers["vary"], answer.headers["etag"]) == ("Accept-Encoding", 'W/"1"')
        head = await client.ask("HEAD", Accept_Encoding="gzip")
        assert head.headers["content-length"] == str(len(answer.body))
        again = await client.get(Accept_Encoding="gzip", If_None_Match='W/"1"')
        assert (again.status, again.body) == (304, b"")
        plain = await client.get()
        assert (plain.body, plain.headers["vary"]) == (TEXT[:size], "Accept-Encoding")


@pytest.mark.parametrize("takes", ["", "identity", "br", "gzip;q=0", "gzip;q=0.0, br", "x-gzip"])
async def test_a_client_that_takes_no_gzip_gets_none(takes: str) -> None:
    async with talk(answering(**PUBLIC)) as client:
        assert (await client.get(Accept_Encoding=takes or "identity")).body == TEXT


@pytest.mark.parametrize(
    "change",
    [
        {"cache-control": "no-store"},
        {"cache-control": "private, max-age=60"},
        {"cache-control": "max-age=60, No-Transform"},
        {"content-type": "image/png"},
        {"content-type": "application/octet-stream"},
        {"content-encoding": "br"},
    ],
)
async def test_what_is_private_or_would_not_shrink_is_left_alone(change: dict[str, str]) -> None:
    async with talk(answering(**{**PUBLIC, **change})) as client:
        answer = await client.get(Accept_Encoding="gzip")
        assert answer.body == TEXT
        assert answer.headers.get("content-encoding") == change.get("content-encoding")


async def test_what_says_nothing_of_caches_is_private() -> None:
    async with talk(answering(**{"content-type": "application/json"})) as client:
        assert (await client.get(Accept_Encoding="gzip")).body == TEXT


async def test_a_short_text_is_left_alone() -> None:
    async with talk(answering(b"short", **PUBLIC)) as client:
        assert (await client.get(Accept_Encoding="gzip")).body == b"short"
