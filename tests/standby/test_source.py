"""What a standby makes of answers that are no chatd's."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import msgspec
import pytest

from chatd.standby.source import NoSource, NotKept, Refused, Source


def source(status: int, body: bytes = b"", **headers: str) -> Source:
    async def pieces() -> AsyncIterator[bytes]:
        yield body

    answer = httpx2.MockTransport(lambda _: httpx2.Response(status, headers=headers, content=pieces()))
    return Source(httpx2.AsyncClient(transport=answer), "http://server")


@pytest.mark.parametrize("body", [b"", b"<html>", msgspec.msgpack.encode({"format": "x"}), b"\x01"])
async def test_an_answer_that_cannot_be_read_is_asked_for_again(body: bytes) -> None:
    with pytest.raises(NoSource, match="its answer cannot be read"):
        await source(200, body).hello()
    with pytest.raises(NoSource, match="its answer cannot be read"):
        await source(200, body).transactions("run", 0)


async def test_a_status_says_whether_to_ask_again() -> None:
    with pytest.raises(Refused, match=r"sends on to https://chat\.example\.org/"):
        await source(301, location="https://chat.example.org/").hello()
    with pytest.raises(Refused, match="sign in"):
        await source(401, b'{"detail": "sign in"}').hello()
    with pytest.raises(NotKept):
        await source(404).hello()
    with pytest.raises(NoSource, match="HTTP 502"):
        await source(502, b"<html>").hello()


async def test_what_another_version_does_not_say_is_no_reason_to_ask_again() -> None:
    assert (await source(200, msgspec.msgpack.encode({"format": 2})).hello()).format == 2
