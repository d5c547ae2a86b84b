"""The server that is followed, over HTTP. Its answers are bounded in time and size."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import IO, Any, Final, TypeVar
from urllib.parse import urlsplit

import httpx2
import msgspec
import trio

T = TypeVar("T")
SILENCE: Final = 20.0  # seconds without a byte
CONNECT: Final = 5.0
ANSWER: Final = 64 * 2**20  # bytes of an answer, at most
WAIT: Final = 1  # seconds that the server waits for news
HOP: Final = 256 * 1024


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """What the server says of itself; see `chatd.ports.Standing`. Another version may say less."""

    format: int = 0
    chatd: str = "unknown"
    schema: int = 0
    database: str = ""
    files: str = ""
    position: int = 0


class News(msgspec.Struct, frozen=True):
    position: int
    transactions: list[Any]


class NoSource(Exception):
    """It does not answer now, or not as it should; it is asked again."""


class Refused(Exception):
    """It will not answer otherwise another time. The text says why."""


class NotKept(Exception):
    """The transactions that were asked for are not kept."""


class Source:
    """`told`: what each question says of the one who asks."""

    def __init__(
        self, client: httpx2.AsyncClient, url: str, told: Callable[[], dict[str, str | int]] = dict
    ) -> None:
        self.url = url
        self._told = told
        self._client = client

    async def hello(self) -> Hello:
        return await self._ask("hello", {}, Hello)

    async def events(self, after: int, hash_: str) -> list[list[Any]]:
        return await self._ask("events", {"after": after, "hash": hash_}, list[list[Any]])

    async def transactions(self, run: str, after: int) -> tuple[int, list[Any]]:
        """The newest position there, and the transactions after this one, as many as come at once."""
        found = await self._ask("transactions", {"run": run, "after": after, "wait": WAIT}, News)
        return found.position, found.transactions

    async def look(self, after: int, hash_: str, file: IO[bytes]) -> None:
        await self._fetch("look", {"after": after, "hash": hash_}, file)

    async def file(self, hash_: str, file: IO[bytes]) -> None:
        await self._fetch(f"files/{hash_}", {}, file)

    async def _ask(self, what: str, query: dict[str, Any], type_: type[T]) -> T:
        async with self._answer(what, query) as response:
            body = bytearray()
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > ANSWER:
                    raise NoSource("its answer is too long")
        try:
            return msgspec.msgpack.decode(body, type=type_)
        except msgspec.DecodeError as error:
            raise NoSource("its answer cannot be read") from error

    async def _fetch(self, what: str, query: dict[str, Any], file: IO[bytes]) -> None:
        async with self._answer(what, query) as response:
            async for piece in response.aiter_raw(HOP):
                try:
                    await trio.to_thread.run_sync(file.write, piece)
                except OSError as error:
                    raise NoSource(f"what it sent cannot be kept: {error.strerror}") from error

    @asynccontextmanager
    async def _answer(self, what: str, query: dict[str, Any]) -> AsyncIterator[httpx2.Response]:
        """Raises NoSource, NotKept, Refused."""
        try:
            url, told = f"{self.url}/standby/{what}", {**query, **self._told()}
            async with self._client.stream("GET", url, params=told) as response:
                if response.status_code != 200:
                    await self._refuse(response)
                yield response
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            said = str(error) or type(error).__name__
            raise NoSource(f"{urlsplit(self.url).netloc} cannot be asked: {said[:200]}") from error

    async def _refuse(self, response: httpx2.Response) -> None:
        if response.is_redirect:
            where = response.headers.get("location", "")[:200]
            raise Refused(f"{self.url} sends on to {where}; give the address that answers itself")
        body = (await response.aread())[:4096]
        try:
            detail = str(msgspec.json.decode(body)["detail"])
        except (msgspec.DecodeError, KeyError, TypeError):
            detail = f"HTTP {response.status_code}"
        match response.status_code:
            case 404:
                raise NotKept(detail)
            case 400 | 401 | 403 | 409:
                raise Refused(detail)
            case _:
                raise NoSource(detail)


@asynccontextmanager
async def open_source(
    url: str, token: str, told: Callable[[], dict[str, str | int]]
) -> AsyncIterator[Source]:
    timeout = httpx2.Timeout(SILENCE, connect=CONNECT)
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    async with httpx2.AsyncClient(timeout=timeout, headers=headers, follow_redirects=False) as client:
        yield Source(client, url.rstrip("/"), told)
