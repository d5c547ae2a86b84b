"""The HTTP client of this server: bounded in time, size and number of requests; follows no redirect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import httpx2
import trio

SECONDS: Final = 10.0  # for an answer, waiting for a turn included
BYTES: Final = 256 * 1024  # of an answer
AT_ONCE: Final = 8


class NoAnswer(Exception):
    """No answer, a late one, or one that is too large. The reason holds nothing that was sent."""


class HttpClient:
    """Loads the system's certificates when it is made, which takes a while: make it in a thread.

    Proxies are taken from the environment (`HTTPS_PROXY`), but not on the way to this machine.
    """

    def __init__(self) -> None:
        self._certificates = httpx2.create_ssl_context()
        self._turns = trio.Semaphore(AT_ONCE)

    async def ask(
        self,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        direct: bool = False,
    ) -> tuple[int, bytes]:
        """Status and body: of a GET, or of a POST with `form`. Follows no redirect. Raises NoAnswer."""
        wanted = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
        try:
            with trio.fail_after(SECONDS):
                async with (
                    self._turns,
                    httpx2.AsyncClient(
                        verify=self._certificates, timeout=SECONDS, trust_env=not direct
                    ) as client,
                    client.stream(
                        "GET" if form is None else "POST", url, data=form, headers=wanted
                    ) as response,
                ):
                    return response.status_code, await _body(response)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise NoAnswer(f"{_host(url)} cannot be asked: {type(error).__name__}") from error
        except trio.TooSlowError as error:
            raise NoAnswer(f"{_host(url)} did not answer within {SECONDS:g} s") from error


async def _body(response: httpx2.Response) -> bytes:
    if response.headers.get("content-encoding", "identity") != "identity":
        raise httpx2.DecodingError("it is compressed, which was not asked for")
    body = bytearray()
    with trio.CancelScope() as reading:  # a `break` would leave the generators of httpx open
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > BYTES:
                reading.cancel()
    if len(body) > BYTES:
        raise NoAnswer(f"{response.url.host} answered with more than {BYTES} bytes")
    return bytes(body)


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
